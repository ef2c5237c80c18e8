import { OutsideError } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';
import { askJson, unwantedAnswer } from '../http/ask-json.ts';
import type { Http } from '../http/http.ts';
import { WireFault } from '../http/wire.ts';

export interface FetchJsonOptions {
  /** For messages. */
  readonly source: string;
  readonly http: Http;
  /** First wait between tries; `Retry-After` comes before it. */
  readonly retryBaseMs: number;
  readonly signal: AbortSignal | undefined;
}

/** For whoever asks an index that wants a login. */
export const noLogin =
  'no login was sent, for tagwright sends none to a package index; set source.pypiUrl to one that may be read without';

export type Found = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'absent' };

/**
 * One GET of JSON. A 429, a 5xx and a broken connection are tried again, twice.
 *
 * @returns `absent` on 404 only
 * @throws {OutsideError} SOURCE_FAILED for every other answer, ABORTED
 */
export function fetchJson(url: URL, { source, http, retryBaseMs, signal }: FetchJsonOptions): Promise<Found> {
  return askJson<Found>(http, {
    url: url.href,
    maxBytes: 64 * 1_048_576,
    timeoutMs: 30_000,
    limits: { tries: 3, deadlineMs: 60_000, backoffMs: retryBaseMs, maxBackoffMs: 4 * retryBaseMs },
    signal,
    read: (answer) => {
      if (answer.status === 404) return { kind: 'absent' };
      if (answer.status < 200 || answer.status > 299) throw unwantedAnswer(answer);
      if (answer.value !== undefined) return { kind: 'value', value: answer.value };
      throw new WireFault('REGISTRY_ANSWER', `no JSON but ${quote(answer.text.slice(0, 160))}`, { tries: 1 });
    },
    failure: ({ fault }) => {
      if (fault === null) return new OutsideError('ABORTED', `${source}: stopped`, { source });
      const request = `GET ${url.href}`;
      const isDenied = fault.status === 401 || fault.status === 403;
      const fix = isDenied ? `; ${noLogin}` : fault.fix === undefined ? '' : `; ${fault.fix}`;
      return new OutsideError('SOURCE_FAILED', `${source}: ${request}: ${fault.message}${fix}`, { source, request });
    },
  });
}
