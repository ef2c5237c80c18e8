/**
 * What to do about one cell's pinned tags in one repository, judged from what is there.
 *
 * A full tag that is there is never rebuilt and never overwritten: it is right if its digest is the recorded one, else
 * if its labels and platforms fit the cell. What an interrupted push left behind is told from what is merely wrong by
 * the journal that saw the push begin.
 */
import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { Misfit } from '../plan/expected-image.ts';

/** One pinned tag as it was found. */
export interface PinnedSeen {
  readonly tag: string;
  readonly seen: Seen;
  /** What is there, and how it differs from the cell; `null` where the tag is absent or was not looked into. */
  readonly content: { readonly image: InspectedImage; readonly misfit: Misfit } | null;
}

export interface PinnedEvidence {
  /** The digest that a journal or lock recorded for this cell in this repository. */
  readonly recorded: { readonly digest: Digest; readonly by: 'journal' | 'lock' } | null;
  /** A journal saw a push of this cell begin and did not see it end. */
  readonly begun: boolean;
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
  /** Some tag is there and right; the others are made from it. */
  | { readonly kind: 'copy'; readonly digest: Digest; readonly from: string; readonly to: readonly string[] }
  /** Nothing right is there. `over` are tags that an interrupted push left behind. */
  | { readonly kind: 'build'; readonly over: readonly string[] }
  | {
      readonly kind: 'refused';
      readonly code: 'PINNED_CONFLICT' | 'PINNED_PARTIAL';
      readonly reason: string;
      readonly mend: string;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

type TagState =
  | { readonly kind: 'absent'; readonly tag: string }
  | { readonly kind: 'right'; readonly tag: string; readonly digest: Digest }
  | { readonly kind: 'partial'; readonly tag: string; readonly reason: string }
  | { readonly kind: 'wrong'; readonly tag: string; readonly reason: string }
  | { readonly kind: 'unlabelled'; readonly tag: string; readonly digest: Digest }
  | { readonly kind: 'unknown'; readonly tag: string; readonly reason: string };

/** @param tags the cell's pinned tags, the full tag (the one a build pushes) first */
export function decidePinned(
  tags: readonly PinnedSeen[],
  evidence: PinnedEvidence,
  policy: PinnedPolicy,
): PinnedDecision {
  const states = tags.map((tag) => stateOf(tag, evidence));
  const unknown = states.find((state) => state.kind === 'unknown');
  if (unknown !== undefined) return { kind: 'unknown', reason: `${unknown.tag}: ${unknown.reason}` };
  const wrong = states.find((state) => state.kind === 'wrong');
  if (wrong !== undefined) return conflict(`${wrong.tag} ${wrong.reason}`);
  const unlabelled = states.find((state) => state.kind === 'unlabelled');
  if (unlabelled !== undefined && !policy.adopt) {
    const reason = `${unlabelled.tag} is there (${unlabelled.digest}) and has no labels that tell whether it is right`;
    return { kind: 'refused', code: 'PINNED_CONFLICT', reason, mend: '--adopt takes it as it is' };
  }
  const partial = states.filter((state) => state.kind === 'partial');
  if (partial[0] !== undefined && !evidence.begun && !policy.replacePartial) {
    const reason = `${partial[0].tag} ${partial[0].reason}, and no journal here saw that push`;
    return { kind: 'refused', code: 'PINNED_PARTIAL', reason, mend: '--replace-partial pushes it again' };
  }
  const there = states.filter((state) => state.kind === 'right' || state.kind === 'unlabelled');
  const [first, ...others] = there;
  if (first === undefined) return { kind: 'build', over: partial.map((state) => state.tag) };
  const other = others.find((state) => state.digest !== first.digest);
  if (other !== undefined) {
    return conflict(
      `${first.tag} (${first.digest}) and ${other.tag} (${other.digest}) should be one manifest and differ`,
    );
  }
  const to = states.filter((state) => state.kind === 'absent' || state.kind === 'partial').map((state) => state.tag);
  return to.length === 0
    ? { kind: 'present', digest: first.digest }
    : { kind: 'copy', digest: first.digest, from: first.tag, to };
}

function conflict(reason: string): PinnedDecision {
  const mend =
    'a pinned tag is never overwritten; see what is there, and publish a new version, or delete the tag by hand';
  return { kind: 'refused', code: 'PINNED_CONFLICT', reason, mend };
}

function stateOf({ tag, seen, content }: PinnedSeen, { recorded }: PinnedEvidence): TagState {
  if (seen.kind === 'unknown') return { kind: 'unknown', tag, reason: seen.reason };
  if (seen.kind === 'absent') return { kind: 'absent', tag };
  const digest = seen.descriptor.digest;
  if (recorded?.digest === digest) return { kind: 'right', tag, digest };
  if (content === null) return { kind: 'unknown', tag, reason: 'what it holds could not be read' };
  const { image, misfit } = content;
  const partial = partialReason(content);
  if (misfit.mislabelled.length > 0)
    return { kind: 'wrong', tag, reason: `(${digest}) is another image: ${misfit.mislabelled.join('; ')}` };
  if (partial !== null) return { kind: 'partial', tag, reason: partial };
  if (recorded !== null)
    return { kind: 'wrong', tag, reason: `is ${digest}, and the ${recorded.by} recorded ${recorded.digest}` };
  if (image.kind === 'artifact' || image.kind === 'unreadable')
    return { kind: 'wrong', tag, reason: `(${digest}) is no image: ${image.reason ?? ''}` };
  return misfit.unlabelled ? { kind: 'unlabelled', tag, digest } : { kind: 'right', tag, digest };
}

/** What a push leaves that was cut off: the tag on an attestation or one platform's image, or an index with a child missing. */
function partialReason({ image, misfit }: NonNullable<PinnedSeen['content']>): string | null {
  if (image.kind === 'attestation') return 'stands on an attestation manifest, the rest of an interrupted push';
  if (image.kind === 'index' && image.reason !== null) return `is incomplete: ${image.reason}`;
  if (misfit.missingPlatforms.length === 0) return null;
  return `lacks ${misfit.missingPlatforms.join(', ')}`;
}
