/** Phase four: every moved tag read on its digest, within a bound; and the journal brought to its end. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import { isDone, type MoveResult } from '../../moves/move-result.ts';
import type { OpenRepository } from './open-repository.ts';
import { waitUntil } from './wait.ts';
import { whereTagPoints } from './where-tag-points.ts';

export interface WaitedMoves {
  /** With those that are not shown: still as before, or moved on by somebody else. */
  readonly results: readonly MoveResult[];
  readonly waitedMs: number;
}

export async function waitForMoves(open: OpenRepository, results: readonly MoveResult[]): Promise<WaitedMoves> {
  const { clock } = open.world;
  const start = clock.nowMs();
  const shown = await pMap(results, (result) => waitForMove(open, result), { concurrency: 8 });
  return { results: shown, waitedMs: clock.nowMs() - start };
}

/** The old digest and a 404 are lag; a third digest is somebody's, and no reason to wait. */
async function waitForMove(open: OpenRepository, result: MoveResult): Promise<MoveResult> {
  const { registry, world } = open;
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
    ({ value: now, waitedMs } = await waitUntil(
      () => whereTagPoints(registry, move.tag, [move.to.digest, from, null], world.signal),
      (digest) => digest !== from && digest !== null,
      open,
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
  { journal, finishPast, world }: OpenRepository,
  { results, waitedMs }: WaitedMoves,
): Promise<void> {
  const at = formatInstant(world.clock.nowMs());
  const stuck = results.find((result) => !isDone(result) && result.detail !== null) ?? results.find((r) => !isDone(r));
  if (stuck !== undefined) {
    const reason = `${stuck.move.tag}: ${stuck.detail ?? 'not moved'}`;
    if (journal.path() !== null) await journal.write({ step: 'stopped', code: stuck.state, reason, at });
    return;
  }
  await finishPast();
  if (journal.path() === null) return;
  await journal.write({ step: 'settled', waitedMs });
  await journal.write({ step: 'finished', at });
}
