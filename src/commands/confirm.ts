import { formatRepository, type Repository } from '../domain/reference.ts';
import type { Move } from '../plan/types.ts';
import { count } from '../report/words.ts';
import type { World } from './world.ts';

export interface Wanted {
  readonly repository: Repository;
  readonly moves: readonly Move[];
}

/** Whether the moves may be made: `--yes`, the person at the terminal, or that there is none. */
export async function isConfirmed(wanted: readonly Wanted[], yes: boolean, world: World): Promise<boolean> {
  const ask = world.ask ?? null;
  const total = wanted.reduce((sum, { moves }) => sum + moves.length, 0);
  if (yes || ask === null || total === 0) return true;
  const parts = wanted.filter(({ moves }) => moves.length > 0).map(describe);
  const answer = await ask(`${parts.join('\n')}\nMove ${total === 1 ? 'this tag' : `these ${total} tags`}? [y/N] `);
  const isYes = /^y(?:es)?$/i.test(answer?.trim() ?? '');
  if (!isYes) world.say('nothing was moved');
  return isYes;
}

const mostShown = 20;

function describe({ repository, moves }: Wanted): string {
  const shown = moves.slice(0, mostShown).map(({ tag, to }) => `  ${tag}${to.digest === null ? ' (deleted)' : ''}`);
  const more = moves.length > mostShown ? [`  … and ${moves.length - mostShown} more`] : [];
  return [`${count(moves.length, 'tag')} of ${formatRepository(repository)}:`, ...shown, ...more].join('\n');
}
