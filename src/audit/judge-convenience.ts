/** A convenience tag against its owner. */
import type { Digest } from '../domain/digest.ts';
import { InternalError } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import { compareReleases, type Release } from '../domain/release.ts';
import type { Seen } from '../domain/snapshot.ts';
import { candidateCells } from '../plan/candidates.ts';
import { describeCell, fullTag, type Cell } from '../plan/cell.ts';
import { ownerOf } from '../plan/plan.ts';
import { releaseEligibility } from '../plan/eligibility.ts';
import type { Stand } from '../plan/types.ts';
import { describeIdentity, digestOf, short, type Charge, type Court, type Verdict } from './charge.ts';
import type { ExpectedConvenience } from './expected.ts';
import type { Identity } from './identify.ts';
import { judgeContent } from './judge-content.ts';
import { applyCommand, deleteCommand, publishCommand } from './fix.ts';

/** Where the owner's image is, as far as it was seen. */
export interface OwnerSeen {
  /** What the tag should stand on; `null` where the owner is not published or could not be seen. */
  readonly digest: Digest | null;
  readonly state: 'published' | 'unpublished' | 'unknown';
  /** The digest is the lock's, and a pinned tag has it. */
  readonly isRecorded: boolean;
  /** The tags that say so. */
  readonly evidence: readonly string[];
}

/** The lock first, then the full tag, then any other pinned tag of the cell. */
export function findOwner(owner: Cell, court: Court): OwnerSeen {
  const tags = owner.pinned.map((text) => text.tag);
  const recorded = court.recorded.of(owner.release.version.text, owner.shape.axes);
  const seen = tags.map((tag) => ({ tag, at: court.input.seen.get(tag) }));
  const there = seen.filter(({ at }) => at?.kind === 'present');
  const isRecorded = recorded !== null && there.some(({ at }) => digestOf(at) === recorded);
  if (there.length > 0) {
    const evidence = there.map(({ tag }) => tag);
    return { digest: recorded ?? digestOf(there[0]?.at), state: 'published', isRecorded, evidence };
  }
  const isUnknown = seen.some(({ at }) => at === undefined || at.kind === 'unknown');
  const evidence = seen.map(({ tag }) => tag);
  return { digest: recorded, state: isUnknown ? 'unknown' : 'unpublished', isRecorded, evidence };
}

export function judgeConvenience(tag: ExpectedConvenience, seen: Seen, court: Court): Verdict {
  if (seen.kind === 'unknown') throw new InternalError(`${tag.tag} was not seen and cannot be judged`);
  return tag.owner === null ? judgeOwnerless(tag, seen, court) : judgeOwned(tag, tag.owner, seen, court);
}

function judgeOwnerless(tag: ExpectedConvenience, seen: Seen, court: Court): Verdict {
  const expected: Stand = { owner: null, digest: null };
  const digest = digestOf(seen);
  if (digest === null) return { charges: [], expected, actual: expected, fix: null, isMovable: false };
  const identity = bestIdentity(tag, court.identities.of(digest), court);
  const nobody = 'every release that could own it is yanked, so nobody may own it';
  const charge: Charge =
    identity === null
      ? { kind: 'ahead', because: `${nobody}; it is there, on ${short(digest)}`, evidence: [] }
      : wrongCell(tag, identity, court);
  const because = identity === null ? charge.because : `${nobody}; ${charge.because}`;
  return {
    charges: [{ ...charge, because }],
    expected,
    actual: { owner: identity?.owner ?? null, digest },
    fix: deleteCommand(court.input.repository, tag.tag),
    isMovable: false,
  };
}

