/** Waiting for a registry that answers with yesterday's news: bounded, and told apart from failure. */
import { OutsideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports.ts';

export interface Settled<T> {
  readonly value: T;
  readonly settled: boolean;
  readonly waitedMs: number;
}

const firstPauseMs = 100;
const maxPauseMs = 2_000;

/**
 * Asks until the answer is as wanted or the bound is over; the last answer is returned either way. The last question is
 * asked at the bound itself.
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
  let pauseMs = firstPauseMs;
  for (;;) {
    const value = await ask();
    const waitedMs = clock.nowMs() - start;
    if (isSettled(value)) return { value, settled: true, waitedMs };
    if (waitedMs >= boundMs) return { value, settled: false, waitedMs };
    await clock.sleep(Math.min(pauseMs, boundMs - waitedMs), signal).catch((error: unknown) => {
      throw signal.aborted ? interrupted(error) : error;
    });
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }
}

function interrupted(cause: unknown): OutsideError {
  return new OutsideError('ABORTED', 'interrupted while waiting for the registry to settle', {}, { cause });
}
