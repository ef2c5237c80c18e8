/** Phases three and four: the convenience tags of the release, moved, waited for and read once more. */
import { InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { backwardProblem } from '../../publish/backward.ts';
import { plannedResult } from '../../publish/move-result.ts';
import { planMoves } from '../../publish/moves.ts';
import { surveyTags } from '../look/survey-tags.ts';
import { moveTags } from '../move/move-tags.ts';
import { finishJournal, waitForMoves } from '../move/wait-for-moves.ts';
import { checkPublished } from './check-published.ts';
import { refuseOvertaken } from './overtaken.ts';
import { rightDigest, type RepositoryRun } from './repository-run.ts';
import { refuseRacedCells } from './verify.ts';

/**
 * Notes the moves of the run as `planned`, as the repository is now. Reads only.
 *
 * @throws {InputError} MOVE_BACKWARD if one goes to a lower release and nothing in the config explains it
 * @throws {OutsideError} TAG_UNKNOWN
 */
export async function planConvenience(run: RepositoryRun, release: Release, allowBackward: boolean): Promise<void> {
  const back = await planMovesOf(run, release);
  if (back !== null && !allowBackward) throw new InputError([back]);
}

export interface MoveOptions {
  readonly allowBackward: boolean;
  /** Leave the moves planned: somebody approves them first. */
  readonly stopBeforeMoves: boolean;
}

/** @throws {OutsideError} TAG_RACED, PINNED_RACED, TAG_UNKNOWN if another run is at work */
export async function moveConvenience(run: RepositoryRun, release: Release, options: MoveOptions): Promise<void> {
  const { allowBackward, stopBeforeMoves } = options;
  const before = run.progress.moves;
  const back = await planMovesOf(run, release);
  if (back !== null && !allowBackward)
    throw new OutsideError('TAG_RACED', `${back.message}: another run moved it while this one was building`);
  await refuseOvertaken(run, before);
  await refuseRacedCells(run);
  // Its pinned tags are done; the moves are another run's, with a journal of its own.
  if (stopBeforeMoves) return finishJournal(run, { results: [], waitedMs: 0 });
  const planned = run.progress.moves.map((result) => result.move);
  run.note({ moves: await moveTags(run, planned) });
  const waited = await waitForMoves(run, run.progress.moves);
  run.note({ moves: waited.results, settleMs: waited.waitedMs });
  await checkPublished(run, release);
  await finishJournal(run, waited);
}

/**
 * @returns MOVE_BACKWARD if one goes to a lower release
 * @throws {OutsideError} TAG_UNKNOWN if the registry does not answer for one: nothing is moved on half an answer
 */
async function planMovesOf(run: RepositoryRun, release: Release): Promise<Problem | null> {
  const { registry, inspect, project, world, name } = run;
  const owned = project.tags.convenience.filter((tag) => tag.owner?.release === release);
  const where = await surveyTags({ registry, inspect }, owned, project, world);
  const planned = planMoves(
    { tags: owned, seen: where.seen, digestOf: (cell) => rightDigest(run, cell), standsOn: where },
    project.image,
  );
  const [unknown] = planned.unknown;
  if (unknown !== undefined)
    throw new OutsideError('TAG_UNKNOWN', `${name}:${unknown.tag}: ${unknown.reason}`, { tag: unknown.tag });
  run.note({ moves: planned.moves.map(plannedResult) });
  const [back] = planned.backward;
  return back === undefined ? null : backwardProblem(name, back, project.factsFrom);
}
