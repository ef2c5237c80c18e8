import { OutsideError } from '../../domain/errors.ts';
import { attempt, type CallSettings, type GivenUp } from '../http/attempts.ts';

/** What a call is about, for the message and the facts of its error. */
export interface CallSubject {
  readonly method: string;
  readonly registry: string;
  readonly repository: string;
  /** `registry/repository:tag`, `…@digest`, or `… tags`. */
  readonly reference: string;
  /** What is not known once the call has failed: `Existence unknown`. */
  readonly consequence: string;
  /** In its place where every try was refused, or never got as far as the registry: `Nothing was changed`. */
  readonly refusal?: string;
}

/**
 * One call of a registry, tried as often as its limits allow.
 *
 * @throws {OutsideError} with facts registry, repository, reference, method, status, attempts, durationMs
 */
export function call<T>(
  subject: CallSubject,
  settings: CallSettings,
  signal: AbortSignal | undefined,
  once: (deadlineMs: number) => Promise<T>,
): Promise<T> {
  return attempt(settings, signal, once, (given) => failure(subject, given));
}

function failure(subject: CallSubject, { fault, attempts, durationMs, isWithoutEffect }: GivenUp): OutsideError {
  const { method, registry, repository, reference } = subject;
  const facts = { registry, repository, reference, method, status: fault?.status ?? null, attempts, durationMs };
  if (fault === null) {
    return new OutsideError('ABORTED', `${method} ${reference}: interrupted. ${subject.consequence}`, facts);
  }
  const tried = attempts === 1 ? '' : ` after ${attempts} tries`;
  const fix = fault.fix === undefined ? '' : `; ${fault.fix}`;
  const consequence = isWithoutEffect ? (subject.refusal ?? subject.consequence) : subject.consequence;
  const text = `${method} ${reference}: ${fault.message}${tried}. ${consequence}${fix}`;
  return new OutsideError(fault.code, text, facts, { cause: fault });
}
