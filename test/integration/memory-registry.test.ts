import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries, type RegistryClients } from '../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../src/adapters/registry/registry-client.ts';
import { pushImage } from '../support/push-images.ts';
import { sampleImage, sampleKinds } from '../support/sample-images.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
let registries: RegistryClients;
let client: RegistryClient;

beforeEach(async () => {
  registry = await startMemoryRegistry({ pageSize: 3 });
  registries = createRegistries();
  client = registries.open({ registry: registry.host, path: 'acme/app' });
});
afterEach(async () => {
  await registries.close();
  await registry.close();
});

const skopeo = async (...args: readonly string[]): Promise<string> =>
  (await execa('skopeo', args, { stripFinalNewline: false })).stdout;
const crane = async (...args: readonly string[]): Promise<string> =>
  (await execa('crane', ['--insecure', ...args])).stdout;
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

test('skopeo copies every kind in and out, digests kept', async () => {
  for (const kind of sampleKinds) {
    const image = sampleImage(kind, kind);
    await pushImage(client, kind, image);
    const from = `docker://${registry.host}/acme/app:${kind}`;
    const to = `docker://${registry.host}/acme/copy:${kind}`;
    await skopeo('copy', '--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false', from, to);
    expect(sha256(await skopeo('inspect', '--raw', '--tls-verify=false', to))).toBe(image.top.digest);
  }
  expect(registry.tags('acme/copy')).toEqual(registry.tags('acme/app'));
});

test('crane copies, tags, lists all pages and deletes', async () => {
  const image = sampleImage('oci-index', 'one');
  await pushImage(client, '1.0', image);
  await crane('copy', `${registry.host}/acme/app:1.0`, `${registry.host}/acme/copy:1.0`);
  for (const tag of ['1', '2', '3', 'latest']) await crane('tag', `${registry.host}/acme/copy:1.0`, tag);
  expect((await crane('ls', `${registry.host}/acme/copy`)).split('\n')).toEqual(['1', '1.0', '2', '3', 'latest']);
  expect(await crane('digest', `${registry.host}/acme/copy:latest`)).toBe(image.top.digest);
  await crane('delete', `${registry.host}/acme/copy:latest`);
  expect([...registry.tags('acme/copy').keys()].sort()).toEqual(['1', '1.0', '2', '3']);
});

test('buildx pushes an index of two platforms with attestations, retags it, and docker pulls it', async () => {
  const folder = await tempFolder({ Dockerfile: 'FROM scratch\nCOPY file /file\nLABEL a=b\n', file: 'x' });
  const reference = `${registry.host}/acme/app:1.0`;
  const build = ['buildx', 'build', '--push', '--platform', 'linux/amd64,linux/arm64', '--provenance=true'];
  await execa('docker', [...build, '-t', reference, '-t', `${registry.host}/acme/app:1`, folder]);
  const manifest = await client.manifest('1.0');
  const body: unknown = JSON.parse(Buffer.from(manifest?.bytes ?? '').toString());
  expect(body).toMatchObject({
    manifests: [
      { platform: { os: 'linux', architecture: 'amd64' } },
      { platform: { os: 'linux', architecture: 'arm64' } },
      { platform: { os: 'unknown', architecture: 'unknown' } },
      { platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  });
  await execa('docker', ['buildx', 'imagetools', 'create', '-t', `${registry.host}/acme/app:latest`, reference]);
  expect(Object.fromEntries(registry.tags('acme/app'))).toEqual({
    '1': manifest?.digest,
    '1.0': manifest?.digest,
    latest: manifest?.digest,
  });
  await execa('docker', ['pull', '-q', reference]);
  await execa('docker', ['image', 'rm', reference]);
});
