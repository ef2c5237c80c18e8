import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { createRegistries, type RegistriesOptions } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import type { SentRequest } from '../../../src/adapters/http/request-log.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { blobOf, sampleImage } from '../../support/sample-images.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const { top } = sampleImage('oci-index', 'one');
const headers = { 'content-type': top.mediaType, 'docker-content-digest': top.digest };
const limits = { tries: 3, backoffMs: 1, maxBackoffMs: 2 };

async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

async function serve(listener: RequestListener): Promise<{ host: string; connections: () => number }> {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => connections++);
  onTestFinished(() => server.closeAllConnections());
  return { host: await listen(server), connections: () => connections };
}

function open(registry: string, options: RegistriesOptions = {}): RegistryClient {
  const registries = createRegistries({ limits, ...options });
  onTestFinished(() => registries.close());
  return registries.open({ registry, path: 'acme/app' });
}

async function failure(promise: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof OutsideError)) throw new Error('expected an OutsideError', { cause: error });
  return error;
}

const answerHead: RequestListener = (_request, response) => {
  response.writeHead(200, { ...headers, 'content-length': top.sizeBytes }).end();
};

// Two, as the next request goes out while the connection of the last one is still being handed back.
test('HEADs one after another share two connections', async () => {
  const { host, connections } = await serve(answerHead);
  const client = open(host);
  for (let count = 0; count < 20; count++) await client.head('1.0');
  expect(client.requests()).toBe(20);
  expect(connections()).toBeLessThanOrEqual(2);
});

test('no more connections than allowed', async () => {
  const { host, connections } = await serve((request, response) => setTimeout(() => answerHead(request, response), 5));
  const client = open(host, { connections: 3 });
  await Promise.all(Array.from({ length: 30 }, () => client.head('1.0')));
  expect(connections()).toBe(3);
});

test('a body cut in half is asked for again, with and without a length', async () => {
  let asked = 0;
  const { host } = await serve((_request, response) => {
    asked += 1;
    if (asked === 3) {
      response.writeHead(200, { ...headers, 'content-length': top.sizeBytes }).end(top.bytes);
      return;
    }
    response.writeHead(200, asked === 1 ? { ...headers, 'content-length': top.sizeBytes } : headers);
    response.write(top.bytes.slice(0, top.bytes.length / 2), () => response.destroy());
  });
  const manifest = await open(host).manifest('1.0');
  expect({ asked, digest: manifest?.digest }).toEqual({ asked: 3, digest: top.digest });
});

test('connections that are dropped are tried again, then unreachable', async () => {
  const { host } = await serve((request) => request.socket.destroy());
  const error = await failure(open(host).head('1.0'));
  expect(error.message).toMatch(
    /^HEAD 127\.0\.0\.1:\d+\/acme\/app:1\.0: the connection broke \(\w+\) after 3 tries\. Existence unknown$/,
  );
  expect(error.code).toBe('REGISTRY_UNREACHABLE');
});

test('nobody listens', async () => {
  const server = createTcpServer();
  const host = await listen(server);
  server.close();
  const error = await failure(open(host).head('1.0'));
  expect({ code: error.code, message: error.message, facts: { ...error.facts, durationMs: 0 } }).toEqual({
    code: 'REGISTRY_UNREACHABLE',
    message: `HEAD ${host}/acme/app:1.0: connection refused (ECONNREFUSED). Existence unknown; check the host and the network`,
    facts: {
      registry: host,
      repository: 'acme/app',
      reference: `${host}/acme/app:1.0`,
      method: 'HEAD',
      status: null,
      attempts: 1,
      durationMs: 0,
    },
  });
});

test('a registry that never answers costs its time per try and in all; before and inside the answer', async () => {
  const { host } = await serve((request, response) => {
    if (request.method === 'GET') response.writeHead(200, headers).write('{');
  });
  for (const ask of ['head', 'manifest'] as const) {
    const startMs = Date.now();
    const client = open(host, { tryTimeoutMs: 100, limits: { ...limits, tries: 10, deadlineMs: 350 } });
    const error = await failure(client[ask]('1.0'));
    const tookMs = Date.now() - startMs;
    expect(error.code).toBe('REGISTRY_TIMEOUT');
    expect(error.message).toMatch(/: no answer within \d+ ms after [34] tries\. Existence unknown$/);
    expect(tookMs).toBeGreaterThan(250);
    expect(tookMs).toBeLessThan(4000);
  }
});

test('Ctrl-C ends what is under way at once', async () => {
  const { host } = await serve(() => undefined);
  const stop = new AbortController();
  const client = open(host);
  setTimeout(() => stop.abort(), 50);
  const startMs = Date.now();
  const errors = await Promise.all(Array.from({ length: 40 }, () => failure(client.head('1.0', stop.signal))));
  expect(new Set(errors.map((error) => error.code))).toEqual(new Set(['ABORTED']));
  expect(Date.now() - startMs).toBeLessThan(9000);
});

test('an answer that never ends is cut off', async () => {
  const { host } = await serve((request, response) => {
    response.writeHead(200, headers);
    // Node 26 calls back with the error of a connection that is gone, again and again, and calls it writable.
    const more = (error?: Error | null): void => {
      if (!error && response.writable) response.write('x'.repeat(65_536), more);
    };
    request.socket.on('error', () => undefined);
    more();
  });
  const error = await failure(open(host).manifest('1.0'));
  expect({ code: error.code, message: error.message }).toEqual({
    code: 'REGISTRY_ANSWER',
    message: `GET ${host}/acme/app:1.0: the answer is larger than 4194304 bytes. Existence unknown`,
  });
});

test('the log names every try and no query', async () => {
  const { host } = await serve((request, response) => {
    if (request.url?.startsWith('/signed') === true) response.end('{}');
    else response.writeHead(307, { location: '/signed?secret=1' }).end();
  });
  const sent: SentRequest[] = [];
  const { digest } = blobOf('{}');
  await open(host, { onRequest: (entry) => sent.push({ ...entry, durationMs: 0 }) }).blob(digest);
  expect(sent).toEqual([
    { method: 'GET', url: `http://${host}/v2/acme/app/blobs/${digest}`, status: 307, durationMs: 0 },
    { method: 'GET', url: `http://${host}/signed`, status: 200, durationMs: 0 },
  ]);
});

test('a certificate that nobody vouches for is an error with the way to vouch for it; so is plain HTTP where TLS is due', async () => {
  const folder = await tempFolder();
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:registry.test,IP:127.0.0.1'];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
  ];
  expect(spawnSync('openssl', args, { cwd: folder }).status).toBe(0);
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name))));
  const secure = createTlsServer({ key, cert }, answerHead);
  const host = await listen(secure);
  const { host: plain } = await serve(answerHead);
  // 127.1 is loopback to the system and not to us.
  const tls = await failure(open(host.replace('127.0.0.1', '127.1')).head('1.0'));
  expect(tls.message).toMatch(
    /: the certificate of 127\.0\.0\.1:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. Existence unknown; name its authority in NODE_EXTRA_CA_CERTS$/,
  );
  const http = await failure(open(plain.replace('127.0.0.1', '127.1')).head('1.0'));
  expect(http.message).toMatch(/ does not speak TLS \(\w+\)\. Existence unknown; if plain HTTP is meant, /);
});
