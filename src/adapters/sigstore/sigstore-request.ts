/** One way to ask the services of sigstore: few tries, small answers, and no token in what is said of a failure. */
import type { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import { redact } from '../../domain/secrets.ts';
import type { Http } from '../http/http.ts';
import { unwantedAnswer, type JsonAnswer, type JsonRequest } from '../http/ask-json.ts';

export interface SigstoreLine {
  readonly http: Http;
  readonly signal: AbortSignal;
  /** First wait between tries. */
  readonly backoffMs: number;
  /** Time limit of one try. */
  readonly timeoutMs: number;
}

export interface Asked {
  /** The service, for messages. */
  readonly name: string;
  readonly url: string;
  /** What must not be shown. */
  readonly secrets?: readonly string[];
  /** What to do about a status, behind what happened: `; is it …?` */
  readonly advice?: (status: number | undefined) => string;
}

/** A certificate with its chain is 5 kB, an entry of a log 10 kB. */
const maxBytes = 1_048_576;

export function sigstoreRequest(
  { name, url, secrets = [], advice = () => '' }: Asked,
  { signal, backoffMs, timeoutMs }: Omit<SigstoreLine, 'http'>,
): Omit<JsonRequest<never>, 'read'> {
  return {
    url,
    maxBytes,
    timeoutMs,
    // Other runs may wait for the file of statements meanwhile.
    limits: { tries: 3, deadlineMs: 2 * timeoutMs, backoffMs, maxBackoffMs: 4_000 },
    signal,
    failure: ({ fault }) => {
      if (fault === null) return new OutsideError('ABORTED', `${name}: stopped`, { service: name });
      const shown = hidden(fault.message, secrets);
      const fix = fault.fix === undefined ? '' : `; ${fault.fix}`;
      const facts = { service: name, status: fault.status ?? null };
      return new OutsideError('SIGNING_FAILED', `${name}: ${shown}${fix}${advice(fault.status)}`, facts);
    },
  };
}

function hidden(text: string, secrets: readonly string[]): string {
  return redact(secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text));
}

/**
 * What a success holds. What is said of another answer is hidden before it is cut: half a token is still one.
 *
 * @throws {WireFault} for every other answer
 */
export function held<T>(answer: JsonAnswer, shape: z.ZodType<T>, secrets: readonly string[] = []): T {
  const isSuccess = answer.status >= 200 && answer.status < 300;
  const read = isSuccess ? shape.safeParse(answer.value) : null;
  if (read?.success !== true) throw unwantedAnswer({ ...answer, text: hidden(answer.text, secrets) });
  return read.data;
}
