/**
 * `tagwright publish VERSION`: a release as a transaction, in two phases.
 *
 * Pinned tags first, all of them verified; only then do convenience tags move, most specific first. A repository that
 * fails is left as it is and reported; the others continue.
 */
import type { CollectedParts } from '../../build/collect-records.ts';
import { InputError } from '../../domain/errors.ts';
import { journalName, type Release } from '../../domain/release.ts';
import { mapSeveral } from '../../domain/several.ts';
import type { Builder } from '../../ports.ts';
import type { GoOn, PublishReport } from '../../report/publish.ts';
import { cellsOf } from '../release/publishable.ts';
import { refuseMisplaced, refuseUnbuildable } from '../release/buildable.ts';
import { readPublishable } from '../release/read-publishable.ts';
import { runEvidence } from '../move/run-evidence.ts';
import { readyEvidence, readySigner } from '../move/ready-evidence.ts';
import type { Project } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { openSources, type Sources } from '../release/sources.ts';
import { buildPinned, cellsToBuild } from './build.ts';
import { holdMoves, holdPinned, readAnswers, refuseUncheckedBuild, type Answers } from './checks.ts';
import { isPublished, locksToWrite, recordPublished } from './lock.ts';
import { mergePinned, prepareMerges } from './merge.ts';
import { holdOversized, moveConvenience, planConvenience } from './move.ts';
import type { PublishOptions } from './options.ts';
import { sayForeignLock } from '../look/lock-file.ts';
import { planFileOf, publishOutcome, publishReport } from './report.ts';
import { readRecords } from '../release/read-records.ts';
import { inEach, isComplete, type RepositoryRun } from './repository-run.ts';
import { intentText, openRuns, pushPinned, withRuns } from './runs.ts';
import { dropStagingTags } from './staging-tags.ts';
import { surveyPinned } from './survey.ts';

export async function publishCommand(options: PublishOptions, world: World): Promise<Outcome> {
  const report = await publish(options, world);
  const { plan } = report;
  const files = plan === null ? [] : [{ path: plan.file, text: plan.text }];
  return { ...publishOutcome(report, options.json), files };
}

/** A publish, and what it did. */
export async function publish(options: PublishOptions, world: World): Promise<PublishReport> {
  refuseUnused(options);
  const { project, release } = await readPublishable(options, waitMsOf(options), world);
  const command = `tagwright publish ${release.version.text}`;
  return publishBuild({ project, release, command, event: null }, options, world);
}

/** What is published: a release, or the build of an event in the repositories of some rules. */
export interface Publishable {
  readonly project: Project;
  readonly release: Release;
  /** What goes on from where it stopped. */
  readonly command: string;
  /** `null`: a release, which is recorded in the lock. */
  readonly event: {
    /** Looked at right before its tags move. Throws `OutsideError` if they belong to another build by now. */
    readonly beforeMoves: (run: RepositoryRun) => Promise<void>;
  } | null;
}

/** The phases of a publish. */
export async function publishBuild(about: Publishable, options: PublishOptions, world: World): Promise<PublishReport> {
  const { project, release, event } = about;
  if (options.fromRecords === null) refuseMisplaced(options.builder, project);
  await refuseUnbuildable(project, release, world);
  if (event === null) await sayForeignLock(project, world);
  const locked = event === null ? await locksToWrite(project, options.writeLock, world) : [];
  const parts = options.fromRecords === null ? null : await readRecords(options.fromRecords, project, release, world);
  const answers = await readAnswers(options.passes ?? options.fromRecords, release, world);
  const registries = await world.registries(project.config.insecureRegistries);
  const sources = openSources(project, release, options, world);
  try {
    const statements = {
      path: options.evidence ?? options.journal,
      project,
      about: { kind: 'release', release },
    } as const;
    const evidence = await runEvidence({ ...statements, command: 'publish', signing: options }, world);
    // Without moves there is no statement, and the job that builds need not have the file.
    const opened = mapSeveral(project.image.repositories, (repository) => registries.open(repository));
    if (!options.stopBeforeMoves) await readyEvidence(opened, evidence, options, world);
    const opening = { ...options, evidenceOf: evidence, command: 'publish', version: journalName(release) } as const;
    const runs = await openRuns(opening, project, registries, world);
    const builder = (): Builder => world.builder(options.builder, project.config.build, project.root, registries);
    const signing = (): Promise<void> => readySigner(opened, evidence, world);
    await withRuns(runs, () => carryOut(runs, { about, parts, answers, builder, sources, signing, options }));
    if (!options.dryRun) await recordPublished(runs.filter(isDoneWith(options)), locked);
    const plan = planFileOf(runs, project, options, world);
    return publishReport(runs, project, release, { ...options, plan, goOn: goOnOf(about.command, parts, world) });
  } finally {
    await sources.close();
    await registries.close();
  }
}

