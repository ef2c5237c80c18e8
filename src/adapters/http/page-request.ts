/** How a page at another service is asked for and written: a few tries, and no secret in what is said of a failure. */
import type { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import { redact } from '../../domain/secrets.ts';
import { unwantedAnswer, type JsonAnswer, type JsonRequest } from './ask-json.ts';

export interface PageAsker {
  /** Of the page, for messages. */
  readonly name: string;
  /** What must not be shown; a secret may be added later. */
  readonly secrets: readonly string[];
  readonly maxBytes: number;
  readonly backoffMs?: number | undefined;
  /** What to do about a status, behind what happened: `; is it …?` */
  readonly advice?: (status: number | undefined) => string;
}

export function pageRequest(
  { name, secrets, maxBytes, backoffMs = 400, advice = () => '' }: PageAsker,
  url: string,
  signal: AbortSignal | undefined,
): Omit<JsonRequest<never>, 'read'> {
  return {
    url,
    maxBytes,
    timeoutMs: 30_000,
    limits: { tries: 3, deadlineMs: 60_000, backoffMs, maxBackoffMs: 10_000 },
    signal,
    failure: ({ fault }) => {
      const reason = fault === null ? 'stopped' : hidden(fault.message, secrets);
      return new OutsideError('SOURCE_FAILED', `${name}: ${reason}${advice(fault?.status)}`, {
        source: name,
        status: fault?.status ?? null,
      });
    },
  };
}

/** What a service says of a request may quote it. */
function hidden(message: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), redact(message));
}

/** What a 200 holds. @throws {WireFault} for every other answer */
export function shapedAnswer<T>(answer: JsonAnswer, shape: z.ZodType<T>): T {
  const read = answer.status === 200 ? shape.safeParse(answer.value) : null;
  if (read?.success !== true) throw unwantedAnswer(answer);
  return read.data;
}
