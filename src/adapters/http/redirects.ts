import { isExposed } from './exposed.ts';
import { originOf } from './origin-of.ts';
import { WireFault, type Transport, type WireAnswer, type WireRequest } from './wire.ts';

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const maxRedirects = 5;

/** Follows redirects of reads, as blobs are kept elsewhere. Credentials stay with the origin they were meant for. */
export function withRedirects(transport: Transport): Transport {
  return async (request) => {
    if (request.followRedirects !== true || (request.method !== 'GET' && request.method !== 'HEAD')) {
      return transport(request);
    }
    let current: WireRequest = request;
    for (let count = 0; count <= maxRedirects; count++) {
      const answer = await transport(current);
      const location = answer.headers['location'];
      if (!redirectStatuses.has(answer.status) || location === undefined) {
        return isElsewhere(request, current) ? ofElsewhere(answer) : answer;
      }
      current = redirected(current, location, answer.status);
    }
    throw new WireFault('REGISTRY_ANSWER', `more than ${maxRedirects} redirects`);
  };
}

function redirected(request: WireRequest, location: string, status: number): WireRequest {
  const from = new URL(request.url);
  if (!URL.canParse(location, from.href))
    throw new WireFault('REGISTRY_ANSWER', 'redirected to no address', { status });
  const to = new URL(location, from);
  // A server behind a proxy that ends TLS does not know of it.
  if (to.protocol === 'http:' && from.protocol === 'https:' && to.host === from.host) to.protocol = 'https:';
  if (isExposed(to, request.insecureHosts ?? new Set())) {
    throw new WireFault('REGISTRY_ANSWER', `redirected to ${to.host} without TLS`, { status, tries: 1 });
  }
  if (to.origin === from.origin) return { ...request, url: to.href };
  const { authorization: _kept, ...headers } = request.headers;
  return { ...request, url: to.href, headers };
}

function isElsewhere(asked: WireRequest, answered: WireRequest): boolean {
  return originOf(asked.url).origin !== originOf(answered.url).origin;
}

/** Another host's challenge and quota are none of ours: it must not name the token service that gets our credentials. */
function ofElsewhere(answer: WireAnswer): WireAnswer {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => !/^www-authenticate$|ratelimit/.test(name)),
  );
  return { ...answer, headers };
}
