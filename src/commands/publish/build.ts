/** Phase one, if nothing is there: cells built, each pushed under its full tag, and what came of it noted. */
import { loginAdvice } from '../../build/push-refused.ts';
import { buildOptions } from '../build-options.ts';
import pMap from 'p-map';
import { cacheScopes } from '../../build/cache-scopes.ts';
import type { BuildRoots } from '../../build/source.ts';
import { buildTarget } from '../../build/targets.ts';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { formatReference } from '../../domain/reference.ts';
import { redact } from '../../domain/secrets.ts';
import { type Cell, fullTag, targetId } from '../../plan/cell.ts';
import type { Builder, BuildReport, BuiltTarget } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import { count } from '../../report/words.ts';
import type { Sources } from '../release/sources.ts';
import { isPassing, maxTries, pauseBefore } from '../move/try-again.ts';
import { whereTagPoints } from '../move/where-tag-points.ts';
import { fits } from './fitting.ts';
import { absentCells, inEach, overOf, rightDigest, type CellSurvey, type RepositoryRun } from './repository-run.ts';

type Targets = ReadonlyMap<Cell, BuildTarget>;

/**
 * Builds, and notes what came of it; the registry is read back if the builder did not report a target. Cells that another
 * cell's failure stopped, or a repository that went down on the way, are built again without it: what fails is reported
 * in full, and the next run has nothing to build but that. What failed in passing is built again too, a few times.
 *
 * @throws {InputError} for values that must not reach a build
 */
export async function buildPinned(
  runs: readonly RepositoryRun[],
  builder: () => Builder,
  sources: Pick<Sources, 'prepare'>,
): Promise<void> {
  let cells: readonly Cell[] = cellsToBuild(runs);
  const roots = cells.length === 0 ? new Map<Cell, BuildRoots>() : await sources.prepare(cells);
  for (let tries = 1; cells.length > 0;) {
    const round = new Set(cells);
    await inEach(runs, (run) => beginPushes(run, round));
    // A repository that has failed since is not pushed to.
    const targets = new Map([...targetsOf(runs, roots)].filter(([cell]) => round.has(cell)));
    const [run] = runs;
    if (run === undefined || targets.size === 0) return;
    const report = await builder().build([...targets.values()], buildOptions(run.world));
    await inEach(runs, (run) => noteBuilt(run, targets, report));
    const passed = tries < maxTries ? failedInPassing(targets, lackingOf(runs), report) : [];
    cells = [...stoppedByOthers(targets, lackingOf(runs), report), ...passed];
    for (const each of runs) for (const cell of cells) forgetLacking(each, cell);
    if (passed.length > 0) {
      tries += 1;
      await pauseBefore(tries, passed.length, run.world);
    } else if (cells.length > 0)
      run.world.say(`building ${count(cells.length, 'cell')} again that something else had stopped`);
  }
}

/** Cells that no repository has, as far as is known now. */
export function cellsToBuild(runs: readonly RepositoryRun[]): readonly Cell[] {
  return [...lackingOf(runs).keys()];
}

/** Those cells, each with the repositories that lack it. */
function lackingOf(runs: readonly RepositoryRun[]): ReadonlyMap<Cell, readonly RepositoryRun[]> {
  const found = new Map<Cell, readonly RepositoryRun[]>();
  const live = runs.filter(({ progress }) => progress.failure === null);
  const absent = new Map(live.map((run) => [run, new Set(absentCells(run).map(({ cell }) => cell))]));
  for (const cell of new Set([...absent.values()].flatMap((cells) => [...cells]))) {
    // One that a repository has, be it out of reach by now, is never built again: it would be another digest.
    if (runs.some((run) => rightDigest(run, cell) !== null)) continue;
    found.set(
      cell,
      live.filter((run) => absent.get(run)?.has(cell)),
    );
  }
  return found;
}

function targetsOf(runs: readonly RepositoryRun[], roots: ReadonlyMap<Cell, BuildRoots>): Targets {
  const targets = new Map<Cell, BuildTarget>();
  for (const [cell, lacking] of lackingOf(runs)) {
    const references = lacking.map((run) => formatReference(run.registry.repository, fullTag(cell)));
    const [{ project } = { project: null }] = lacking;
    const at = roots.get(cell);
    if (project === null || at === undefined) continue;
    const { image, tags } = project;
    const cache = cacheScopes(cell, tags.cells, image);
    targets.set(cell, { ...buildTarget(cell, image, references, at), cache });
  }
  const problems = [...targets.values()].flatMap(checkTarget);
  if (problems.length > 0) throw new InputError(problems);
  return targets;
}

