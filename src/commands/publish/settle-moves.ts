/** Phase four: every moved tag read on its digest, within a bound; and the journal brought to its end. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import { isDone, type MoveResult } from '../../publish/move-result.ts';
import type { World } from '../world.ts';
import type { Lane } from './lane.ts';
import { settle } from './settle.ts';
import { whereStands } from './stands.ts';

export interface SettledMoves {
  /** Those that did not settle told: still as before, or moved on by somebody else. */
  readonly results: readonly MoveResult[];
  readonly waitedMs: number;
}

export async function settleMoves(
  lane: Lane,
  results: readonly MoveResult[],
  boundMs: number,
  world: World,
): Promise<SettledMoves> {
  const start = world.clock.nowMs();
  const settled = await pMap(results, (result) => settleMove(lane, result, boundMs, world), { concurrency: 8 });
  return { results: settled, waitedMs: world.clock.nowMs() - start };
}

/** The old digest and a 404 are lag; a third digest is somebody's, and no reason to wait. */
async function settleMove(lane: Lane, result: MoveResult, boundMs: number, world: World): Promise<MoveResult> {
  const { move, state } = result;
  if (state !== 'moved' || move.to.digest === null) return result;
  const from = move.from?.digest ?? null;
  const unsettled = (detail: string): MoveResult => ({
    move,
    state: 'unsettled',
    detail: `it was moved, and ${detail}`,
  });
  let now: Digest | null;
  let waitedMs: number;
  try {
    ({ value: now, waitedMs } = await settle(
      () => whereStands(lane.registry, move.tag, [move.to.digest, from, null], world.signal),
      (digest) => digest !== from && digest !== null,
      world.clock,
      boundMs,
      world.signal,
    ));
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return unsettled(`cannot be read back: ${error.message}`);
  }
  if (now === move.to.digest) return result;
  if (now !== from && now !== null)
    return { move, state: 'raced', detail: `it was moved, and is ${now} now: another run moved it on` };
  return unsettled(`the registry still answers ${now ?? 'that it is absent'} after ${waitedMs} ms`);
}

/** The last entries of a run: settled and finished, or what stopped it. A run that wrote nothing leaves no journal. */
export async function finishJournal(
  lane: Lane,
  results: readonly MoveResult[],
  waitedMs: number,
  world: World,
): Promise<void> {
  const at = formatInstant(world.clock.nowMs());
  const stuck = results.find((result) => !isDone(result) && result.detail !== null) ?? results.find((r) => !isDone(r));
  if (stuck !== undefined) {
    const reason = `${stuck.move.tag}: ${stuck.detail ?? 'not moved'}`;
    if (lane.journal.path() !== null) await lane.journal.write({ step: 'stopped', code: stuck.state, reason, at });
    return;
  }
  await lane.settlePast();
  if (lane.journal.path() === null) return;
  await lane.journal.write({ step: 'settled', waitedMs });
  await lane.journal.write({ step: 'finished', at });
}
