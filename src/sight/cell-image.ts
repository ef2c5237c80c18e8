/**
 * Where a cell's image is: the order of evidence.
 *
 * Claims, strongest first: the lock; an unfinished journal; the cell's pinned tags; our own labels on an image that a
 * convenience tag points to. A claim is struck out if stronger evidence gives the image to another cell, if the image
 * says it is another cell's, or if it is a part of an image. The strongest level with claims left decides.
 */
import type { Digest } from '../domain/digest.ts';
import { describeCell, type Cell } from '../plan/cell.ts';

export type EvidenceLevel = 'lock' | 'journal' | 'full' | 'twin' | 'labels';

/** An image that may be the cell's, and what speaks for it. */
export interface Claimant {
  readonly digest: Digest;
  readonly by: EvidenceLevel;
  /** Pinned tags of the cell, or convenience tags, that point to it. */
  readonly tags: readonly string[];
}

/** A claim that does not count, and why. */
export interface Struck extends Claimant {
  readonly why: 'another' | 'part' | 'no-image' | 'given' | 'short';
  readonly because: string;
}

export type CellImage =
  | {
      readonly state: 'sound';
      readonly digest: Digest;
      readonly by: EvidenceLevel;
      readonly because: string;
      readonly evidence: readonly string[];
    }
  /** In doubt: nothing moves onto any claimant, none loses its last tag, and a person chooses. */
  | {
      readonly state: 'doubt';
      /** Two images claim to be the cell, one image is claimed by two cells, or the recorded image is gone. */
      readonly why: 'differ' | 'shared' | 'gone';
      readonly claimants: readonly Claimant[];
      /** Cells that claim the same image. */
      readonly rivals: readonly Cell[];
      readonly because: string;
      readonly evidence: readonly string[];
    }
  /** The repository has no image of the cell. Its pinned tags may hold what was struck out. */
  | { readonly state: 'absent'; readonly struck: readonly Struck[]; readonly evidence: readonly string[] }
  | { readonly state: 'unknown'; readonly reason: string; readonly evidence: readonly string[] };

/** What a cell's pinned tags point to that is neither its image nor a part of one. */
export function takenBy({ struck }: Extract<CellImage, { readonly state: 'absent' }>): Struck | null {
  return struck.find(({ why, tags }) => tags.length > 0 && why !== 'part' && why !== 'short') ?? null;
}

/** `1.0.0, sha-… point to sha256:…, which is not its image: …` */
export function struckText({ tags, digest, because, why }: Struck): string {
  const what = why === 'part' || why === 'short' ? 'which is not whole' : 'which is not its image';
  return `${tags.join(', ')} ${tags.length === 1 ? 'points' : 'point'} to ${digest}, ${what}: ${because}`;
}

/** What the order of evidence is asked of; `createSight` answers. */
export interface CellEvidence {
  /** The lock's digest for the cell. */
  readonly locked: Digest | null;
  /** Digests that unfinished journals recorded for it. */
  readonly journaled: readonly Digest[];
  /** A journal saw a push of the cell begin. */
  readonly begun: boolean;
  /** Its pinned tags in their order, as they were read. */
  readonly pinned: readonly PinnedSeen[];
  /** Convenience tags that point to an image with our labels for the cell. */
  readonly labelled: readonly { readonly tag: string; readonly digest: Digest }[];
  /** A convenience tag that the registry did not answer for, and why: it may point to another image with our labels. */
  readonly unheard: { readonly tag: string; readonly reason: string } | null;
  /** Convenience tags of the cell, and where they point. */
  readonly moving: readonly { readonly tag: string; readonly digest: Digest }[];
  /** Why the claim is struck out; `null` where it stands. */
  strike(digest: Digest, level: 'lock' | 'journal' | 'pinned'): Pick<Struck, 'why' | 'because'> | null;
  /** Other cells with a claim of the same level to an image that does not say whose it is. */
  rivals(digest: Digest, level: 'lock' | 'pinned'): readonly Cell[];
  hasOurLabels(digest: Digest): boolean;
  /** The image is whole and says it is this cell. */
  fits(digest: Digest): boolean;
  isShort(digest: Digest): boolean;
  /** The image is made of parts of the other one: what an index is that lost a platform. */
  isMadeOf(digest: Digest, whole: Digest): boolean;
  /** Whether the registry has the digest. */
  has(digest: Digest): 'yes' | 'no' | 'unknown';
}

export type PinnedSeen = { readonly tag: string } & (
  | { readonly kind: 'present'; readonly digest: Digest }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string }
);

