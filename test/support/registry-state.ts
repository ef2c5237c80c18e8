/** Brings a registry into a state that is described as data: which images there are, and which tag points to what. */
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { Manifest } from '../../src/domain/digest.ts';
import type { Registry } from '../../src/ports.ts';
import pMap from 'p-map';
import { expectedLabels } from '../../src/plan/expected-image.ts';
import type { Planned } from './history.ts';
import { blobOf, manifestOf, type SampleBlob } from './sample-images.ts';

export interface RegistryState {
  /** By a name of their own. */
  readonly images: Readonly<Record<string, StateImage>>;
  /** Tag to image; `name@linux/amd64` is that platform's manifest alone, `name@attestation` its first attestation. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface StateImage {
  readonly platforms: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** `NAME=value`. */
  readonly env?: readonly string[];
  readonly created?: string;
  /** An attestation manifest for each platform, as BuildKit adds them. */
  readonly attestations?: boolean;
  /** An index around the manifest of another image of one platform, and nothing else. */
  readonly wraps?: string;
}

/** The state of a repository that equals the plan, its images as a build of ours would have made them. */
export function plannedState({ image, tags }: Pick<Planned, 'image' | 'tags'>): RegistryState {
  const images: Record<string, StateImage> = {};
  const places: Record<string, string> = {};
  for (const cell of tags.cells) {
    const name = cell.pinned[0]?.tag ?? '';
    images[name] = { platforms: cell.platforms, labels: expectedLabels(cell, image) };
    for (const { tag } of cell.pinned) places[tag] = name;
  }
  for (const { tag, owner } of tags.convenience) {
    if (owner !== null) places[tag] = owner.pinned[0]?.tag ?? '';
  }
  return { images, tags: places };
}

interface Part {
  readonly platform: string;
  readonly manifest: Manifest;
  readonly attestation: Manifest | null;
  readonly blobs: readonly SampleBlob[];
}

interface Made {
  readonly top: Manifest;
  readonly parts: readonly Part[];
}

/** Pushes every image and sets every tag; the same state gives the same digests. */
export async function loadState(registry: Registry, state: RegistryState): Promise<void> {
  const made = new Map<string, Made>();
  for (const [name, image] of Object.entries(state.images)) {
    made.set(name, image.wraps === undefined ? makeImage(name, image) : wrap(made.get(image.wraps), image));
  }
  await pMap(
    made.values(),
    async ({ top, parts }) => {
      for (const { blobs, manifest, attestation } of parts) {
        for (const blob of blobs) await registry.putBlob(blob.bytes, blob.digest);
        await registry.putManifest(manifest.digest, manifest);
        if (attestation !== null) await registry.putManifest(attestation.digest, attestation);
      }
      await registry.putManifest(top.digest, top);
    },
    { concurrency: 16 },
  );
  await pMap(Object.entries(state.tags), ([tag, place]) => registry.putManifest(tag, manifestAt(made, place)), {
    concurrency: 16,
  });
}

function manifestAt(made: ReadonlyMap<string, Made>, place: string): Manifest {
  const [name = '', part] = place.split('@');
  const image = made.get(name);
  if (image === undefined) throw new Error(`the state has no image ${name}`);
  if (part === undefined) return image.top;
  const found =
    part === 'attestation'
      ? image.parts[0]?.attestation
      : image.parts.find((candidate) => candidate.platform === part)?.manifest;
  if (found === undefined || found === null) throw new Error(`the image ${name} has no ${part}`);
  return found;
}

function makeImage(name: string, image: StateImage): Made {
  const parts = image.platforms.map((platform) => makePart(name, platform, image));
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0 && only.attestation === null) return { top: only.manifest, parts };
  const top = manifestOf(mediaTypes.ociIndex, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: parts.flatMap(({ platform, manifest, attestation }) => [
      { ...descriptor(manifest), platform: platformOf(platform) },
      ...(attestation === null
        ? []
        : [
            {
              ...descriptor(attestation),
              platform: { os: 'unknown', architecture: 'unknown' },
              annotations: {
                'vnd.docker.reference.type': 'attestation-manifest',
                'vnd.docker.reference.digest': manifest.digest,
              },
            },
          ]),
    ]),
  });
  return { top, parts };
}

function wrap(inner: Made | undefined, { platforms }: StateImage): Made {
  if (inner === undefined) throw new Error('an image wraps one that comes after it');
  const platform = platformOf(platforms[0] ?? '');
  const manifests = [{ ...descriptor(inner.top), platform }];
  const body = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  return { top: manifestOf(mediaTypes.ociIndex, body), parts: inner.parts };
}

function makePart(name: string, platform: string, image: StateImage): Part {
  const layer = blobOf(`layer of ${name} for ${platform}`);
  const config = blobOf(
    JSON.stringify({
      ...platformOf(platform),
      ...(image.created === undefined ? {} : { created: image.created }),
      config: { Env: image.env ?? [], Labels: image.labels ?? {} },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = imageManifest(config, layer, mediaTypes.ociLayer);
  if (image.attestations !== true) return { platform, manifest, attestation: null, blobs: [config, layer] };
  const statement = blobOf(JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', of: manifest.digest }));
  const empty = blobOf(
    JSON.stringify({
      architecture: 'unknown',
      os: 'unknown',
      rootfs: { type: 'layers', diff_ids: [statement.digest] },
    }),
  );
  const attestation = imageManifest(empty, statement, 'application/vnd.in-toto+json');
  return { platform, manifest, attestation, blobs: [config, layer, statement, empty] };
}

function imageManifest(config: SampleBlob, layer: SampleBlob, layerType: string): Manifest {
  return manifestOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.byteLength },
    layers: [{ mediaType: layerType, digest: layer.digest, size: layer.bytes.byteLength }],
  });
}

function descriptor({ mediaType, digest, sizeBytes }: Manifest): object {
  return { mediaType, digest, size: sizeBytes };
}

function platformOf(text: string): object {
  const [os = '', architecture = '', variant] = text.split('/');
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}
