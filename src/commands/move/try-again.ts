/** Builds that failed for a reason that passes: how often they are tried again, and after which pause. */
import { isPassingFailure } from '../../domain/passing-failure.ts';
import type { BuiltTarget } from '../../ports.ts';
import { count } from '../../report/words.ts';
import type { World } from '../world.ts';

export const maxTries = 3;
const firstPauseMs = 5_000;

export function isPassing(target: BuiltTarget): boolean {
  return target.kind === 'failed' && isPassingFailure(target.reason);
}

/** @param tries which one comes next: 2 waits for 5 seconds, 3 for 20 */
export async function pauseBefore(tries: number, builds: number, { clock, say, signal }: World): Promise<void> {
  const pauseMs = firstPauseMs * 4 ** (tries - 2);
  say(`${count(builds, 'build')} failed in passing; trying again in ${pauseMs / 1000} s (${tries} of ${maxTries})`);
  await clock.sleep(pauseMs, signal);
}
