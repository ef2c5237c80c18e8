/** For a run that plans several times, by several images or configs: what is the same is asked for once. */
import type { ReleaseSource } from '../ports.ts';
import type { World } from './world.ts';

/** @param ask whose arguments are data */
export function once<A extends readonly unknown[], R>(ask: (...given: A) => Promise<R>): (...given: A) => Promise<R> {
  const answers = new Map<string, Promise<R>>();
  return (...given) => {
    const key = JSON.stringify(given);
    const answer = answers.get(key) ?? ask(...given);
    answers.set(key, answer);
    return answer;
  };
}

/** The sources of a world, each of which lists its releases once. */
export function sourcesOnce(world: World): World['sources'] {
  return once(async (...asked) => (await world.sources(...asked)).map(listedOnce));
}

function listedOnce(source: ReleaseSource): ReleaseSource {
  let listed: ReturnType<ReleaseSource['list']> | null = null;
  return { ...source, list: (signal) => (listed ??= source.list(signal)) };
}
