import { createHash, randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { createRegistries, type RegistriesOptions } from '../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../src/adapters/registry/registry-client.ts';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { startFaultProxy, type FaultProxyOptions } from '../support/fault-proxy.ts';
import { listenOnLoopback } from '../support/loopback.ts';
import { startRegistry, type RegistryOptions } from '../support/registry-process.ts';
import { blobOf, type SampleBlob } from '../support/sample-images.ts';
import { startTokenServer } from '../support/token-server.ts';

const toStop: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toStop.splice(0).toReversed()) await one.close();
});

const sourceHost = inject('registryHost');

async function start(options: RegistryOptions = {}): Promise<string> {
  const registry = await startRegistry(options);
  toStop.push({ close: () => registry.stop() });
  return registry.host;
}

async function proxy(options: FaultProxyOptions): Promise<string> {
  const started = await startFaultProxy(options);
  toStop.push(started);
  return started.host;
}

interface Clients {
  readonly at: (host: string, path: string) => RegistryClient;
  /** Method and path of every request, blobs' digests left out. */
  readonly lines: string[];
}

function clients(options: RegistriesOptions = {}): Clients {
  const lines: string[] = [];
  const registries = createRegistries({
    limits: { backoffMs: 5 },
    onRequest: ({ method, url, status }) => {
      const { pathname } = new URL(url);
      lines.push(`${method} ${pathname.replace(/sha256:.*|(?<=uploads\/).*/, '…')} ${status}`);
    },
    ...options,
  });
  toStop.push(registries);
  return { at: (registry, path) => registries.open({ registry, path }), lines };
}

let count = 0;
const freshPath = (): string => `copies/${process.pid}-${(count += 1)}`;

async function failure(promise: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof OutsideError) return error;
  throw new Error('expected an OutsideError', { cause: error });
}

/** Is told by somebody else than the client under test. */
async function hasBlob(host: string, path: string, digest: Digest): Promise<boolean> {
  const { status } = await fetch(`http://${host}/v2/${path}/blobs/${digest}`, { method: 'HEAD' });
  return status === 200;
}

async function pushed(name = 'a blob'): Promise<SampleBlob & { path: string }> {
  const path = freshPath();
  const blob = blobOf(name);
  await clients().at(sourceHost, path).putBlob(blob.bytes, blob.digest);
  return { ...blob, path };
}

/** Bytes in use, garbage left out. */
function liveBytes(): () => number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  return () => {
    collect();
    const { external, heapUsed } = process.memoryUsage();
    return external + heapUsed;
  };
}

