/** Phase two: every cell read back by digest, platforms and labels, before any convenience tag moves. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { InspectedImage } from '../../domain/image.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { agree } from './agree.ts';
import { decisionOf } from './copy-phase.ts';
import { inEach, type LaneRun } from './lane-run.ts';
import { settle } from './settle.ts';
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

/** Pushes of two publishes cross once; more often than this, somebody else is at it. */
const maxAgreements = 3;

async function verifyCell(
  run: LaneRun,
  cell: Cell,
  pushed: Digest,
  project: Project,
  boundMs: number,
  world: World,
): Promise<string | null> {
  const isMade = run.made.has(cell);
  const before = new Set<Digest>(overOf(run, cell));
  let digest = pushed;
  for (let agreements = 0; ; agreements++) {
    const odd = await oddTag(run, cell, digest, before, boundMs, world);
    if (odd === null) break;
    const { tag, now, waitedMs } = odd;
    if (now === null || !isMade) return `${tag} is ${now ?? 'absent'} after ${waitedMs} ms; it should be ${digest}`;
    const agreed = agreements < maxAgreements ? await agree(run, cell, project, world) : null;
    if (agreed === null) throw raced(run, tag, digest, now);
    if (agreed !== digest) before.add(digest);
    digest = agreed;
  }
  const looked = await settle(
    () => run.lane.inspect(digest),
    (image) => image !== null && image.reason === null,
    world.clock,
    boundMs,
    world.signal,
  );
  return looked.value === null ? `${digest} is not there` : contentFault(cell, project, looked.value);
}

interface OddTag {
  readonly tag: string;
  readonly now: Digest | null;
  readonly waitedMs: number;
}

/**
 * The first pinned tag that does not come to be what it should be.
 *
 * @param before what it stood on earlier, and a registry may answer for a while yet: that is waited for, as a 404 is
 */
async function oddTag(
  run: LaneRun,
  cell: Cell,
  digest: Digest,
  before: ReadonlySet<Digest>,
  boundMs: number,
  world: World,
): Promise<OddTag | null> {
  for (const { tag } of cell.pinned) {
    const { value: now, waitedMs } = await settle(
      () => whereStands(run.lane.registry, tag, [digest, null, ...before], world.signal),
      (found) => found !== null && !before.has(found),
      world.clock,
      boundMs,
      world.signal,
    );
    if (now !== digest) return { tag, now, waitedMs };
  }
  return null;
}

/** What the rest of an interrupted push stood on before this run put its own there. */
function overOf(run: LaneRun, cell: Cell): readonly Digest[] {
  const decision = decisionOf(run, cell);
  return decision?.kind === 'build' || decision?.kind === 'copy' ? [...decision.over.values()] : [];
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
