/** Phase one, where nothing is there: cells built, each pushed under its full tag, and what came of it recorded. */
import pMap from 'p-map';
import { buildTarget, targetId } from '../../build/targets.ts';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { formatReference } from '../../domain/reference.ts';
import { redact } from '../../domain/secrets.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import type { Builder, BuildReport, BuiltTarget } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import { count } from '../../report/words.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { decisionOf, rightDigest } from './copy-phase.ts';
import { fits } from './fitting.ts';
import { inEach, type LaneRun } from './lane-run.ts';
import { whereStands } from './stands.ts';

/** Takes over what the survey found: right tags, and what is to be said of the others. */
export function adoptSurvey(run: LaneRun): void {
  for (const { cell, decision } of run.survey) {
    if (decision.kind === 'present') run.digests.set(cell, decision.digest);
    if (decision.kind === 'unknown') run.failure ??= { code: 'TAG_UNKNOWN', reason: decision.reason };
  }
}

/**
 * Targets for the cells that no repository has; each names the repositories that lack it.
 *
 * @throws {InputError} for values that must not reach a build
 */
export function targetsOf(runs: readonly LaneRun[], project: Project): Map<Cell, BuildTarget> {
  const targets = new Map<Cell, BuildTarget>();
  for (const cell of cellsToBuild(runs)) {
    const lacking = runs.filter((run) => run.failure === null && decisionOf(run, cell)?.kind === 'build');
    const references = lacking.map((run) => formatReference(run.lane.registry.repository, fullTag(cell)));
    targets.set(cell, buildTarget(cell, project.image, references, project.root));
  }
  const problems = [...targets.values()].flatMap(checkTarget);
  if (problems.length > 0) throw new InputError(problems);
  return targets;
}

/**
 * Builds, and records what came of it; the registry is read back where the builder did not say. Cells that another cell's
 * failure stopped, or a repository that went down on the way, are built again without it: what fails is told in full, and
 * the next run has nothing to build but that.
 */
export async function buildPinned(
  runs: readonly LaneRun[],
  project: Project,
  builder: () => Builder,
  world: World,
): Promise<void> {
  let cells: readonly Cell[] = [...targetsOf(runs, project).keys()];
  while (cells.length > 0) {
    const round = cells;
    const isBuilt = (run: LaneRun, cell: Cell): boolean => decisionOf(run, cell)?.kind === 'build';
    await inEach(runs, async (run) => {
      const building = round.filter((cell) => isBuilt(run, cell));
      for (const cell of building)
        await run.lane.journal.write({ step: 'push', state: 'begin', cell: targetId(cell), tag: fullTag(cell) });
      await refuseTaken(run, building, world);
    });
    // A repository that has failed since is not pushed to.
    const targets = new Map([...targetsOf(runs, project)].filter(([cell]) => round.includes(cell)));
    if (targets.size === 0) return;
    const report = await builder().build([...targets.values()], { onProgress: world.say, signal: world.signal });
    const results = new Map(report.targets.map((target) => [target.id, target]));
    await inEach(runs, async (run) => {
      const building = [...targets.keys()].filter((cell) => isBuilt(run, cell));
      await pMap(building, (cell) => recordBuilt(run, cell, results.get(targetId(cell)), project, world), {
        concurrency: 8,
      });
    });
    cells = stoppedByOthers(targets, targetsOf(runs, project), report);
    for (const run of runs) for (const cell of cells) run.lacking.delete(cell);
    if (cells.length > 0) world.say(`building ${count(cells.length, 'cell')} again that something else had stopped`);
  }
}

/** Ends by itself: each time there is a cell less, which failed, or a repository less. */
function stoppedByOthers(
  built: ReadonlyMap<Cell, BuildTarget>,
  lacking: ReadonlyMap<Cell, BuildTarget>,
  { targets }: BuildReport,
): Cell[] {
  const kinds = new Map(targets.map(({ id, kind }) => [id, kind]));
  const hasFailed = targets.some(({ kind }) => kind === 'failed');
  return [...built].flatMap(([cell, { id, references }]) => {
    const left = lacking.get(cell)?.references.length ?? 0;
    const isStopped = (hasFailed && kinds.get(id) === 'unreported') || left < references.length;
    return left > 0 && isStopped ? [cell] : [];
  });
}

/** A full tag that came to be since it was surveyed is somebody else's, and is not built over. */
async function refuseTaken(run: LaneRun, cells: readonly Cell[], world: World): Promise<void> {
  await pMap(
    cells,
    async (cell) => {
      const tag = fullTag(cell);
      const decision = decisionOf(run, cell);
      const before = (decision?.kind === 'build' ? decision.over.get(tag) : undefined) ?? null;
      const now = await whereStands(run.lane.registry, tag, [null, before], world.signal);
      if (now === null || now === before) return;
      const message = `${run.lane.name}:${tag} is ${now}, and was ${before ?? 'absent'} a moment ago: another publish is at work. Nothing was pushed; run this again once it is done`;
      throw new OutsideError('PINNED_RACED', message, { tag, before, now });
    },
    { concurrency: 8 },
  );
}

async function recordBuilt(
  run: LaneRun,
  cell: Cell,
  built: BuiltTarget | undefined,
  project: Project,
  world: World,
): Promise<void> {
  const common = { step: 'push' as const, cell: targetId(cell), tag: fullTag(cell) };
  if (built?.kind === 'built') {
    await run.lane.journal.write({ ...common, state: 'done', digest: built.digest, how: 'built' });
    run.digests.set(cell, built.digest);
    run.made.add(cell);
    return;
  }
  const reason = redact(built?.reason ?? 'the builder did not report it');
  const found = await fittingDigest(run, cell, project, world);
  if (found === null) {
    await run.lane.journal.write({ ...common, state: 'failed', reason });
    run.lacking.set(cell, { code: 'BUILD_FAILED', reason });
    return;
  }
  await run.lane.journal.write({ ...common, state: 'done', digest: found, how: 'adopted' });
  run.digests.set(cell, found);
  run.made.add(cell);
}

/** What the full tag stands on now, if it is whole and says that it is this cell. */
async function fittingDigest(run: LaneRun, cell: Cell, project: Project, world: World): Promise<Digest | null> {
  const manifest = await run.lane.registry.manifest(fullTag(cell), world.signal);
  return manifest !== null && (await fits(run, cell, manifest.digest, project)) ? manifest.digest : null;
}

/** One that a repository has, be it out of reach by now, is never built again: it would be another digest. */
function cellsToBuild(runs: readonly LaneRun[]): Cell[] {
  const live = runs.filter((run) => run.failure === null);
  const cells = new Set(
    live.flatMap((run) => run.survey.filter(({ decision }) => decision.kind === 'build').map(({ cell }) => cell)),
  );
  return [...cells].filter((cell) => runs.every((run) => rightDigest(run, cell) === null));
}

/** Cells that are in one repository, and could not be brought to this one. */
export function noteLeftOut(runs: readonly LaneRun[]): void {
  for (const run of runs.filter(({ failure }) => failure === null)) {
    for (const { cell } of run.survey) {
      if (run.digests.has(cell) || run.lacking.has(cell)) continue;
      const source = runs.find((other) => other !== run && rightDigest(other, cell) !== null);
      const reason = `it is in ${source?.lane.name ?? 'no repository'} and could not be copied from there`;
      run.lacking.set(cell, { code: 'COPY_FAILED', reason });
    }
  }
}
