/** An image whose pinned tags are all elsewhere keeps the tag it has until it has its full tag back. */
import type { Digest } from '../domain/digest.ts';
import { fullTag, type Cell } from '../plan/cell.ts';
import type { Move } from '../plan/types.ts';
import type { CellImage } from '../sight/cell-image.ts';
import type { Sight } from '../sight/sight.ts';
import { restoreCommand } from './fix.ts';
import type { HeldMove, Hold } from './hold.ts';
import { noRepair, type Repair, type RepairContext } from './repair.ts';

/**
 * @param from the image that a tag is taken from
 * @param staying tags that are not moved, of those that count for a cell
 * @returns `null` where the image is nobody's, or keeps a tag
 */
export function lastTagHold(from: Digest, staying: (cell: Cell) => readonly string[], sight: Sight): Hold | null {
  for (const { owner, leftOut } of sight.identities(from)) {
    const cell = leftOut === null ? sight.input.expected.cell(owner.version, owner.axes) : null;
    if (cell === null || cell.release.yanked !== null) continue;
    if (cell.pinned.some((text) => sight.digestAt(text.tag) === from)) continue;
    if (staying(cell).some((tag) => sight.digestAt(tag) === from)) continue;
    const unread = cell.pinned.find((text) => !sight.input.seen.has(text.tag));
    if (unread !== undefined) return { kind: 'unseen', reason: `${unread.tag}: it was not read` };
    const image = sight.image(cell);
    if (image.state === 'unknown') return { kind: 'unseen', reason: image.reason };
    if (image.state === 'sound' && image.digest === from) return { kind: 'last-tag', cell };
    if (image.state === 'doubt' && mayBe(image, from)) return { kind: 'doubt', cell, image };
  }
  return null;
}

/** Where what was recorded is gone, any image of the cell may be all that is left of it. */
function mayBe({ why, claimants }: Extract<CellImage, { readonly state: 'doubt' }>, digest: Digest): boolean {
  return why === 'gone' || claimants.some((claimant) => claimant.digest === digest);
}

/**
 * Moves that were recorded, not planned: of those that would leave an image without a tag, the last one is held back.
 *
 * @param moves in the order of moving
 */
export function holdLastTags(
  moves: readonly Move[],
  sight: Sight,
): { readonly moves: readonly Move[]; readonly held: readonly HeldMove[] } {
  const held: HeldMove[] = [];
  let left = moves;
  // A move that is held reaches nothing, so another may have to be held for it.
  for (;;) {
    const more = lastOnes(left, sight);
    if (more.length === 0) return { moves: left, held };
    held.push(...more);
    left = left.filter((move) => !more.some((one) => one.move === move));
  }
}

function lastOnes(moves: readonly Move[], sight: Sight): HeldMove[] {
  const leaving = new Set(moves.map(({ tag }) => tag));
  const reached = new Set(moves.map(({ to }) => to.digest));
  const staying = [...sight.input.seen.keys()].filter((tag) => !leaving.has(tag));
  const lastOf = new Map(moves.map((move) => [move.from?.digest ?? null, move]));
  return [...lastOf].flatMap(([digest, move]): HeldMove[] => {
    const hold = digest === null || reached.has(digest) ? null : lastTagHold(digest, () => staying, sight);
    return hold === null ? [] : [{ move, holds: [hold] }];
  });
}

/** Gives the image its full tag back, and lets the other tag go. */
export function lastTagRepair({ move, holds: [hold] }: HeldMove, { repository }: RepairContext): Repair {
  const digest = move.from?.digest ?? null;
  if (hold.kind !== 'last-tag' || digest === null) return noRepair;
  return { fix: restoreCommand(repository, fullTag(hold.cell), digest), choices: [] };
}
