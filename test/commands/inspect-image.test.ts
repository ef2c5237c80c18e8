import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inspectImage } from '../../src/commands/inspect-image.ts';
import { isDigest, type Digest, type Manifest } from '../../src/domain/digest.ts';
import { InternalError } from '../../src/domain/errors.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { RegistryReader } from '../../src/ports.ts';

const { ociIndex, ociManifest, ociConfig, ociLayer } = mediaTypes;

interface Store extends RegistryReader {
  add(mediaType: string, content: unknown, tag?: string): { mediaType: string; digest: Digest; size: number };
  /** Manifests asked for, and most of them at a time. */
  readonly asked: string[];
  most: number;
}

function store(): Store {
  const things = new Map<string, Manifest>();
  let running = 0;
  const registry: Store = {
    repository: { registry: 'registry.test', path: 'acme/app' },
    head: () => Promise.resolve(null),
    tags: () => Promise.resolve(null),
    requests: () => 0,
    referrers: () => Promise.resolve(null),
    asked: [],
    most: 0,
    add: (mediaType, content, tag) => {
      const bytes = new TextEncoder().encode(JSON.stringify(content));
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      if (!isDigest(digest)) throw new InternalError('no digest');
      const manifest = { mediaType, digest, sizeBytes: bytes.byteLength, bytes };
      for (const name of [digest, ...(tag === undefined ? [] : [tag])]) things.set(name, manifest);
      return { mediaType, digest, size: bytes.byteLength };
    },
    manifest: async (reference) => {
      registry.asked.push(reference);
      running += 1;
      registry.most = Math.max(registry.most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return things.get(reference) ?? null;
    },
    blob: (digest) => Promise.resolve(things.get(digest)?.bytes ?? null),
  };
  return registry;
}

const configOf = (variant: string | null = null): object => ({
  os: 'linux',
  architecture: 'amd64',
  variant,
  config: { Labels: { version: '1.0', odd: 7 }, Env: ['PYTHON_VERSION=3.12', null] },
});

function image(at: Store, more: object = {}, tag?: string): { mediaType: string; digest: Digest; size: number } {
  const config = at.add(ociConfig, configOf());
  const layers = [{ mediaType: ociLayer, digest: config.digest, size: 1 }];
  return at.add(ociManifest, { schemaVersion: 2, config, layers, ...more }, tag);
}

const inspect = (at: Store): ReturnType<typeof inspectImage> => inspectImage(at, 'tag');
const amd64 = { os: 'linux', architecture: 'amd64' };

describe('a field that nobody needs decides nothing', () => {
  // https://github.com/opencontainers/image-spec/issues/1016 and https://github.com/moby/buildkit/issues/4331
  test.each([
    { name: 'no layers', more: { layers: [] } },
    { name: 'layers left out', more: { layers: undefined } },
    { name: 'layers that are null', more: { layers: null } },
    { name: 'annotations that are null', more: { annotations: null } },
    { name: 'an artifact type that is null', more: { artifactType: null } },
    { name: 'an artifact type that is empty', more: { artifactType: '' } },
  ])('of an image: $name', async ({ more }) => {
    const at = store();
    image(at, more, 'tag');
    expect(await inspect(at)).toMatchObject({
      kind: 'image',
      platforms: ['linux/amd64'],
      reason: null,
      configs: [{ labels: { version: '1.0' }, pythonVersion: '3.12' }],
    });
  });

  test.each([
    { name: 'annotations that are null', more: { annotations: null } },
    { name: 'an annotation that is a number', more: { annotations: { a: 1 } } },
    { name: 'annotations that are a list', more: { annotations: ['a'] } },
    { name: 'a variant that is null', more: { platform: { ...amd64, variant: null } } },
    { name: 'an empty variant', more: { platform: { ...amd64, variant: '' } } },
    { name: 'a size that is text', more: { size: '12' } },
    { name: 'no media type', more: { mediaType: undefined } },
  ])('of an index: $name', async ({ more }) => {
    const at = store();
    at.add(ociIndex, { schemaVersion: 2, manifests: [{ ...image(at), platform: amd64, ...more }] }, 'tag');
    expect(await inspect(at)).toMatchObject({ kind: 'index', platforms: ['linux/amd64'], reason: null });
  });

  test('what is needed and wrong is named', async () => {
    const at = store();
    at.add(ociIndex, { manifests: [{ ...image(at), digest: 'sha256:1' }] }, 'tag');
    expect(await inspect(at)).toMatchObject({
      kind: 'unreadable',
      reason: 'the index has no valid manifests[0].digest',
    });
    const other = store();
    other.add(ociManifest, { layers: [] }, 'tag');
    expect(await inspect(other)).toMatchObject({ reason: 'the manifest has no valid config' });
  });
});

// https://github.com/docker/build-push-action/issues/900
test('an attestation without its annotation is told by its layers, and is no platform', async () => {
  const at = store();
  const statement = { mediaType: 'application/vnd.in-toto+json', digest: image(at).digest, size: 1 };
  const attestation = { ...image(at, { layers: [statement] }), platform: { os: 'unknown', architecture: 'unknown' } };
  at.add(ociIndex, { manifests: [{ ...image(at), platform: amd64 }, attestation] }, 'tag');
  expect(await inspect(at)).toMatchObject({ platforms: ['linux/amd64'], attestations: 1, reason: null });
});

test('children are asked for once each, some at a time; an index of thousands is not read', async () => {
  const at = store();
  const child = image(at);
  const many = Array.from({ length: 5000 }, () => ({ ...child, platform: amd64 }));
  at.add(ociIndex, { manifests: many }, 'tag');
  expect(await inspect(at)).toMatchObject({ reason: null });
  expect(at.asked).toEqual(['tag', child.digest]);

  const distinct = Array.from({ length: 150 }, (_, index) => ({
    ...image(at, { annotations: { n: index } }),
    platform: amd64,
  }));
  at.add(ociIndex, { manifests: distinct }, 'tag');
  expect(await inspect(at)).toMatchObject({ reason: null });
  expect(at.most).toBe(8);

  const hostile = Array.from({ length: 201 }, (_, index) => ({
    ...image(at, { annotations: { n: index } }),
    platform: amd64,
  }));
  at.add(ociIndex, { manifests: hostile }, 'tag');
  at.asked.length = 0;
  expect(await inspect(at)).toMatchObject({ reason: 'the index lists 201 images, more than the 200 that are read' });
  expect(at.asked).toEqual(['tag']);
});
