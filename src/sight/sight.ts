/**
 * What a repository holds, read in one place: where a tag points, whose image a digest is, and where a cell's image is.
 *
 * Pure: everything is decided from one snapshot. Answers are worked out when they are first asked for, and kept.
 */
import type { Digest } from '../domain/digest.ts';
import type { Cell } from '../plan/cell.ts';
import { findCellImage, type CellEvidence, type CellImage, type PinnedSeen, type Struck } from './cell-image.ts';
import { cellKey } from './expected.ts';
import { identitiesOf, mayShareImage, pinnedClaims, type Identity, type TagClaim } from './identify.ts';
import { digestOf, type SightInput } from './input.ts';
import {
  imageOf,
  isMadeOf,
  isShort,
  otherReason,
  ownerByLabels,
  partialReason,
  partsOfIndexes,
  saysOf,
  type Says,
} from './says.ts';

export interface Sight {
  readonly input: SightInput;
  /** Where a tag points; `null` where it is absent, unknown or was not read. */
  digestAt(tag: string): Digest | null;
  /** The cells a digest belongs to, strongest evidence first. */
  identities(digest: Digest): readonly Identity[];
  /** Pinned tags that point to it, of the plan or reading as if a release had them. */
  pinnedAt(digest: Digest): readonly string[];
  /** Where a cell's image is. */
  image(cell: Cell): CellImage;
  /** What the image says of itself, held against the cell. */
  says(cell: Cell, digest: Digest): Says;
  /** The lock's digest for a cell. */
  locked(cell: Cell): Digest | null;
  /** Digest to the tag or digest of the index it is a part of. */
  readonly parents: ReadonlyMap<Digest, string>;
}

export function createSight(input: SightInput): Sight {
  const parents = partsOfIndexes(input);
  const claims = pinnedClaims(input);
  const lock = lockIndex(input);
  const labelled = labelledByCell(input, parents);
  const unheard = unheardTag(input);
  const journaled = journaledCells(input);
  const identities = new Map<Digest, readonly Identity[]>();
  const images = new Map<Cell, CellImage>();
  const there = new Set([...input.seen.values()].flatMap((seen) => digestOf(seen) ?? []));
  const sight: Sight = {
    input,
    parents,
    digestAt: (tag) => digestOf(input.seen.get(tag)),
    identities: (digest) => kept(identities, digest, () => identitiesOf(digest, input, claims, parents)),
    pinnedAt: (digest) => (claims.get(digest) ?? []).map(({ tag }) => tag),
    image: (cell) => kept(images, cell, () => findCellImage(cell, evidenceOf(cell))),
    says: (cell, digest) => saysOf(cell, digest, input, parents),
    locked: (cell) => lock.digests.get(keyOf(cell)) ?? null,
  };

  const index: ClaimIndex = { sight, lock, claims, journaled };

  function evidenceOf(cell: Cell): CellEvidence {
    return {
      locked: sight.locked(cell),
      journaled: cell.pinned.flatMap(({ tag }) => input.past.digests.get(tag) ?? []),
      begun: cell.pinned.some(({ tag }) => input.past.pushing.has(tag)),
      pinned: cell.pinned.map(({ tag }) => pinnedSeen(tag, input)),
      labelled: labelled.get(cell) ?? [],
      unheard,
      moving: movingTags(cell, input),
      strike: (digest, level) => strikeOf(cell, digest, level, index),
      rivals: (digest, level) => rivalsOf(cell, digest, level, index),
      hasOurLabels: (digest) => sight.says(cell, digest) === 'this',
      fits: (digest) => sight.says(cell, digest) === 'this' && !isShort(cell, digest, input),
      isShort: (digest) => isShort(cell, digest, input),
      isMadeOf: (digest, whole) => isMadeOf(digest, whole, input),
      has: (digest) => hasOf(digest, there, input),
    };
  }

  return sight;
}

/** Who claims which digest, by the lock, by journals and by pinned tags. */
interface ClaimIndex {
  readonly sight: Sight;
  readonly lock: LockIndex;
  readonly claims: ReadonlyMap<Digest, readonly TagClaim[]>;
  readonly journaled: ReadonlyMap<Digest, readonly Cell[]>;
}

/** Why a claim of the cell to a digest does not count; `null` where it does. */
function strikeOf(
  cell: Cell,
  digest: Digest,
  level: 'lock' | 'journal' | 'pinned',
  { sight, lock, journaled }: ClaimIndex,
): Pick<Struck, 'why' | 'because'> | null {
  const { input } = sight;
  const says = sight.says(cell, digest);
  if (says === 'another') return { why: 'another', because: otherReason(cell, digest, input) };
  if (says === 'part')
    return { why: 'part', because: partialReason(cell, digest, input) ?? 'is a part of another image' };
  if (says === 'no-image') return { why: 'no-image', because: noImageText(digest, input) };
  const lockedFor = level === 'lock' ? [] : (lock.cells.get(digest) ?? []);
  const others = level === 'pinned' ? [...lockedFor, ...(journaled.get(digest) ?? [])] : lockedFor;
  const isGiven = others.some((other) => !mayShareImage(other, cell)) && !others.includes(cell);
  return isGiven ? { why: 'given', because: 'the lock file or a journal gives it to another cell' } : null;
}