/** Terminates: each round has one cell fewer, which failed, or one repository fewer. */
function stoppedByOthers(built: Targets, lacking: ReturnType<typeof lackingOf>, { targets }: BuildReport): Cell[] {
  const kinds = new Map(targets.map(({ id, kind }) => [id, kind]));
  const hasFailed = targets.some(({ kind }) => kind === 'failed');
  return [...built].flatMap(([cell, { id, references }]) => {
    const left = lacking.get(cell)?.length ?? 0;
    const isStopped = (hasFailed && kinds.get(id) === 'unreported') || left < references.length;
    return left > 0 && isStopped ? [cell] : [];
  });
}

/** Cells whose base could not be pulled, or which could not be pushed, for a reason that passes. */
function failedInPassing(built: Targets, lacking: ReturnType<typeof lackingOf>, { targets }: BuildReport): Cell[] {
  const passing = new Set(targets.flatMap((target) => (isPassing(target) ? [target.id] : [])));
  return [...built].flatMap(([cell, { id }]) =>
    passing.has(id) && (lacking.get(cell)?.length ?? 0) > 0 ? [cell] : [],
  );
}

function forgetLacking(run: RepositoryRun, cell: Cell): void {
  if (run.stateOf(cell).kind === 'lacking') run.set(cell, { kind: 'absent' });
}

async function beginPushes(run: RepositoryRun, round: ReadonlySet<Cell>): Promise<void> {
  const building = absentCells(run).filter(({ cell }) => round.has(cell));
  for (const { cell } of building)
    await run.journal.write({ step: 'push', state: 'begin', cell: targetId(cell), tag: fullTag(cell) });
  await pMap(building, (surveyed) => refuseTaken(run, surveyed), { concurrency: 8 });
}

/** A full tag that appeared since it was surveyed is somebody else's, and is not built over. */
async function refuseTaken({ name, registry, world }: RepositoryRun, surveyed: CellSurvey): Promise<void> {
  const tag = fullTag(surveyed.cell);
  const before = overOf(surveyed).get(tag) ?? null;
  const now = await whereTagPoints(registry, tag, [null, before], world.signal);
  if (now === null || now === before) return;
  const message = `${name}:${tag} is ${now}, and was ${before ?? 'absent'} a moment ago: another publish is at work. Nothing was pushed; run this again once it is done`;
  throw new OutsideError('PINNED_RACED', message, { tag, before, now });
}

async function noteBuilt(run: RepositoryRun, targets: Targets, report: BuildReport): Promise<void> {
  const results = new Map(report.targets.map((target) => [target.id, target]));
  const building = absentCells(run).filter(({ cell }) => targets.has(cell));
  await pMap(building, ({ cell }) => noteCell(run, cell, results.get(targetId(cell))), { concurrency: 8 });
}

async function noteCell(run: RepositoryRun, cell: Cell, built: BuiltTarget | undefined): Promise<void> {
  const common = { step: 'push' as const, cell: targetId(cell), tag: fullTag(cell) };
  const reported = built?.kind === 'built' ? built.digest : null;
  const digest = reported ?? (await fittingDigest(run, cell));
  if (digest === null) {
    const said = redact(built !== undefined && 'reason' in built ? built.reason : 'the builder did not report it');
    const reason = `${said}${loginAdvice(said, run.registry.repository.registry)}`;
    await run.journal.write({ ...common, state: 'failed', reason });
    const log = built?.kind === 'failed' && built.log !== undefined ? { log: built.log } : {};
    run.set(cell, { kind: 'lacking', code: 'BUILD_FAILED', reason, ...log });
    return;
  }
  await run.journal.write({ ...common, state: 'done', digest, how: reported === null ? 'adopted' : 'built' });
  const work = built?.kind === 'built' && built.work !== undefined ? { work: built.work } : {};
  run.set(cell, { kind: 'built', digest, ...work });
}

/** What the full tag points to now, if it is whole and says that it is this cell. */
async function fittingDigest(run: RepositoryRun, cell: Cell): Promise<Digest | null> {
  const manifest = await run.registry.manifest(fullTag(cell), run.world.signal);
  return manifest !== null && (await fits(run, cell, manifest.digest)) ? manifest.digest : null;
}