function judgeOwned(tag: ExpectedConvenience, owner: Cell, seen: Seen, court: Court): Verdict {
  const at = findOwner(owner, court);
  const expected: Stand = { owner: ownerOf(owner), digest: at.digest };
  const digest = digestOf(seen);
  const flags = court.input.flags;
  const version = owner.release.version.text;
  const main = court.pinnedVerdict(fullTag(owner));
  // Nothing is moved onto an image that is itself in doubt: its pinned tag is fixed first.
  const isSound = main === null || at.isRecorded || main.charges.length === 0;
  const isMovable = at.state !== 'unpublished' && isSound && at.digest !== null;
  const fixBy = (isBack: boolean): string | null => {
    if (at.state === 'unpublished') return publishCommand(version, flags);
    return isSound ? applyCommand(flags, isBack) : main.fix;
  };
  if (digest === null) {
    const charge: Charge = { kind: 'missing', because: absentBecause(tag, owner, at), evidence: at.evidence };
    return { charges: [charge], expected, actual: { owner: null, digest: null }, fix: fixBy(false), isMovable };
  }
  const identities = court.identities.of(digest);
  const own = identities.find(({ cell }) => cell === owner) ?? null;
  const onRecord = court.recorded.of(version, owner.shape.axes);
  const isRight =
    digest === at.digest || (own !== null && (own.by === 'labels' ? at.digest === null : onRecord === null));
  if (isRight) {
    const { charges } = judgeContent(seen, owner, court, 'right');
    // It has what its pinned tag has, and is fixed with it.
    const again = charges.length === 0 ? null : (main?.fix ?? null);
    return { charges, expected, actual: { owner: ownerOf(owner), digest }, fix: again, isMovable: false };
  }
  const identity = own ?? bestIdentity(tag, identities, court);
  const actual: Stand = { owner: identity?.owner ?? null, digest };
  if (identity === null && at.state === 'unknown' && at.digest === null) {
    const because = `whether ${short(digest)} is right cannot be told: the pinned tags of its owner ${describeCell(owner)} could not be seen`;
    return { charges: [{ kind: 'unknown', because, evidence: [] }], expected, actual, fix: null, isMovable: false };
  }
  const charges: Charge[] = [];
  if (own !== null) charges.push(overwritten(own, digest, onRecord, at));
  else if (identity === null) charges.push(unexplained(digest, owner, at, court));
  else charges.push(withOwner(wrongCell(tag, identity, court), tag, owner, at, court));
  charges.push(...judgeContent(seen, identity?.cell ?? owner, court, 'wrong').charges);
  const isBack = identity !== null && identity !== own && isBackward(identity, owner, court);
  return { charges, expected, actual, fix: fixBy(isBack), isMovable };
}

/** A digest may be several cells'; the one this tag could stand on says most. */
function bestIdentity(tag: ExpectedConvenience, identities: readonly Identity[], court: Court): Identity | null {
  return identities.find((identity) => isCandidate(tag, identity, court)) ?? identities[0] ?? null;
}

function isCandidate(tag: ExpectedConvenience, { cell }: Identity, court: Court): boolean {
  if (cell === null) return false;
  if (court.expected.candidates(tag.tag).some((known) => known === cell)) return true;
  return candidateCells(court.expected.image, [cell]).get(tag.tag)?.includes(cell) === true;
}

/** On the image of another release or cell: which of the three ways to be wrong it is. */
function wrongCell(tag: ExpectedConvenience, identity: Identity, court: Court): Charge {
  const evidence = identity.tag === null ? [] : [identity.tag];
  const where = `it stands on ${describeIdentity(identity)}`;
  if (!isCandidate(tag, identity, court)) return { kind: 'crossed', because: where, evidence };
  const release = identity.cell?.release ?? null;
  if (identity.leftOut !== null)
    return { kind: 'ahead', because: `${where}, which is not in the plan: ${identity.leftOut}`, evidence };
  const found = release === null ? null : releaseEligibility(release, tag.rule, court.expected.image);
  if (release === null || found?.may !== true) {
    const since = release?.yanked?.since ?? null;
    const is = found?.may === false && found.code === 'yanked' ? 'is yanked' : 'may not own it';
    const because = `${where}, which ${is}${found?.may === false ? `: ${found.because}` : ''}`;
    return { kind: 'ahead', because, evidence, ...(since === null ? {} : { since }) };
  }
  const missed = missedReleases(tag, release, court);
  const [first] = missed;
  if (first === undefined) return { kind: 'stale', because: where, evidence };
  if (release.publishedAt > first.publishedAt) {
    const because = `${where}, which came out on ${dayOf(release)}, after ${first.version.text}: a backport took it`;
    return { kind: 'stale', because, evidence, since: release.publishedAt };
  }
  const ago = missed.length === 1 ? '' : `, and ${missed.length - 1} more since`;
  const because = `${where}; it should have moved when ${first.version.text} came out on ${dayOf(first)}${ago}`;
  return { kind: 'stale', because, evidence, since: first.publishedAt };
}

