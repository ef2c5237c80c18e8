/**
 * Two publishes of one release: the other one ended while this one was building, and what this one pushed replaced the
 * pinned tags that the other's convenience tags had moved to by then. A builder that pushes for itself cannot be kept
 * from it, so it is repaired: the pinned tags go back to what was published, and this run stops.
 */
import { count } from '../../domain/count.ts';
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import type { MoveResult } from '../../moves/move-result.ts';
import { bringPinned } from './agree.ts';
import { fits } from './fitting.ts';
import { doneDigest, isMade, type RepositoryRun } from './repository-run.ts';

/**
 * @param before the moves as they were planned before anything was built
 * @throws {OutsideError} PINNED_RACED if a convenience tag has come to point to another build of the same cell since
 */
export async function refuseOvertaken(run: RepositoryRun, before: readonly MoveResult[]): Promise<void> {
  const published = await publishedSince(run, before);
  const [first] = published;
  if (first === undefined) return;
  const brought = await pMap(published, ([cell, digest]) => bringPinned(run, cell, digest), { concurrency: 8 });
  const restored = brought.flatMap((tags) => tags ?? []);
  const [cell, digest] = first;
  const tag = fullTag(cell);
  const back =
    restored.length === 0
      ? ''
      : ` ${count(restored.length, 'pinned tag that this run had pushed is', 'pinned tags that this run had pushed are')} back on it.`;
  const message = `${run.name}:${tag}: another publish of this release ended while this one was building, and its image ${digest} is published.${back} Run this again: there is nothing left to build`;
  throw new OutsideError('PINNED_RACED', message, { tag, digest });
}

/** Cells that somebody else published since, with the digest their convenience tags point to now. */
async function publishedSince(run: RepositoryRun, before: readonly MoveResult[]): Promise<ReadonlyMap<Cell, Digest>> {
  const then = new Map(before.map(({ move }) => [move.tag, move.from?.digest ?? null]));
  const owners = new Map(run.project.tags.convenience.map((tag) => [tag.tag, tag.owner]));
  const published = new Map<Cell, Digest>();
  for (const { move } of run.progress.moves) {
    const cell = owners.get(move.tag) ?? null;
    const digest = move.from?.digest ?? null;
    if (cell === null || digest === null || digest === then.get(move.tag) || !isMade(run.stateOf(cell))) continue;
    if (digest !== doneDigest(run, cell) && (await fits(run, cell, digest))) published.set(cell, digest);
  }
  return published;
}
