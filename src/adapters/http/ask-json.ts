import { STATUS_CODES } from 'node:http';
import { quote } from '../../domain/tag.ts';
import { attempt, type CallLimits, type GivenUp } from './attempts.ts';
import type { Http } from './http.ts';
import { systemClock } from './system-clock.ts';
import { WireFault } from './wire.ts';

export interface JsonRequest<T> {
  /** GET by default; anything else is sent again after a failure too, and must not mind. */
  readonly method?: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly limits: CallLimits;
  readonly signal?: AbortSignal | undefined;
  /** Called for every try. */
  readonly onSend?: () => void;
  /** Reads an answer; a {@link WireFault} is tried again as it says. */
  readonly read: (answer: JsonAnswer) => T;
  /** The error that is thrown in the end. */
  readonly failure: (given: GivenUp) => Error;
}

export interface JsonAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `undefined` where the body is no JSON. */
  readonly value: unknown;
  /** The body, for messages. */
  readonly text: string;
}

/** One request that is answered by JSON; redirects of a GET are followed. */
export function askJson<T>({ transport }: Http, request: JsonRequest<T>): Promise<T> {
  const { method = 'GET', url, body, maxBytes, timeoutMs, limits, signal, onSend, read, failure } = request;
  const once = async (deadlineMs: number): Promise<T> => {
    const answer = await transport({
      method,
      url,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': 'tagwright',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) }),
      followRedirects: method === 'GET',
      maxBytes,
      timeoutMs,
      deadlineMs,
      ...(signal === undefined ? {} : { signal }),
      ...(onSend === undefined ? {} : { onSend }),
    });
    const text = new TextDecoder().decode(answer.body);
    return read({ status: answer.status, headers: answer.headers, text, value: parse(text) });
  };
  return attempt({ limits, clock: systemClock, random: Math.random }, signal, once, failure);
}

/** What an answer that is no success means for the next try: 408, 429 and 5xx may pass. */
export function unwantedAnswer({ status, text }: JsonAnswer): WireFault {
  const isPassing = status === 408 || status === 429 || status >= 500;
  const message = `${status} ${STATUS_CODES[status] ?? ''}: ${quote(text.slice(0, 160))}`;
  return new WireFault('REGISTRY_ANSWER', message, { status, ...(isPassing ? {} : { tries: 1 }) });
}

/** An HTML page of a proxy is no JSON, and the reader says so. */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
