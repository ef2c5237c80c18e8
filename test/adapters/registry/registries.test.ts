import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { confirmTags, createHeadSnapshotSource } from '../../../src/adapters/registry/head-snapshot.ts';
import { createRegistries, type RegistryClients } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import { blobOf, sampleImage, sampleKinds, type SampleImage } from '../../support/sample-images.ts';

let server: MemoryRegistry;
let registries: RegistryClients;
let registry: RegistryClient;

beforeEach(async () => {
  server = await startMemoryRegistry({ pageSize: 7 });
  registries = createRegistries();
  registry = registries.open({ registry: server.host, path: 'acme/app' });
});
afterEach(async () => {
  await registries.close();
  await server.close();
});

async function push(image: SampleImage, tag: string): Promise<void> {
  for (const { bytes, digest } of image.blobs) await registry.putBlob(bytes, digest);
  for (const child of image.children) await registry.putManifest(child.digest, child);
  expect(await registry.putManifest(tag, image.top)).toBe(image.top.digest);
}

test.each(sampleKinds)('%s: pushed, read by tag and digest, moved and deleted', async (kind) => {
  const image = sampleImage(kind, 'one');
  await push(image, '1.0');
  const { bytes, ...descriptor } = image.top;
  for (const reference of ['1.0', image.top.digest]) {
    expect(await registry.head(reference)).toEqual(descriptor);
    const manifest = await registry.manifest(reference);
    expect(Buffer.from(manifest?.bytes ?? '')).toEqual(Buffer.from(bytes));
    expect({ ...manifest, bytes }).toEqual(image.top);
  }
  expect(await registry.putManifest('latest', image.top)).toBe(image.top.digest);
  expect(await registry.tags()).toEqual(['1.0', 'latest']);
  expect(await registry.deleteTag('latest')).toBe(true);
  expect(await registry.head('latest')).toBe(null);
  expect(await registry.manifest('latest')).toBe(null);
  expect(server.tags('acme/app')).toEqual(new Map([['1.0', image.top.digest]]));
});

test('a blob is uploaded once, and read back hashed', async () => {
  const { bytes, digest } = blobOf('{"config":{}}');
  expect(await registry.blob(digest)).toBe(null);
  await registry.putBlob(bytes, digest);
  const before = registry.requests();
  await registry.putBlob(bytes, digest);
  expect(registry.requests() - before).toBe(1);
  expect(Buffer.from((await registry.blob(digest)) ?? '')).toEqual(Buffer.from(bytes));
});

test('all pages of a list; null for a repository that does not exist', async () => {
  expect(await registry.tags()).toBe(null);
  const image = sampleImage('oci-index', 'one');
  await push(image, 't0');
  const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
  for (const name of names.slice(1)) await registry.putManifest(name, image.top);
  expect(await registry.tags()).toEqual(names.sort());
});

test('a snapshot is one HEAD a tag; confirming is one GET, hashed', async () => {
  const image = sampleImage('oci-index', 'one');
  await push(image, '1.0');
  const { bytes: _bytes, ...descriptor } = image.top;
  expect(await createHeadSnapshotSource(registry).read(['1.0', '2.0'])).toEqual({
    tags: new Map<string, object>([
      ['1.0', { kind: 'present', descriptor, hashed: false }],
      ['2.0', { kind: 'absent' }],
    ]),
    requests: 2,
  });
  expect(await confirmTags(registry, ['1.0', '2.0'])).toEqual({
    tags: new Map<string, object>([
      ['1.0', { kind: 'present', descriptor, hashed: true }],
      ['2.0', { kind: 'absent' }],
    ]),
    requests: 2,
  });
});
