import type { Clock } from '../../ports.ts';
import type { Transport } from './wire.ts';

/** One try on the wire, without anything secret: queries and headers are left out. */
export interface SentRequest {
  readonly method: string;
  /** Scheme, host and path. */
  readonly url: string;
  /** `null` where no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
}

/** Counts every try as it goes out, and tells `onRequest` what became of it. */
export function withRequestLog(
  transport: Transport,
  clock: Clock,
  onRequest: ((sent: SentRequest) => void) | undefined,
): Transport {
  return async (request) => {
    request.onSend?.();
    if (onRequest === undefined) return transport(request);
    const startMs = clock.nowMs();
    let status: number | null = null;
    try {
      const answer = await transport(request);
      status = answer.status;
      return answer;
    } finally {
      const url = new URL(request.url);
      onRequest({
        method: request.method,
        url: `${url.origin}${url.pathname}`,
        status,
        durationMs: clock.nowMs() - startMs,
      });
    }
  };
}
