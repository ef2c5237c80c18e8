/** Whole cells: built where no repository has them, pushed under their pinned tags, read back. */
import pMap from 'p-map';
import type { RecordedBuild } from '../../build/record.ts';
import { targetId } from '../../build/targets.ts';
import { formatInstant } from '../../domain/instant.ts';
import { buildPinned } from '../publish/build-phase.ts';
import { inEach, isComplete, type LaneRun } from '../publish/lane-run.ts';
import { publishOutcome } from '../publish/publish-outcome.ts';
import { intentText, pushPinned, surveyPinned, withRuns } from '../publish/runs.ts';
import type { Outcome, World } from '../world.ts';
import { recordFiles, recordOf, type BuildScene } from './scene.ts';

export async function buildWhole(runs: readonly LaneRun[], scene: BuildScene): Promise<Outcome> {
  const { project, release, chosen, registries, options, world } = scene;
  const resumed = new Set(runs.filter((run) => run.lane.journal.path() !== null));
  await withRuns(runs, world, async () => {
    await surveyPinned(runs, [...chosen.keys()], project, options, world);
    for (const run of runs) world.say(intentText(run));
    if (options.dryRun) return;
    const builder = world.builder(options.builder, project.config.build, project.root, registries);
    await pushPinned(runs, project, () => buildPinned(runs, project, () => builder, world), options.settleMs, world);
    const fresh = runs.filter((run) => isComplete(run) && !resumed.has(run));
    await inEach(fresh, (run) => finish(run, world));
  });
  const command = `tagwright build ${release.version.text}`;
  const goOn = { command, isSame: true };
  const builds = (await Promise.all(runs.map(recordRun))).flat();
  return {
    ...publishOutcome(runs, project, release, { json: options.json, dryRun: options.dryRun, goOn }),
    files: recordFiles(recordOf(scene, builds), scene),
  };
}

/** A journal that this run went on with is another command's, which has more to do. */
async function finish({ lane }: LaneRun, world: World): Promise<void> {
  if (lane.journal.isBegun()) await lane.journal.write({ step: 'finished', at: formatInstant(world.clock.nowMs()) });
}

async function recordRun(run: LaneRun): Promise<RecordedBuild[]> {
  const builds = await pMap(
    run.digests,
    async ([cell, digest]): Promise<RecordedBuild[]> => {
      const image = await run.lane.inspect(digest);
      if (image === null) return [];
      const what = { digest, mediaType: image.mediaType, attestations: image.attestations };
      const state = 'published' as const;
      const { platforms } = cell;
      return [{ repository: run.lane.name, cell: targetId(cell), platforms, state, stagingTag: null, ...what }];
    },
    { concurrency: 8 },
  );
  return builds.flat();
}
