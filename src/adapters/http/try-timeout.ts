import type { Clock } from '../../ports.ts';
import { WireFault, type Transport } from './wire.ts';

/** Runs `ring` after `ms`, unless it is called off; the answer calls it off. */
export type Alarm = (ms: number, ring: () => void) => () => void;

export const systemAlarm: Alarm = (ms, ring) => {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
};

/**
 * Gives up on a try after `timeoutMs`, or at the deadline of the call if that is sooner. A request with a limit of its
 * own for standing still may take as long as bytes come and go.
 */
export function withTryTimeout(
  transport: Transport,
  clock: Clock,
  timeoutMs: number,
  alarm: Alarm = systemAlarm,
): Transport {
  return (request) => {
    const { signal, stallMs } = request;
    const limitMs =
      stallMs ?? Math.max(0, Math.min(request.timeoutMs ?? timeoutMs, request.deadlineMs - clock.nowMs()));
    let lastMs = clock.nowMs();
    const moving = stallMs === undefined ? {} : { onProgress: () => (lastMs = clock.nowMs()) };
    const attempt = new AbortController();
    return new Promise((resolve, reject) => {
      const stop = (reason: Error): void => {
        reject(reason);
        attempt.abort(reason);
      };
      const abort = (): void => stop(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      const what = stallMs === undefined ? 'no answer within' : 'not a byte for';
      const watch = (ms: number): (() => void) =>
        alarm(ms, () => {
          const idleMs = clock.nowMs() - lastMs;
          if (stallMs !== undefined && idleMs < stallMs) callOff = watch(stallMs - idleMs);
          else stop(new WireFault('REGISTRY_TIMEOUT', `${what} ${formatSeconds(limitMs)}`));
        });
      let callOff = watch(limitMs);
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort, { once: true });
      // Nothing is aborted once there is an answer: thousands of needless abort errors are half the work of an audit.
      transport({ ...request, ...moving, signal: attempt.signal })
        .then(resolve, reject)
        .finally(() => {
          callOff();
          signal?.removeEventListener('abort', abort);
        });
    });
  };
}

function formatSeconds(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms)} ms`;
}
