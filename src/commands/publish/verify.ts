/** Phase two: every cell read back by digest, platforms and labels, before any convenience tag moves. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { InspectedImage } from '../../domain/image.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { inEach, type LaneRun } from './lane-run.ts';
import { settle, type Settled } from './settle.ts';
import { whereStands } from './stands.ts';

/** A cell that is not as it should be goes to `lacking`, with what is wrong. */
export async function verifyPinned(
  runs: readonly LaneRun[],
  project: Project,
  boundMs: number,
  world: World,
): Promise<void> {
  await inEach(runs, async (run) => {
    const before = world.clock.nowMs();
    const cells = [...run.digests];
    const faults = await pMap(cells, ([cell, digest]) => verifyCell(run, cell, digest, project, boundMs, world), {
      concurrency: 8,
    });
    for (const [index, fault] of faults.entries()) {
      const cell = cells[index]?.[0];
      if (cell === undefined || fault === null) continue;
      run.lacking.set(cell, { code: 'VERIFY_FAILED', reason: fault });
      run.digests.delete(cell);
    }
    run.verifyMs = world.clock.nowMs() - before;
    if (run.made.size > 0 && run.lacking.size === 0)
      await run.lane.journal.write({ step: 'verified', cells: cells.length, waitedMs: run.verifyMs });
  });
}

async function verifyCell(
  run: LaneRun,
  cell: Cell,
  digest: Digest,
  project: Project,
  boundMs: number,
  world: World,
): Promise<string | null> {
  const within = <T>(ask: () => Promise<T>, isSettled: (answer: T) => boolean): Promise<Settled<T>> =>
    settle(ask, isSettled, world.clock, boundMs, world.signal);
  for (const { tag } of cell.pinned) {
    const read = await within(
      () => whereStands(run.lane.registry, tag, [digest], world.signal),
      (now) => now === digest,
    );
    if (read.settled) continue;
    const now = read.value ?? 'absent';
    if (read.value !== null && run.made.has(cell)) throw raced(run, tag, digest, now);
    return `${tag} is ${now} after ${read.waitedMs} ms; it should be ${digest}`;
  }
  const looked = await within(
    () => run.lane.inspect(digest),
    (image) => image !== null && image.reason === null,
  );
  return looked.value === null ? `${digest} is not there` : contentFault(cell, project, looked.value);
}

function contentFault(cell: Cell, project: Project, image: InspectedImage): string | null {
  const { mislabelled, missingPlatforms } = misfit(cell, project.image, image);
  if (image.reason !== null) return `${fullTag(cell)}: ${image.reason}`;
  if (missingPlatforms.length > 0) return `${fullTag(cell)} lacks ${missingPlatforms.join(', ')}`;
  return mislabelled.length > 0 ? `${fullTag(cell)}: ${mislabelled.join('; ')}` : null;
}

/**
 * Reads every pinned tag once more: each must still be what this run built or adopted. A 404 may be a replica that lags.
 *
 * @throws {OutsideError} PINNED_RACED
 */
export async function refuseRacedCells(run: LaneRun, boundMs: number, world: World): Promise<void> {
  const tags = [...run.digests].flatMap(([cell, digest]) => cell.pinned.map(({ tag }) => ({ tag, digest })));
  await pMap(
    tags,
    async ({ tag, digest }) => {
      const { value: now } = await settle(
        () => whereStands(run.lane.registry, tag, [digest], world.signal),
        (found) => found !== null,
        world.clock,
        boundMs,
        world.signal,
      );
      if (now !== digest) throw raced(run, tag, digest, now ?? 'absent');
    },
    { concurrency: 8 },
  );
}

function raced(run: LaneRun, tag: string, digest: Digest, now: string): OutsideError {
  const message = `${run.lane.name}:${tag} is ${now}; this run left it on ${digest}. Another publish is at work, and no convenience tag was moved to it. Run this again once it is done`;
  return new OutsideError('PINNED_RACED', message, { tag, expected: digest, actual: now });
}
