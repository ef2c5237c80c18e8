/** The steps that `publish` and `build` share: a run for every repository, opened, surveyed, pushed to, and closed. */
import { InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Cell } from '../../plan/cell.ts';
import type { Registries } from '../../ports.ts';
import type { PinnedPolicy } from '../../publish/pinned-state.ts';
import { count } from '../../report/words.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { adoptSurvey, noteLeftOut } from './build-phase.ts';
import { copyBetween, copyWithin } from './copy-phase.ts';
import { openLane, type LaneInput } from './lane.ts';
import { inEach, isComplete, laneRun, type LaneFailure, type LaneRun } from './lane-run.ts';
import { readRecorded } from './recorded.ts';
import { surveyCells } from './survey.ts';
import { verifyPinned } from './verify.ts';

export type RunOptions = Pick<LaneInput, 'command' | 'version' | 'dryRun'> & {
  /** Where journals are kept. */
  readonly journal: string;
};

/** A run for every repository of the image, with what earlier runs left on record. */
export async function openRuns(
  options: RunOptions,
  project: Project,
  registries: Registries,
  world: World,
): Promise<LaneRun[]> {
  const { command, version, dryRun } = options;
  const journals = world.journals(options.journal);
  const now = (): string => formatInstant(world.clock.nowMs());
  const { say, signal } = world;
  const lanes = project.image.repositories.map((repository) =>
    openLane({ registry: registries.open(repository), version, command, dryRun, journals, now, say, signal }),
  );
  return (await Promise.all(lanes)).map(laneRun);
}

/**
 * Judges the pinned tags of the cells, and says what is to be done about them.
 *
 * @throws {InputError} PINNED_CONFLICT or PINNED_PARTIAL, for all that are wrong
 */
export async function surveyPinned(
  runs: readonly LaneRun[],
  cells: readonly Cell[],
  project: Project,
  policy: PinnedPolicy,
  world: World,
): Promise<void> {
  const recorded = await readRecorded(project, world);
  await inEach(runs, async (run) => {
    run.survey = await surveyCells(run.lane, cells, project, recorded(run.lane.name), policy, world);
    adoptSurvey(run);
  });
  const problems = runs.flatMap((run) =>
    run.survey.flatMap(({ decision }): Problem[] =>
      decision.kind === 'refused'
        ? [{ code: decision.code, where: run.lane.name, message: decision.reason, fix: decision.fix }]
        : [],
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** What is about to be done, for whoever watches: a run that goes on with an earlier one has less to do than the plan. */
export function intentText(run: LaneRun): string {
  const of = (kind: string): number => run.survey.filter(({ decision }) => decision.kind === kind).length;
  const parts = [
    `${count(of('present'), 'cell')} there`,
    `${of('copy')} to complete`,
    `${of('build')} to build or copy`,
  ];
  return `${run.lane.name}: ${parts.join(', ')}; ${count(run.moves.length, 'convenience tag')} to move`;
}

/**
 * Phases one and two: pushed, copied, read back.
 *
 * @param make brings the cells that no repository has under their full tags: built, or merged from recorded parts
 */
export async function pushPinned(
  runs: readonly LaneRun[],
  project: Project,
  make: () => Promise<void>,
  settleMs: number,
  world: World,
): Promise<void> {
  await copyBetween(runs, world);
  await make();
  await copyWithin(runs, project, settleMs, world);
  noteLeftOut(runs);
  await verifyPinned(runs, project, settleMs, world);
}

/** Runs the work, and closes every journal after it; one that ends early gets a last entry that says why. */
export async function withRuns<T>(runs: readonly LaneRun[], world: World, work: () => Promise<T>): Promise<T> {
  try {
    const value = await work();
    for (const run of runs) if (!isComplete(run)) await noteStop(run, stopOf(run), world);
    return value;
  } catch (error) {
    const stop = error instanceof OutsideError ? { code: error.code, reason: error.message } : null;
    for (const run of runs) {
      if (stop !== null) await noteStop(run, stop, world);
      if (run.lane.journal.isBegun()) world.say(`${run.lane.name}: ${run.lane.journal.leftText()}`);
    }
    throw error;
  } finally {
    await Promise.all(runs.map((run) => run.lane.journal.close()));
  }
}

function stopOf(run: LaneRun): LaneFailure {
  const [first] = run.lacking.values();
  const { code = 'BUILD_FAILED', reason = '' } = first ?? {};
  return run.failure ?? { code, reason: `${count(run.lacking.size, 'cell')} lacking: ${reason}` };
}

/** Only in a journal that this run has begun. Where it cannot be written, that was told already. */
async function noteStop(run: LaneRun, { code, reason }: LaneFailure, world: World): Promise<void> {
  if (!run.lane.journal.isBegun()) return;
  const at = formatInstant(world.clock.nowMs());
  try {
    await run.lane.journal.write({ step: 'stopped', code, reason, at });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
  }
}