interface Job {
  readonly about: Publishable;
  readonly parts: CollectedParts | null;
  readonly answers: Answers;
  readonly builder: () => Builder;
  readonly sources: Sources;
  /** Asks for what a signature needs. */
  readonly signing: () => Promise<void>;
  readonly options: PublishOptions;
}

/** Reads everything there is to read before anything is done; a dry run ends there. */
async function carryOut(
  runs: readonly RepositoryRun[],
  { about: { release, event }, parts, answers, builder, sources, signing, options }: Job,
): Promise<void> {
  const { allowBackward, dryRun } = options;
  const [first] = runs;
  if (first === undefined) return;
  await surveyPinned(runs, cellsOf(first.project, release), options);
  await inEach(runs, async (run) => {
    planConvenience(run, release, allowBackward);
    run.world.say(intentText(run));
  });
  refuseUncheckedBuild(first.project, cellsToBuild(runs), parts !== null);
  if (parts === null) await sources.check(cellsToBuild(runs));
  else await prepareMerges(runs, parts);
  if (dryRun) {
    await inEach(runs, async (run) => holdOversized(run, release, allowBackward));
    return parts === null ? undefined : holdPinned(runs, answers);
  }
  // Before an hour of building; a run that moves nothing signs nothing.
  if (!options.stopBeforeMoves && runs.some(({ progress }) => progress.moves.length > 0)) await signing();
  await holdPinned(runs, answers);
  await pushPinned(runs, () => (parts === null ? buildPinned(runs, builder, sources) : mergePinned(runs)));
  await holdMoves(runs.filter(isComplete), answers);
  if (event !== null) await inEach(runs.filter(isComplete), event.beforeMoves);
  await inEach(runs.filter(isComplete), (run) => moveConvenience(run, release, options));
  if (parts !== null) await inEach(runs.filter(isDoneWith(options)), (run) => dropStagingTags(run, parts));
}

/** A repository with nothing left to do but what somebody has to approve. */
function isDoneWith({ stopBeforeMoves }: PublishOptions): (run: RepositoryRun) => boolean {
  return stopBeforeMoves ? isComplete : isPublished;
}

/** @throws {InputError} USAGE for a flag that goes with another one */
function refuseUnused({ stopBeforeMoves, planOut, dryRun }: PublishOptions): void {
  if (planOut !== null && !stopBeforeMoves) {
    const message = 'a plan file is written by --stop-before-moves';
    throw new InputError([{ code: 'USAGE', where: '--plan-out', message, fix: 'add --stop-before-moves' }]);
  }
  if (stopBeforeMoves && dryRun) {
    const message = 'a dry run builds and moves nothing';
    throw new InputError([{ code: 'USAGE', where: '--stop-before-moves', message, fix: 'leave --dry-run out' }]);
  }
}

/** A dry run asks once. */
function waitMsOf({ waitForPackageMs, dryRun }: PublishOptions): number | null {
  return waitForPackageMs !== null && dryRun ? 0 : waitForPackageMs;
}

/** In a workflow the jobs that failed are run again, on their own runners; elsewhere what lacks is built here. */
function goOnOf(publish: string, parts: CollectedParts | null, { workflowRun }: World): GoOn {
  if (parts === null) return { command: publish, isSame: true };
  return { command: workflowRun === null ? publish : `gh run rerun ${workflowRun} --failed`, isSame: false };
}
