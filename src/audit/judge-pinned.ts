/** A pinned tag against where its cell's image is. */
import type { Digest } from '../domain/digest.ts';
import { InternalError } from '../domain/errors.ts';
import type { Seen } from '../domain/snapshot.ts';
import { deletion, restoreCommand, withFlag } from '../moves/fix.ts';
import { cellRepair, noRepair, releaseCommand, type Repair } from '../moves/repair.ts';
import { describeCell } from '../plan/cell.ts';
import { ownerOf } from '../plan/plan.ts';
import type { Stand } from '../plan/types.ts';
import type { CellImage } from '../sight/cell-image.ts';
import type { ExpectedPinned } from '../sight/expected.ts';
import { mayShareImage, type Identity } from '../sight/identify.ts';
import { digestOf } from '../sight/input.ts';
import { judgeContent } from './judge-content.ts';
import { describeIdentity, short, type AuditContext, type Fault, type Judgement } from './judgement.ts';

export function judgePinned(tag: ExpectedPinned, seen: Seen, context: AuditContext): Judgement {
  if (seen.kind === 'unknown') throw new InternalError(`${tag.tag} was not seen and cannot be judged`);
  const { cell } = tag;
  const image = context.sight.image(cell);
  const right = image.state === 'sound' ? image.digest : context.sight.locked(cell);
  const digest = digestOf(seen);
  if (digest === null) return judgeAbsent(tag, image, right, context);
  const other = otherCell(tag, digest, image, context);
  const content = judgeContent(seen, cell, context, 'right');
  const drift = driftFault(digest, image, context);
  const faults = [...(other === null ? [] : [other.fault]), ...content, ...(drift === null ? [] : [drift])];
  return {
    faults,
    expected: { owner: ownerOf(cell), digest: right ?? (faults.length === 0 ? digest : null) },
    actual: { owner: other?.owner ?? ownerOf(cell), digest },
    repair: faults.length === 0 ? noRepair : repairOf(tag, digest, image, faults, context),
    move: null,
  };
}

function judgeAbsent(tag: ExpectedPinned, image: CellImage, right: Digest | null, context: AuditContext): Judgement {
  const { cell } = tag;
  const actual: Stand = { owner: null, digest: null };
  const expected: Stand = { owner: ownerOf(cell), digest: right };
  if (cell.release.yanked !== null) return { faults: [], expected, actual, repair: noRepair, move: null };
  const what = `it is absent; the ${tag.rule.name} tag of ${describeCell(cell)}`;
  const how = image.state === 'sound' ? `; ${image.because}, so nothing needs to be built` : doubtText(image);
  const evidence = image.state === 'sound' ? image.evidence : [];
  const fault: Fault = { kind: 'missing', because: `${what}${how}`, evidence };
  return { faults: [fault], expected, actual, repair: cellRepair(cell, context.repair), move: null };
}

function doubtText(image: CellImage): string {
  return image.state === 'doubt' ? `; ${image.because}` : '';
}

function repairOf(
  tag: ExpectedPinned,
  digest: Digest,
  image: CellImage,
  faults: readonly Fault[],
  context: AuditContext,
): Repair {
  const { repository } = context.repair;
  const { release } = tag.cell;
  if (image.state === 'sound' && image.digest !== digest)
    return { fix: restoreCommand(repository, tag.tag, image.digest), choices: [] };
  if (image.state === 'sound') {
    const isIncomplete = faults.some(({ kind }) => kind === 'incomplete') && release.yanked === null;
    const publish = isIncomplete ? releaseCommand(release, context.repair) : null;
    return { fix: publish === null ? null : withFlag(publish, '--replace-partial'), choices: [] };
  }
  if (release.yanked === null || image.state === 'doubt') return cellRepair(tag.cell, context.repair);
  // A yanked release is not published again: what is wrong goes, and nothing is missed.
  const { command } = deletion(repository, tag.tag);
  const because = `the release is yanked, and ${tag.tag} is not its image`;
  return { fix: null, choices: command === null ? [] : [{ do: 'run', command, because }] };
}

interface OtherCell {
  readonly fault: Fault;
  /** `null` if two cells claim the image and no evidence decides. */
  readonly owner: Identity['owner'] | null;
}

/** The image of another cell. What its labels alone say is `mislabelled`. */
function otherCell(tag: ExpectedPinned, digest: Digest, image: CellImage, { sight }: AuditContext): OtherCell | null {
  const { cell } = tag;
  if (image.state === 'sound' && image.digest === digest) return null;
  if (image.state === 'doubt' && image.why === 'shared') {
    const evidence = image.rivals.flatMap((rival) => rival.pinned.map((text) => text.tag));
    return {
      fault: { kind: 'crossed', because: `it points to ${short(digest)}; ${image.because}`, evidence },
      owner: null,
    };
  }
  const other = sight
    .identities(digest)
    .find((identity) => identity.by !== 'labels' && (identity.cell === null || !mayShareImage(identity.cell, cell)));
  if (other === undefined) return null;
  const as = other.tag === null ? '' : `, as ${other.tag} does`;
  const because = `it points to ${short(digest)}${as}, the image of ${describeIdentity(other)}`;
  return { fault: { kind: 'crossed', because, evidence: other.tag === null ? [] : [other.tag] }, owner: other.owner };
}

function driftFault(digest: Digest, image: CellImage, { sight }: AuditContext): Fault | null {
  if (image.state === 'doubt' && image.why !== 'shared')
    return { kind: 'drift', because: `it points to ${digest}; ${image.because}`, evidence: image.evidence };
  if (image.state !== 'sound' || image.digest === digest) return null;
  const isNowhereElse = sight.input.listing !== null && image.by === 'lock' && image.evidence.length === 0;
  const at = isNowhereElse ? ', which no pinned tag of the cell has' : '';
  return {
    kind: 'drift',
    because: `it points to ${digest}, and its image is ${image.digest}${at}: ${image.because}`,
    evidence: image.evidence,
  };
}
