import type { Registry } from '../../src/ports.ts';
import { sampleImage, sampleKinds, type SampleImage } from './sample-images.ts';

/** Pushes everything that a tag points to, then the tag. */
export async function pushImage(registry: Registry, tag: string, image: SampleImage): Promise<void> {
  for (const { bytes, digest } of image.blobs) await registry.putBlob(bytes, digest);
  for (const child of image.children) await registry.putManifest(child.digest, child);
  await registry.putManifest(tag, image.top);
}

/** `count` tags `t0`, `t1`, …, each on an image of its own, the four kinds in turn. */
export async function pushTags(registry: Registry, count: number): Promise<ReadonlyMap<string, SampleImage>> {
  const images = new Map<string, SampleImage>();
  for (let index = 0; index < count; index++) {
    const kind = sampleKinds[index % sampleKinds.length] ?? 'oci-index';
    images.set(`t${index}`, sampleImage(kind, `image ${index}`));
  }
  const pending = images.entries();
  const work = async (): Promise<void> => {
    for (const [tag, image] of pending) await pushImage(registry, tag, image);
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return images;
}
