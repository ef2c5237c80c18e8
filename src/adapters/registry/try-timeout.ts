import type { Clock } from '../../ports.ts';
import { WireFault, type Transport } from './wire.ts';

/** Gives up on a try after `timeoutMs`, or at the deadline of the call if that is sooner. */
export function withTryTimeout(transport: Transport, clock: Clock, timeoutMs: number): Transport {
  return async (request) => {
    const limitMs = Math.max(0, Math.min(timeoutMs, request.deadlineMs - clock.nowMs()));
    const attempt = new AbortController();
    const timer = new AbortController();
    const abort = (): void => attempt.abort(request.signal?.reason);
    if (request.signal?.aborted === true) abort();
    request.signal?.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([
        transport({ ...request, signal: attempt.signal }),
        clock.sleep(limitMs, timer.signal).then(() => {
          throw new WireFault('REGISTRY_TIMEOUT', `no answer within ${formatSeconds(limitMs)}`);
        }),
      ]);
    } finally {
      request.signal?.removeEventListener('abort', abort);
      timer.abort();
      attempt.abort();
    }
  };
}

function formatSeconds(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms)} ms`;
}
