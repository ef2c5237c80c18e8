/**
 * Everything that is reached from some digests: children of indexes, attestations among them, and what hangs on each,
 * by the registry's list of referrers, by the list under the tag `sha256-<hex>`, and by tags that begin so.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
import pMap from 'p-map';
import type { Descriptor, Digest, Manifest } from '../../domain/digest.ts';
import { parseDigest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import { parseJsonObject, textAt } from '../../domain/json.ts';
import { isIndexMediaType } from '../../domain/media-types.ts';
import type { RegistryReader } from '../../ports.ts';

/** A manifest that is there. */
export interface Reached {
  readonly digest: Digest;
  /** Everything that it lists, if it is an index. */
  readonly children: readonly Digest[];
  /** What it hangs on, by its own word. */
  readonly subject: Digest | null;
  /** Config and layers; of an index none. */
  readonly blobs: readonly Descriptor[];
  /** Of an image, its config: it says when the image was made. */
  readonly config: Digest | null;
  /** What BuildKit keeps of a build, under whatever tag a config of bake or buildx names. */
  readonly isCache: boolean;
  /** Of the manifest alone, in bytes. */
  readonly sizeBytes: number;
}

export interface Walk {
  /**
   * What is reached from the roots, nearest first; digests that the registry does not have are left out.
   *
   * @param attached digests under the tags that belong to a digest
   * @throws {OutsideError} for anything that could not be read: half of what is reached is no answer
   */
  readonly reach: (
    roots: Iterable<Digest>,
    attached: ReadonlyMap<Digest, readonly Digest[]>,
  ) => Promise<ReadonlyMap<Digest, Reached>>;
  /** It was deleted. */
  readonly forget: (digest: Digest) => void;
}

const concurrency = 16;

/** A manifest is read once, for its digest names its bytes. */
export function createWalk(registry: RegistryReader, signal: AbortSignal): Walk {
  const known = new Map<Digest, Promise<Reached | null>>();
  const hanging = new Map<Digest, Promise<readonly Digest[]>>();
  let hasReferrers = true;
  const read = (digest: Digest): Promise<Reached | null> => {
    const at = known.get(digest) ?? registry.manifest(digest, signal).then((found) => found && reachedOf(found));
    known.set(digest, at);
    return at;
  };
  const referrers = async (digest: Digest): Promise<readonly Digest[]> => {
    if (!hasReferrers) return [];
    const found = await registry.referrers(digest, signal);
    if (found === null) hasReferrers = false;
    return (found ?? []).map((referrer) => referrer.digest);
  };
  const referrersOnce = (digest: Digest): Promise<readonly Digest[]> => {
    const at = hanging.get(digest) ?? referrers(digest);
    hanging.set(digest, at);
    return at;
  };
  return {
    reach: async (roots, attached) => {
      const reached = new Map<Digest, Reached>();
      const asked = new Set<Digest>(roots);
      for (let level = [...asked]; level.length > 0;) {
        const found = await pMap(
          level,
          async (digest) => {
            const at = await read(digest);
            return at === null ? null : { at, hangs: await referrersOnce(digest) };
          },
          { concurrency },
        );
        const next: Digest[] = [];
        for (const one of found) {
          if (one === null) continue;
          const { at, hangs } = one;
          reached.set(at.digest, at);
          for (const digest of [...at.children, ...hangs, ...(attached.get(at.digest) ?? [])]) {
            if (asked.has(digest)) continue;
            asked.add(digest);
            next.push(digest);
          }
        }
        level = next;
      }
      return reached;
    },
    forget: (digest) => {
      known.delete(digest);
      hanging.delete(digest);
    },
  };
}

function reachedOf(manifest: Manifest): Reached {
  const { digest, sizeBytes, mediaType, bytes } = manifest;
  const parsed = parseManifest(manifest);
  // Of an image that cannot be read nothing is below; of an index anything may be.
  if (parsed.kind === 'unreadable' && isIndexMediaType(mediaType)) {
    const message = `${digest} is an index that cannot be read, so what it lists is not known: ${parsed.reason}`;
    throw new OutsideError('REGISTRY_ANSWER', message, { digest });
  }
  const text = new TextDecoder().decode(bytes);
  return {
    digest,
    children: parsed.kind === 'index' ? parsed.children.map((child) => child.digest) : [],
    subject: parseDigest(textAt(parseJsonObject(text), 'subject', 'digest') ?? ''),
    blobs: 'blobs' in parsed ? parsed.blobs : [],
    config: parsed.kind === 'image' ? parsed.config.digest : null,
    isCache: text.includes('application/vnd.buildkit.cacheconfig.'),
    sizeBytes,
  };
}
