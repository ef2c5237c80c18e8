/**
 * Manifests, read: what kind of thing a tag points to, and what the images in it say of themselves.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
 * @see https://docs.docker.com/build/metadata/attestations/attestation-storage/ for the attestation manifests of BuildKit
 */
import { z } from 'zod';
import type { Descriptor, Digest, Manifest } from './digest.ts';
import { isDigest } from './digest.ts';
import { isIndexMediaType, mediaTypes } from './media-types.ts';
import { formatPlatform } from './platform.ts';
import { printable } from './text.ts';

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
  /** Config and layers, as the manifest lists them; left out if it was not read with them. */
  readonly blobs?: readonly Descriptor[];
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
  /** Digests of everything below it: a tag on one of them points to a child. */
  readonly children: readonly Digest[];
  /** Why it could not be read as an image, where it could not. */
  readonly reason: string | null;
}

/** Read field by field: one that is not what it should be is as good as left out, unless it names or measures a blob. */
const text = z.string().nullish().catch(undefined);
const descriptor = z.object({
  mediaType: z
    .string()
    .nullish()
    .catch('')
    .transform((value) => value ?? ''),
  digest: z.string().refine(isDigest),
  size: z
    .number()
    .nullish()
    .catch(0)
    .transform((value) => value ?? 0),
  platform: z.object({ os: text, architecture: text, variant: text }).nullish().catch(undefined),
  annotations: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
const indexShape = z.object({ manifests: z.array(descriptor) });
const imageShape = z.object({
  config: descriptor,
  layers: z.array(descriptor).nullish(),
  artifactType: text,
});

/** Never throws: what cannot be read is `unreadable`, with the reason. */
export function parseManifest(manifest: Pick<Manifest, 'bytes' | 'mediaType'>): ParsedManifest {
  const json = readJson(manifest.bytes);
  if (json === undefined) return { kind: 'unreadable', reason: 'the manifest is not JSON' };
  if (isIndexMediaType(manifest.mediaType)) {
    const parsed = indexShape.safeParse(json);
    return parsed.success ? readIndex(parsed.data) : unreadable('the index', parsed.error);
  }
  const parsed = imageShape.safeParse(json);
  return parsed.success ? readImage(parsed.data) : unreadable('the manifest', parsed.error);
}

/** Names the place: `the index has no valid manifests[3].digest`. */
function unreadable(what: string, { issues }: z.ZodError): ParsedManifest {
  const path = issues[0]?.path ?? [];
  const place = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);
  return { kind: 'unreadable', reason: `${what} has no valid ${place === '' ? 'content' : place}` };
}

/** What an image config says; `null` where the blob is no image config. */
export function parseImageConfig(bytes: Uint8Array, digest: Digest): ImageConfigFacts | null {
  const parsed = configShape.safeParse(readJson(bytes));
  if (!parsed.success) return null;
  const { os, architecture, variant, config, created } = parsed.data;
  const labels = Object.entries(config?.Labels ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const python = config?.Env?.find(
    (entry): entry is string => typeof entry === 'string' && entry.startsWith('PYTHON_VERSION='),
  );
  return {
    platform: platformText({ os, architecture, variant }),
    digest,
    labels: Object.fromEntries(labels.map(([label, value]) => [printable(label), printable(value, 400)])),
    pythonVersion: python === undefined ? null : printable(python.slice('PYTHON_VERSION='.length)),
    created: created === null || created === undefined ? null : printable(created),
  };
}

const configShape = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: text,
  created: text,
  config: z
    .object({
      Labels: z.record(z.string(), z.unknown()).nullish().catch(undefined),
      Env: z.array(z.unknown()).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

type DescriptorJson = z.output<typeof descriptor>;

function readIndex(index: z.output<typeof indexShape>): ParsedManifest {
  const attestations = index.manifests.filter(isAttestation);
  const images = index.manifests
    .filter((entry) => !isAttestation(entry) && entry.platform !== undefined && entry.platform !== null)
    .map((entry) => ({ ...toDescriptor(entry), platform: platformText(entry.platform ?? {}) }));
  return {
    kind: 'index',
    images,
    attestations: attestations.map(toDescriptor),
    children: index.manifests.map(toDescriptor),
  };
}

function readImage(image: z.output<typeof imageShape>): ParsedManifest {
  const layers = image.layers ?? [];
  const blobs = [image.config, ...layers].map(toDescriptor);
  if (layers.some((layer) => layer.mediaType === mediaTypes.inTotoStatement)) return { kind: 'attestation', blobs };
  const isImage = image.config.mediaType === mediaTypes.ociConfig || image.config.mediaType === mediaTypes.dockerConfig;
  const artifactType = image.artifactType ?? '';
  if (isImage && artifactType === '') return { kind: 'image', config: toDescriptor(image.config), blobs };
  return { kind: 'artifact', what: printable(artifactType === '' ? image.config.mediaType : artifactType), blobs };
}

function isAttestation(entry: DescriptorJson): boolean {
  return entry.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

function platformText({ os, architecture, variant }: NonNullable<DescriptorJson['platform']>): string {
  const known = { os: os || 'unknown', architecture: architecture || 'unknown' };
  return printable(formatPlatform(variant ? { ...known, variant } : known), 60);
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
