/**
 * `tagwright publish VERSION`: a release as a transaction, in two phases.
 *
 * Pinned tags first, all of them verified; only then do convenience tags move, most specific first. A repository that
 * fails is left as it is and told; the others go on.
 */
import { InputError, OutsideError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import type { Builder, Registries } from '../../ports.ts';
import type { GoOn } from '../../report/publish.ts';
import type { ReleaseOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import { refuseDrift } from '../render.ts';
import type { Outcome, World } from '../world.ts';
import { checkPublished } from './check-published.ts';
import type { CollectedParts } from '../../build/collect-records.ts';
import { buildPinned } from './build-phase.ts';
import { inEach, isComplete, type LaneRun } from './lane-run.ts';
import { mergePinned, prepareMerges } from './merge-phase.ts';
import { moveTags } from './move-tags.ts';
import { refuseOvertaken } from './overtaken.ts';
import { planRunMoves } from './plan-moves.ts';
import { isDone } from '../../publish/move-result.ts';
import { publishOutcome } from './publish-outcome.ts';
import { cellsOf } from './publishable.ts';
import { lockToWrite, recordPublished } from './recorded.ts';
import { readPublishable } from './read-publishable.ts';
import { readRecords } from './read-records.ts';
import { dropStagingTags } from './staging-tags.ts';
import { intentText, openRuns, pushPinned, surveyPinned, withRuns } from './runs.ts';
import { finishJournal, settleMoves } from './settle-moves.ts';
import { refuseRacedCells } from './verify.ts';

export interface PublishOptions extends ReleaseOptions {
  readonly version: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly builder: Builder['name'];
  /** A folder with what `build --record` wrote: nothing is built, parts are merged. */
  readonly fromRecords: string | null;
  /** Take over images without our labels. */
  readonly adopt: boolean;
  readonly replacePartial: boolean;
  /** The newest rebuild of the version that the config has, in place of the version itself. */
  readonly rebuild: boolean;
  /** Let a convenience tag move to a lower release. */
  readonly allowBackward: boolean;
  /** Where journals are kept. */
  readonly journal: string;
  /** `--write-lock`: begin a `tags.lock.json` where there is none; one that is there is added to either way. */
  readonly writeLock: boolean;
  /** How long a registry may answer with yesterday's news, in ms. */
  readonly settleMs: number;
  /** How long to wait for the package, in ms; `null` does not ask for it. A dry run asks once. */
  readonly waitForPackageMs: number | null;
}

export async function publishCommand(options: PublishOptions, world: World): Promise<Outcome> {
  const { project, release } = await readPublishable(options, waitMsOf(options), world);
  await refuseDrift(project.image, world.files(project.root));
  const locked = await lockToWrite(project, options.writeLock, world);
  const parts = options.fromRecords === null ? null : await readRecords(options.fromRecords, project, release, world);
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const runs = await openRuns(
      { command: 'publish', version: release.version.text, dryRun: options.dryRun, journal: options.journal },
      project,
      registries,
      world,
    );
    await withRuns(runs, world, () => publish(runs, parts, project, release, options, registries, world));
    if (!options.dryRun) await recordPublished(runs, locked, project, world);
    return publishOutcome(runs, project, release, { ...options, goOn: goOnOf(release, parts, world) });
  } finally {
    await registries.close();
  }
}

/** Reads everything there is to read before anything is done; a dry run ends there. */
async function publish(
  runs: readonly LaneRun[],
  parts: CollectedParts | null,
  project: Project,
  release: Release,
  options: PublishOptions,
  registries: Registries,
  world: World,
): Promise<void> {
  await surveyPinned(runs, cellsOf(project, release), project, options, world);
  await inEach(runs, async (run) => {
    const back = await planRunMoves(run, project, release, world);
    if (back !== null && !options.allowBackward) throw new InputError([back]);
    world.say(intentText(run));
  });
  const merges = parts === null ? null : await prepareMerges(runs, parts, project, options.settleMs, world);
  if (options.dryRun) return;
  const builder = (): Builder => world.builder(options.builder, project.config.build, project.root, registries);
  const make = (): Promise<void> =>
    merges === null ? buildPinned(runs, project, builder, world) : mergePinned(runs, merges, world);
  await pushPinned(runs, project, make, options.settleMs, world);
  await inEach(runs.filter(isComplete), (run) => moveConvenience(run, project, release, options, world));
  if (parts !== null) await inEach(runs.filter(isPublished), (run) => dropStagingTags(run, parts, world));
}

/** A dry run asks once. */
function waitMsOf({ waitForPackageMs, dryRun }: PublishOptions): number | null {
  return waitForPackageMs !== null && dryRun ? 0 : waitForPackageMs;
}

function isPublished(run: LaneRun): boolean {
  return isComplete(run) && run.moves.every(isDone);
}

/** In a workflow the jobs that failed are run again, on their own runners; elsewhere what lacks is built here. */
function goOnOf(release: Release, parts: CollectedParts | null, { workflowRun }: World): GoOn {
  const publish = `tagwright publish ${release.version.text}`;
  if (parts === null) return { command: publish, isSame: true };
  return { command: workflowRun === null ? publish : `gh run rerun ${workflowRun} --failed`, isSame: false };
}

async function moveConvenience(
  run: LaneRun,
  project: Project,
  release: Release,
  { settleMs, allowBackward }: PublishOptions,
  world: World,
): Promise<void> {
  const before = run.moves;
  const back = await planRunMoves(run, project, release, world);
  if (back !== null && !allowBackward)
    throw new OutsideError('TAG_RACED', `${back.message}: another run moved it while this one was building`);
  await refuseOvertaken(run, before, project, world);
  await refuseRacedCells(run, settleMs, world);
  run.moves = await moveTags(
    run.lane,
    run.moves.map((result) => result.move),
    settleMs,
    world,
  );
  const settled = await settleMoves(run.lane, run.moves, settleMs, world);
  run.moves = settled.results;
  run.settleMs = settled.waitedMs;
  await checkPublished(run, project, release, world);
  await finishJournal(run.lane, run.moves, run.settleMs, world);
}
