import type { Alarm } from '../../src/adapters/http/try-timeout.ts';
import type { Clock } from '../../src/ports.ts';

/** Time that passes only while everybody sleeps, and then at once: hours of back-off in no time, always the same. */
export interface VirtualClock extends Clock {
  readonly alarm: Alarm;
  /** How long each sleep was asked to be, in ms, in the order they were asked for. */
  readonly sleeps: readonly number[];
}

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

export function createVirtualClock(startMs = Date.parse('2026-01-01T00:00:00Z')): VirtualClock {
  let nowMs = startMs;
  let isTurning = false;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];

  const turn = (): void => {
    isTurning = false;
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) if (next === undefined || sleeper.atMs < next.atMs) next = sleeper;
    if (next === undefined) return;
    sleepers.delete(next);
    nowMs = Math.max(nowMs, next.atMs);
    next.wake();
    schedule();
  };
  // Real input and output gets its turn first, several times over: a socket on loopback answers within that.
  const schedule = (): void => {
    if (isTurning || sleepers.size === 0) return;
    isTurning = true;
    setTimeout(turn, 1);
  };
  const add = (ms: number, wake: () => void): (() => void) => {
    const sleeper = { atMs: nowMs + ms, wake };
    sleepers.add(sleeper);
    schedule();
    return () => sleepers.delete(sleeper);
  };

  return {
    sleeps,
    nowMs: () => nowMs,
    alarm: add,
    sleep: (ms, signal) => {
      sleeps.push(ms);
      return new Promise((resolve, reject) => {
        const aborted = (): void => {
          cancel();
          reject(new Error('the sleep was interrupted'));
        };
        const cancel = add(ms, () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        });
        if (signal?.aborted === true) aborted();
        else signal?.addEventListener('abort', aborted, { once: true });
      });
    },
  };
}
