import { setTimeout as sleep } from 'node:timers/promises';
import { headTag } from './read-tags.ts';

export interface Watched {
  /** What each tag was seen on, in turn; `null` is absent. */
  readonly seen: Readonly<Record<string, readonly (string | null)[]>>;
  /** How often all of them were read. */
  readonly rounds: number;
  /**
   * Reads that were answered with 500. Distribution 2.8 does so, whoever puts, in the instant in which it writes the file
   * that says where a tag stands ("invalid checksum digest format" in its log): no digest was told.
   */
  readonly unanswered: number;
}

export interface TagWatch {
  stop(): Promise<Watched>;
}

/** A reader who does nothing but look at tags, again and again, at the registry itself and without any code of ours. */
export function watchTags(host: string, path: string, tags: readonly string[]): TagWatch {
  const seen = new Map<string, (string | null)[]>(tags.map((tag) => [tag, []]));
  let rounds = 0;
  let unanswered = 0;
  const over = new AbortController();
  const watching = (async () => {
    for (; !over.signal.aborted; rounds++) {
      await Promise.all(
        tags.map(async (tag) => {
          const { status, digest } = await headTag(host, path, tag);
          const before = seen.get(tag);
          if (status === 500) unanswered += 1;
          else if (before !== undefined && before.at(-1) !== digest) before.push(digest);
        }),
      );
      await sleep(2);
    }
  })();
  // Told by stop(); until then nobody waits for it.
  watching.catch(() => undefined);
  return {
    stop: async () => {
      over.abort();
      await watching;
      return { seen: Object.fromEntries(seen), rounds, unanswered };
    },
  };
}
