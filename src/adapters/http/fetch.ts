import type { Http } from './http.ts';
import type { WireRequest } from './wire.ts';

export interface FetchOptions {
  /** No other is asked, whatever a page links to. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** A `fetch` for libraries that take one: over our connections, the body read to its end, bounded, before it counts. */
export function createFetch(http: Http, { origin, timeoutMs, maxBytes }: FetchOptions): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new Error(`a page on another host, ${url.origin}`);
    const { body, signal } = init;
    const answer = await http.transport({
      method: methodOf(init.method),
      url: url.href,
      headers: { 'accept-encoding': 'gzip', ...Object.fromEntries(new Headers(init.headers)) },
      followRedirects: true,
      maxBytes,
      timeoutMs,
      deadlineMs: Date.now() + timeoutMs,
      ...(typeof body === 'string' ? { body: new TextEncoder().encode(body) } : {}),
      ...(signal ? { signal } : {}),
    });
    const { 'content-encoding': _decoded, 'content-length': _length, ...headers } = answer.headers;
    const content = answer.body.byteLength === 0 ? null : Buffer.from(answer.body);
    return new Response(content, { status: answer.status, headers: withValues(headers) });
  };
}

function methodOf(method = 'GET'): WireRequest['method'] {
  const known = (['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'] as const).find(
    (name) => name === method.toUpperCase(),
  );
  if (known === undefined) throw new Error(`the method ${method} is not used here`);
  return known;
}

function withValues(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
