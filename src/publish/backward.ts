import type { Problem } from '../domain/errors.ts';
import type { BackwardMove } from './moves.ts';

export function backwardProblem(repository: string, { move, stands }: BackwardMove, factsFrom: string): Problem {
  const message = `${repository}:${move.tag} stands on ${stands} and would go back to ${move.to.owner?.version ?? ''}`;
  const fix = 'are the facts complete? yank or exclude the higher release in the config, or say --allow-backward';
  return { code: 'MOVE_BACKWARD', where: factsFrom, message, fix };
}
