import type { Clock } from '../../ports.ts';
import { originOf } from './origin-of.ts';
import { retryAfterMs } from './retry-after.ts';
import { WireFault, type Transport } from './wire.ts';

/** Those who waited for one host do not start again in the same instant. */
const spreadMs = 200;

/**
 * Obeys Retry-After for all calls to a host together: once one answer has named a time, nothing goes out before it. A
 * time beyond the deadline of a call ends that call at once.
 */
export function withHostGate(transport: Transport, clock: Clock, random: () => number): Transport {
  const closedUntil = new Map<string, number>();

  const wait = async (host: string, deadlineMs: number, signal: AbortSignal | undefined): Promise<void> => {
    for (;;) {
      const until = closedUntil.get(host);
      const nowMs = clock.nowMs();
      if (until === undefined || until <= nowMs) return;
      if (until > deadlineMs) {
        const seconds = Math.ceil((until - nowMs) / 1000);
        throw new WireFault('REGISTRY_THROTTLED', `${host} asks clients to wait another ${seconds} s`, {
          tries: 1,
          status: 429,
          fix: 'try again after that',
        });
      }
      await clock.sleep(until - nowMs + random() * spreadMs, signal);
    }
  };

  return async (request) => {
    const { host } = originOf(request.url);
    if (closedUntil.has(host)) await wait(host, request.deadlineMs, request.signal);
    const answer = await transport(request);
    if (answer.status === 429 || answer.status === 503) {
      const nowMs = clock.nowMs();
      const pauseMs = retryAfterMs(answer, nowMs);
      if (pauseMs !== null) closedUntil.set(host, Math.max(closedUntil.get(host) ?? 0, nowMs + pauseMs));
    }
    return answer;
  };
}
