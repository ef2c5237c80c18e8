/** Waiting for a registry that answers with yesterday's news: bounded, and told apart from failure. */
import type { Clock } from '../../ports.ts';

export interface Settled<T> {
  readonly value: T;
  readonly settled: boolean;
  readonly waitedMs: number;
}

/**
 * Asks until the answer is as wanted or the bound is over; the last answer is returned either way.
 *
 * Registries behind caches and replicas answer with the old digest, or 404, for some seconds after a push.
 *
 * @see https://github.com/int128/docker-manifest-create-action/issues/857
 */
export async function settle<T>(
  ask: () => Promise<T>,
  isSettled: (answer: T) => boolean,
  clock: Clock,
  boundMs: number,
  signal: AbortSignal,
): Promise<Settled<T>> {
  const start = clock.nowMs();
  let pauseMs = 100;
  for (;;) {
    const value = await ask();
    const waitedMs = clock.nowMs() - start;
    if (isSettled(value)) return { value, settled: true, waitedMs };
    if (waitedMs + pauseMs > boundMs) return { value, settled: false, waitedMs };
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, 2_000);
  }
}
