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

/** Why a call was given up. */
export interface GivenUp {
  /** The last fault; `null` where the caller's signal ended it. */
  readonly fault: WireFault | null;
  readonly attempts: number;
  readonly durationMs: number;
  /** Every try was refused, or never got as far as the server. */
  readonly isWithoutEffect: boolean;
}

/**
 * Tries until one try succeeds, the tries or the time are used up, or a fault is final. Waits twice as long before
 * every further try, with jitter, so that many callers do not come back in step.
 *
 * @param failure the error that is thrown in the end
 */
export async function attempt<T>(
  { clock, limits, random }: CallSettings,
  signal: AbortSignal | undefined,
  once: (deadlineMs: number) => Promise<T>,
  failure: (given: GivenUp) => Error,
): Promise<T> {
  const startMs = clock.nowMs();
  const deadlineMs = startMs + limits.deadlineMs;
  let isWithoutEffect = true;
  for (let attempts = 1; ; attempts++) {
    const give = (fault: WireFault | null): Error =>
      failure({ fault, attempts, durationMs: clock.nowMs() - startMs, isWithoutEffect });
    if (isAborted(signal)) throw give(null);
    try {
      return await once(deadlineMs);
    } catch (error) {
      if (isAborted(signal)) throw give(null);
      if (!(error instanceof WireFault)) throw error;
      isWithoutEffect &&= hadNoEffect(error);
      const waitMs = backoffMs(limits, attempts, random());
      if (attempts >= Math.min(error.tries, limits.tries) || clock.nowMs() + waitMs >= deadlineMs) throw give(error);
      await clock.sleep(waitMs, signal).catch((reason: unknown) => {
        throw isAborted(signal) ? give(null) : reason;
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

/** The server said no, or was not reached. */
function hadNoEffect({ code, isUnsent }: WireFault): boolean {
  return isUnsent || code === 'REGISTRY_DENIED' || code === 'REGISTRY_REFUSED' || code === 'REGISTRY_THROTTLED';
}
