import type { Quota } from '../../domain/quota.ts';
import type { Transport } from '../http/wire.ts';

export interface QuotaWatch {
  readonly transport: Transport;
  /** The last word of that origin, `null` where it never said. */
  quota(origin: string): Quota | null;
}

/**
 * Reads `ratelimit-remaining` off every answer.
 *
 * @see https://docs.docker.com/docker-hub/usage/pulls/
 */
export function watchQuota(transport: Transport): QuotaWatch {
  const seen = new Map<string, { first: number; remaining: number }>();
  return {
    transport: async (request) => {
      const answer = await transport(request);
      const text = answer.headers['ratelimit-remaining'] ?? answer.headers['x-ratelimit-remaining'];
      const remaining = /^\s*(?<count>\d+)/.exec(text ?? '')?.groups?.['count'];
      if (remaining !== undefined) {
        const { origin } = new URL(request.url);
        const first = seen.get(origin)?.first ?? Number(remaining);
        seen.set(origin, { first: Math.max(first, Number(remaining)), remaining: Number(remaining) });
      }
      return answer;
    },
    quota: (origin) => {
      const at = seen.get(origin);
      return at === undefined ? null : { remaining: at.remaining, spent: at.first - at.remaining };
    },
  };
}
