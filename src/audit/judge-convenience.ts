/** A convenience tag against its owner. What moves is decided in `moves`; here is said what is wrong, and why. */
import { count } from '../domain/count.ts';
import type { Digest } from '../domain/digest.ts';
import { InternalError } from '../domain/errors.ts';
import type { Seen } from '../domain/snapshot.ts';
import { standingAt } from '../moves/backward.ts';
import type { TagState } from '../moves/plan-moves.ts';
import { holdRepair, knowFirst, moveRepair, ownerlessRepair } from '../moves/hold-repair.ts';
import { noRepair, type Repair } from '../moves/repair.ts';
import { becauseConvenience } from '../plan/because.ts';
import { describeCell, fullTag, type Cell } from '../plan/cell.ts';
import { ownerOf } from '../plan/plan.ts';
import type { Stand } from '../plan/types.ts';
import { struckText, type CellImage } from '../sight/cell-image.ts';
import type { ExpectedConvenience } from '../sight/expected.ts';
import type { Identity } from '../sight/identify.ts';
import { digestOf } from '../sight/input.ts';
import { imageOf } from '../sight/says.ts';
import { judgeContent } from './judge-content.ts';
import { describeIdentity, short, type AuditContext, type Fault, type Judgement } from './judgement.ts';
import { wrongCell } from './wrong-cell.ts';

export function judgeConvenience(tag: ExpectedConvenience, seen: Seen, context: AuditContext): Judgement {
  const state = context.moves.states.get(tag.tag);
  if (seen.kind === 'unknown' || state === undefined)
    throw new InternalError(`${tag.tag} was not seen and cannot be judged`);
  if (tag.owner === null) return judgeOwnerless(tag, seen, context);
  if (state.kind === 'right') return judgeRight(tag.owner, seen, context);
  return judgeWrong(tag, tag.owner, seen, state, context);
}

function judgeOwnerless(tag: ExpectedConvenience, seen: Seen, context: AuditContext): Judgement {
  const expected: Stand = { owner: null, digest: null };
  const digest = digestOf(seen);
  if (digest === null) return { faults: [], expected, actual: expected, repair: noRepair, move: null };
  const identity = standingAt(tag, digest, context.sight);
  const nobody = becauseConvenience(tag.planned);
  const fault: Fault =
    identity === null
      ? { kind: 'ahead', because: `it points to ${short(digest)}`, evidence: [] }
      : wrongCell(tag, identity, context);
  return {
    faults: [{ ...fault, because: `${nobody}; ${fault.because}` }],
    expected,
    actual: { owner: identity?.owner ?? null, digest },
    repair:
      context.input.partial.length > 0
        ? { fix: null, choices: knowFirst(context.input.partial) }
        : ownerlessRepair(tag.tag, context.repair),
    move: null,
  };
}

/** It has what its pinned tag has, and is fixed with it. */
function judgeRight(owner: Cell, seen: Seen, context: AuditContext): Judgement {
  const faults = judgeContent(seen, owner, context, 'right');
  const at: Stand = { owner: ownerOf(owner), digest: digestOf(seen) };
  const repair = faults.length === 0 ? noRepair : (context.pinned(fullTag(owner))?.repair ?? noRepair);
  return { faults, expected: at, actual: at, repair, move: null };
}

function judgeWrong(
  tag: ExpectedConvenience,
  owner: Cell,
  seen: Seen,
  state: Exclude<TagState, { readonly kind: 'right' }>,
  context: AuditContext,
): Judgement {
  const image = context.sight.image(owner);
  const digest = digestOf(seen);
  const expected: Stand = { owner: ownerOf(owner), digest: image.state === 'sound' ? image.digest : null };
  const identity = digest === null ? null : standingAt(tag, digest, context.sight);
  const actual: Stand = { owner: identity?.owner ?? null, digest };
  const faults = wrongFaults(tag, owner, { seen, digest, identity, image }, context);
  const move = state.kind === 'move' && context.refused === null ? state.move : null;
  return { faults, expected, actual, repair: wrongRepair(state, context), move };
}

function wrongRepair(state: TagState, { repair, refused }: AuditContext): Repair {
  if (state.kind === 'move') return refused ?? moveRepair(repair);
  return state.kind === 'held' ? holdRepair(state, repair) : noRepair;
}

interface Place {
  readonly seen: Seen;
  readonly digest: Digest | null;
  readonly identity: Identity | null;
  readonly image: CellImage;
}

