import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import type { RegistryReader } from '../ports.ts';
import { inspectImage } from './inspect-image.ts';

/** Looks into each distinct digest once; `null` where the digest is not there. */
export interface Inspector {
  (digest: Digest): Promise<InspectedImage | null>;
  /** What was found whole before; asks nothing. */
  readonly known: (digest: Digest) => InspectedImage | null;
}

/** What was found whole is remembered; what was missing or could not be read is asked for again. */
export function createInspector(registry: RegistryReader, signal: AbortSignal): Inspector {
  const looked = new Map<Digest, Promise<InspectedImage | null>>();
  const whole = new Map<Digest, InspectedImage>();
  const inspect = async (digest: Digest): Promise<InspectedImage | null> => {
    const asking = looked.get(digest) ?? inspectImage(registry, digest, signal);
    looked.set(digest, asking);
    let image: InspectedImage | null = null;
    try {
      image = await asking;
    } finally {
      if (image === null || image.reason !== null) looked.delete(digest);
      else whole.set(digest, image);
    }
    return image;
  };
  return Object.assign(inspect, { known: (digest: Digest) => whole.get(digest) ?? null });
}
