import { OutsideError } from '../../domain/errors.ts';
import type { Move } from '../../plan/types.ts';
import type { MoveResult } from '../../moves/move-result.ts';
import { deleteTags, moveTags } from './move-tags.ts';
import type { OpenRepository } from './open-repository.ts';
import { recordMoves } from './record-moves.ts';
import { finishJournal, waitForMoves, type WaitedMoves } from './wait-for-moves.ts';

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
export async function carryOut(open: OpenRepository, moves: readonly Move[]): Promise<CarriedOut> {
  const { journal, world } = open;
  try {
    const moving = moves.filter((move) => move.to.digest !== null);
    const moved = await waitForMoves(open, await moveTags(open, moving));
    const gone = moves.filter((move) => move.to.digest === null);
    const results = [...moved.results, ...(await deleteTags(open, gone))];
    const failure = await finish(open, { ...moved, results });
    return { moves: results, journal: journal.path(), failure };
  } catch (error) {
    if (journal.isBegun()) world.say(journal.leftText());
    throw error;
  } finally {
    await journal.close();
  }
}

/** Tags that have moved are reported as moved, even if their statement could not be written or their journal finished. */
async function finish(open: OpenRepository, moved: WaitedMoves): Promise<string | null> {
  try {
    await recordMoves(open);
    await finishJournal(open, moved);
    return null;
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return `${error.code}  ${error.message}`;
  }
}
