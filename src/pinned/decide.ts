/**
 * What to do about one cell's pinned tags in one repository.
 *
 * An image that is sound is never built again and never overwritten: its missing tags are copied from it. What an
 * interrupted push left behind differs from what is merely wrong: a journal saw the push begin.
 */
import type { Digest } from '../domain/digest.ts';
import { assertNever } from '../domain/errors.ts';
import { restoreCommand } from '../moves/fix.ts';
import { cellRepair, repairText, type RepairContext } from '../moves/repair.ts';
import { fullTag, type Cell } from '../plan/cell.ts';
import type { CellImage, Struck } from '../sight/cell-image.ts';
import { differenceText } from './difference.ts';
import { imageOf, isShort, otherReason, partialReason } from '../sight/says.ts';
import type { Sight } from '../sight/sight.ts';

export interface PinnedPolicy {
  /** Take over images without our labels. */
  readonly adopt: boolean;
  /** Push again what looks like the rest of an interrupted push, journal or not. */
  readonly replacePartial: boolean;
}

export type PinnedDecision =
  /** Every pinned tag of the cell is there and right. */
  | { readonly kind: 'present'; readonly digest: Digest }
  /** The image is there; tags are made from it. `over` of them hold the rest of an interrupted push. */
  | {
      readonly kind: 'copy';
      readonly digest: Digest;
      readonly from: string;
      readonly to: readonly string[];
      readonly over: ReadonlyMap<string, Digest>;
    }
  /** The image is nowhere. `over` are tags that an interrupted push left behind, with what they point to. */
  | { readonly kind: 'build'; readonly over: ReadonlyMap<string, Digest> }
  | {
      readonly kind: 'refused';
      readonly code: 'PINNED_CONFLICT' | 'PINNED_PARTIAL';
      readonly reason: string;
      readonly fix: string;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

type Sound = Extract<CellImage, { readonly state: 'sound' }>;

export function decidePinned(cell: Cell, context: RepairContext, policy: PinnedPolicy): PinnedDecision {
  const image = context.sight.image(cell);
  switch (image.state) {
    case 'unknown':
      return { kind: 'unknown', reason: image.reason };
    case 'doubt':
      return conflict(image.because, repairText(cellRepair(cell, context)));
    case 'absent':
      return decideAbsent(cell, image.struck, context, policy);
    case 'sound':
      return decideSound(cell, image, context, policy);
    default:
      return assertNever(image);
  }
}

function decideAbsent(
  cell: Cell,
  struck: readonly Struck[],
  context: RepairContext,
  policy: PinnedPolicy,
): PinnedDecision {
  const { sight } = context;
  const wrong = struck.find(({ why, tags }) => tags.length > 0 && why !== 'part' && why !== 'short');
  if (wrong !== undefined)
    return conflict(
      `${wrong.tags.join(', ')} (${wrong.digest}) is not the image of the cell: ${wrong.because}`,
      repairText(cellRepair(cell, context)),
    );
  const over = new Map(struck.flatMap(({ tags, digest }) => tags.map((tag) => [tag, digest] as const)));
  const [partial] = struck.filter(({ tags }) => tags.length > 0);
  if (partial !== undefined && !mayReplace(cell, sight, policy))
    return partialRefusal(partial.tags[0] ?? '', partial.digest, partial.because);
  return { kind: 'build', over };
}

function decideSound(cell: Cell, image: Sound, context: RepairContext, policy: PinnedPolicy): PinnedDecision {
  const { digest } = image;
  const { sight } = context;
  const over = new Map<string, Digest>();
  const missing: string[] = [];
  for (const { tag } of cell.pinned) {
    const seen = sight.input.seen.get(tag);
    if (seen?.kind === 'unknown') return { kind: 'unknown', reason: `${tag}: ${seen.reason}` };
    const now = sight.digestAt(tag);
    if (now === null) missing.push(tag);
    else if (now !== digest) {
      const refusal = refusalOver(cell, tag, now, { image, context, policy });
      if (refusal !== null) return refusal;
      over.set(tag, now);
    }
  }
  const isTagged = cell.pinned.some(({ tag }) => sight.digestAt(tag) === digest);
  // Copied, it would give the cell pinned tags that are incomplete.
  const isUsed = isTagged || image.by === 'labels';
  if (isUsed && isShort(cell, digest, sight.input)) return rebuild(cell, digest, sight, policy);
  const fault = imageFault(digest, sight);
  if (fault !== null) return conflict(`${digest} ${fault}`);
  const isRecorded = image.by === 'lock' || image.by === 'journal';
  if (!isRecorded && sight.says(cell, digest) === 'unread')
    return { kind: 'unknown', reason: `what ${digest} holds could not be read` };
  if (!isRecorded && sight.says(cell, digest) === 'nothing' && !policy.adopt) {
    const tag = cell.pinned.map((text) => text.tag).find((text) => sight.digestAt(text) === digest) ?? digest;
    const reason = `${tag} is there (${digest}) and has no labels of tagwright that show whether it is right`;
    return { kind: 'refused', code: 'PINNED_CONFLICT', reason, fix: '--adopt takes it as it is' };
  }
  const to = [...missing, ...over.keys()];
  if (to.length === 0) return { kind: 'present', digest };
  const from = cell.pinned.map(({ tag }) => tag).find((tag) => sight.digestAt(tag) === digest) ?? digest;
  return { kind: 'copy', digest, from, to, over };
}

interface SoundCell {
  readonly image: Sound;
  readonly context: RepairContext;
  readonly policy: PinnedPolicy;
}

/** Why a tag on another image than the cell's may not be put on it; `null` where it may. */
function refusalOver(
  cell: Cell,
  tag: string,
  now: Digest,
  { image, context, policy }: SoundCell,
): PinnedDecision | null {
  const { sight, repository } = context;
  // Two publishes of one release crossed: both images are of this cell, and one of them counts for both.
  if (image.by === 'journal' && sight.says(cell, now) === 'this' && !isShort(cell, now, sight.input)) return null;
  const isPartial = sight.says(cell, now) === 'part' || isShort(cell, now, sight.input);
  if (isPartial && image.by !== 'lock')
    return mayReplace(cell, sight, policy)
      ? null
      : partialRefusal(tag, now, partialReason(cell, now, sight.input) ?? 'is a part of another image');
  const right = cell.pinned.map((text) => text.tag).find((text) => sight.digestAt(text) === image.digest);
  const besides = right === undefined ? '' : `; ${right} is ${image.digest}`;
  const restore = restoreCommand(repository, tag, image.digest);
  const isAnother = sight.says(cell, now) === 'another';
  if (image.by === 'lock') {
    const { contents } = sight.input;
    const differs = isAnother
      ? otherReason(cell, now, sight.input)
      : differenceText(imageOf(contents.get(image.digest)), imageOf(contents.get(now)));
    const how = differs === '' ? '' : `: ${differs}`;
    return conflict(`${tag} is ${now}, and the lock file recorded ${image.digest}${how}${besides}`, restore);
  }
  if (isAnother)
    return conflict(`${tag} (${now}) is another image: ${otherReason(cell, now, sight.input)}${besides}`, restore);
  return conflict(`${tag} is ${now}, and the image of the cell is ${image.digest}: ${image.because}`, restore);
}

function rebuild(cell: Cell, digest: Digest, sight: Sight, policy: PinnedPolicy): PinnedDecision {
  const tags = cell.pinned.map(({ tag }) => tag).filter((tag) => sight.digestAt(tag) === digest);
  const [tag = fullTag(cell)] = tags;
  if (!mayReplace(cell, sight, policy))
    return partialRefusal(tag, digest, partialReason(cell, digest, sight.input) ?? 'lacks a platform of the config');
  return { kind: 'build', over: new Map(tags.map((text) => [text, digest])) };
}

function mayReplace(cell: Cell, { input }: Sight, { replacePartial }: PinnedPolicy): boolean {
  return replacePartial || cell.pinned.some(({ tag }) => input.past.pushing.has(tag));
}

/** What is recorded, and can no longer be read as an image. */
function imageFault(digest: Digest, { input }: Sight): string | null {
  const image = imageOf(input.contents.get(digest));
  return image === null || image.reason === null ? null : `is not a whole image: ${image.reason}`;
}

function conflict(reason: string, fix = ''): PinnedDecision {
  const way = fix === '' ? 'a pinned tag is never overwritten; see what is there, and publish a new version' : fix;
  return { kind: 'refused', code: 'PINNED_CONFLICT', reason, fix: way };
}

function partialRefusal(tag: string, digest: Digest, because: string): PinnedDecision {
  const reason = `${tag} (${digest}) ${because}, and no journal here saw that push`;
  return { kind: 'refused', code: 'PINNED_PARTIAL', reason, fix: '--replace-partial pushes it again' };
}
