/** Phase one: every cell's pinned tags, built where absent, copied where one of them is there. */
import pMap from 'p-map';
import { buildTarget, targetId } from '../../build/targets.ts';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, InternalError, OutsideError } from '../../domain/errors.ts';
import { formatReference } from '../../domain/reference.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { Builder, BuiltTarget } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { copyImage } from './copy-image.ts';
import { inEach, type LaneRun } from './lane-run.ts';

/** Takes over what the survey found: right tags, and what is to be said of the others. */
export function adoptSurvey(run: LaneRun): void {
  for (const { cell, decision } of run.survey) {
    if (decision.kind === 'present') run.digests.set(cell, decision.digest);
    if (decision.kind === 'unknown') run.failure ??= { code: 'REGISTRY_ANSWER', reason: decision.reason };
  }
}

/** Targets for the cells that no repository has; each names the repositories that lack it. */
export function targetsOf(runs: readonly LaneRun[], project: Project): Map<Cell, BuildTarget> {
  const targets = new Map<Cell, BuildTarget>();
  for (const cell of cellsToBuild(runs)) {
    const lacking = runs.filter((run) => run.failure === null && decisionOf(run, cell) === 'build');
    const references = lacking.map((run) => formatReference(run.lane.registry.repository, fullTag(cell)));
    targets.set(cell, buildTarget(cell, project.image, references, project.root));
  }
  const problems = [...targets.values()].flatMap(checkTarget);
  if (problems.length > 0) throw new InputError(problems);
  return targets;
}

/** Builds, and records what came of it; the registry is read back where the builder did not say. */
export async function buildPinned(
  runs: readonly LaneRun[],
  targets: ReadonlyMap<Cell, BuildTarget>,
  builder: Builder,
  project: Project,
  world: World,
): Promise<void> {
  if (targets.size === 0) return;
  const building = (run: LaneRun): Cell[] => [...targets.keys()].filter((cell) => decisionOf(run, cell) === 'build');
  await inEach(runs, async (run) => {
    for (const cell of building(run))
      await run.lane.journal.write({ step: 'push', state: 'begin', cell: targetId(cell), tag: fullTag(cell) });
  });
  const report = await builder.build([...targets.values()], { onProgress: world.say, signal: world.signal });
  const results = new Map(report.targets.map((target) => [target.id, target]));
  await inEach(runs, (run) =>
    pMap(building(run), (cell) => recordBuilt(run, cell, results.get(targetId(cell)), project), {
      concurrency: 8,
    }).then(() => undefined),
  );
}

async function recordBuilt(run: LaneRun, cell: Cell, built: BuiltTarget | undefined, project: Project): Promise<void> {
  const common = { step: 'push' as const, cell: targetId(cell), tag: fullTag(cell) };
  if (built?.kind === 'built') {
    await run.lane.journal.write({ ...common, state: 'done', digest: built.digest, how: 'built' });
    run.digests.set(cell, built.digest);
    run.made.add(cell);
    return;
  }
  const reason = built?.reason ?? 'the builder did not report it';
  const found = await fittingDigest(run, cell, project);
  if (found === null) {
    await run.lane.journal.write({ ...common, state: 'failed', reason });
    run.lacking.set(cell, reason);
    return;
  }
  await run.lane.journal.write({ ...common, state: 'done', digest: found, how: 'adopted' });
  run.digests.set(cell, found);
  run.made.add(cell);
}

/** What the full tag stands on now, if it is whole and says that it is this cell. */
async function fittingDigest(run: LaneRun, cell: Cell, project: Project): Promise<Digest | null> {
  const descriptor = await run.lane.registry.head(fullTag(cell));
  const image = descriptor === null ? null : await run.lane.inspect(descriptor.digest);
  if (image === null || image.kind === 'attestation' || image.reason !== null) return null;
  const { mislabelled, missingPlatforms, unlabelled } = misfit(cell, project.image, image);
  return mislabelled.length === 0 && missingPlatforms.length === 0 && !unlabelled ? image.digest : null;
}

