/** How much of an image is moved over the network: its config and compressed layers, as its manifests list them. */
import type { Descriptor, Digest } from './digest.ts';
import type { InspectedImage } from './image.ts';

export interface PlatformSize {
  readonly platform: string;
  readonly bytes: number;
}

/** By platform; none for an image whose manifests were not read. A blob that is listed twice is moved once. */
export function imageSizes({ configs }: InspectedImage): readonly PlatformSize[] {
  return configs
    .flatMap(({ platform, blobs }) => (blobs === undefined ? [] : [{ platform, bytes: bytesOf(distinct(blobs)) }]))
    .toSorted((a, b) => (a.platform < b.platform ? -1 : 1));
}

/** Every blob of an image, whatever platform it is for. */
export function imageBlobs({ configs }: InspectedImage): ReadonlyMap<Digest, Descriptor> {
  return distinct(configs.flatMap(({ blobs }) => blobs ?? []));
}

function distinct(blobs: readonly Descriptor[]): ReadonlyMap<Digest, Descriptor> {
  return new Map(blobs.map((blob) => [blob.digest, blob]));
}

/** A size that no blob can have counts for nothing: the manifest is somebody's text. */
export function bytesOf(blobs: ReadonlyMap<Digest, Descriptor>): number {
  return [...blobs.values()]
    .map(({ sizeBytes }) => (Number.isSafeInteger(sizeBytes) && sizeBytes > 0 ? sizeBytes : 0))
    .reduce((sum, size) => sum + size, 0);
}
