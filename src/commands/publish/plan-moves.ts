/** Which convenience tags of a release move in one repository, as it stands now. Reads only. */
import { OutsideError, type Problem } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { plannedResult } from '../../publish/move-result.ts';
import { planMoves, type BackwardMove } from '../../publish/moves.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { rightDigest } from './copy-phase.ts';
import type { LaneRun } from './lane-run.ts';
import { surveyTags } from './survey-tags.ts';

/**
 * Puts the moves into the run, as `planned`.
 *
 * @returns MOVE_BACKWARD where one goes to a lower release and nothing in the config explains it
 * @throws {OutsideError} TAG_UNKNOWN where the registry would not tell of one: nothing is moved on half an answer
 */
export async function planRunMoves(
  run: LaneRun,
  project: Project,
  release: Release,
  world: World,
): Promise<Problem | null> {
  const owned = project.tags.convenience.filter((tag) => tag.owner?.release === release);
  const where = await surveyTags(run.lane.registry, run.lane.inspect, owned, project, world);
  const planned = planMoves(
    { tags: owned, seen: where.seen, digestOf: (cell) => rightDigest(run, cell), standsOn: where },
    project.image,
  );
  const [unknown] = planned.unknown;
  if (unknown !== undefined) {
    const message = `${run.lane.name}:${unknown.tag}: ${unknown.reason}`;
    throw new OutsideError('TAG_UNKNOWN', message, { tag: unknown.tag });
  }
  run.moves = planned.moves.map(plannedResult);
  const [back] = planned.backward;
  return back === undefined ? null : backwardProblem(run.lane.name, back, project.factsFrom);
}

export function backwardProblem(repository: string, { move, stands }: BackwardMove, factsFrom: string): Problem {
  const message = `${repository}:${move.tag} stands on ${stands} and would go back to ${move.to.owner?.version ?? ''}`;
  const fix = 'are the facts complete? yank or exclude the higher release in the config, or say --allow-backward';
  return { code: 'MOVE_BACKWARD', where: factsFrom, message, fix };
}
