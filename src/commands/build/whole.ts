/** Whole cells: built if no repository has them, pushed under their pinned tags, read back. */
import { targetId } from '../../plan/cell.ts';
import pMap from 'p-map';
import type { RecordedBuild } from '../../build/record.ts';
import { formatInstant } from '../../domain/instant.ts';
import {
  buildPinned,
  cellsToBuild,
  doneCells,
  inEach,
  intentText,
  isComplete,
  publishOutcome,
  publishReport,
  pushPinned,
  refuseUncheckedBuild,
  surveyPinned,
  withRuns,
  type RepositoryRun,
} from '../publish/index.ts';
import type { Outcome } from '../world.ts';
import { recordFiles, recordOf, type BuildScene } from './scene.ts';

export async function buildWhole(runs: readonly RepositoryRun[], scene: BuildScene): Promise<Outcome> {
  const { project, release, chosen, registries, sources, options, world } = scene;
  const resumed = new Set(runs.filter((run) => run.journal.path() !== null));
  await withRuns(runs, async () => {
    await surveyPinned(runs, [...chosen.keys()], options);
    for (const run of runs) world.say(intentText(run));
    refuseUncheckedBuild(project, cellsToBuild(runs), false);
    await sources.check(cellsToBuild(runs));
    if (options.dryRun) return;
    const builder = world.builder(options.builder, project.config.build, project.root, registries);
    await pushPinned(runs, () => buildPinned(runs, () => builder, sources));
    await inEach(
      runs.filter((run) => isComplete(run) && !resumed.has(run)),
      finish,
    );
  });
  const goOn = { command: `tagwright build ${release.version.text}`, isSame: true };
  const report = publishReport(runs, project, release, { dryRun: options.dryRun, goOn, plan: null });
  const builds = (await Promise.all(runs.map(recordRun))).flat();
  return { ...publishOutcome(report, options.json), files: recordFiles(recordOf(scene, builds), scene) };
}

/** A journal that this run continues is another command's, which has more to do. */
async function finish({ journal, world }: RepositoryRun): Promise<void> {
  if (journal.isBegun()) await journal.write({ step: 'finished', at: formatInstant(world.clock.nowMs()) });
}

async function recordRun(run: RepositoryRun): Promise<RecordedBuild[]> {
  const builds = await pMap(
    doneCells(run),
    async ([cell, digest]): Promise<RecordedBuild[]> => {
      const image = await run.inspect(digest);
      if (image === null) return [];
      const what = { digest, mediaType: image.mediaType, attestations: image.attestations };
      const state = 'published' as const;
      const { platforms } = cell;
      return [{ repository: run.name, cell: targetId(cell), platforms, state, stagingTag: null, ...what }];
    },
    { concurrency: 8 },
  );
  return builds.flat();
}
