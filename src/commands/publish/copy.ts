/** Phase one, if something is there: a cell's other pinned tags, and cells that another repository has. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import { putJournaled, putPinned, putPinnedJournaled } from '../move/put-journaled.ts';
import { waitUntil } from '../move/wait.ts';
import { whereTagPoints } from '../move/where-tag-points.ts';
import { copyAttached } from '../copy/copy-attached.ts';
import { copyImage } from '../copy/copy-image.ts';
import { fits } from './fitting.ts';
import {
  absentCells,
  doneDigest,
  inEach,
  overOf,
  rightDigest,
  type CellSurvey,
  type RepositoryRun,
} from './repository-run.ts';

/** Cells that one repository has and another lacks are copied, so that the digest is the same in both. */
export async function copyBetween(runs: readonly RepositoryRun[]): Promise<void> {
  await inEach(runs, async (run) => {
    for (const surveyed of absentCells(run)) {
      const { cell } = surveyed;
      if (doneDigest(run, cell) !== null) continue;
      const source = sourceOf(cell, run, runs);
      const digest = source === null ? null : rightDigest(source, cell);
      if (source !== null && digest !== null) await copyFrom(source, run, surveyed, digest);
    }
  });
}

/** Another repository that the cell can be copied from. */
export function sourceOf(cell: Cell, run: RepositoryRun, runs: readonly RepositoryRun[]): RepositoryRun | null {
  const has = (other: RepositoryRun): boolean => other.progress.failure === null && rightDigest(other, cell) !== null;
  return runs.find((other) => other !== run && has(other)) ?? null;
}

async function copyFrom(
  source: RepositoryRun,
  run: RepositoryRun,
  surveyed: CellSurvey,
  digest: Digest,
): Promise<void> {
  const { cell } = surveyed;
  const tag = fullTag(cell);
  run.world.say(`${run.name}: copying ${tag} from ${source.name}`);
  await putJournaled(run, { cell, tag, from: source.name, digest }, async () => {
    const { world, waitMs } = run;
    const between = { from: source.registry, to: run.registry, signal: world.signal };
    const { manifest, digests } = await copyImage(between, digest);
    // Before the tag: a run that is cut off here copies the cell again, and what hangs on it too.
    const attached = await copyAttached({ ...between, world, waitMs, tagsOf: source.attachedTags }, digests);
    run.attach(attached);
    await putPinned(run, tag, manifest, overOf(surveyed));
  });
  run.set(cell, { kind: 'copied', digest });
}

/** The other pinned tags of each cell: the same manifest bytes under a second name. */
export async function copyWithin(runs: readonly RepositoryRun[]): Promise<void> {
  await inEach(runs, async (run) => {
    await pMap(run.survey, (surveyed) => copyTags(run, surveyed), { concurrency: 8 });
  });
}

async function copyTags(run: RepositoryRun, surveyed: CellSurvey): Promise<void> {
  const { cell, decision } = surveyed;
  const own = copiesOf(run, surveyed);
  if (own === null) return;
  const copy = (decision.kind === 'build' ? await othersCopy(run, cell, own) : null) ?? own;
  const { value: manifest } = await waitUntil(
    () => run.registry.manifest(copy.digest, run.world.signal),
    (found) => found !== null,
    run,
  );
  if (manifest === null) {
    const message = `${run.name}: ${copy.digest} was reported for ${copy.from} and is not there`;
    throw new OutsideError('VERIFY_FAILED', message, { tag: copy.from, digest: copy.digest });
  }
  const { digest, from, over } = copy;
  for (const tag of copy.to) await putPinnedJournaled(run, { cell, tag, from, digest }, manifest, over);
  if (decision.kind === 'copy' || copy !== own) run.set(cell, { kind: 'copied', digest });
}

/**
 * If another publish of the release put one of the other pinned tags while this one was building, its image counts: that
 * tag was read right before it was put, and a builder's push was not. The full tag is given to it.
 */
async function othersCopy(run: RepositoryRun, cell: Cell, own: Copy): Promise<Copy | null> {
  for (const tag of own.to) {
    const expected = [null, own.digest, own.over.get(tag) ?? null];
    const now = await whereTagPoints(run.registry, tag, expected, run.world.signal);
    if (now === null || expected.includes(now) || !(await fits(run, cell, now))) continue;
    run.world.say(`${run.name}: another publish of this release was here first; ${own.from} is its ${now}`);
    const to = cell.pinned.map((text) => text.tag).filter((other) => other !== tag);
    return { digest: now, from: tag, to, over: new Map([...own.over, [own.from, own.digest]]) };
  }
  return null;
}

interface Copy {
  readonly digest: Digest;
  readonly from: string;
  readonly to: readonly string[];
  /** Tags that hold the rest of an interrupted push and are replaced. */
  readonly over: ReadonlyMap<string, Digest>;
}

function copiesOf(run: RepositoryRun, { cell, decision }: CellSurvey): Copy | null {
  if (decision.kind === 'copy') return decision;
  const made = doneDigest(run, cell);
  const others = cell.pinned.slice(1).map((text) => text.tag);
  if (decision.kind !== 'build' || made === null || others.length === 0) return null;
  return { digest: made, from: fullTag(cell), to: others, over: decision.over };
}

/** Cells that are in one repository, and could not be brought to this one. */
export function noteLeftOut(runs: readonly RepositoryRun[]): void {
  for (const run of runs.filter(({ progress }) => progress.failure === null)) {
    for (const { cell } of run.survey) {
      if (doneDigest(run, cell) !== null || run.stateOf(cell).kind === 'lacking') continue;
      const source = runs.find((other) => other !== run && rightDigest(other, cell) !== null);
      const reason = `it is in ${source?.name ?? 'no repository'} and could not be copied from there`;
      run.set(cell, { kind: 'lacking', code: 'COPY_FAILED', reason });
    }
  }
}
