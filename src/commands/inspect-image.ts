/** Reads what a manifest holds, without a layer: its children's configs, each distinct digest once. */
import pMap from 'p-map';
import type { Digest, Manifest } from '../domain/digest.ts';
import {
  parseImageConfig,
  parseManifest,
  type ImageConfigFacts,
  type IndexEntry,
  type InspectedImage,
} from '../domain/image.ts';
import type { RegistryReader } from '../ports.ts';

/**
 * @param reference a tag or digest
 * @returns `null` on 404 only; for what is there and is not an image, see `kind` and `reason`
 * @throws {OutsideError} where the registry did not answer
 */
export async function inspectImage(
  registry: RegistryReader,
  reference: string,
  signal?: AbortSignal,
): Promise<InspectedImage | null> {
  const manifest = await registry.manifest(reference, signal);
  return manifest === null ? null : inspectManifest(registry, manifest, signal);
}

/** The same for a manifest that is already here. */
export async function inspectManifest(
  registry: RegistryReader,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<InspectedImage> {
  const parsed = parseManifest(manifest);
  const base = {
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    kind: parsed.kind,
    platforms: [],
    configs: [],
    attestations: 0,
    children: [],
    reason: null,
  };
  if (parsed.kind === 'unreadable') return { ...base, reason: parsed.reason };
  if (parsed.kind === 'artifact') return { ...base, reason: `it is ${parsed.what}` };
  if (parsed.kind === 'attestation') return { ...base, reason: 'it is the attestation of an image' };
  if (parsed.kind === 'image') {
    const config = await readConfig(registry, parsed.config.digest, signal);
    if (config === null)
      return { ...base, kind: 'unreadable', reason: 'its config is missing or is not an image config' };
    return {
      ...base,
      platforms: [config.platform],
      configs: [{ ...config, digest: manifest.digest, blobs: parsed.blobs }],
    };
  }
  const distinct = firstPlatforms(parsed.images);
  const listed = { ...base, children: [...new Set(parsed.children.map((entry) => entry.digest))] };
  if (distinct.size > maxImages) {
    const reason = `the index lists ${distinct.size} images, more than the ${maxImages} that are read`;
    return { ...listed, attestations: parsed.attestations.length, reason };
  }
  const read = await pMap(distinct, ([digest, platform]) => readChild(registry, digest, platform, signal), {
    concurrency,
  });
  // An attestation that lost its annotation shows in its layers.
  const attested = new Set([...distinct.keys()].filter((_digest, at) => read[at]?.kind === 'attestation'));
  const images = parsed.images.filter((entry) => !attested.has(entry.digest));
  const configs = read.flatMap((child) => (child.kind === 'image' ? [child.config] : []));
  const missing = read.flatMap((child) => (child.kind === 'fault' ? [child.reason] : []))[0];
  return {
    ...listed,
    platforms: images.map((entry) => entry.platform).toSorted(),
    configs,
    attestations: parsed.attestations.length + parsed.images.length - images.length,
    reason: missing ?? (images.length === 0 ? 'the index lists no image' : null),
  };
}

/** Each distinct image once, under the first platform that is listed for it. */
function firstPlatforms(images: readonly IndexEntry[]): ReadonlyMap<Digest, string> {
  const platforms = new Map<Digest, string>();
  for (const { digest, platform } of images) if (!platforms.has(digest)) platforms.set(digest, platform);
  return platforms;
}

/** An index with more distinct images than this is not read. */
const maxImages = 200;
/** Of one index; the connections are bounded for all together. */
const concurrency = 8;

type Child =
  | { readonly kind: 'image'; readonly config: ImageConfigFacts }
  | { readonly kind: 'attestation' }
  | { readonly kind: 'fault'; readonly reason: string };

/** A child that cannot be read is a reason, not a throw: the tag is there, and incomplete. */
async function readChild(
  registry: RegistryReader,
  digest: Digest,
  platform: string,
  signal?: AbortSignal,
): Promise<Child> {
  const fault = (reason: string): Child => ({ kind: 'fault', reason });
  const manifest = await registry.manifest(digest, signal);
  if (manifest === null) return fault(`the image of ${platform} (${digest}) is missing`);
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'attestation') return { kind: 'attestation' };
  if (parsed.kind !== 'image')
    return fault(`the image of ${platform} is ${parsed.kind === 'artifact' ? parsed.what : parsed.kind}`);
  const config = await readConfig(registry, parsed.config.digest, signal);
  if (config === null) return fault(`the config of ${platform} is missing or is not an image config`);
  return { kind: 'image', config: { ...config, digest, blobs: parsed.blobs } };
}

async function readConfig(
  registry: RegistryReader,
  digest: Digest,
  signal?: AbortSignal,
): Promise<ImageConfigFacts | null> {
  const bytes = await registry.blob(digest, signal);
  return bytes === null ? null : parseImageConfig(bytes, digest);
}
