import { count } from '../../domain/count.ts';
import type { Seen, Snapshot } from '../../domain/snapshot.ts';
import type { SnapshotSource } from '../../ports.ts';
import type { TagList } from './tag-list.ts';

export interface ListedOptions {
  /** Fewer tags than this are asked for one by one: that is cheaper, and news of a minute ago. */
  readonly minTags?: number;
  /** Told when the list ended early. */
  readonly say?: (line: string) => void;
}

const defaultMinTags = 200;

/**
 * Reads many tags off a list, and asks the registry for those that are not on it: only its 404 is absent. Where the
 * list fails, the registry is asked for the rest.
 */
export function listedSnapshotSource(
  list: TagList,
  registry: SnapshotSource,
  options: ListedOptions = {},
): SnapshotSource {
  const { minTags = defaultMinTags, say } = options;
  return {
    name: `${list.name}, then ${registry.name}`,
    read: async (tags, signal, onRead): Promise<Snapshot> => {
      if (tags.length < minTags) return registry.read(tags, signal, onRead);
      const wanted = new Set(tags);
      const listed = await list.read(signal, (page) => onRead?.(page.filter(({ tag }) => wanted.delete(tag)).length));
      if (listed.stopped !== null)
        say?.(`${list.name} ended after ${count(listed.tags.size, 'tag')}: ${listed.stopped}`);
      const rest = tags.filter((tag) => !listed.tags.has(tag));
      const asked = await registry.read(rest, signal, onRead);
      const seen = new Map<string, Seen>();
      for (const tag of tags) {
        const at = listed.tags.get(tag) ?? asked.tags.get(tag);
        if (at !== undefined) seen.set(tag, at);
      }
      return { tags: seen, requests: listed.requests + asked.requests };
    },
  };
}
