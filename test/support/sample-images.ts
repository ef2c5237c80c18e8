import { createHash } from 'node:crypto';
import { type Digest, parseDigest, type Manifest } from '../../src/domain/digest.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';

/** A blob and the digest it goes by. */
export interface SampleBlob {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** Everything that has to be pushed, in this order, before `top` can be: what one tag points to. */
export interface SampleImage {
  readonly kind: SampleKind;
  readonly blobs: readonly SampleBlob[];
  readonly children: readonly Manifest[];
  readonly top: Manifest;
}

export type SampleKind = 'docker-manifest' | 'oci-manifest' | 'oci-index' | 'docker-list';

export const sampleKinds: readonly SampleKind[] = ['docker-manifest', 'oci-manifest', 'oci-index', 'docker-list'];

/** A small valid image of the kind asked for; `name` makes it differ from every other. */
export function sampleImage(kind: SampleKind, name: string): SampleImage {
  const isDocker = kind.startsWith('docker');
  if (kind === 'docker-manifest' || kind === 'oci-manifest') {
    const { manifest, blobs } = imageManifest(name, 'amd64', isDocker);
    return { kind, blobs, children: [], top: manifest };
  }
  const parts = ['amd64', 'arm64'].map((architecture) => imageManifest(name, architecture, isDocker));
  const top = manifestOf(isDocker ? mediaTypes.dockerList : mediaTypes.ociIndex, {
    schemaVersion: 2,
    mediaType: isDocker ? mediaTypes.dockerList : mediaTypes.ociIndex,
    manifests: parts.map(({ manifest, architecture }) => ({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.sizeBytes,
      platform: { os: 'linux', architecture },
    })),
  });
  return { kind, blobs: parts.flatMap((part) => part.blobs), children: parts.map((part) => part.manifest), top };
}

export function manifestOf(mediaType: string, body: unknown): Manifest {
  const { bytes, digest } = blobOf(JSON.stringify(body, null, 2));
  return { mediaType, digest, sizeBytes: bytes.byteLength, bytes };
}

export function blobOf(text: string): SampleBlob {
  const bytes = new TextEncoder().encode(text);
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  if (digest === null) throw new Error('a sha256 hash did not read as a digest');
  return { bytes, digest };
}

function imageManifest(
  name: string,
  architecture: string,
  isDocker: boolean,
): { architecture: string; manifest: Manifest; blobs: readonly SampleBlob[] } {
  const layer = blobOf(`layer of ${name} for ${architecture}`);
  const config = blobOf(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Labels: { 'org.opencontainers.image.version': name } },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const mediaType = isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const manifest = manifestOf(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
      digest: config.digest,
      size: config.bytes.byteLength,
    },
    layers: [
      {
        mediaType: isDocker ? 'application/vnd.docker.image.rootfs.diff.tar.gzip' : mediaTypes.ociLayer,
        digest: layer.digest,
        size: layer.bytes.byteLength,
      },
    ],
  });
  return { architecture, manifest, blobs: [config, layer] };
}
