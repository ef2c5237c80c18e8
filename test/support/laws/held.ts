/** What registries hold, as plain data behind the port: no HTTP, so that thousands of states can be copied and tried. */
import { OutsideError } from '../../../src/domain/errors.ts';
import type { Digest, Manifest } from '../../../src/domain/digest.ts';
import { formatRepository, type Repository } from '../../../src/domain/reference.ts';
import type { Registries, Registry } from '../../../src/ports.ts';

/** Bytes by digest. Nothing is ever taken out, so every state of a run can share one. */
export interface Content {
  readonly manifests: Map<string, Manifest>;
  readonly blobs: Map<string, Uint8Array>;
}

/** One repository: its tags, and which manifests it has. */
export interface Held {
  readonly tags: Map<string, Digest>;
  readonly has: Set<string>;
  /** Tags that the registry gives no answer about. */
  readonly silent: Set<string>;
}

export function emptyHeld(): Held {
  return { tags: new Map(), has: new Set(), silent: new Set() };
}

export function copyHeld({ tags, has, silent }: Held): Held {
  return { tags: new Map(tags), has: new Set(has), silent: new Set(silent) };
}

/** Digests of the manifests that an index lists. */
export function childrenOf(manifest: Manifest): readonly string[] {
  const body: { manifests?: readonly { digest: string }[] } = JSON.parse(new TextDecoder().decode(manifest.bytes));
  return (body.manifests ?? []).map(({ digest }) => digest);
}

/** Puts a manifest under a tag or its digest, with everything below it. */
export function hold(held: Held, content: Content, digest: Digest, tag?: string): void {
  const manifest = content.manifests.get(digest);
  if (manifest === undefined) throw new Error(`nobody made ${digest}`);
  held.has.add(digest);
  for (const child of childrenOf(manifest)) held.has.add(child);
  if (tag !== undefined) held.tags.set(tag, digest);
}

export function registriesOf(places: ReadonlyMap<string, Held>, content: Content): Registries {
  return {
    open: (repository) => registryOf(repository, places.get(formatRepository(repository)), content),
    close: () => Promise.resolve(),
  };
}

function registryOf(repository: Repository, place: Held | undefined, content: Content): Registry {
  const name = formatRepository(repository);
  if (place === undefined) throw new Error(`no test has the repository ${name}`);
  const held = place;
  let requests = 0;

  function find(reference: string): Manifest | null {
    requests += 1;
    if (held.silent.has(reference)) {
      const facts = { repository: name, tag: reference };
      throw new OutsideError('REGISTRY_UNREACHABLE', `HEAD ${name}:${reference}: 503`, facts);
    }
    const digest = held.tags.get(reference) ?? reference;
    return held.has.has(digest) ? (content.manifests.get(digest) ?? null) : null;
  }
  function put(reference: string, manifest: Manifest): Digest {
    requests += 1;
    const lacking = childrenOf(manifest).find((child) => !held.has.has(child));
    if (lacking !== undefined)
      throw new OutsideError('REGISTRY_REFUSED', `PUT ${name}:${reference}: ${lacking} absent`);
    content.manifests.set(manifest.digest, manifest);
    held.has.add(manifest.digest);
    if (reference !== manifest.digest) held.tags.set(reference, manifest.digest);
    return manifest.digest;
  }

  return {
    repository,
    referrers: () => Promise.resolve([]),
    head: (reference) => answer(() => withoutBytes(find(reference))),
    manifest: (reference) => answer(() => find(reference)),
    blob: (digest) => answer(() => content.blobs.get(digest) ?? null),
    tags: () => answer(() => (held.has.size === 0 ? null : [...held.tags.keys()].toSorted())),
    requests: () => requests,
    putManifest: (reference, manifest) => answer(() => put(reference, manifest)),
    putBlob: (bytes, digest) => answer(() => void content.blobs.set(digest, bytes)),
    copyBlob: () => Promise.resolve(),
    deleteTag: (tag) => answer(() => held.tags.delete(tag)),
    deleteManifest: (digest) =>
      answer(() => {
        for (const [tag, at] of held.tags) if (at === digest) held.tags.delete(tag);
        held.has.delete(digest);
        return true;
      }),
  };
}

function withoutBytes(manifest: Manifest | null): Omit<Manifest, 'bytes'> | null {
  if (manifest === null) return null;
  const { bytes: _bytes, ...descriptor } = manifest;
  return descriptor;
}

/** A promise that fails where the answer throws. */
function answer<T>(make: () => T): Promise<T> {
  return new Promise((resolve) => resolve(make()));
}