/** Cells that one repository has and another lacks are copied, so that the digest is the same in both. */
export async function copyBetween(runs: readonly LaneRun[], world: World): Promise<void> {
  await inEach(runs, async (run) => {
    for (const { cell, decision } of run.survey) {
      if (decision.kind !== 'build' || run.digests.has(cell)) continue;
      const source = runs.find((other) => other !== run && other.failure === null && rightDigest(other, cell) !== null);
      const digest = source === undefined ? null : rightDigest(source, cell);
      if (source === undefined || digest === null) continue;
      world.say(`${run.lane.name}: copying ${fullTag(cell)} from ${source.lane.name}`);
      await run.lane.journal.write({
        step: 'copy',
        state: 'begin',
        cell: targetId(cell),
        tag: fullTag(cell),
        from: source.lane.name,
        digest,
      });
      await copyImage(source.lane.registry, run.lane.registry, digest, fullTag(cell), world.signal);
      await run.lane.journal.write({
        step: 'copy',
        state: 'done',
        cell: targetId(cell),
        tag: fullTag(cell),
        from: source.lane.name,
        digest,
      });
      run.digests.set(cell, digest);
      run.made.add(cell);
    }
  });
}

/** The other pinned tags of each cell: the same manifest bytes under a second name. */
export async function copyWithin(runs: readonly LaneRun[], world: World): Promise<void> {
  await inEach(runs, (run) =>
    pMap(run.survey, (survey) => copyTags(run, survey.cell, world), { concurrency: 8 }).then(() => undefined),
  );
}

async function copyTags(run: LaneRun, cell: Cell, world: World): Promise<void> {
  const decision = run.survey.find((survey) => survey.cell === cell)?.decision;
  if (decision === undefined) throw new InternalError(`${targetId(cell)} was not surveyed`);
  const copy = copiesOf(decision, cell, run.digests.get(cell) ?? null);
  if (copy === null) return;
  const manifest = await run.lane.registry.manifest(copy.digest, world.signal);
  if (manifest === null) {
    throw new OutsideError(
      'VERIFY_FAILED',
      `${run.lane.name}: ${copy.digest} was reported for ${copy.from} and is not there`,
    );
  }
  for (const tag of copy.to) {
    await refuseRaced(run, tag, copy.digest, copy.over, world.signal);
    const entry = { step: 'copy' as const, cell: targetId(cell), tag, from: copy.from, digest: copy.digest };
    await run.lane.journal.write({ ...entry, state: 'begin' });
    await run.lane.registry.putManifest(tag, manifest, world.signal);
    await run.lane.journal.write({ ...entry, state: 'done' });
  }
  run.digests.set(cell, copy.digest);
  run.made.add(cell);
}

interface Copy {
  readonly digest: Digest;
  readonly from: string;
  readonly to: readonly string[];
  /** Tags that hold the rest of an interrupted push and are replaced. */
  readonly over: readonly string[];
}

function copiesOf(decision: LaneRun['survey'][number]['decision'], cell: Cell, built: Digest | null): Copy | null {
  if (decision.kind === 'copy')
    return { digest: decision.digest, from: decision.from, to: decision.to, over: decision.to };
  const others = cell.pinned.slice(1).map((text) => text.tag);
  if (decision.kind !== 'build' || built === null || others.length === 0) return null;
  return { digest: built, from: fullTag(cell), to: others, over: decision.over };
}

/** A pinned tag that came to be since it was surveyed is somebody else's, unless it is the same. */
async function refuseRaced(
  run: LaneRun,
  tag: string,
  digest: Digest,
  over: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const now = await run.lane.registry.head(tag, signal);
  if (now === null || now.digest === digest || over.includes(tag)) return;
  throw new OutsideError(
    'PINNED_RACED',
    `${run.lane.name}:${tag} came to be ${now.digest} while this run was at work; it should be ${digest}`,
    { tag },
  );
}

function cellsToBuild(runs: readonly LaneRun[]): Cell[] {
  const live = runs.filter((run) => run.failure === null);
  const cells = new Set(
    live.flatMap((run) => run.survey.filter(({ decision }) => decision.kind === 'build').map(({ cell }) => cell)),
  );
  return [...cells].filter((cell) => live.every((run) => rightDigest(run, cell) === null));
}

/** The digest of a cell in a repository that has it whole or in part. */
function rightDigest(run: LaneRun, cell: Cell): Digest | null {
  const decision = run.survey.find((survey) => survey.cell === cell)?.decision;
  return run.digests.get(cell) ?? (decision?.kind === 'copy' ? decision.digest : null);
}

function decisionOf(run: LaneRun, cell: Cell): string | undefined {
  return run.survey.find((survey) => survey.cell === cell)?.decision.kind;
}

export function fullTag(cell: Cell): string {
  const tag = cell.pinned[0]?.tag;
  if (tag === undefined) throw new InternalError(`${targetId(cell)} has no pinned tag`);
  return tag;
}
