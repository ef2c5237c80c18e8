import type { HttpOptions } from '../adapters/http/http.ts';
import { redact } from '../domain/secrets.ts';

/** For `--verbose`: a line for each try on the wire, as `HEAD https://… 200 in 12 ms`. Queries and headers stay out. */
export function tracing(trace: ((line: string) => void) | null): Pick<HttpOptions, 'onRequest'> {
  if (trace === null) return {};
  return {
    onRequest: ({ method, url, status, durationMs }) =>
      trace(redact(`${method} ${url} ${status ?? 'no answer'} in ${Math.round(durationMs)} ms`)),
  };
}
