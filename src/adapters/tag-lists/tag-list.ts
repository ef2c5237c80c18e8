import type { Digest } from '../../domain/digest.ts';
import type { Seen } from '../../domain/snapshot.ts';

/**
 * A service beside the registry that lists tags with their digests, a hundred at a time. What it says is a hint: lists
 * lag and are cached, and a tag that is not in one may be there all the same.
 */
export interface TagList {
  /** For messages: `Docker Hub's tag list`. */
  readonly name: string;
  /** Never throws for what the service does; a list that ended early says so, and what it gave until then counts. */
  read(signal?: AbortSignal, onPage?: (tags: readonly ListedTag[]) => void): Promise<ListedTags>;
}

export interface ListedTags {
  readonly tags: ReadonlyMap<string, Seen>;
  /** Requests it took, further tries included. */
  readonly requests: number;
  /** Why the list ended early; `null` where it is whole. */
  readonly stopped: string | null;
}

export interface ListedTag {
  readonly tag: string;
  readonly digest: Digest;
  /** Empty where the list does not say. */
  readonly mediaType: string;
  /** RFC 3339. */
  readonly pushedAt: string | null;
}

/** No list says how large a manifest is, and nothing asks; 0 stands for that. */
export function seenAs({ digest, mediaType, pushedAt }: ListedTag): Seen {
  const descriptor = { mediaType, digest, sizeBytes: 0 };
  return { kind: 'present', descriptor, hashed: false, ...(pushedAt === null ? {} : { pushedAt }) };
}