function wrongFaults(tag: ExpectedConvenience, owner: Cell, place: Place, context: AuditContext): readonly Fault[] {
  const { seen, digest, identity, image } = place;
  const isOwners = identity !== null && identity.cell === owner;
  if (digest === null)
    return [{ kind: 'missing', because: absentBecause(tag, owner, image), evidence: image.evidence }];
  if (image.state === 'unknown' && (identity === null || isOwners)) {
    const because = `whether ${short(digest)} is right is not known: the registry did not answer for the pinned tags of its owner ${describeCell(owner)}`;
    return [{ kind: 'unknown', because, evidence: [] }];
  }
  const inside = judgeContent(seen, identity?.cell ?? owner, context, 'wrong');
  if (image.state === 'doubt' && (isOwners || image.claimants.some((claimant) => claimant.digest === digest)))
    return [
      { kind: 'drift', because: `it points to ${short(digest)}; ${image.because}`, evidence: image.evidence },
      ...inside,
    ];
  if (isOwners) return [overwritten(identity, digest, image), ...inside];
  if (identity === null) return [unexplained(digest, owner, image, context), ...inside];
  return [withOwner(wrongCell(tag, identity, context), tag, owner, image, context), ...inside];
}

/** Adds who owns it, how far behind it is, and whether the owner is there at all. */
function withOwner(
  fault: Fault,
  tag: ExpectedConvenience,
  owner: Cell,
  image: CellImage,
  context: AuditContext,
): Fault {
  const parts = [fault.because, `${describeCell(owner)} owns it by rule ${tag.rule.name}`, ...ownersPlace(image)];
  const other = otherTagsOf(owner, tag, image, context);
  if (other !== null) parts.push(other);
  return { ...fault, because: parts.join('; '), evidence: [...fault.evidence, ...image.evidence] };
}

function ownersPlace(image: CellImage): string[] {
  if (image.state === 'doubt') return [image.because];
  if (image.state === 'unknown') return [`its move waits, for the owner's image is not known: ${image.reason}`];
  if (image.state !== 'absent') return [];
  const struck = image.struck.find(({ tags }) => tags.length > 0);
  if (struck !== undefined) return [`the owner's ${struckText(struck)}`];
  return [`the owner is not published yet: ${image.evidence.join(', ')} absent`];
}

/** `2-latest` and `2-python3.10` have one owner: where they differ, the one that is right says most. */
function otherTagsOf(owner: Cell, tag: ExpectedConvenience, image: CellImage, context: AuditContext): string | null {
  if (image.state !== 'sound') return null;
  const right = context.expected
    .owned(owner)
    .filter((other) => other !== tag.tag && context.sight.digestAt(other) === image.digest);
  return right.length === 0 ? null : `${right.join(', ')} of the same owner ${right.length === 1 ? 'is' : 'are'} right`;
}

function unexplained(digest: Digest, owner: Cell, image: CellImage, context: AuditContext): Fault {
  const { input } = context;
  const unseen = [...input.seen.values()].filter((seen) => seen.kind === 'unknown').length;
  const content = imageOf(input.contents.get(digest));
  const isWrapped = image.state === 'sound' && content?.children.includes(image.digest) === true;
  const pinned = context.sight.pinnedAt(digest);
  const nobody = isWrapped
    ? "which no pinned tag has: a new index around its owner's image"
    : 'which no pinned tag has';
  const what = pinned.length === 0 ? nobody : `as ${pinned.join(', ')} ${pinned.length === 1 ? 'does' : 'do'}`;
  const parts = [`it points to ${short(digest)}, ${what}`, `${describeCell(owner)} owns it`, ...ownersPlace(image)];
  if (unseen > 0) parts.push(`${count(unseen, 'tag', 'tags')} that may explain it could not be read`);
  return { kind: 'drift', because: parts.join('; '), evidence: image.evidence };
}

/** Another image of its owner than the one that counts. */
function overwritten(own: Identity, digest: Digest, image: CellImage): Fault {
  const what = `it points to ${short(digest)}, an image of ${describeIdentity(own)}, which owns it`;
  const other = image.state === 'sound' ? `; its image is ${short(image.digest)}: ${image.because}` : '';
  return { kind: 'drift', because: `${what}${other}`, evidence: image.evidence };
}

function absentBecause(tag: ExpectedConvenience, owner: Cell, image: CellImage): string {
  const owns = `${describeCell(owner)} owns it by rule ${tag.rule.name}`;
  if (image.state === 'sound')
    return `it is absent; ${owns}, and ${image.because.replace('points to it', 'points to its image')}`;
  if (image.state === 'absent' && image.struck.length === 0) return `it is absent; ${owns}, and is not published yet`;
  const place = ownersPlace(image);
  return place.length === 0 ? `it is absent; ${owns}` : `it is absent; ${owns}; ${place.join('; ')}`;
}
