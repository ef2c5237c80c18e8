/** A build that nobody pushes: of a fork's code, or of pull requests that are only to be built. Writes to no registry. */
import { selectCells } from '../../build/select-cells.ts';
import { buildTarget } from '../../build/targets.ts';
import { InputError, InternalError } from '../../domain/errors.ts';
import { targetId } from '../../plan/cell.ts';
import { eventPlan } from '../../plan/event-plan.ts';
import type { Builder } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import { unpushedJson, unpushedTable, type UnpushedCell } from '../../report/unpushed.ts';
import { buildOptions } from '../build-options.ts';
import { required } from '../read-project.ts';
import { refuseUnbuildable } from '../release/buildable.ts';
import { openSources } from '../release/sources.ts';
import type { Outcome, World } from '../world.ts';
import { laneProject, type EventBuild } from './read-event.ts';

export interface UnpushedOptions {
  readonly builder: Builder['name'];
  readonly only: readonly string[];
  readonly fromWorkingTree: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export async function buildUnpushed(options: UnpushedOptions, build: EventBuild, world: World): Promise<Outcome> {
  const [lane] = build.lanes;
  const project = laneProject(build, lane);
  const { config, root, image } = project;
  const { release } = lane;
  const cells = required(selectCells(lane.tags.cells, options.only, '--only'));
  await refuseUnbuildable(project, release, world);
  const registries = await world.registries(config.insecureRegistries);
  const sources = openSources(project, release, options, world);
  try {
    await sources.check(cells);
    const roots = options.dryRun ? new Map() : await sources.prepare(cells);
    const targets = cells.flatMap((cell) => {
      const at = roots.get(cell);
      if (at === undefined && !options.dryRun) throw new InternalError(`no folder for ${targetId(cell)}`);
      return at === undefined ? [] : [buildTarget(cell, image, [], at)];
    });
    const problems = targets.flatMap(checkTarget);
    if (problems.length > 0) throw new InputError(problems);
    // A cache that others read is written by those who may push.
    const quiet = { ...config.build, cacheTo: [], cache: null };
    const builder = world.builder(options.builder, quiet, root, registries);
    const report = targets.length === 0 ? null : await builder.build(targets, buildOptions(world));
    const results = new Map(report?.targets.map((target) => [target.id, target]));
    const told = cells.map((cell): UnpushedCell => {
      const { axes } = cell.shape;
      if (report === null) return { axes, platforms: cell.platforms, state: 'to build', reason: null, log: [] };
      const result = results.get(targetId(cell));
      const isBuilt = result?.kind === 'unpushed';
      const reason = result !== undefined && 'reason' in result ? result.reason : 'the builder did not report it';
      const log = result?.kind === 'failed' ? (result.log ?? []) : [];
      return {
        axes,
        platforms: cell.platforms,
        state: isBuilt ? 'built' : 'failed',
        reason: isBuilt ? null : reason,
        log,
      };
    });
    const plan = eventPlan(build.event, build.lanes, cells);
    return {
      stdout: options.json ? unpushedJson(plan, told) : unpushedTable(plan, told),
      result: told.some(({ state }) => state === 'failed') ? 'outside-failed' : 'as-planned',
    };
  } finally {
    await sources.close();
    await registries.close();
  }
}
