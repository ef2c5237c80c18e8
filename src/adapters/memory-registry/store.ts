import { createHash } from 'node:crypto';
import type { Digest } from '../../domain/digest.ts';
import { parseDigest } from '../../domain/digest.ts';
import { InternalError } from '../../domain/errors.ts';

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One repository: tags point at manifests, manifests at blobs. Everything is held in memory. */
export interface StoredRepository {
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, StoredManifest>;
  readonly blobs: Map<Digest, Uint8Array>;
}

/** An upload that has begun and is not yet a blob. */
export interface Upload {
  readonly repository: string;
  readonly chunks: Uint8Array[];
  sizeBytes: number;
}

export interface Store {
  readonly repositories: Map<string, StoredRepository>;
  readonly uploads: Map<string, Upload>;
}

export function createStore(): Store {
  return { repositories: new Map(), uploads: new Map() };
}

/** The repository of that name; it comes into being with the first thing that is pushed to it. */
export function openStored(store: Store, name: string): StoredRepository {
  const known = store.repositories.get(name);
  if (known !== undefined) return known;
  const created: StoredRepository = { tags: new Map(), manifests: new Map(), blobs: new Map() };
  store.repositories.set(name, created);
  return created;
}

export function digestOf(bytes: Uint8Array): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  if (digest === null) throw new InternalError('a sha256 hash did not read as a digest');
  return digest;
}
