import { OutsideError } from '../../domain/errors.ts';
import type { Move } from '../../plan/types.ts';
import type { MoveResult } from '../../publish/move-result.ts';
import type { World } from '../world.ts';
import type { Lane } from './lane.ts';
import { deleteTags, moveTags } from './move-tags.ts';
import { finishJournal, settleMoves } from './settle-moves.ts';

export interface CarriedOut {
  /** One result a move. */
  readonly moves: readonly MoveResult[];
  readonly journal: string | null;
  /** What went wrong besides the moves. */
  readonly failure: string | null;
}

/**
 * Moves alone, without a build: `apply` and `rollback`. Moves to nowhere delete the tag, once the others are done.
 *
 * @throws {OutsideError} ABORTED
 */
export async function carryOut(lane: Lane, moves: readonly Move[], boundMs: number, world: World): Promise<CarriedOut> {
  try {
    const moving = moves.filter((move) => move.to.digest !== null);
    const moved = await settleMoves(lane, await moveTags(lane, moving, boundMs, world), boundMs, world);
    const gone = moves.filter((move) => move.to.digest === null);
    const results = [...moved.results, ...(await deleteTags(lane, gone, world))];
    const failure = await finish(lane, results, moved.waitedMs, world);
    return { moves: results, journal: lane.journal.path(), failure };
  } catch (error) {
    if (lane.journal.isBegun()) world.say(lane.journal.leftText());
    throw error;
  } finally {
    await lane.journal.close();
  }
}

/** Tags that have moved are told as moved, though their journal could not be brought to its end. */
async function finish(
  lane: Lane,
  results: readonly MoveResult[],
  waitedMs: number,
  world: World,
): Promise<string | null> {
  try {
    await finishJournal(lane, results, waitedMs, world);
    return null;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return `${error.code}  ${error.message}`;
  }
}
