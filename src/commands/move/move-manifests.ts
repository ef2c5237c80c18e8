/** The manifests that tags are to be moved to, fetched before anything moves: all of them there and whole, or nothing. */
import pMap from 'p-map';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import type { Move } from '../../plan/types.ts';
import type { RegistryReader } from '../../ports.ts';
import type { OpenRepository } from './open-repository.ts';
import { waitUntil } from './wait.ts';

export interface MoveManifests {
  readonly manifests: ReadonlyMap<Digest, Manifest>;
  /** What is wrong with a digest; `null` stands for an owner that has none. */
  readonly faults: ReadonlyMap<Digest | null, string>;
}

export async function fetchManifests(open: OpenRepository, moves: readonly Move[]): Promise<MoveManifests> {
  const manifests = new Map<Digest, Manifest>();
  const faults = new Map<Digest | null, string>();
  await pMap(
    new Set(moves.map((move) => move.to.digest)),
    async (digest) => {
      const found = digest === null ? 'its owner is not in the registry' : await readWhole(open, digest);
      if (typeof found === 'string') faults.set(digest, found);
      else manifests.set(found.digest, found);
    },
    { concurrency: 8 },
  );
  return { manifests, faults };
}

/** @returns the manifest, or what is wrong with it */
async function readWhole(open: OpenRepository, digest: Digest): Promise<Manifest | string> {
  const { registry, world } = open;
  try {
    const { value: manifest } = await waitUntil(
      () => registry.manifest(digest, world.signal),
      (found) => found !== null,
      open,
    );
    if (manifest === null) return `${digest} is not there`;
    return (await missingChild(registry, manifest, world.signal)) ?? manifest;
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return error.message;
  }
}

/** Some registries take an index whose parts are gone; who pulls it finds out. */
async function missingChild(registry: RegistryReader, manifest: Manifest, signal: AbortSignal): Promise<string | null> {
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'unreadable') return `${manifest.digest} cannot be read: ${parsed.reason}`;
  if (parsed.kind !== 'index') return null;
  const heads = await pMap(
    parsed.children,
    async (child) => ({ child, found: await registry.head(child.digest, signal) }),
    {
      concurrency: 8,
    },
  );
  const missing = heads.find(({ found }) => found === null)?.child.digest;
  if (missing === undefined) return null;
  const platform = parsed.images.find((entry) => entry.digest === missing)?.platform ?? 'an attestation';
  return `${manifest.digest} is incomplete: ${platform} (${missing}) is missing`;
}
