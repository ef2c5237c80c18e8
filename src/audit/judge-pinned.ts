/** A pinned tag against its cell: the lock's word, its twins', other cells' and the image's own. */
import type { Digest } from '../domain/digest.ts';
import { InternalError } from '../domain/errors.ts';
import type { Seen } from '../domain/snapshot.ts';
import { describeCell, type Cell, type CellOrStandIn } from '../plan/cell.ts';
import { misfit } from '../plan/expected-image.ts';
import { ownerOf } from '../plan/plan.ts';
import type { Stand } from '../plan/types.ts';
import { describeIdentity, digestOf, short, type Charge, type Court, type Verdict } from './charge.ts';
import { cellKey, type ExpectedPinned } from './expected.ts';
import type { Identity } from './identify.ts';
import { judgeContent } from './judge-content.ts';
import { deleteCommand, publishCommand, restoreCommand } from './fix.ts';

export function judgePinned(tag: ExpectedPinned, seen: Seen, court: Court): Verdict {
  if (seen.kind === 'unknown') throw new InternalError(`${tag.tag} was not seen and cannot be judged`);
  const { cell } = tag;
  const version = cell.release.version.text;
  const recorded = court.recorded.of(version, cell.shape.axes);
  const digest = digestOf(seen);
  const twinsThere = twinDigests(tag, court);
  const expected: Stand = { owner: ownerOf(cell), digest: recorded ?? null };
  if (digest === null) {
    const actual: Stand = { owner: null, digest: null };
    if (cell.release.yanked !== null) return { charges: [], expected, actual, fix: null, isMovable: false };
    const twin = twinsThere[0];
    const stand: Stand = { owner: ownerOf(cell), digest: recorded ?? twin?.digest ?? null };
    const charge: Charge = {
      kind: 'missing',
      because: absentBecause(tag, twin?.tag ?? null),
      evidence: twin === undefined ? [] : [twin.tag],
    };
    const fix = publishCommand(version, court.input.flags);
    return { charges: [charge], expected: stand, actual, fix, isMovable: false };
  }
  const crossed = judgeCrossed(tag, digest, court);
  const drift = judgeDrift(tag, digest, twinsThere, recorded, court);
  const content = judgeContent(seen, cell, court, 'right').charges;
  const isOthers = crossed !== null && !crossed.isOpen;
  const right = recorded ?? drift?.right ?? null;
  return {
    charges: [...(crossed === null ? [] : [crossed.charge]), ...content, ...(drift === null ? [] : [drift.charge])],
    expected: { owner: ownerOf(cell), digest: right ?? (crossed === null && drift === null ? digest : null) },
    actual: { owner: isOthers ? crossed.identity.owner : ownerOf(cell), digest },
    fix: fixPinned(tag, digest, right, content, crossed !== null && isOthers, court),
    isMovable: false,
  };
}

function fixPinned(
  tag: ExpectedPinned,
  digest: Digest,
  right: Digest | null,
  content: readonly Charge[],
  isOthers: boolean,
  court: Court,
): string | null {
  const { repository, flags } = court.input;
  const version = tag.cell.release.version.text;
  if (right !== null && right !== digest) return restoreCommand(repository, tag.tag, right);
  if (content.some(({ kind }) => kind === 'incomplete')) return publishCommand(version, flags, '--replace-partial');
  const isWrong = isOthers || content.some(({ kind }) => kind === 'mislabelled');
  if (!isWrong) return null;
  return `${deleteCommand(repository, tag.tag)} && ${publishCommand(version, flags)}`;
}

interface Twin {
  readonly tag: string;
  readonly digest: Digest;
}

function twinDigests(tag: ExpectedPinned, court: Court): Twin[] {
  return [tag.main, ...tag.twins].flatMap((text) => {
    const digest = text === tag.tag ? null : digestOf(court.input.seen.get(text));
    return digest === null ? [] : [{ tag: text, digest }];
  });
}

function absentBecause(tag: ExpectedPinned, twin: string | null): string {
  const what = `it is absent; the ${tag.rule.name} tag of ${describeCell(tag.cell)}`;
  return twin === null ? what : `${what}; ${twin} is there, so nothing needs to be built`;
}

interface Crossed {
  readonly charge: Charge;
  readonly identity: Identity;
  /** Two cells claim the digest, and nothing tells whose it is. */
  readonly isOpen: boolean;
}

