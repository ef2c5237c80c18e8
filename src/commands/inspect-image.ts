/** Reads what a manifest holds, without a layer: its children's configs, each distinct digest once. */
import type { Digest, Manifest } from '../domain/digest.ts';
import { parseImageConfig, parseManifest, type ImageConfigFacts, type InspectedImage } from '../domain/image.ts';
import type { RegistryReader } from '../ports.ts';

/**
 * @param reference a tag or digest
 * @returns `null` on 404 only; what is there and is no image is told by `kind` and `reason`
 * @throws {OutsideError} where the registry would not say
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
    if (config === null) return { ...base, kind: 'unreadable', reason: 'its config is missing or is no image config' };
    return { ...base, platforms: [config.platform], configs: [{ ...config, digest: manifest.digest }] };
  }
  const children = await Promise.all(
    parsed.images.map((entry) => readChild(registry, entry.digest, entry.platform, signal)),
  );
  const missing = children.find((child) => typeof child === 'string');
  return {
    ...base,
    platforms: parsed.images.map((entry) => entry.platform).toSorted(),
    configs: children.filter((child) => typeof child !== 'string'),
    attestations: parsed.attestations.length,
    children: parsed.children.map((entry) => entry.digest),
    reason: missing ?? (parsed.images.length === 0 ? 'the index lists no image' : null),
  };
}

/** A child that cannot be read is a reason, not a throw: the tag is there, and incomplete. */
async function readChild(
  registry: RegistryReader,
  digest: Digest,
  platform: string,
  signal?: AbortSignal,
): Promise<ImageConfigFacts | string> {
  const manifest = await registry.manifest(digest, signal);
  if (manifest === null) return `the image of ${platform} (${digest}) is missing`;
  const parsed = parseManifest(manifest);
  if (parsed.kind !== 'image')
    return `the image of ${platform} is ${parsed.kind === 'artifact' ? parsed.what : parsed.kind}`;
  const config = await readConfig(registry, parsed.config.digest, signal);
  return config === null ? `the config of ${platform} is missing or is no image config` : { ...config, digest };
}

async function readConfig(
  registry: RegistryReader,
  digest: Digest,
  signal?: AbortSignal,
): Promise<ImageConfigFacts | null> {
  const bytes = await registry.blob(digest, signal);
  return bytes === null ? null : parseImageConfig(bytes, digest);
}
