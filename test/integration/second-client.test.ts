/**
 * Why docker-registry-client is the second client of the tests and not the one that ships: a test for each claim of
 * docs/decisions/0003-registry-transport.md. One that fails after an update is a reason to read that page again.
 */
import registryClient from 'docker-registry-client';
import { execa } from 'execa';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries, type RegistriesOptions } from '../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../src/adapters/registry/registry-client.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { listenOnLoopback } from '../support/loopback.ts';
import { pushImage } from '../support/push-images.ts';
import { startRegistry, type RegistryOptions } from '../support/registry-process.ts';
import { manifestOf, sampleImage } from '../support/sample-images.ts';
import {
  openSecondClient,
  SecondClientError,
  type SecondClient,
  type SecondClientOptions,
} from '../support/second-client.ts';
import { startTokenServer } from '../support/token-server.ts';

const toStop: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0).toReversed()) await stop();
});

function ours(host: string, options: RegistriesOptions = {}): RegistryClient {
  const registries = createRegistries(options);
  toStop.push(() => registries.close());
  return registries.open({ registry: host, path: 'acme/app' });
}

function theirs(host: string, options: SecondClientOptions = {}): SecondClient {
  const client = openSecondClient(`${host}/acme/app`, options);
  toStop.push(() => client.close());
  return client;
}

async function start(options: RegistryOptions = {}): Promise<string> {
  const registry = await startRegistry(options);
  toStop.push(() => registry.stop());
  return registry.host;
}

async function serve(listener: RequestListener): Promise<{ host: string; connections: () => number }> {
  let connections = 0;
  const server = createServer(listener);
  server.on('connection', () => connections++);
  const loopback = await listenOnLoopback(server);
  toStop.push(() => loopback.close());
  return { host: loopback.url.replace('http://', ''), connections: () => connections };
}

async function errorOf(
  promise: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; message: string }> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof SecondClientError) return { name: error.name, status: error.status, message: error.message };
  throw new Error('expected an error of the second client', { cause: error });
}

const image = sampleImage('oci-index', 'one');

test('an expired token is reported as "not found"; ours is replaced', async () => {
  const user = { password: 'a', actions: ['pull', 'push'] as const };
  const tokens = await startTokenServer({ users: { alice: user }, lifetimeSeconds: 1, expiresIn: 300 });
  toStop.push(() => tokens.stop());
  const host = await start({ tokenAuth: tokens.registryAuth });
  const credentials = { kind: 'password', username: 'alice', password: 'a' } as const;
  const client = ours(host, { credentials: () => Promise.resolve({ credentials }) });
  await pushImage(client, '1.0', image);
  const second = theirs(host, { username: 'alice', password: 'a' });
  expect(await second.manifest('1.0')).toMatchObject({ digest: image.top.digest });
  await expect
    .poll(
      () =>
        second.manifest('1.0').then(
          () => null,
          (error: unknown) => error,
        ),
      { timeout: 10_000, interval: 250 },
    )
    .toMatchObject({ name: 'NotFoundError', status: 401 });
  expect(await client.manifest('1.0')).toMatchObject({ digest: image.top.digest });
});

test('an index cannot be put, nor an OCI manifest; ours moves all four kinds', async () => {
  const host = await start();
  for (const kind of ['docker-manifest', 'oci-manifest', 'oci-index', 'docker-list'] as const) {
    const sample = sampleImage(kind, kind);
    await pushImage(ours(host), kind, sample);
    const text = Buffer.from(sample.top.bytes).toString();
    const put = theirs(host).putManifest(`moved-${kind}`, text);
    const outcome = await put.catch((error: unknown) => (error instanceof SecondClientError ? error.status : error));
    expect({ kind, outcome }).toEqual({ kind, outcome: kind === 'docker-manifest' ? sample.top.digest : 400 });
    expect(await ours(host).putManifest(`moved-${kind}`, sample.top)).toBe(sample.top.digest);
  }
});