/** An image with our labels for the cell has no rivals: theirs are struck out. */
function rivalsOf(
  cell: Cell,
  digest: Digest,
  level: 'lock' | 'pinned',
  { sight, lock, claims }: ClaimIndex,
): readonly Cell[] {
  if (sight.says(cell, digest) === 'this') return [];
  const others =
    level === 'lock'
      ? (lock.cells.get(digest) ?? [])
      : (claims.get(digest) ?? []).flatMap(({ cell: other }: TagClaim) => other ?? []);
  return [...new Set(others)].filter(
    (other) =>
      !sight.input.expected.leftOutCells.has(other) && !mayShareImage(other, cell) && mayClaim(other, digest, sight),
  );
}

/** A cell whose lock line or labels give it another image has no claim by its tags. */
function mayClaim(cell: Cell, digest: Digest, sight: Sight): boolean {
  const locked = sight.locked(cell);
  if (locked !== null && locked !== digest) return false;
  const says = sight.says(cell, digest);
  return says === 'this' || says === 'nothing' || says === 'unread';
}

function noImageText(digest: Digest, { contents }: SightInput): string {
  const image = imageOf(contents.get(digest));
  return `it is not an image: ${image?.reason ?? image?.kind ?? ''}`;
}

function kept<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const value = find();
  known.set(key, value);
  return value;
}

function keyOf(cell: Cell): string {
  return cellKey(cell.release.version.text, cell.shape.axes);
}

interface LockIndex {
  readonly digests: ReadonlyMap<string, Digest>;
  /** Cells of the plan by their locked digest. */
  readonly cells: ReadonlyMap<Digest, readonly Cell[]>;
}

function lockIndex({ lock, expected }: SightInput): LockIndex {
  const digests = new Map<string, Digest>();
  const cells = new Map<Digest, Cell[]>();
  for (const { version, axes, digest } of lock?.entries ?? []) {
    digests.set(cellKey(version, axes), digest);
    const cell = expected.cell(version, axes);
    if (cell !== null) cells.set(digest, [...(cells.get(digest) ?? []), cell]);
  }
  return { digests, cells };
}

/** Cells by the digest that an unfinished journal recorded for them. */
function journaledCells({ past, expected }: SightInput): ReadonlyMap<Digest, readonly Cell[]> {
  const cells = new Map<Digest, Cell[]>();
  for (const [tag, digest] of past.digests) {
    const planned = expected.tags.get(tag);
    if (planned?.kind === 'pinned') cells.set(digest, [...(cells.get(digest) ?? []), planned.cell]);
  }
  return cells;
}

function unheardTag({ expected, seen }: SightInput): { tag: string; reason: string } | null {
  for (const { tag, kind } of expected.tags.values()) {
    const at = kind === 'convenience' ? seen.get(tag) : undefined;
    if (at?.kind === 'unknown') return { tag, reason: at.reason };
  }
  return null;
}

/** Convenience tags on an image whose labels of ours name a cell, by that cell. */
function labelledByCell(
  input: SightInput,
  parents: ReadonlyMap<Digest, string>,
): ReadonlyMap<Cell, readonly { tag: string; digest: Digest }[]> {
  const found = new Map<Cell, { tag: string; digest: Digest }[]>();
  const { expected, seen, contents } = input;
  for (const { tag, kind } of expected.tags.values()) {
    const digest = kind === 'convenience' ? digestOf(seen.get(tag)) : null;
    const image = digest === null ? null : imageOf(contents.get(digest));
    const owner = image === null || digest === null ? null : ownerByLabels(image, expected.image);
    const cell = owner === null ? null : expected.cell(owner.version, owner.axes);
    if (cell === null || digest === null || saysOf(cell, digest, input, parents) !== 'this') continue;
    found.set(cell, [...(found.get(cell) ?? []), { tag, digest }]);
  }
  return found;
}

function movingTags(cell: Cell, { expected, seen }: SightInput): { tag: string; digest: Digest }[] {
  return expected.owned(cell).flatMap((tag) => {
    const digest = digestOf(seen.get(tag));
    return digest === null ? [] : [{ tag, digest }];
  });
}

function pinnedSeen(tag: string, { seen }: SightInput): PinnedSeen {
  const at = seen.get(tag) ?? { kind: 'unknown', reason: 'it was not read' };
  if (at.kind === 'unknown') return { tag, kind: 'unknown', reason: at.reason };
  return at.kind === 'absent' ? { tag, kind: 'absent' } : { tag, kind: 'present', digest: at.descriptor.digest };
}

function hasOf(digest: Digest, there: ReadonlySet<Digest>, { contents }: SightInput): 'yes' | 'no' | 'unknown' {
  if (there.has(digest)) return 'yes';
  const content = contents.get(digest);
  if (content?.kind === 'read' || content?.kind === 'manifest') return 'yes';
  return content?.kind === 'gone' ? 'no' : 'unknown';
}
