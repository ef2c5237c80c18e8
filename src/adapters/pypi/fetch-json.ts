import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';

export interface FetchJsonOptions {
  /** For messages. */
  readonly source: string;
  readonly fetch: typeof fetch;
  /** First of two waits between tries; the second is four times as long. `Retry-After` comes before both. */
  readonly retryBaseMs: number;
  readonly signal: AbortSignal | undefined;
}

const tries = 3;
const requestTimeoutMs = 30_000;
const maxWaitMs = 60_000;
const maxBytes = 64 * 1_048_576;

/**
 * One GET of JSON. A 429, a 5xx and a broken connection are tried again, twice.
 *
 * @returns `absent` on 404 only
 * @throws {OutsideError} SOURCE_FAILED for every other answer, ABORTED
 */
export async function fetchJson(url: URL, options: FetchJsonOptions): Promise<Found> {
  for (let tried = 1; ; tried += 1) {
    const answer = await fetchOnce(url, options);
    if (answer.kind !== 'failed') return answer;
    const waitMs = answer.retryAfterMs ?? options.retryBaseMs * 4 ** (tried - 1);
    if (!answer.isPassing || tried === tries || waitMs > maxWaitMs) throw sourceFailed(url, options, answer.reason);
    await sleep(waitMs, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {
      throw stopped(options);
    });
  }
}

export type Found = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'absent' };

type Answer =
  | Found
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** Whether another try may give another answer. */
      readonly isPassing: boolean;
      readonly retryAfterMs: number | null;
    };

async function fetchOnce(url: URL, { fetch, signal, source }: FetchJsonOptions): Promise<Answer> {
  const limits = [AbortSignal.timeout(requestTimeoutMs), ...(signal === undefined ? [] : [signal])];
  try {
    const headers = { accept: 'application/json', 'user-agent': 'tagwright' };
    const response = await fetch(url, { headers, signal: AbortSignal.any(limits) });
    const text = await readText(response);
    if (response.status === 404) return { kind: 'absent' };
    if (response.ok) return readValue(text);
    const isPassing = response.status === 429 || response.status >= 500;
    const reason = `${response.status} ${response.statusText}: ${quote(text.slice(0, 160))}`;
    return { kind: 'failed', reason, isPassing, retryAfterMs: retryAfter(response.headers.get('retry-after')) };
  } catch (error) {
    if (signal?.aborted === true) throw stopped({ source });
    return { kind: 'failed', reason: networkReason(error), isPassing: true, retryAfterMs: null };
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new Error(`an answer of more than ${maxBytes / 1_048_576} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readValue(text: string): Answer {
  try {
    return { kind: 'value', value: JSON.parse(text) as unknown };
  } catch {
    const reason = `no JSON but ${quote(text.slice(0, 160))}`;
    return { kind: 'failed', reason, isPassing: false, retryAfterMs: null };
  }
}

/** `Retry-After` in seconds or as a date; `null` where there is none. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(at - Date.now(), 0);
}

function networkReason(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'TimeoutError') return `no answer within ${requestTimeoutMs / 1000} s`;
    if ('code' in cause && typeof cause.code === 'string') return `no connection (${cause.code})`;
  }
  return error instanceof Error ? error.message : String(error);
}

function sourceFailed(url: URL, { source }: FetchJsonOptions, reason: string): OutsideError {
  const request = `GET ${url.href}`;
  return new OutsideError('SOURCE_FAILED', `${source}: ${request}: ${reason}`, { source, request });
}

function stopped({ source }: Pick<FetchJsonOptions, 'source'>): OutsideError {
  return new OutsideError('ABORTED', `${source}: stopped`, { source });
}
