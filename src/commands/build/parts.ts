/** Parts of cells, for a publish that merges them: built, pushed without touching a tag of the plan, read back, recorded. */
import { buildOptions } from '../build-options.ts';
import pMap from 'p-map';
import { partTarget, stagingTagOf, type PartPush } from '../../build/part-target.ts';
import type { RecordedBuild } from '../../build/record.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { redact } from '../../domain/secrets.ts';
import { type Cell, targetId } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { BuiltTarget } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import { partsJson, partsTable, type PartsReport, type ReportedPart } from '../../report/parts.ts';
import { count } from '../../report/words.ts';
import { isPassing, maxTries, pauseBefore } from '../move/try-again.ts';
import { waitUntil } from '../move/wait.ts';
import { rightDigest, surveyPinned, type RepositoryRun } from '../publish/index.ts';
import type { Outcome } from '../world.ts';
import { recordFiles, recordOf, type BuildScene } from './scene.ts';

/** One cell of the job. */
interface Part {
  readonly cell: Cell;
  readonly platforms: readonly string[];
  readonly stagingTag: string | null;
  /** What is recorded of it, by repository. */
  readonly builds: RecordedBuild[];
  state: ReportedPart['state'];
  reason: string | null;
}

/** @throws {InputError} PINNED_CONFLICT, PINNED_PARTIAL; TAG_INVALID; values that must not reach a build */
export async function buildParts(runs: readonly RepositoryRun[], push: PartPush, scene: BuildScene): Promise<Outcome> {
  const { chosen, options } = scene;
  const parts = partsOf(scene, push);
  await surveyPinned(runs, [...chosen.keys()], options);
  for (const part of parts) await notePublished(part, runs);
  const unread = runs.find((run) => run.progress.failure !== null)?.progress.failure ?? null;
  const building = parts.filter(({ state }) => state !== 'published');
  await scene.sources.check(
    building.map(({ cell }) => cell),
    new Map(building.map(({ cell, platforms }) => [cell, platforms])),
  );
  if (unread !== null) for (const part of building) fail(part, `${unread.code}  ${unread.reason}`);
  else if (!options.dryRun && building.length > 0) await buildAll(building, runs, scene);
  return outcomeOf(parts, push, scene);
}

function partsOf({ chosen }: BuildScene, push: PartPush): Part[] {
  const problems: Problem[] = [];
  const parts = [...chosen].map(([cell, platforms]): Part => {
    const tag = stagingTagOf(cell, platforms, push);
    if (!tag.ok) problems.push(...tag.problems);
    return { cell, platforms, stagingTag: tag.ok ? tag.value : null, builds: [], state: 'to build', reason: null };
  });
  if (problems.length > 0) throw new InputError(problems);
  return parts;
}

/** A cell that a repository has is not built again: it would be another digest. */
async function notePublished(part: Part, runs: readonly RepositoryRun[]): Promise<void> {
  for (const run of runs) {
    const digest = rightDigest(run, part.cell);
    const image = digest === null ? null : await run.inspect(digest);
    if (digest === null || image === null) continue;
    part.state = 'published';
    part.builds.push({
      repository: run.name,
      cell: targetId(part.cell),
      platforms: part.platforms,
      state: 'published',
      digest,
      mediaType: image.mediaType,
      stagingTag: null,
      attestations: image.attestations,
    });
  }
}

/** Parts that another one's failure stopped are built again without it: each time there is one less. */
async function buildAll(
  parts: readonly Part[],
  runs: readonly RepositoryRun[],
  scene: BuildScene,
  tries = 1,
): Promise<void> {
  const { project, registries, sources, options, world } = scene;
  const roots = await sources.prepare(parts.map(({ cell }) => cell));
  const planned = { image: project.image, cells: project.tags.cells };
  const targets = parts.flatMap(({ cell, platforms, stagingTag }) => {
    const at = roots.get(cell);
    return at === undefined ? [] : [partTarget(cell, platforms, planned, stagingTag, at)];
  });
  const problems = targets.flatMap(checkTarget);
  if (problems.length > 0) throw new InputError(problems);
  const builder = world.builder(options.builder, project.config.build, project.root, registries);
  const report = await builder.build(targets, buildOptions(world));
  const results = new Map(report.targets.map((target) => [target.id, target]));
  await pMap(parts, (part) => noteBuilt(part, results.get(targetId(part.cell)), runs, scene), { concurrency: 8 });
  const hasFailed = report.targets.some(({ kind }) => kind === 'failed');
  const isStopped = ({ cell, state }: Part): boolean =>
    state === 'failed' && results.get(targetId(cell))?.kind === 'unreported';
  const stopped = hasFailed ? parts.filter(isStopped) : [];
  const passing = parts.filter(({ cell, state }) => {
    const built = results.get(targetId(cell));
    return tries < maxTries && state === 'failed' && built !== undefined && isPassing(built);
  });
  if (stopped.length + passing.length === 0) return;
  if (passing.length > 0) await pauseBefore(tries + 1, passing.length, world);
  else world.say(`building ${count(stopped.length, 'part')} again that something else had stopped`);
  await buildAll([...stopped, ...passing], runs, scene, passing.length > 0 ? tries + 1 : tries);
}

