import type { Digest } from '../../domain/digest.ts';
import type { InspectedImage } from '../../domain/image.ts';
import type { RegistryReader } from '../../ports.ts';
import { inspectImage } from '../inspect-image.ts';

/** Looks into each distinct digest once; `null` where the digest is not there. */
export type Inspector = (digest: Digest) => Promise<InspectedImage | null>;

export function createInspector(registry: RegistryReader, signal: AbortSignal): Inspector {
  const looked = new Map<Digest, Promise<InspectedImage | null>>();
  return (digest) => {
    const known = looked.get(digest) ?? inspectImage(registry, digest, signal);
    looked.set(digest, known);
    return known;
  };
}
