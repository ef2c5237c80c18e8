/** Maps digests to cells, with evidence. */
import type { Digest } from '../domain/digest.ts';
import type { Release } from '../domain/release.ts';
import { candidateCells, type PlanImage } from '../plan/candidates.ts';
import type { Cell, CellOrStandIn } from '../plan/cell.ts';
import { ownerOf } from '../plan/plan.ts';
import type { Owner } from '../plan/types.ts';
import { cellKey, type Expected } from './expected.ts';
import { digestOf, type SightInput } from './input.ts';
import { imageOf, ownerByLabels, saysOf } from './says.ts';

/** One cell a digest belongs to, and the evidence. */
export interface Identity {
  readonly owner: Owner;
  /** A stand-in for a release that no source knows; `null` where even the axes are unheard of. */
  readonly cell: CellOrStandIn | null;
  /** Why it may not own anything although it looks as if it could; `null` for a cell of the plan. */
  readonly leftOut: string | null;
  readonly by: 'lock' | 'labels' | 'tag';
  /** A pinned tag that points to it. */
  readonly tag: string | null;
}

/**
 * The cells a digest belongs to. Our own labels settle it; else the lock does; else every cell with a pinned tag on it
 * that the image does not contradict.
 */
export function identitiesOf(
  digest: Digest,
  input: SightInput,
  claims: ReadonlyMap<Digest, readonly TagClaim[]>,
  parents: ReadonlyMap<Digest, string>,
): readonly Identity[] {
  const { expected, lock } = input;
  const tagged = (claims.get(digest) ?? []).filter(
    ({ cell }) => cell === null || !contradicts(cell, digest, input, parents),
  );
  const tagFor = (owner: Owner): string | null => tagged.find((claim) => isSameOwner(claim.owner, owner))?.tag ?? null;
  const image = imageOf(input.contents.get(digest));
  const labelled = image === null ? null : ownerByLabels(image, expected.image);
  if (labelled !== null) {
    const cell = expected.cell(labelled.version, labelled.axes);
    // Labels that fit in name and not in revision do not prove the cell.
    const isProof = cell === null || saysOf(cell, digest, input, parents) === 'this';
    if (isProof) return [named(expected, labelled, tagFor(labelled) === null ? 'labels' : 'tag', tagFor(labelled))];
  }
  const locked = (lock?.entries ?? []).filter((entry) => entry.digest === digest);
  if (locked.length > 0) return locked.map((entry) => named(expected, entry, 'lock', tagFor(entry)));
  const found: Identity[] = [];
  for (const { owner, tag } of tagged)
    if (!found.some((other) => isSameOwner(other.owner, owner))) found.push(named(expected, owner, 'tag', tag));
  return found;
}

/** A pinned tag that points to a digest, in the plan or reading as if a release had it. */
export interface TagClaim {
  readonly owner: Owner;
  readonly cell: Cell | null;
  readonly tag: string;
}

/** Every pinned tag that was read, by the digest it points to; listed tags that read like pinned ones last. */
export function pinnedClaims(input: SightInput): ReadonlyMap<Digest, readonly TagClaim[]> {
  const { expected, seen, listing } = input;
  const claims = new Map<Digest, TagClaim[]>();
  const add = (tag: string, owner: Owner, cell: Cell | null): void => {
    const digest = digestOf(seen.get(tag));
    if (digest === null) return;
    const known = claims.get(digest);
    if (known === undefined) claims.set(digest, [{ owner, cell, tag }]);
    else known.push({ owner, cell, tag });
  };
  for (const cell of [...expected.cells, ...expected.leftOutCells.keys()]) {
    for (const { tag } of cell.pinned) {
      // A text that two releases share (a revision with two versions) is the planned one's.
      const planned = expected.tags.get(tag);
      if (planned?.kind !== 'pinned' || planned.cell === cell) add(tag, ownerOf(cell), cell);
    }
  }
  for (const tag of listing ?? []) {
    if (expected.tags.has(tag) || expected.leftOut.has(tag) || !seen.has(tag)) continue;
    const reading = expected.grammar(tag);
    if (reading?.rule.kind !== 'pinned' || reading.version === null) continue;
    const owner = { version: reading.version, axes: fullAxes(reading.axes, expected.image) };
    add(tag, owner, expected.cell(owner.version, owner.axes));
  }
  return claims;
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.version === b.version && (a.axes === b.axes || cellKey('', a.axes) === cellKey('', b.axes));
}

/** Whether a tag's rule gives its text to the cell, or to one like it of a release that no source knows. */
export function isCandidate(tag: string, { cell }: Identity, expected: Expected): boolean {
  if (cell === null) return false;
  if (expected.candidates(tag).some((known) => known === cell)) return true;
  // Alone it would have the default of every axis, so that says nothing of a cell that has others beside it.
  const isKnown = expected.cell(cell.release.version.text, cell.shape.axes) === cell;
  return !isKnown && candidateCells(expected.image, [cell]).get(tag)?.includes(cell) === true;
}

/** Two releases of one commit may share an image: a candidate that became the final. */
export function mayShareImage(a: CellOrStandIn, b: CellOrStandIn): boolean {
  if (a === b) return true;
  return a.shape.rank === b.shape.rank && a.release.revision !== null && a.release.revision === b.release.revision;
}

function contradicts(cell: Cell, digest: Digest, input: SightInput, parents: ReadonlyMap<Digest, string>): boolean {
  const says = saysOf(cell, digest, input, parents);
  return says === 'another' || says === 'part' || says === 'no-image';
}

function named(expected: Expected, { version, axes }: Owner, by: Identity['by'], tag: string | null): Identity {
  const cell = expected.cell(version, axes);
  if (cell !== null) return { owner: ownerOf(cell), cell, leftOut: expected.leftOutCells.get(cell) ?? null, by, tag };
  return { owner: { version, axes }, cell: standIn(version, axes, expected), leftOut: unknownRelease, by, tag };
}

export const unknownRelease = 'no source knows that release';

/** A cell that stands for one of a release that no source knows, so that it can be ordered and rendered like the others. */
function standIn(version: string, axes: Owner['axes'], expected: Expected): CellOrStandIn | null {
  const release = standInRelease(version, expected.image);
  const shape = expected.shape(axes);
  return release === null || shape === null ? null : { release, shape, platforms: [], pinned: [] };
}

function standInRelease(version: string, image: PlanImage): Release | null {
  const parsed = image.scheme.parse(version);
  if (parsed === null) return null;
  return {
    version: parsed,
    revision: null,
    committedAt: 0,
    publishedAt: 0,
    builtFor: null,
    prerelease: parsed.kind === 'pre' || parsed.kind === 'dev',
    yanked: null,
  };
}

/** An axis with one value needs no name in a tag. */
function fullAxes(axes: Readonly<Record<string, string>>, image: PlanImage): Record<string, string> {
  const full: Record<string, string> = {};
  for (const { name, values } of image.axes) {
    const value = axes[name] ?? (values.length === 1 ? values[0]?.name : undefined);
    if (value !== undefined) full[name] = value;
  }
  return full;
}
