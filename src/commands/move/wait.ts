/** Waiting for a registry to show a write: bounded, and kept apart from failure. */
import { OutsideError } from '../../domain/errors.ts';
import type { World } from '../world.ts';

export interface Waited<T> {
  readonly value: T;
  readonly waitedMs: number;
}

export interface Wait {
  readonly world: Pick<World, 'clock' | 'signal'>;
  /** How long to wait at most. */
  readonly waitMs: number;
}

const firstPauseMs = 100;
const maxPauseMs = 2_000;

/**
 * Asks until the answer is as wanted or the time is up; the last answer is returned either way. The last question is
 * asked when the time is up.
 *
 * Registries behind caches and replicas answer with the old digest, or 404, for some seconds after a push.
 *
 * @see https://github.com/int128/docker-manifest-create-action/issues/857
 */
export async function waitUntil<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  { world: { clock, signal }, waitMs }: Wait,
): Promise<Waited<T>> {
  const start = clock.nowMs();
  let pauseMs = firstPauseMs;
  for (;;) {
    const value = await ask();
    const waitedMs = clock.nowMs() - start;
    if (isWanted(value) || waitedMs >= waitMs) return { value, waitedMs };
    await clock.sleep(Math.min(pauseMs, waitMs - waitedMs), signal).catch((error: unknown) => {
      throw signal.aborted ? interrupted(error) : error;
    });
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }
}

function interrupted(cause: unknown): OutsideError {
  return new OutsideError('ABORTED', 'interrupted while waiting for the registry to settle', {}, { cause });
}