describe('a blob of another registry', () => {
  test('of 72 MiB arrives whole, and never more than a part of it is in memory', async () => {
    const bytes = randomBytes(72 * 2 ** 20);
    const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)!;
    const path = freshPath();
    const { at, lines } = clients();
    await at(sourceHost, path).putBlob(bytes, digest);
    const target = await start();
    lines.length = 0;

    const inUse = liveBytes();
    const before = inUse();
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, inUse() - before)), 50);
    await at(target, path).copyBlob({ registry: sourceHost, path }, digest);
    clearInterval(watching);

    expect(await hasBlob(target, path, digest)).toBe(true);
    expect(lines).toEqual([
      `HEAD /v2/${path}/blobs/… 404`,
      `POST /v2/${path}/blobs/uploads/… 202`,
      `GET /v2/${path}/blobs/… 200`,
      `PATCH /v2/${path}/blobs/uploads/… 202`,
      `PUT /v2/${path}/blobs/uploads/… 201`,
    ]);
    process.stderr.write(`72 MiB copied with ${(most / 2 ** 20).toFixed(1)} MiB in memory at most\n`);
    expect(most).toBeLessThan(32 * 2 ** 20);
  });

  test('that comes altered is not taken, and one that is cut off is asked for again', async () => {
    const { digest, path } = await pushed();
    const isBlob = ({ path: asked }: { path: string }): boolean => asked.includes('/blobs/sha256');
    const altered = await proxy({ upstream: sourceHost, faults: { altered: 1 }, applies: isBlob });
    const target = await start();
    const { at } = clients();
    const error = await failure(at(target, path).copyBlob({ registry: altered, path }, digest));
    expect(error.code).toBe('REGISTRY_ANSWER');
    expect(error.message).toMatch(
      new RegExp(
        `^POST ${target}/${path}@${digest}: the blob's bytes have the digest sha256:\\w+ after \\d+ tries\\. `,
      ),
    );
    expect(await hasBlob(target, path, digest)).toBe(false);

    let cuts = 0;
    const cut = await proxy({
      upstream: sourceHost,
      faults: { cut: 1 },
      applies: (request) => request.method === 'GET' && isBlob(request) && (cuts += 1) === 1,
    });
    await at(target, path).copyBlob({ registry: cut, path }, digest);
    expect([cuts, await hasBlob(target, path, digest)]).toEqual([2, true]);
  });

  test('that is not there is said to be missing where it was looked for', async () => {
    const { path } = await pushed();
    const { digest } = blobOf('nobody pushed this');
    const target = await start();
    const error = await failure(clients().at(target, path).copyBlob({ registry: sourceHost, path }, digest));
    expect(error.message).toBe(
      `POST ${target}/${path}@${digest}: GET ${sourceHost}/${path}@${digest}: the blob is not there. The blob may be missing`,
    );
  });

  test('may take its time as long as bytes come, and is given up when none does', async () => {
    const { bytes, digest } = blobOf('x'.repeat(1000));
    const pieces = 20;
    const source = await listenOnLoopback(
      createServer((request, response) => void serve(request.url ?? '', response).catch(() => response.destroy())),
    );
    toStop.push(source);
    async function serve(url: string, response: ServerResponse): Promise<void> {
      response.writeHead(200, { 'content-length': bytes.byteLength });
      for (let piece = 0; piece < pieces; piece += 1) {
        if (url.includes('stuck') && piece === pieces / 2) return;
        response.write(bytes.subarray((piece * 1000) / pieces, ((piece + 1) * 1000) / pieces));
        await sleep(60);
      }
      response.end();
    }
    const target = await start();
    const registry = new URL(source.url).host;
    // Longer than a try may take, and longer than it may stand still.
    const { at } = clients({ tryTimeoutMs: 300, limits: { backoffMs: 1, tries: 2 } });
    await at(target, 'slow').copyBlob({ registry, path: 'slow' }, digest);
    expect(await hasBlob(target, 'slow', digest)).toBe(true);
    const startMs = Date.now();
    const error = await failure(at(target, 'stuck').copyBlob({ registry, path: 'stuck' }, digest));
    expect([error.code, error.message]).toEqual([
      'REGISTRY_TIMEOUT',
      `POST ${target}/stuck@${digest}: not a byte for 900 ms after 2 tries. The blob may be missing`,
    ]);
    expect(Date.now() - startMs).toBeLessThan(5_000);
    expect(await hasBlob(target, 'stuck', digest)).toBe(false);
  });

  test('ends with Ctrl-C', async () => {
    const source = await listenOnLoopback(
      createServer((_request, response) => void response.writeHead(200, { 'content-length': 10 }).write('12345')),
    );
    toStop.push(source);
    const { digest } = blobOf('0123456789');
    const target = await start();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const copying = clients()
      .at(target, 'stopped')
      .copyBlob({ registry: new URL(source.url).host, path: 'stopped' }, digest, stop.signal);
    expect((await failure(copying)).code).toBe('ABORTED');
  });

  test('is sent again where the token ran out in the middle of the upload', async () => {
    const { digest, path } = await pushed();
    const tokens = await startTokenServer({ anonymous: ['pull', 'push'] });
    toStop.push({ close: () => tokens.stop() });
    let puts = 0;
    const target = await proxy({
      upstream: await start({ tokenAuth: tokens.registryAuth }),
      faults: { expired: 1 },
      applies: ({ method }) => method === 'PUT' && (puts += 1) === 1,
    });
    const client = clients().at(target, path);
    await client.copyBlob({ registry: sourceHost, path }, digest);
    expect(puts).toBe(2);
    expect(Buffer.from((await client.blob(digest)) ?? '').toString()).toBe('a blob');
  });

  test('read-only: not taken, said at once', async () => {
    const { digest, path } = await pushed();
    const target = await start({ readOnly: true });
    const error = await failure(clients().at(target, path).copyBlob({ registry: sourceHost, path }, digest));
    expect(error.message).toBe(
      `POST ${target}/${path}@${digest}: 405. It was not taken; it may be read-only, as under maintenance`,
    );
  });
});

test('a blob of the same registry is mounted, and no byte is read', async () => {
  const { digest, path } = await pushed();
  const other = freshPath();
  const { at, lines } = clients();
  await at(sourceHost, other).copyBlob({ registry: sourceHost, path }, digest);
  expect(lines).toEqual([`HEAD /v2/${other}/blobs/… 404`, `POST /v2/${other}/blobs/uploads/… 201`]);
  expect(await hasBlob(sourceHost, other, digest)).toBe(true);
});