/** Another cell's image. Two releases of one revision may share theirs: a candidate that became the final. */
function judgeCrossed(tag: ExpectedPinned, digest: Digest, court: Court): Crossed | null {
  const { cell } = tag;
  const others = court.identities
    .of(digest)
    .filter((identity) => identity.by !== 'labels' && !isSameImage(identity, cell));
  if (others.length === 0) return null;
  const mine = claim(cell, digest, court);
  for (const identity of others) {
    const theirs = theirClaim(identity, digest, court);
    if (mine > theirs) continue;
    const isOpen = mine === theirs;
    const open = isOpen ? '; which of the two is wrong, labels or a lock would tell' : '';
    const as = identity.tag === null ? '' : `, as ${identity.tag} does`;
    const because = `it stands on ${short(digest)}${as}, the image of ${describeIdentity(identity)}${open}`;
    const evidence = identity.tag === null ? [] : [identity.tag];
    return { charge: { kind: 'crossed', because, evidence }, identity, isOpen };
  }
  return null;
}

function isSameImage(identity: Identity, cell: Cell): boolean {
  if (identity.cell === cell) return true;
  const isSameShape = cellKey('', identity.owner.axes) === cellKey('', cell.shape.axes);
  return isSameShape && identity.cell !== null && identity.cell.release.revision === cell.release.revision;
}

/** What no plan has claims nothing by its tags; a lock or labels may still speak for it. */
function theirClaim({ cell, leftOut }: Identity, digest: Digest, court: Court): number {
  if (cell === null) return 0;
  return claim(leftOut === null ? cell : { ...cell, pinned: [] }, digest, court);
}

/** How well a cell's claim to a digest is founded: the lock weighs more than labels, those more than platforms and tags. */
function claim(cell: CellOrStandIn, digest: Digest, court: Court): number {
  const recorded = court.recorded.of(cell.release.version.text, cell.shape.axes);
  const byLock = recorded === null ? 0 : recorded === digest ? 100 : -100;
  const tags = cell.pinned.filter(({ tag }) => digestOf(court.input.seen.get(tag)) === digest).length;
  return byLock + 10 * labelsFit(cell, digest, court) - (isShort(cell, digest, court) ? 5 : 0) + tags;
}

/** An index that lacks a platform of the cell: not what was published. */
function isShort(cell: CellOrStandIn, digest: Digest, court: Court): boolean {
  const content = court.input.contents.get(digest);
  if (content === undefined || content.kind === 'failed' || content.image.kind !== 'index') return false;
  return misfit(cell, court.expected.image, content.image).missingPlatforms.length > 0;
}

/** 1 where the image says it is this cell's, -1 where it says otherwise, 0 where it says nothing or was not read. */
function labelsFit(cell: CellOrStandIn, digest: Digest, court: Court): number {
  const content = court.input.contents.get(digest);
  if (content?.kind !== 'read') return 0;
  const { mislabelled, unlabelled } = misfit(cell, court.expected.image, content.image);
  if (mislabelled.length > 0) return -1;
  return unlabelled ? 0 : 1;
}

interface Drift {
  readonly charge: Charge;
  /** The digest it should have, where something tells. */
  readonly right: Digest | null;
}

function judgeDrift(
  tag: ExpectedPinned,
  digest: Digest,
  twins: readonly Twin[],
  recorded: Digest | null,
  court: Court,
): Drift | null {
  if (recorded !== null) {
    if (recorded === digest) return null;
    const because = `it stands on ${digest}; the lock recorded ${recorded}`;
    return { charge: { kind: 'drift', because, evidence: [] }, right: recorded };
  }
  for (const twin of twins) {
    if (twin.digest === digest) continue;
    const isMain = tag.tag === tag.main;
    if (!isMain && twin.tag !== tag.main) continue;
    const difference =
      claim(tag.cell, digest, court) -
      claim(tag.cell, twin.digest, court) +
      strangers(tag.cell, twin.digest, court) -
      strangers(tag.cell, digest, court);
    // Where nothing tells, the full tag has the finding: it is the one people read.
    if (difference > 0 || (difference === 0 && !isMain)) continue;
    const tells = difference === 0 ? '; which of the two is wrong, labels or a lock would tell' : '';
    const because = `it stands on ${digest}, and ${twin.tag} of the same cell on ${twin.digest}${tells}`;
    return { charge: { kind: 'drift', because, evidence: [twin.tag] }, right: difference < 0 ? twin.digest : null };
  }
  return null;
}

/** 1 where the digest is another cell's too. */
function strangers(cell: Cell, digest: Digest, court: Court): number {
  const others = court.identities.of(digest).filter((other) => other.by !== 'labels' && !isSameImage(other, cell));
  return others.length > 0 ? 1 : 0;
}
