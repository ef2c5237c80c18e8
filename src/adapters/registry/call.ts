import { OutsideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports.ts';
import { WireFault } from './wire.ts';

/** How long and how often one call is tried. */
export interface CallLimits {
  /** Most tries of one call. */
  readonly tries: number;
  /** Everything together, waiting included. */
  readonly deadlineMs: number;
  /** Before the second try; doubles from there. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export interface CallSettings {
  readonly limits: CallLimits;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

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
 * Tries until one try succeeds, the tries or the time are used up, or a fault is final. Waits twice as long before
 * every further try, with jitter, so that many callers do not come back in step.
 *
 * @throws {OutsideError} with facts registry, repository, reference, method, status, attempts, durationMs
 */
export async function call<T>(
  subject: CallSubject,
  settings: CallSettings,
  signal: AbortSignal | undefined,
  attempt: (deadlineMs: number) => Promise<T>,
): Promise<T> {
  const { clock, limits } = settings;
  const startMs = clock.nowMs();
  const deadlineMs = startMs + limits.deadlineMs;
  let mayHaveEffect = false;
  for (let attempts = 1; ; attempts++) {
    const facts = (status?: number) => ({
      registry: subject.registry,
      repository: subject.repository,
      reference: subject.reference,
      method: subject.method,
      status: status ?? null,
      attempts,
      durationMs: clock.nowMs() - startMs,
    });
    const aborted = (): OutsideError =>
      new OutsideError(
        'ABORTED',
        `${subject.method} ${subject.reference}: interrupted. ${subject.consequence}`,
        facts(),
      );
    if (isAborted(signal)) throw aborted();
    try {
      return await attempt(deadlineMs);
    } catch (error) {
      if (isAborted(signal)) throw aborted();
      if (!(error instanceof WireFault)) throw error;
      mayHaveEffect ||= !isWithoutEffect(error);
      const waitMs = backoffMs(limits, attempts, settings.random());
      if (attempts >= Math.min(error.tries, limits.tries) || clock.nowMs() + waitMs >= deadlineMs) {
        const consequence = mayHaveEffect ? subject.consequence : (subject.refusal ?? subject.consequence);
        const text = message(subject, error, attempts, consequence);
        throw new OutsideError(error.code, text, facts(error.status), { cause: error });
      }
      await clock.sleep(waitMs, signal).catch((reason: unknown) => {
        throw isAborted(signal) ? aborted() : reason;
      });
    }
  }
}

/** Asked anew each time: the type checker takes what it has seen once for settled. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Half of the doubled wait is certain, half is chance. */
function backoffMs(limits: CallLimits, attempts: number, random: number): number {
  const fullMs = Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** (attempts - 1));
  return fullMs * (0.5 + random / 2);
}

/** The registry said no, or was not reached. */
function isWithoutEffect({ code, isUnsent }: WireFault): boolean {
  return isUnsent || code === 'REGISTRY_DENIED' || code === 'REGISTRY_REFUSED' || code === 'REGISTRY_THROTTLED';
}

function message(subject: CallSubject, fault: WireFault, attempts: number, consequence: string): string {
  const tried = attempts === 1 ? '' : ` after ${attempts} tries`;
  const fix = fault.fix === undefined ? '' : `; ${fault.fix}`;
  return `${subject.method} ${subject.reference}: ${fault.message}${tried}. ${consequence}${fix}`;
}