function dayOf(release: Release): string {
  return formatInstant(release.publishedAt).slice(0, 10);
}

/** The releases after this one that should have taken the tag along, as they came out. */
function missedReleases(tag: ExpectedConvenience, from: Release, court: Court): Release[] {
  const { image } = court.expected;
  return court.expected
    .candidates(tag.tag)
    .map((cell) => cell.release)
    .filter((release) => releaseEligibility(release, tag.rule, image).may && !isLeftOut(release, court))
    .filter((release) => compareReleases(release, from, image.scheme) > 0)
    .toSorted((a, b) => a.publishedAt - b.publishedAt);
}

function isLeftOut(release: Release, court: Court): boolean {
  return [...court.expected.leftOutCells.keys()].some((cell) => cell.release === release);
}

/** Adds who owns it, how far behind it is, and whether the owner is there at all. */
function withOwner(charge: Charge, tag: ExpectedConvenience, owner: Cell, at: OwnerSeen, court: Court): Charge {
  const parts = [charge.because, `${describeCell(owner)} owns it by rule ${tag.rule.name}`];
  if (at.state === 'unpublished') parts.push(`the owner is not published yet: ${at.evidence.join(', ')} absent`);
  const other = otherTagsOf(owner, tag, court);
  if (other !== null) parts.push(other);
  return { ...charge, because: parts.join('; '), evidence: [...charge.evidence, ...at.evidence] };
}

/** `2-latest` and `2-python3.10` have one owner: where they differ, the one that is right tells most. */
function otherTagsOf(owner: Cell, tag: ExpectedConvenience, court: Court): string | null {
  const digest = findOwner(owner, court).digest;
  const right = [...court.expected.tags.values()].filter(
    (other) =>
      other.kind === 'convenience' &&
      other.owner === owner &&
      other.tag !== tag.tag &&
      digest !== null &&
      digestOf(court.input.seen.get(other.tag)) === digest,
  );
  return right.length === 0
    ? null
    : `${right.map((other) => other.tag).join(', ')} of the same owner ${right.length === 1 ? 'is' : 'are'} right`;
}

function unexplained(digest: Digest, owner: Cell, at: OwnerSeen, court: Court): Charge {
  const unseen = [...court.input.seen.values()].filter((seen) => seen.kind === 'unknown').length;
  const content = court.input.contents.get(digest);
  const isWrapped = at.digest !== null && content?.kind !== 'failed' && content?.image.children.includes(at.digest);
  const what =
    isWrapped === true
      ? "which no pinned tag has: an index of its own around its owner's image"
      : 'which no pinned tag has';
  const parts = [`it stands on ${short(digest)}, ${what}`, `${describeCell(owner)} owns it`];
  if (at.state === 'unpublished') parts.push(`the owner is not published: ${at.evidence.join(', ')} absent`);
  if (unseen > 0) parts.push(`${unseen} tags that may explain it could not be seen`);
  return { kind: 'drift', because: parts.join('; '), evidence: at.evidence };
}

/** Its owner's image, and not the one its owner's pinned tag is known or recorded to be. */
function overwritten(own: Identity, digest: Digest, recorded: Digest | null, at: OwnerSeen): Charge {
  const what = `it stands on ${short(digest)}, the image of ${describeIdentity(own)}, which owns it`;
  const other =
    recorded === null
      ? `${at.evidence[0] ?? 'its pinned tag'} stands on ${at.digest === null ? 'nothing' : short(at.digest)}`
      : `the lock recorded ${short(recorded)}`;
  return { kind: 'drift', because: `${what}; ${other}`, evidence: at.evidence };
}

function absentBecause(tag: ExpectedConvenience, owner: Cell, at: OwnerSeen): string {
  const owns = `${describeCell(owner)} owns it by rule ${tag.rule.name}`;
  if (at.state === 'unpublished') return `it is absent; ${owns}, and is not published yet`;
  if (at.state === 'unknown') return `it is absent; ${owns}`;
  return `it is absent; ${owns}, and is published as ${at.evidence[0] ?? ''}`;
}

function isBackward({ cell, leftOut }: Identity, owner: Cell, court: Court): boolean {
  if (cell === null) return true;
  if (court.expected.image.scheme.compare(cell.release.version, owner.release.version) <= 0) return false;
  return cell.release.yanked === null && (leftOut === null || !leftOut.startsWith('excluded'));
}
