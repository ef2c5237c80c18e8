/** Phase two: every cell read back by digest, platforms and labels, before any convenience tag moves. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { inEach, type LaneRun } from './lane-run.ts';
import { fullTag } from './pinned-phase.ts';
import { settle } from './settle.ts';

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
      run.lacking.set(cell, fault);
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
  for (const { tag } of cell.pinned) {
    const read = await settle(
      () => run.lane.registry.head(tag, world.signal),
      (descriptor) => descriptor?.digest === digest,
      world.clock,
      boundMs,
      world.signal,
    );
    if (read.settled) continue;
    const now = read.value?.digest ?? 'absent';
    if (read.value !== null && tag === fullTag(cell) && run.made.has(cell)) throw raced(run, tag, digest, now);
    return `${tag} is ${now} after ${read.waitedMs} ms; it should be ${digest}`;
  }
  const image = await run.lane.inspect(digest);
  if (image === null) return `${digest} is not there`;
  const { mislabelled, missingPlatforms } = misfit(cell, project.image, image);
  if (image.reason !== null) return `${fullTag(cell)}: ${image.reason}`;
  if (missingPlatforms.length > 0) return `${fullTag(cell)} lacks ${missingPlatforms.join(', ')}`;
  return mislabelled.length > 0 ? `${fullTag(cell)}: ${mislabelled.join('; ')}` : null;
}

/** Read once more just before the moves: each full tag must still be what this run built or adopted. */
export async function refuseRacedCells(run: LaneRun, world: World): Promise<void> {
  await pMap(
    run.digests,
    async ([cell, digest]) => {
      const now = await run.lane.registry.head(fullTag(cell), world.signal);
      if (now?.digest !== digest) throw raced(run, fullTag(cell), digest, now?.digest ?? 'absent');
    },
    { concurrency: 8 },
  );
}

function raced(run: LaneRun, tag: string, digest: Digest, now: string): OutsideError {
  const message = `${run.lane.name}:${tag} is ${now}; this run left it on ${digest}. Another publish is at work: no convenience tag was moved`;
  return new OutsideError('PINNED_RACED', message, { tag, expected: digest, actual: now });
}
