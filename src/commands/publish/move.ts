/** Phases three and four: the convenience tags of the release, moved, waited for and read once more. */
import { sizeLimitCode } from '../../config/read-size-limits.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, OutsideError, type Problem } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { holdProblem } from '../../moves/hold-repair.ts';
import { plannedResult } from '../../moves/move-result.ts';
import type { HeldMove } from '../../moves/hold.ts';
import { planMoves, type PlannedMoves } from '../../moves/plan-moves.ts';
import { acceptSizeLine } from '../../moves/size-hold.ts';
import { describeCell, fullTag, type Cell } from '../../plan/cell.ts';
import { refuseUnknown, shownMoves } from '../look/moves-look.ts';
import type { RepositoryLook } from '../look/repository-look.ts';
import { moveTags } from '../move/move-tags.ts';
import { putPinnedJournaled } from '../move/put-journaled.ts';
import { recordMoves } from '../move/record-moves.ts';
import { finishJournal, waitForMoves } from '../move/wait-for-moves.ts';
import { checkPublished } from './check-published.ts';
import type { PublishOptions } from './options.ts';
import { refuseOvertaken } from './overtaken.ts';
import type { RepositoryRun } from './repository-run.ts';
import { lookAtCells } from './survey.ts';
import { refuseRacedCells } from './verify.ts';

/**
 * Notes the moves of the run as `planned`, as the survey saw the repository. Reads nothing more.
 *
 * @throws {InputError} MOVE_BACKWARD or FACTS_PARTIAL if a tag would be taken from what no fact explains
 * @throws {OutsideError} TAG_UNKNOWN
 */
export function planConvenience(run: RepositoryRun, release: Release, allowBackward: boolean): void {
  if (run.looked === null) return;
  const problems = planMovesOf(run, run.looked, release, allowBackward);
  if (problems.length > 0) throw new InputError(problems);
}

/** @throws {OutsideError} TAG_RACED, PINNED_RACED, TAG_UNKNOWN if another run is at work */
export async function moveConvenience(run: RepositoryRun, release: Release, options: PublishOptions): Promise<void> {
  const { allowBackward, stopBeforeMoves } = options;
  const before = run.progress.moves;
  const cells = run.survey.map(({ cell }) => cell);
  let looked = await lookAtCells(run, cells);
  if (await restoreLastTags(run, looked, release)) looked = await lookAtCells(run, cells);
  const [problem] = planMovesOf(run, looked, release, allowBackward);
  if (problem !== undefined)
    throw new OutsideError('TAG_RACED', `${problem.message}: another run moved it while this one was building`);
  if (noteOversized(run, plannedMoves(run, looked, release, allowBackward))) return;
  await refuseOvertaken(run, before);
  await refuseRacedCells(run);
  // Its pinned tags are done; the moves belong to another run with its own journal.
  if (stopBeforeMoves) return finishJournal(run, { results: [], waitedMs: 0 });
  const planned = run.progress.moves.map((result) => result.move);
  run.note({ moves: await moveTags(run, planned) });
  const waited = await waitForMoves(run, run.progress.moves);
  run.note({ moves: waited.results, settleMs: waited.waitedMs });
  await recordMoves(run);
  await checkPublished(run, release);
  await finishJournal(run, waited);
}

/** A dry run: what would hold the moves of cells that are there. */
export function holdOversized(run: RepositoryRun, release: Release, allowBackward: boolean): void {
  if (run.looked !== null) noteOversized(run, plannedMoves(run, run.looked, release, allowBackward));
}

/**
 * An image that is larger than the config allows holds back every move of the repository.
 *
 * @returns whether there is one
 */
function noteOversized(run: RepositoryRun, { held }: PlannedMoves): boolean {
  const cells = new Map<Cell, string>();
  for (const hold of held.flatMap(({ holds }) => holds))
    if (hold.kind === 'oversized')
      cells.set(hold.cell, `${describeCell(hold.cell)}: ${hold.figures.join('; ')}; ${acceptSizeLine(hold.cell)}`);
  if (cells.size === 0) return false;
  const reason = `no convenience tag moves onto images that large until the config accepts them: ${[...cells.values()].join('; ')}`;
  run.note({ failure: { code: sizeLimitCode, reason } });
  return true;
}

/**
 * @returns what refuses the whole run
 * @throws {OutsideError} TAG_UNKNOWN if the registry does not answer for one: nothing is moved on half an answer
 */
function planMovesOf(run: RepositoryRun, looked: RepositoryLook, release: Release, allowBackward: boolean): Problem[] {
  const { project, name } = run;
  const planned = plannedMoves(run, looked, release, allowBackward);
  refuseUnknown({ planned, looked });
  run.note({ moves: shownMoves({ planned, looked }).map(plannedResult) });
  return planned.held.filter(isRefusal).map((held) => holdProblem(name, held, project.factsFrom));
}

function isRefusal({ holds }: HeldMove): boolean {
  return holds.some(({ kind }) => kind === 'backward' || kind === 'partial' || kind === 'doubt');
}

function plannedMoves(
  run: RepositoryRun,
  looked: RepositoryLook,
  release: Release,
  allowBackward: boolean,
): PlannedMoves {
  const tags = [...run.expected.tags.values()].flatMap((tag) =>
    tag.kind === 'convenience' && tag.owner?.release === release ? [tag] : [],
  );
  const { passed } = run.progress;
  return planMoves(tags, looked.audited.sight, { partial: run.project.partial, allowBackward, passed });
}

/**
 * A convenience tag that is the last one on another cell's image: that image gets its full tag back before the tag moves.
 *
 * @returns whether there was one
 */
async function restoreLastTags(run: RepositoryRun, looked: RepositoryLook, release: Release): Promise<boolean> {
  const { held } = plannedMoves(run, looked, release, true);
  const lost = new Map<Cell, { readonly digest: Digest; readonly from: string }>();
  for (const { move, holds } of held) {
    for (const hold of holds)
      if (hold.kind === 'last-tag' && move.from?.digest)
        lost.set(hold.cell, { digest: move.from.digest, from: move.tag });
  }
  for (const [cell, { digest, from }] of lost) {
    const manifest = await run.registry.manifest(digest, run.world.signal);
    if (manifest === null) throw new OutsideError('TAG_RACED', `${run.name}:${from} no longer points to ${digest}`, {});
    const tag = fullTag(cell);
    await putPinnedJournaled(run, { cell, tag, from, digest }, manifest, new Map());
    run.world.say(`${run.name}: ${tag} is back on its image, which only ${from} still had`);
  }
  return lost.size > 0;
}
