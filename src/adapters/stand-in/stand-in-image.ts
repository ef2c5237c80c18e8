/** The bytes of one stand-in image. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { BuildTarget } from '../../domain/build-target.ts';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { InternalError } from '../../domain/errors.ts';
import { isDigest } from '../../domain/digest.ts';
import { mediaTypes } from '../../domain/media-types.ts';
import { parsePlatform, type Platform } from '../../domain/platform.ts';
import { tarOf } from './tar.ts';

export interface StandInImage {
  readonly blobs: readonly { readonly bytes: Uint8Array; readonly digest: Digest }[];
  /** The platforms' manifests and their attestations, where there is an index over them. */
  readonly children: readonly Manifest[];
  readonly manifest: Manifest;
}

/**
 * A part of a cell comes with an attestation for each platform, as BuildKit's does, for whoever merges parts has to keep
 * them.
 *
 * @param nonce told in the image's file, so that two builds of one target differ
 */
export function standInImage(target: BuildTarget, nonce: string): StandInImage {
  const parts = target.platforms.map((text) => platformImage(target, text, nonce));
  const [only, ...others] = parts;
  if (only === undefined) throw new InternalError(`${target.id} has no platform`);
  const attestations = target.part === undefined ? [] : parts.map((part) => attestationOf(part.manifest));
  const blobs = [...parts, ...attestations].flatMap((part) => part.blobs);
  if (others.length === 0 && attestations.length === 0) return { blobs, children: [], manifest: only.manifest };
  const index = manifestOf(mediaTypes.ociIndex, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [
      ...parts.map((part) => ({ ...descriptorOf(part.manifest), platform: part.platform })),
      ...attestations.map((attestation) => attestation.entry),
    ],
    annotations: target.labels,
  });
  const children = [...parts, ...attestations].map((part) => part.manifest);
  return { blobs, children, manifest: index };
}

/** @see https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
function attestationOf(image: Manifest): Omit<StandInImage, 'children'> & { readonly entry: object } {
  const statement = blobOf(
    encode({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://slsa.dev/provenance/v0.2',
      subject: [{ name: 'stand-in', digest: { sha256: image.digest.replace('sha256:', '') } }],
      predicate: { builder: { id: '' }, buildType: 'tagwright stand-in' },
    }),
  );
  const config = blobOf(
    encode({
      architecture: 'unknown',
      os: 'unknown',
      config: {},
      rootfs: { type: 'layers', diff_ids: [statement.digest] },
    }),
  );
  const manifest = manifestOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.byteLength },
    layers: [
      {
        mediaType: mediaTypes.inTotoStatement,
        digest: statement.digest,
        size: statement.bytes.byteLength,
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
      },
    ],
  });
  const entry = {
    ...descriptorOf(manifest),
    platform: { architecture: 'unknown', os: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': image.digest,
    },
  };
  return { blobs: [config, statement], manifest, entry };
}

function platformImage(
  target: BuildTarget,
  text: string,
  nonce: string,
): StandInImage & { readonly platform: Platform } {
  const platform = parsePlatform(text);
  if (platform === null) throw new InternalError(`${text} is no platform`);
  const tar = tarOf('etc/stand-in', `${target.id} ${text} ${nonce}\n`);
  const layer = blobOf(gzipSync(tar));
  const config = blobOf(
    encode({
      created: target.args['CREATED'],
      ...platform,
      config: { Env: environment(target), Labels: target.labels },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      history: [{ created: target.args['CREATED'], created_by: 'tagwright stand-in' }],
    }),
  );
  const manifest = manifestOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.byteLength },
    layers: [{ mediaType: mediaTypes.ociLayer, digest: layer.digest, size: layer.bytes.byteLength }],
    annotations: target.labels,
  });
  return { blobs: [config, layer], children: [], manifest, platform };
}

/** As the official Python images do. */
function environment(target: BuildTarget): string[] {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const python = target.args['PYTHON'];
  return python === undefined ? [path] : [path, `PYTHON_VERSION=${python.replace(/t$/, '')}.0`];
}

function manifestOf(mediaType: string, content: object): Manifest {
  const bytes = encode(content);
  return { mediaType, digest: digestOf(bytes), sizeBytes: bytes.byteLength, bytes };
}

function descriptorOf(manifest: Manifest): object {
  return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.sizeBytes };
}

function blobOf(bytes: Uint8Array): { bytes: Uint8Array; digest: Digest } {
  return { bytes, digest: digestOf(bytes) };
}

function encode(content: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(content));
}

function digestOf(bytes: Uint8Array): Digest {
  const text = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (!isDigest(text)) throw new InternalError(`${text} is not a digest`);
  return text;
}