async function noteBuilt(
  part: Part,
  built: BuiltTarget | undefined,
  runs: readonly RepositoryRun[],
  scene: BuildScene,
): Promise<void> {
  for (const run of runs) {
    const digest = built?.kind === 'built' ? built.digest : await stagedDigest(part, built, run, scene);
    const reason = redact(built !== undefined && 'reason' in built ? built.reason : 'the builder did not report it');
    const read = digest === null ? reason : await readBack(part, digest, run);
    if (typeof read === 'string') {
      fail(part, `${run.name}: ${read}`);
      return;
    }
    part.builds.push(read);
  }
  part.state = 'built';
  part.reason = null;
}

/** A build of several that failed as a whole does not say what it pushed; a tag does, and a digest alone does not. */
async function stagedDigest(
  { stagingTag }: Part,
  built: BuiltTarget | undefined,
  run: RepositoryRun,
  { world }: BuildScene,
): Promise<Digest | null> {
  if (stagingTag === null || built?.kind !== 'unreported') return null;
  return (await run.registry.manifest(stagingTag, world.signal))?.digest ?? null;
}

/** @returns what is to be recorded, or how the registry's image differs from what was to be built */
async function readBack(
  { cell, platforms, stagingTag }: Part,
  digest: Digest,
  run: RepositoryRun,
): Promise<RecordedBuild | string> {
  const { value: image } = await waitUntil(
    () => run.inspect(digest),
    (found) => found !== null && found.reason === null,
    run,
  );
  if (image === null) return `${digest} was pushed and is not there`;
  if (image.reason !== null) return `${digest}: ${image.reason}`;
  const wanted = platforms.toSorted().join(', ');
  if (image.platforms.join(', ') !== wanted) return `${digest} is for ${image.platforms.join(', ')}, not for ${wanted}`;
  const { mislabelled } = misfit(cell, image);
  if (mislabelled.length > 0) return `${digest}: ${mislabelled.join('; ')}`;
  return {
    repository: run.name,
    cell: targetId(cell),
    platforms,
    state: 'built',
    digest,
    mediaType: image.mediaType,
    stagingTag,
    attestations: image.attestations,
  };
}

function fail(part: Part, reason: string): void {
  part.state = 'failed';
  part.reason = reason;
  part.builds.length = 0;
}

function outcomeOf(parts: readonly Part[], push: PartPush, scene: BuildScene): Outcome {
  const { project, release, options, world } = scene;
  const record = recordOf(
    scene,
    parts.flatMap(({ builds }) => builds),
  );
  const report: PartsReport = {
    release: record.release,
    by: push.kind,
    dryRun: options.dryRun,
    parts: parts.map(({ cell, platforms, state, builds, stagingTag, reason }) => ({
      cell: targetId(cell),
      axes: cell.shape.axes,
      platforms,
      state,
      digest: builds[0]?.digest ?? null,
      stagingTag,
      reason,
    })),
    builds: record.builds,
    record: options.dryRun ? null : options.record,
    goOn: goOnOf(release.version.text, world.workflowRun),
    warnings: project.warnings,
  };
  return {
    stdout: options.json ? partsJson(report) : partsTable(report),
    files: recordFiles(record, scene),
    result: parts.some(({ state }) => state === 'failed') ? 'outside-failed' : 'as-planned',
    document: { kind: 'build', report },
  };
}

function goOnOf(version: string, workflowRun: string | null): PartsReport['goOn'] {
  return workflowRun === null
    ? { command: `tagwright build ${version}`, isSame: true }
    : { command: `gh run rerun ${workflowRun} --failed`, isSame: false };
}
