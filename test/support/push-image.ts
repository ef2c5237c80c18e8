import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { manifestOf } from './sample-images.ts';
import type { Manifest } from '../../src/domain/digest.ts';

/** One layer: a tar archive under gzip, and the digest of the archive alone. */
export interface Layer {
  readonly bytes: Uint8Array;
  readonly diffId: string;
}

export interface PlatformImage {
  readonly architecture: 'amd64' | 'arm64';
  readonly layers: readonly Layer[];
  /** The `config` of the image's configuration: `Env`, `Cmd`. */
  readonly config: object;
}

export function layerOfTar(tar: Uint8Array): Layer {
  // What is large is packed quickly, not tightly: it only goes over loopback.
  return { bytes: gzipSync(tar, { level: tar.byteLength > 2 ** 24 ? 1 : 6 }), diffId: digest(tar) };
}

/** What stands in a folder becomes the layer, owned by root and without times: the same files give the same bytes. */
export async function layerOfFolder(folder: string): Promise<Layer> {
  const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const ran = await promisify(execFile)('tar', ['-c', ...plain, '-C', folder, '.'], {
    encoding: 'buffer',
    maxBuffer: 256 * 2 ** 20,
  });
  return layerOfTar(ran.stdout);
}

/** Puts an image on a loopback registry without Docker: an index with one image for each platform. Returns its digest. */
export async function pushImage(
  at: { readonly registryHost: string; readonly repository: string; readonly tag: string },
  images: readonly PlatformImage[],
): Promise<string> {
  const base = `http://${at.registryHost}/v2/${at.repository}`;
  const children: object[] = [];
  for (const { architecture, layers, config } of images) {
    for (const layer of layers) await putBlob(base, layer.bytes);
    const diffIds = layers.map((layer) => layer.diffId);
    const rootfs = { type: 'layers', diff_ids: diffIds };
    const configBytes = Buffer.from(JSON.stringify({ architecture, os: 'linux', config, rootfs }));
    await putBlob(base, configBytes);
    const manifest = manifestOf(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: digest(configBytes), size: configBytes.byteLength },
      layers: layers.map(({ bytes }) => ({
        mediaType: mediaTypes.ociLayer,
        digest: digest(bytes),
        size: bytes.byteLength,
      })),
    });
    await putManifest(base, manifest.digest, manifest);
    const { mediaType, sizeBytes } = manifest;
    children.push({ mediaType, digest: manifest.digest, size: sizeBytes, platform: { os: 'linux', architecture } });
  }
  const index = manifestOf(mediaTypes.ociIndex, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: children,
  });
  await putManifest(base, at.tag, index);
  return index.digest;
}

async function putBlob(base: string, bytes: Uint8Array): Promise<void> {
  const blob = digest(bytes);
  if ((await fetch(`${base}/blobs/${blob}`, { method: 'HEAD' })).ok) return;
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const upload = new URL(begun.headers.get('location') ?? '', base);
  upload.searchParams.set('digest', blob);
  await created(await fetch(upload, { method: 'PUT', body: Buffer.from(bytes) }));
}

async function putManifest(base: string, reference: string, manifest: Manifest): Promise<void> {
  const headers = { 'content-type': manifest.mediaType };
  await created(
    await fetch(`${base}/manifests/${reference}`, { method: 'PUT', headers, body: Buffer.from(manifest.bytes) }),
  );
}

async function created(response: Response): Promise<void> {
  if (response.status !== 201) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
}

function digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
