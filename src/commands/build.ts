/**
 * `tagwright build VERSION`: the cells that are absent, and nothing else moves. Whole cells are pushed under their pinned
 * tags; parts of them, for a publish that merges them, by digest or under staging tags.
 */
import { allPlatforms, selectPlatforms } from '../build/select-platforms.ts';
import { selectCells } from '../build/select-cells.ts';
import type { PartPush } from '../build/part-target.ts';
import { InputError } from '../domain/errors.ts';
import { journalName, type Release } from '../domain/release.ts';
import type { Builder } from '../ports.ts';
import { explainBuild } from './build/explain.ts';
import { buildParts } from './build/parts.ts';
import { buildWhole } from './build/whole.ts';
import type { ReleaseOptions } from './options.ts';
import { openRuns } from './publish/index.ts';
import { namedRelease, readProject, required, type Project } from './read-project.ts';
import { refuseMisplaced, refuseUnbuildable } from './release/buildable.ts';
import { cellsOf, newestRebuild, refuseUnpublishable } from './release/publishable.ts';
import { openSources } from './release/sources.ts';
import type { Outcome, World } from './world.ts';

export interface BuildOptions extends ReleaseOptions {
  readonly version: string;
  /** Cells by id or axis; none: all of the release. */
  readonly only: readonly string[];
  /** The newest rebuild of the version that the config has instead of the version itself. */
  readonly rebuild: boolean;
  /** None: all of each cell. */
  readonly platform: readonly string[];
  readonly pushByDigest: boolean;
  readonly staging: boolean;
  /** Where to write what was built. */
  readonly record: string | null;
  /** Print what would be made from what, and build nothing. */
  readonly explain: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly builder: Builder['name'];
  /** Take over images without our labels. */
  readonly adopt: boolean;
  /** Build what lies in the working tree, committed or not. */
  readonly fromWorkingTree: boolean;
  readonly replacePartial: boolean;
  /** Where journals are kept. */
  readonly journal: string;
  readonly settleMs: number;
}

/** @throws {InputError} for a release that may not be published, and for what `--only` and `--platform` do not choose */
export async function buildCommand(options: BuildOptions, world: World): Promise<Outcome> {
  pushOf(options, world);
  const project = await readProject(options, world);
  const named = namedRelease(project, options.version, options.revision);
  const release = options.rebuild ? newestRebuild(project, named, world.clock.nowMs()) : named;
  return buildOne({ project, release }, options, world);
}

/** The cells of a release, or of an event's build in the repositories of some rules. */
export async function buildOne(
  { project, release }: { readonly project: Project; readonly release: Release },
  options: BuildOptions,
  world: World,
): Promise<Outcome> {
  const push = pushOf(options, world);
  refuseUnpublishable(project, release);
  const cells = required(selectCells(cellsOf(project, release), options.only, '--only'));
  const chosen = required(selectPlatforms(cells, options.platform));
  if (push === null && !options.explain) required(allPlatforms(chosen));
  refuseMisplaced(options.builder, project);
  await refuseUnbuildable(project, release, world);
  if (options.explain) {
    const registries = await world.registries(project.config.insecureRegistries);
    try {
      const { builder, json } = options;
      return await explainBuild({ project, release, chosen, registries, builder, json, world });
    } finally {
      await registries.close();
    }
  }
  const sources = openSources(project, release, options, world);
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    // A job that pushes parts is in nobody's way: what it did is in its record, and it needs no journal.
    const dryRun = options.dryRun || push !== null;
    const opening = { ...options, command: 'build', version: journalName(release), dryRun } as const;
    const runs = await openRuns(opening, project, registries, world);
    const scene = { project, release, chosen, registries, sources, options, world };
    return push === null ? await buildWhole(runs, scene) : await buildParts(runs, push, scene);
  } finally {
    await sources.close();
    await registries.close();
  }
}

function pushOf({ pushByDigest, staging }: BuildOptions, { workflowRun }: World): PartPush | null {
  if (pushByDigest && staging) {
    const message = 'a part is pushed by digest or under a staging tag, not both';
    const fix = "take --staging where the builder cannot push by digest, as Docker's own driver";
    throw new InputError([{ code: 'USAGE', where: '--staging', message, fix }]);
  }
  if (staging) return { kind: 'staging', run: workflowRun ?? 'local' };
  return pushByDigest ? { kind: 'digest' } : null;
}