export function findCellImage(cell: Cell, evidence: CellEvidence): CellImage {
  const { locked } = evidence;
  const struck: Struck[] = [];
  if (locked !== null) {
    const strike = evidence.strike(locked, 'lock');
    if (strike === null) return byRecord(cell, locked, 'lock', evidence);
    struck.push({ digest: locked, by: 'lock', tags: [], ...strike });
  } else {
    const crossed = crossedPush(evidence);
    if (crossed !== null) return crossed;
    const journaled = evidence.journaled.filter((digest) => evidence.strike(digest, 'journal') === null);
    const decided = byJournal(cell, journaled, evidence);
    if (decided !== null) return decided;
  }
  return byPinned(cell, evidence, struck) ?? byLabels(cell, evidence, struck);
}

function byRecord(cell: Cell, digest: Digest, by: 'lock' | 'journal', evidence: CellEvidence): CellImage {
  const tags = tagsOn(digest, evidence);
  const name = by === 'lock' ? 'the lock file' : 'the journal of an unfinished run';
  const claimants: readonly Claimant[] = [{ digest, by, tags }];
  if (by === 'lock') {
    const rivals = evidence.rivals(digest, 'lock');
    if (rivals.length > 0) return shared(cell, digest, rivals, claimants);
  }
  const has = evidence.has(digest);
  if (has === 'yes') return { state: 'sound', digest, by, because: `${name} records it`, evidence: tags };
  if (has === 'unknown')
    return { state: 'unknown', reason: `${name} records ${digest}, which was not read`, evidence: tags };
  const because = `${name} records ${digest} for ${describeCell(cell)}, and the registry no longer has it`;
  return { state: 'doubt', why: 'gone', claimants, rivals: [], because, evidence: pinnedTags(evidence) };
}

/** A journal's image that is gone with every pinned tag leaves nothing to decide. */
function byJournal(cell: Cell, journaled: readonly Digest[], evidence: CellEvidence): CellImage | null {
  const [first, ...others] = [...new Set(journaled)];
  if (first === undefined) return null;
  if (others.length > 0) {
    const there = [first, ...others].filter((digest) => evidence.has(digest) !== 'no');
    const [only] = there;
    if (there.length > 1)
      return differ(
        cell,
        there.map((digest) => ({ digest, by: 'journal', tags: tagsOn(digest, evidence) })),
      );
    return only === undefined ? null : byRecord(cell, only, 'journal', evidence);
  }
  const isNothingThere = evidence.pinned.every(({ kind }) => kind === 'absent');
  return isNothingThere && evidence.has(first) === 'no' ? null : byRecord(cell, first, 'journal', evidence);
}

/**
 * Two publishes whose pushes crossed: an unfinished run of ours was among those that pushed, and the pinned tags hold two
 * images that both fit. What a convenience tag points to counts, else what the tag points to that is put last.
 */
function crossedPush(evidence: CellEvidence): CellImage | null {
  if (!evidence.begun && evidence.journaled.length === 0) return null;
  const there = evidence.pinned.flatMap((seen) => (seen.kind === 'present' ? [seen] : []));
  const digests = new Set(there.map(({ digest }) => digest));
  if (digests.size < 2 || ![...digests].every((digest) => evidence.fits(digest))) return null;
  const published = evidence.moving.find(({ digest }) => digests.has(digest))?.digest;
  const digest = published ?? there.at(-1)?.digest;
  if (digest === undefined) return null;
  const because = 'two publishes of this release crossed, and this image counts for both';
  return { state: 'sound', digest, by: 'journal', because, evidence: there.map(({ tag }) => tag) };
}

function byPinned(cell: Cell, evidence: CellEvidence, struck: Struck[]): CellImage | null {
  const unknown = evidence.pinned.find(({ kind }) => kind === 'unknown');
  if (unknown?.kind === 'unknown')
    return { state: 'unknown', reason: `${unknown.tag}: ${unknown.reason}`, evidence: pinnedTags(evidence) };
  const claimants = pinnedClaimants(evidence, struck);
  const [first, ...others] = claimants;
  if (first === undefined) return null;
  const labelled = claimants.filter(({ digest }) => evidence.hasOurLabels(digest));
  const isSettled = others.length === 0 || labelled.length === 1;
  if (!isSettled) return differ(cell, claimants);
  const chosen = labelled[0] ?? first;
  const isChosenShort = evidence.isShort(chosen.digest);
  const elsewhere = evidence.labelled.filter(
    ({ digest }) =>
      digest !== chosen.digest &&
      !evidence.isMadeOf(digest, chosen.digest) &&
      (isChosenShort || !evidence.isShort(digest)),
  );
  // Where its pinned tags are on nothing whole, the whole image that is left counts.
  if (isChosenShort && elsewhere.some(({ digest }) => !evidence.isShort(digest))) {
    for (const claimant of claimants) struck.push({ ...claimant, why: 'short', because: 'lacks a platform' });
    return null;
  }
  if (elsewhere.length > 0) return differ(cell, [chosen, ...groupClaims(elsewhere)]);
  const rivals = evidence.rivals(chosen.digest, 'pinned');
  if (rivals.length > 0) return shared(cell, chosen.digest, rivals, claimants);
  const { digest, by, tags } = chosen;
  const besides = others.length === 0 ? '' : `, with labels of ours; ${tagsText(claimants, chosen)} has none`;
  return {
    state: 'sound',
    digest,
    by,
    because: `${tags[0] ?? ''} points to it${besides}`,
    evidence: pinnedTags(evidence),
  };
}

