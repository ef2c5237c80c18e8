/** Phase two: every cell read back by digest, platforms and labels, before any convenience tag moves. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { InspectedImage } from '../../domain/image.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import { waitUntil } from '../move/wait.ts';
import { whereTagPoints } from '../move/where-tag-points.ts';
import { agree } from './agree.ts';
import { doneCells, inEach, isMade, lackingCells, overOf, type RepositoryRun } from './repository-run.ts';

/** A cell that is not as it should be is `lacking`, with what is wrong. */
export async function verifyPinned(runs: readonly RepositoryRun[]): Promise<void> {
  await inEach(runs, async (run) => {
    const { clock } = run.world;
    const before = clock.nowMs();
    const cells = doneCells(run);
    const hasMade = cells.some(([cell]) => isMade(run.stateOf(cell)));
    await pMap(
      cells,
      async ([cell, digest]) => {
        const fault = await verifyCell(run, cell, digest);
        if (fault !== null) run.set(cell, { kind: 'lacking', code: 'VERIFY_FAILED', reason: fault });
      },
      { concurrency: 8 },
    );
    const verifyMs = clock.nowMs() - before;
    run.note({ verifyMs });
    if (hasMade && lackingCells(run).length === 0)
      await run.journal.write({ step: 'verified', cells: cells.length, waitedMs: verifyMs });
  });
}

/** Pushes of two publishes cross once; more often than this, somebody else is at it. */
const maxAgreements = 3;

async function verifyCell(run: RepositoryRun, cell: Cell, pushed: Digest): Promise<string | null> {
  const surveyed = run.survey.find((entry) => entry.cell === cell);
  const before = new Set<Digest>(surveyed === undefined ? [] : overOf(surveyed).values());
  const canAgree = isMade(run.stateOf(cell));
  let digest = pushed;
  for (let agreements = 0; ; agreements++) {
    const odd = await oddTag(run, cell, digest, before);
    if (odd === null) break;
    const { tag, now, waitedMs } = odd;
    if (now === null || !canAgree) return `${tag} is ${now ?? 'absent'} after ${waitedMs} ms; it should be ${digest}`;
    const agreed = agreements < maxAgreements ? await agree(run, cell) : null;
    if (agreed === null) throw raced(run, tag, digest, now);
    if (agreed !== digest) before.add(digest);
    digest = agreed;
  }
  const looked = await waitUntil(
    () => run.inspect(digest),
    (image) => image !== null && image.reason === null,
    run,
  );
  return looked.value === null ? `${digest} is not there` : contentFault(cell, looked.value);
}

/**
 * The first pinned tag that does not come to point where it should.
 *
 * @param before what it pointed to earlier, and a registry may answer for a while yet: that is waited for, as a 404 is
 */
async function oddTag(
  run: RepositoryRun,
  cell: Cell,
  digest: Digest,
  before: ReadonlySet<Digest>,
): Promise<{ tag: string; now: Digest | null; waitedMs: number } | null> {
  const { registry, world } = run;
  for (const { tag } of cell.pinned) {
    const { value: now, waitedMs } = await waitUntil(
      () => whereTagPoints(registry, tag, [digest, null, ...before], world.signal),
      (found) => found !== null && !before.has(found),
      run,
    );
    if (now !== digest) return { tag, now, waitedMs };
  }
  return null;
}

function contentFault(cell: Cell, image: InspectedImage): string | null {
  const { mislabelled, missingPlatforms } = misfit(cell, image);
  if (image.reason !== null) return `${fullTag(cell)}: ${image.reason}`;
  if (missingPlatforms.length > 0) return `${fullTag(cell)} lacks ${missingPlatforms.join(', ')}`;
  return mislabelled.length > 0 ? `${fullTag(cell)}: ${mislabelled.join('; ')}` : null;
}

/**
 * Reads every pinned tag once more: each must still be what this run built or adopted. A 404 may be a replica that lags.
 *
 * @throws {OutsideError} PINNED_RACED
 */
export async function refuseRacedCells(run: RepositoryRun): Promise<void> {
  const tags = doneCells(run).flatMap(([cell, digest]) => cell.pinned.map(({ tag }) => ({ tag, digest })));
  await pMap(
    tags,
    async ({ tag, digest }) => {
      const { value: now } = await waitUntil(
        () => whereTagPoints(run.registry, tag, [digest], run.world.signal),
        (found) => found !== null,
        run,
      );
      if (now !== digest) throw raced(run, tag, digest, now ?? 'absent');
    },
    { concurrency: 8 },
  );
}

function raced({ name }: RepositoryRun, tag: string, digest: Digest, now: string): OutsideError {
  const message = `${name}:${tag} is ${now}; this run left it on ${digest}. Another publish is at work, and no convenience tag was moved to it. Run this again once it is done`;
  return new OutsideError('PINNED_RACED', message, { tag, expected: digest, actual: now });
}
