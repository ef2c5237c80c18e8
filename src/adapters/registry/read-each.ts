import { OutsideError } from '../../domain/errors.ts';
import { quotaReserve as defaultQuotaReserve, whyNotAsked } from '../../domain/quota.ts';
import type { Seen, Snapshot } from '../../domain/snapshot.ts';
import type { RegistryReader } from '../../ports.ts';

export interface ReadEachOptions {
  /** Tags asked for at a time. */
  readonly concurrency?: number;
  /** Stop while this many requests of the rate limit are left, if our requests are counted at all. */
  readonly quotaReserve?: number;
}

/**
 * As `npm run bench:audit` measures it, tags a second: beside the registry 4 at a time read 790, 8 to 64 read 830 to 890,
 * 128 read 690; behind 30 ms 8 read 240, 16 read 440, 32 read 700, and more read no more.
 */
export const defaultConcurrency = 32;
/** After this many failures without one success between them, the rest is not asked for. */
const minFailuresInARow = 20;

/**
 * Asks for every tag, several at a time. A failure is that tag's `unknown` and ends nothing, but a registry that fails
 * again and again, that is out of quota, or that the user interrupts is not asked further: what was not asked for is
 * `unknown` too, and says so. Credentials that cannot be used, and bugs, are thrown.
 */
export async function readEach(
  reader: RegistryReader,
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
    return whyNotAsked(reader.quota?.() ?? null, quotaReserve);
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
