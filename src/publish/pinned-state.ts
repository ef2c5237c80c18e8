/**
 * What to do about one cell's pinned tags in one repository, judged from what is there.
 *
 * A full tag that is there is never rebuilt and never overwritten: it is right if its digest is a recorded one, else if
 * its labels and platforms fit the cell. What an interrupted push left behind is told from what is merely wrong by the
 * journal that saw the push begin.
 */
import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { Misfit } from '../plan/expected-image.ts';
import { differenceText } from './difference.ts';

/** One pinned tag as it was found. */
export interface PinnedSeen {
  readonly tag: string;
  readonly seen: Seen;
  /** What is there, and how it differs from the cell; `null` where the tag is absent or was not looked into. */
  readonly content: PinnedContent | null;
}

export interface PinnedContent {
  readonly image: InspectedImage;
  readonly misfit: Misfit;
}

export interface PinnedEvidence {
  /** What an unfinished run of ours put under these tags. */
  readonly journal: Digest | null;
  /** What the lock file says was published: anything else is wrong, whatever its labels say. */
  readonly lock: Digest | null;
  /** What the digest of the lock file holds; `null` where the registry has it no more, or nobody asked. */
  readonly locked: InspectedImage | null;
  /** A journal saw a push of this cell begin and did not see it end. */
  readonly begun: boolean;
  /** What a convenience tag of this cell stands on, where the pinned tags stand on two images and that is one of them. */
  readonly published: Digest | null;
}

export interface PinnedPolicy {
  /** Take over images without our labels. */
  readonly adopt: boolean;
  /** Push again what looks like the rest of an interrupted push, journal or not. */
  readonly replacePartial: boolean;
}