test('a list of tags is its first page', async () => {
  const registry = await startMemoryRegistry({ pageSize: 100 });
  toStop.push(() => registry.close());
  const client = ours(registry.host);
  await pushImage(client, 't0', image);
  for (let index = 1; index < 250; index++) await client.putManifest(`t${index}`, image.top);
  const page = await theirs(registry.host).tags();
  expect({ count: page.tags.length, hasNext: page.link?.includes('rel="next"') }).toEqual({
    count: 100,
    hasNext: true,
  });
  expect(await client.tags()).toHaveLength(250);
});

test('there is no HEAD of a manifest and no DELETE', () => {
  const client = registryClient.createClientV2({ name: 'acme/app', maxSchemaVersion: 2, acceptManifestLists: true });
  toStop.push(() => client.close());
  expect(['headManifest', 'deleteManifest', 'deleteTag'].filter((name) => name in client)).toEqual([]);
});

test('an OCI index without a mediaType is refused', async () => {
  const host = await start();
  const client = ours(host);
  const sample = sampleImage('oci-manifest', 'bare');
  await pushImage(client, '1.0', sample);
  const { mediaType, digest, sizeBytes } = sample.top;
  const bare = manifestOf(mediaTypes.ociIndex, {
    schemaVersion: 2,
    manifests: [{ mediaType, digest, size: sizeBytes }],
  });
  await client.putManifest('bare', bare);
  expect(await client.manifest('bare')).toEqual(bare);
  await expect(callAlone(host, 'bare')).resolves.toMatch(/InvalidContentError: no layers in/);
});

test('a token service that answers with access_token only kills the process', async () => {
  const tokens = await startTokenServer({ anonymous: ['pull', 'push'], fields: ['access_token'] });
  toStop.push(() => tokens.stop());
  const host = await start({ tokenAuth: tokens.registryAuth });
  await pushImage(ours(host), '1.0', image);
  expect(await callAlone(host, '1.0')).toMatch(/TypeError.*[\s\S]*docker-registry-client\/lib\/errors\.js/);
});

/** The call in a process of its own, with every error caught that can be: what it wrote to stderr. */
async function callAlone(host: string, tag: string): Promise<string> {
  const program = `
    const { createClientV2 } = require('docker-registry-client');
    const client = createClientV2({ name: process.argv[1], maxSchemaVersion: 2, acceptManifestLists: true });
    try {
      client.getManifest({ ref: process.argv[2] }, (error) => {
        console.error(error ? error.name + ': ' + error.message : 'no error');
        process.exit(0);
      });
    } catch (error) {
      console.error('caught', error);
    }`;
  const ran = await execa(process.execPath, ['-e', program, `${host}/acme/app`, tag], {
    reject: false,
    timeout: 20_000,
  });
  return ran.stderr;
}

test('nothing is tried again, and a registry that never answers is waited for as long as it likes', async () => {
  let asked = 0;
  const { host } = await serve((request, response) => {
    if (request.url === '/v2/') response.end('{}');
    else if (request.url?.endsWith('/silent') !== true) response.writeHead(503).end(String((asked += 1)));
  });
  expect(await errorOf(theirs(host).manifest('busy'))).toMatchObject({ status: 503 });
  expect(asked).toBe(1);
  await expect(theirs(host, { deadlineMs: 1500 }).manifest('silent')).rejects.toThrow('no answer within 1500 ms');
  const limits = { tries: 3, backoffMs: 1 };
  await expect(ours(host, { limits }).manifest('busy')).rejects.toThrow('503 after 3 tries');
  expect(asked).toBe(4);
  const options = { limits: { ...limits, deadlineMs: 300 }, tryTimeoutMs: 100 };
  await expect(ours(host, options).manifest('silent')).rejects.toThrow(/: no answer within \d+ ms after 3 tries/);
});

test('every manifest opens a connection of its own', async () => {
  const { host, connections } = await serve((request, response) => {
    if (request.url === '/v2/') response.end('{}');
    else response.writeHead(200, { 'content-type': image.top.mediaType }).end(image.top.bytes);
  });
  const second = theirs(host);
  for (let count = 0; count < 10; count++) await second.manifest('1.0');
  const theirConnections = connections();
  const client = ours(host);
  for (let count = 0; count < 10; count++) await client.manifest('1.0');
  expect(theirConnections).toBeGreaterThanOrEqual(10);
  expect(connections() - theirConnections).toBeLessThanOrEqual(2);
});
