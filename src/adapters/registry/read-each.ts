import { OutsideError } from '../../domain/errors.ts';
import type { Seen, Snapshot } from '../../domain/snapshot.ts';
import type { RegistryReader } from '../../ports.ts';
import type { Quota } from './quota.ts';

export interface ReadEachOptions {
  /** Tags asked for at a time. */
  readonly concurrency?: number;
  /** Stop while this many requests of the rate limit are left, if our requests are counted at all. */
  readonly quotaReserve?: number;
}

/** A reader that may know what is left of its rate limit. */
export type QuotaReader = RegistryReader & { readonly quota?: () => Quota | null };

/** Measured: see `bench/` and the registry decision record; more than this gains nothing on a near registry. */
export const defaultConcurrency = 32;
const defaultQuotaReserve = 10;
/** After this many failures without one success between them, the rest is not asked for. */
const minFailuresInARow = 20;

/**
 * Asks for every tag, several at a time. A failure is that tag's `unknown` and ends nothing, but a registry that fails
 * again and again, that is out of quota, or that the user interrupts is not asked further: what was not asked for is
 * `unknown` too, and says so. Credentials that cannot be used, and bugs, are thrown.
 */
export async function readEach(
  reader: QuotaReader,
  tags: readonly string[],
  options: ReadEachOptions,
  signal: AbortSignal | undefined,
  readOne: (tag: string) => Promise<Seen>,
): Promise<Snapshot> {
  const { concurrency = defaultConcurrency, quotaReserve = defaultQuotaReserve } = options;
  const before = reader.requests();
  const seen = new Map<string, Seen>();
  const maxFailures = Math.max(minFailuresInARow, concurrency);
  let failuresInARow = 0;
  let stopped: string | null = null;

  const whyStop = (): string | null => {
    if (signal?.aborted === true) return 'not asked: interrupted';
    const quota = reader.quota?.() ?? null;
    if (quota !== null && quota.spent > 0 && quota.remaining <= quotaReserve) {
      return `not asked: ${quota.remaining} requests are left of the registry's rate limit; try again later, or log in`;
    }
    return null;
  };

  const pending = tags[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const tag of pending) {
      stopped ??= whyStop();
      if (stopped !== null) {
        seen.set(tag, { kind: 'unknown', reason: stopped });
        continue;
      }
      try {
        seen.set(tag, await readOne(tag));
        failuresInARow = 0;
      } catch (error) {
        if (!(error instanceof OutsideError) || error.code === 'CREDENTIALS_FAILED') throw error;
        const reason = `${error.code} ${error.message}`;
        seen.set(tag, { kind: 'unknown', reason });
        failuresInARow += 1;
        if (failuresInARow >= maxFailures)
          stopped ??= `not asked: ${failuresInARow} tags in a row failed, last ${reason}`;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, tags.length) }, work));
  const inOrder = new Map<string, Seen>();
  for (const tag of tags) inOrder.set(tag, seen.get(tag) ?? { kind: 'unknown', reason: 'not asked' });
  return { tags: inOrder, requests: reader.requests() - before };
}
