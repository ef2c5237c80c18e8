/**
 * Manifests, read: what kind of thing a tag stands on, and what the images in it say of themselves.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
 * @see https://docs.docker.com/build/metadata/attestations/attestation-storage/ for the attestation manifests of BuildKit
 */
import { z } from 'zod';
import type { Descriptor, Digest, Manifest } from './digest.ts';
import { isDigest } from './digest.ts';
import { isIndexMediaType, mediaTypes } from './media-types.ts';
import { formatPlatform } from './platform.ts';

export type ParsedManifest =
  | IndexManifest
  | { readonly kind: 'image'; readonly config: Descriptor; readonly blobs: readonly Descriptor[] }
  /** BuildKit's provenance or SBOM of one image; a tag on it is the rest of an interrupted push. */
  | { readonly kind: 'attestation'; readonly blobs: readonly Descriptor[] }
  /** A signature, an SBOM, a chart: OCI, and no container image. */
  | { readonly kind: 'artifact'; readonly what: string; readonly blobs: readonly Descriptor[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface IndexManifest {
  readonly kind: 'index';
  readonly images: readonly IndexEntry[];
  readonly attestations: readonly Descriptor[];
  /** Everything it lists, images, attestations and whatever else. */
  readonly children: readonly Descriptor[];
}

export interface IndexEntry extends Descriptor {
  readonly platform: string;
}

/** What the config of one platform's image says. */
export interface ImageConfigFacts {
  readonly platform: string;
  readonly digest: Digest;
  readonly labels: Readonly<Record<string, string>>;
  /** `PYTHON_VERSION` of the environment, which the python base images set. */
  readonly pythonVersion: string | null;
  readonly created: string | null;
}

/** A tag's manifest with the configs below it: content, without a layer. */
export interface InspectedImage {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly kind: ParsedManifest['kind'];
  /** Platforms that hold an image, sorted by code unit. Empty where it is none. */
  readonly platforms: readonly string[];
  readonly configs: readonly ImageConfigFacts[];
  /** How many attestation manifests the index lists. */
  readonly attestations: number;
  /** Digests of everything below it: a tag on one of them stands on a child. */
  readonly children: readonly Digest[];
  /** Why it could not be read as an image, where it could not. */
  readonly reason: string | null;
}

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().refine(isDigest),
  size: z.number(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const indexShape = z.object({ manifests: z.array(descriptor) });
const imageShape = z.object({
  config: descriptor,
  layers: z.array(descriptor),
  artifactType: z.string().optional(),
});

/** Never throws: what cannot be read is `unreadable`, with the reason. */
export function parseManifest(manifest: Pick<Manifest, 'bytes' | 'mediaType'>): ParsedManifest {
  const json = readJson(manifest.bytes);
  if (json === undefined) return { kind: 'unreadable', reason: 'the manifest is not JSON' };
  if (isIndexMediaType(manifest.mediaType)) {
    const parsed = indexShape.safeParse(json);
    return parsed.success
      ? readIndex(parsed.data)
      : { kind: 'unreadable', reason: 'the index has no list of manifests' };
  }
  const parsed = imageShape.safeParse(json);
  return parsed.success
    ? readImage(parsed.data)
    : { kind: 'unreadable', reason: 'the manifest has no config and layers' };
}

/** What an image config says; `null` where the blob is no image config. */
export function parseImageConfig(bytes: Uint8Array, digest: Digest): ImageConfigFacts | null {
  const parsed = configShape.safeParse(readJson(bytes));
  if (!parsed.success) return null;
  const { os, architecture, variant, config, created } = parsed.data;
  const python = config?.Env?.find((entry) => entry.startsWith('PYTHON_VERSION='));
  return {
    platform: formatPlatform(variant === undefined ? { os, architecture } : { os, architecture, variant }),
    digest,
    labels: config?.Labels ?? {},
    pythonVersion: python === undefined ? null : python.slice('PYTHON_VERSION='.length),
    created: created ?? null,
  };
}

const configShape = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  created: z.string().nullish(),
  config: z
    .object({ Labels: z.record(z.string(), z.string()).nullish(), Env: z.array(z.string()).nullish() })
    .nullish(),
});

type DescriptorJson = z.output<typeof descriptor>;

function readIndex(index: z.output<typeof indexShape>): ParsedManifest {
  const attestations = index.manifests.filter(isAttestation);
  const images = index.manifests
    .filter((entry) => !isAttestation(entry) && entry.platform !== undefined)
    .map((entry) => ({ ...toDescriptor(entry), platform: platformText(entry) }));
  return {
    kind: 'index',
    images,
    attestations: attestations.map(toDescriptor),
    children: index.manifests.map(toDescriptor),
  };
}

function readImage(image: z.output<typeof imageShape>): ParsedManifest {
  const blobs = [image.config, ...image.layers].map(toDescriptor);
  if (image.layers.some((layer) => layer.mediaType === 'application/vnd.in-toto+json'))
    return { kind: 'attestation', blobs };
  const isImage = image.config.mediaType === mediaTypes.ociConfig || image.config.mediaType === mediaTypes.dockerConfig;
  if (isImage && image.artifactType === undefined) return { kind: 'image', config: toDescriptor(image.config), blobs };
  return { kind: 'artifact', what: image.artifactType ?? image.config.mediaType, blobs };
}

function isAttestation(entry: DescriptorJson): boolean {
  return entry.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

function platformText(entry: DescriptorJson): string {
  const { os = 'unknown', architecture = 'unknown', variant } = entry.platform ?? {};
  return formatPlatform(variant === undefined ? { os, architecture } : { os, architecture, variant });
}

function toDescriptor(entry: DescriptorJson): Descriptor {
  return { mediaType: entry.mediaType, digest: entry.digest, sizeBytes: entry.size };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