export type PinnedDecision =
  /** Every pinned tag of the cell is there and right. */
  | { readonly kind: 'present'; readonly digest: Digest }
  /** Some tag is there and right; the others are made from it. `over` of them hold the rest of an interrupted push. */
  | {
      readonly kind: 'copy';
      readonly digest: Digest;
      readonly from: string;
      readonly to: readonly string[];
      readonly over: ReadonlyMap<string, Digest>;
    }
  /** Nothing right is there. `over` are tags that an interrupted push left behind, with what they stand on. */
  | { readonly kind: 'build'; readonly over: ReadonlyMap<string, Digest> }
  | {
      readonly kind: 'refused';
      readonly code: 'PINNED_CONFLICT' | 'PINNED_PARTIAL';
      readonly reason: string;
      readonly fix: string;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

type TagState =
  | { readonly kind: 'absent'; readonly tag: string }
  | { readonly kind: 'right'; readonly tag: string; readonly digest: Digest; readonly image: InspectedImage | null }
  | { readonly kind: 'unlabelled'; readonly tag: string; readonly digest: Digest; readonly image: InspectedImage }
  | { readonly kind: 'partial'; readonly tag: string; readonly digest: Digest; readonly reason: string }
  | { readonly kind: 'wrong'; readonly tag: string; readonly digest: Digest; readonly reason: string }
  | { readonly kind: 'unknown'; readonly tag: string; readonly reason: string };

type Of<K extends TagState['kind']> = Extract<TagState, { readonly kind: K }>;

/** @param tags the cell's pinned tags, the full tag (the one a build pushes) first */
export function decidePinned(
  tags: readonly PinnedSeen[],
  evidence: PinnedEvidence,
  policy: PinnedPolicy,
): PinnedDecision {
  const states = tags.map((tag) => stateOf(tag, evidence));
  const of = <K extends TagState['kind']>(kind: K): Of<K>[] =>
    states.filter((state): state is Of<K> => state.kind === kind);

  const [unknown] = of('unknown');
  if (unknown !== undefined) return { kind: 'unknown', reason: `${unknown.tag}: ${unknown.reason}` };
  const there = states.filter(isThere);
  const [first, ...others] = there;
  const [wrong] = of('wrong');
  if (wrong !== undefined) return conflict(`${wrong.tag} ${wrong.reason}${besides(first)}`);
  const [unlabelled] = of('unlabelled');
  if (unlabelled !== undefined && !policy.adopt) {
    const reason = `${unlabelled.tag} is there (${unlabelled.digest}) and has no labels that tell whether it is right`;
    return { kind: 'refused', code: 'PINNED_CONFLICT', reason, fix: '--adopt takes it as it is' };
  }
  const partial = of('partial');
  if (partial[0] !== undefined && !evidence.begun && !policy.replacePartial) {
    const reason = `${partial[0].tag} (${partial[0].digest}) ${partial[0].reason}, and no journal here saw that push`;
    return { kind: 'refused', code: 'PINNED_PARTIAL', reason, fix: '--replace-partial pushes it again' };
  }
  const over = new Map(partial.map((state) => [state.tag, state.digest]));
  if (first === undefined) return restored(tags, evidence) ?? { kind: 'build', over };
  const other = others.find((state) => state.digest !== first.digest);
  if (other !== undefined) {
    const counting = countingOf(there, evidence);
    if (counting !== null) return agreeOn(counting, states);
    const differs = differenceText(first.image, other.image);
    const reason = `${first.tag} (${first.digest}) and ${other.tag} (${other.digest}) should be one manifest and differ`;
    return conflict(`${reason}${differs === '' ? '' : `: ${differs}`}`);
  }
  const to = states.filter((state) => !isThere(state)).map((state) => state.tag);
  return to.length === 0
    ? { kind: 'present', digest: first.digest }
    : { kind: 'copy', digest: first.digest, from: first.tag, to, over };
}

/**
 * No pinned tag is there, though the lock says that the cell was published: its image gets its tags back. A build would
 * give the tags another digest than the one that was published.
 */
function restored(tags: readonly PinnedSeen[], { lock, locked }: PinnedEvidence): PinnedDecision | null {
  if (lock === null) return null;
  const names = tags.map(({ tag }) => tag);
  if (locked !== null && locked.reason === null)
    return { kind: 'copy', digest: lock, from: lock, to: names, over: new Map() };
  const what = locked === null ? 'the registry no longer has that' : `that is no longer whole: ${locked.reason ?? ''}`;
  return {
    kind: 'refused',
    code: 'PINNED_CONFLICT',
    reason: `${names[0] ?? ''} is absent; the lock file recorded ${lock}, and ${what}`,
    fix: 'take its line out of tags.lock.json to have it built anew, under another digest',
  };
}

/**
 * Two builds of one cell, each fit to be it, and an unfinished run of ours among those that pushed: it was cut off while
 * its pushes crossed another publish's. What is published counts, else what the tag stands on that is put last.
 */
function countingOf(
  there: readonly (Of<'right'> | Of<'unlabelled'>)[],
  { journal, begun, lock, published }: PinnedEvidence,
): Of<'right'> | Of<'unlabelled'> | null {
  const isOurs = lock === null && (begun || journal !== null) && there.every(({ kind }) => kind === 'right');
  return isOurs ? (there.find(({ digest }) => digest === published) ?? there.at(-1) ?? null) : null;
}

function agreeOn({ tag, digest }: Of<'right'> | Of<'unlabelled'>, states: readonly TagState[]): PinnedDecision {
  const rest = states.filter((state) => !isThere(state) || state.digest !== digest);
  const over = new Map(rest.flatMap((state) => ('digest' in state ? [[state.tag, state.digest] as const] : [])));
  return { kind: 'copy', digest, from: tag, to: rest.map((state) => state.tag), over };
}

function isThere(state: TagState): state is Of<'right'> | Of<'unlabelled'> {
  return state.kind === 'right' || state.kind === 'unlabelled';
}

/** The other digest of a conflict, where one pinned tag of the cell is right. */
function besides(right: Of<'right'> | Of<'unlabelled'> | undefined): string {
  return right === undefined ? '' : `; ${right.tag} is ${right.digest}`;
}

function conflict(reason: string): PinnedDecision {
  const fix =
    'a pinned tag is never overwritten; see what is there, and publish a new version, or delete the tag by hand';
  return { kind: 'refused', code: 'PINNED_CONFLICT', reason, fix };
}

function stateOf({ tag, seen, content }: PinnedSeen, { journal, lock, locked }: PinnedEvidence): TagState {
  if (seen.kind === 'unknown') return { kind: 'unknown', tag, reason: seen.reason };
  if (seen.kind === 'absent') return { kind: 'absent', tag };
  const { digest } = seen.descriptor;
  if (digest === lock || (lock === null && digest === journal))
    return { kind: 'right', tag, digest, image: content?.image ?? null };
  if (content === null) return { kind: 'unknown', tag, reason: 'what it holds could not be read' };
  const { image, misfit } = content;
  if (lock !== null) {
    const differs = differenceText(locked, image);
    const reason = `is ${digest}, and the lock file recorded ${lock}${differs === '' ? '' : `: ${differs}`}`;
    return { kind: 'wrong', tag, digest, reason };
  }
  if (misfit.mislabelled.length > 0)
    return { kind: 'wrong', tag, digest, reason: `(${digest}) is another image: ${misfit.mislabelled.join('; ')}` };
  const partial = partialReason(content);
  if (partial !== null) return { kind: 'partial', tag, digest, reason: partial };
  if (image.kind === 'artifact' || image.kind === 'unreadable')
    return { kind: 'wrong', tag, digest, reason: `(${digest}) is no image: ${image.reason ?? ''}` };
  return misfit.unlabelled ? { kind: 'unlabelled', tag, digest, image } : { kind: 'right', tag, digest, image };
}

/** What a push leaves that was cut off: the tag on an attestation or one platform's image, or an index with a child missing. */
function partialReason({ image, misfit }: PinnedContent): string | null {
  if (image.kind === 'attestation') return 'stands on an attestation manifest, the rest of an interrupted push';
  if (image.kind !== 'index' && image.kind !== 'image') return null;
  if (image.kind === 'index' && image.reason !== null) return `is incomplete: ${image.reason}`;
  if (misfit.missingPlatforms.length === 0) return null;
  return `lacks ${misfit.missingPlatforms.join(', ')}`;
}