/** An index short of a platform gives way to one that has them all. */
function pinnedClaimants(evidence: CellEvidence, struck: Struck[]): Claimant[] {
  const full = evidence.pinned[0];
  const claims = new Map<Digest, string[]>();
  for (const seen of evidence.pinned) {
    if (seen.kind === 'present') claims.set(seen.digest, [...(claims.get(seen.digest) ?? []), seen.tag]);
  }
  const claimants: Claimant[] = [];
  for (const [digest, tags] of claims) {
    const by = full?.kind === 'present' && full.digest === digest ? 'full' : 'twin';
    const strike = evidence.strike(digest, 'pinned');
    if (strike === null) claimants.push({ digest, by, tags });
    else struck.push({ digest, by, tags, ...strike });
  }
  const whole = claimants.filter(({ digest }) => !evidence.isShort(digest));
  if (whole.length === 0 || whole.length === claimants.length) return claimants;
  for (const claimant of claimants)
    if (!whole.includes(claimant)) struck.push({ ...claimant, why: 'short', because: 'lacks a platform' });
  return whole;
}

function byLabels(cell: Cell, evidence: CellEvidence, struck: readonly Struck[]): CellImage {
  const whole = evidence.labelled.filter(({ digest }) => !evidence.isShort(digest));
  const claimants = groupClaims(whole.length > 0 ? whole : evidence.labelled);
  const [first, ...others] = claimants;
  if (first === undefined) return { state: 'absent', struck, evidence: pinnedTags(evidence) };
  if (others.length > 0) return differ(cell, claimants);
  const { unheard } = evidence;
  if (unheard !== null)
    return { state: 'unknown', reason: `${unheard.tag}: ${unheard.reason}`, evidence: pinnedTags(evidence) };
  const because = `${first.tags[0] ?? ''} points to it, and its labels name ${describeCell(cell)}`;
  return {
    state: 'sound',
    digest: first.digest,
    by: 'labels',
    because,
    evidence: [...first.tags, ...pinnedTags(evidence)],
  };
}

function groupClaims(found: CellEvidence['labelled']): Claimant[] {
  const digests = [...new Set(found.map(({ digest }) => digest))];
  return digests.map((digest) => ({
    digest,
    by: 'labels',
    tags: found.filter((entry) => entry.digest === digest).map(({ tag }) => tag),
  }));
}

function differ(cell: Cell, claimants: readonly Claimant[]): CellImage {
  const list = claimants.map(({ digest, tags }) => `${digest}${tags.length === 0 ? '' : ` (${tags.join(', ')})`}`);
  const because = `${claimants.length === 2 ? 'two' : String(claimants.length)} images claim to be ${describeCell(cell)}: ${list.join(' and ')}`;
  return {
    state: 'doubt',
    why: 'differ',
    claimants,
    rivals: [],
    because,
    evidence: claimants.flatMap(({ tags }) => tags),
  };
}

function shared(cell: Cell, digest: Digest, rivals: readonly Cell[], claimants: readonly Claimant[]): CellImage {
  const because = `${digest} is claimed by ${[cell, ...rivals].map(describeCell).join(' and ')}; labels or a lock file would show whose it is`;
  const evidence = claimants.flatMap(({ tags }) => tags);
  return { state: 'doubt', why: 'shared', claimants, rivals, because, evidence };
}

function tagsOn(digest: Digest, { pinned }: CellEvidence): string[] {
  return pinned.flatMap((seen) => (seen.kind === 'present' && seen.digest === digest ? [seen.tag] : []));
}

function pinnedTags({ pinned }: CellEvidence): string[] {
  return pinned.map(({ tag }) => tag);
}

function tagsText(claimants: readonly Claimant[], chosen: Claimant): string {
  return claimants.flatMap((claimant) => (claimant === chosen ? [] : claimant.tags)).join(', ');
}
