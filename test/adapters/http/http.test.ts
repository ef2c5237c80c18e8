import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { createServer as createNetServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import type { Environment } from '../../../src/adapters/http/proxy.ts';
import type { WireAnswer, WireRequest } from '../../../src/adapters/http/wire.ts';
import { githubReleaseSource } from '../../../src/adapters/github/github-release-source.ts';
import { githubApi, githubCredential } from '../../../src/domain/github-credential.ts';
import { pypiIndex } from '../../../src/adapters/pypi/pypi-index.ts';
import { chooseSnapshotSource } from '../../../src/adapters/tag-lists/choose.ts';
import { makeCertificates, type Certificates } from '../../support/certificates.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { startProxy } from '../../support/proxy-server.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates(['registry.test', 'api.github.com', 'pypi.org', 'hub.docker.com', 'quay.io']);
  return () => rm(certificates.folder, { recursive: true });
});

const hello: RequestListener = (_request, response) => response.end('hello');

async function serve(listener: RequestListener, tls?: ServerOptions): Promise<number> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return Number(new URL(listening.url).port);
}

/** What an answer says, or why there is none. */
async function ask(url: string, env: Environment, more: Partial<WireRequest> = {}): Promise<string> {
  const http = createHttp({ env });
  onTestFinished(() => http.close());
  const request = { method: 'GET' as const, url, headers: {}, maxBytes: 1000, deadlineMs: Date.now() + 5000, ...more };
  return http
    .transport(request)
    .then(textOf, (error: unknown) => (error instanceof Error ? error.message : 'no error'));
}

function textOf({ status, body }: WireAnswer): string {
  return `${status} ${Buffer.from(body).toString()}`;
}

describe('through a proxy', () => {
  test('TLS by CONNECT, plain HTTP by its whole address, both with the login', async () => {
    const secure = await serve(hello, certificates.server);
    const plain = await serve(hello);
    const login = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    const proxy = await startProxy({ port: secure, login });
    const open = await startProxy({ port: plain, login });
    const env = {
      SSL_CERT_FILE: `${certificates.folder}/ca.crt`,
      HTTPS_PROXY: `me:secret@${proxy.host}`,
      HTTP_PROXY: `http://me:secret@${open.host}`,
    };
    expect(await ask('https://registry.test/v2/?n=1', env)).toBe('200 hello');
    expect(await ask('http://registry.test/v2/?n=1', env)).toBe('200 hello');
    expect([...proxy.asked, ...open.asked]).toEqual(['CONNECT registry.test:443', 'GET http://registry.test/v2/?n=1']);
  });

  test.each([
    {
      name: 'a login that it wants',
      url: 'https://registry.test/',
      options: { login: 'x' },
      says: /^the proxy \S+ wants a login \(407\)$/,
    },
    {
      name: 'the same for plain HTTP',
      url: 'http://registry.test/',
      options: { login: 'x' },
      says: /^the proxy \S+ wants a login \(407\)$/,
    },
    { name: 'its no', url: 'https://registry.test/', options: { status: 403 }, says: /^the proxy \S+ answers 403$/ },
  ])('$name is named', async ({ url, options, says }) => {
    const proxy = await startProxy({ port: 1, ...options });
    expect(await ask(url, { ALL_PROXY: proxy.host })).toMatch(says);
    expect(proxy.asked).toHaveLength(1);
  });

  test('one that is not there is not taken for the host', async () => {
    expect(await ask('https://registry.test/', { HTTPS_PROXY: '127.0.0.1:1' })).toBe(
      'the proxy 127.0.0.1:1 is not reached: connection refused (ECONNREFUSED)',
    );
  });

  test('every adapter goes the same way', async () => {
    const asked: string[] = [];
    const port = await serve((request, response) => {
      asked.push(`${request.headers.host}${request.url}`);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(request.url?.startsWith('/pypi') === true ? '{"releases":{}}' : '[]');
    }, certificates.server);
    const proxy = await startProxy({ port });
    const http = createHttp({
      env: { https_proxy: `http://${proxy.host}`, SSL_CERT_FILE: `${certificates.folder}/ca.crt` },
    });
    onTestFinished(() => http.close());
    expect(
      (await githubReleaseSource({ repository: 'acme/app', credential: githubCredential({}, githubApi), http }).list())
        .facts,
    ).toEqual([]);
    expect((await pypiIndex({ project: 'app', http }).list()).indexed).toEqual([]);
    const registry = { name: 'none', read: () => Promise.resolve({ tags: new Map(), requests: 0 }) };
    const tags = Array.from({ length: 300 }, (_, index) => `${index}`);
    for (const name of ['docker.io', 'quay.io']) {
      await chooseSnapshotSource({ registry: name, path: 'acme/app' }, registry, { env: {}, http }).read(tags);
    }
    expect(new Set(proxy.asked)).toEqual(
      new Set(['api.github.com', 'pypi.org', 'hub.docker.com', 'quay.io'].map((host) => `CONNECT ${host}:443`)),
    );
    expect(asked[0]).toBe('api.github.com/repos/acme/app/releases?per_page=100');
  });
});

describe('whom TLS trusts', () => {
  const behind = async (tls: ServerOptions): Promise<{ port: number; env: Environment }> => {
    const port = await serve(hello, tls);
    return { port, env: { HTTPS_PROXY: (await startProxy({ port })).host, HOME: await tempFolder() } };
  };

  test('an authority of SSL_CERT_FILE, SSL_CERT_DIR or the certs.d of Docker and Podman', async () => {
    const { env } = await behind(certificates.server);
    const { ca } = certificates;
    const home = (path: string): Promise<string> => tempFolder({ [path]: ca });
    expect(await ask('https://registry.test/', env)).toMatch(/^the certificate of registry\.test is not trusted/);
    const ways: readonly Environment[] = [
      { SSL_CERT_FILE: `${certificates.folder}/ca.crt` },
      { SSL_CERT_DIR: `/nonexistent:${certificates.folder}` },
      { HOME: await home('.config/docker/certs.d/registry.test/ca.crt') },
      { HOME: await home('.config/containers/certs.d/registry.test/ca.crt') },
      { XDG_CONFIG_HOME: await home('containers/certs.d/registry.test/ca.crt') },
    ];
    for (const way of ways) expect(await ask('https://registry.test/', { ...env, ...way })).toBe('200 hello');
    const other = { HOME: await home('.config/docker/certs.d/other.test/ca.crt') };
    expect(await ask('https://registry.test/', { ...env, ...other })).toMatch(/is not trusted/);
  });

  test('a file that is named and not there is an error', async () => {
    expect(await ask('https://registry.test/', { SSL_CERT_FILE: '/nonexistent/ca.pem' })).toBe(
      '/nonexistent/ca.pem: SSL_CERT_FILE cannot be read (ENOENT)',
    );
  });

  test('a client certificate of certs.d is shown where the server asks for one; without it the cause is named', async () => {
    const { env } = await behind({
      ...certificates.server,
      requestCert: true,
      rejectUnauthorized: true,
      ca: certificates.ca,
    });
    const { ca, client } = certificates;
    const folder = '.config/docker/certs.d/registry.test';
    const trusting = { ...env, SSL_CERT_FILE: `${certificates.folder}/ca.crt` };
    expect(await ask('https://registry.test/', trusting)).toMatch(
      /^registry\.test asks for a client certificate that it trusts \(ERR_SSL_/,
    );
    const files = { [`${folder}/ca.crt`]: ca, [`${folder}/me.cert`]: client.cert, [`${folder}/me.key`]: client.key };
    expect(await ask('https://registry.test/', { ...env, HOME: await tempFolder(files) })).toBe('200 hello');
    const noKey = await tempFolder({ [`${folder}/me.cert`]: client.cert });
    expect(await ask('https://registry.test/', { ...trusting, HOME: noKey })).toMatch(
      /registry\.test\/me\.key: the key of me\.cert cannot be read \(ENOENT\)$/,
    );
  });
});

describe('a bounded answer', () => {
  test.each([
    { name: 'as it is', headers: {}, body: 'x'.repeat(1001), says: 'the answer is larger than 1000 bytes' },
    {
      name: 'once decompressed',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync('x'.repeat(1_000_000)),
      says: 'the answer is larger than 1000 bytes',
    },
    { name: 'and one that fits', headers: { 'content-encoding': 'gzip' }, body: gzipSync('fits'), says: '200 fits' },
    {
      name: 'and one that is not what it says',
      headers: { 'content-encoding': 'gzip' },
      body: 'no',
      says: 'the answer is not compressed as it says',
    },
  ])('$name', async ({ headers, body, says }) => {
    const port = await serve((_request, response) => response.writeHead(200, headers).end(body));
    expect(await ask(`http://127.0.0.1:${port}/`, {})).toBe(says);
  });
});

describe('plain HTTP that is not wanted on loopback', () => {
  const tlsWanted: readonly { name: string; answer: RequestListener }[] = [
    {
      name: 'as nginx',
      answer: (_request, response) =>
        response.writeHead(400, { server: 'nginx', 'content-type': 'text/html' }).end('<html>'),
    },
    { name: 'as RFC 9110', answer: (_request, response) => response.writeHead(426, { upgrade: 'TLS/1.0' }).end() },
    { name: 'as a server that closes', answer: (request) => request.socket.destroy() },
  ];
  test.each(tlsWanted)('$name: TLS is tried, and where there is none both are named', async ({ answer }) => {
    let asked = 0;
    const port = await serve((request, response) => {
      asked += 1;
      answer(request, response);
    });
    expect(await ask(`http://127.0.0.1:${port}/`, {})).toMatch(
      /^(?:4\d\d to plain HTTP, and TLS was tried too: 127\.0\.0\.1:\d+ does not speak TLS \(\w+\)$|the connection broke)/,
    );
    expect(asked).toBe(1);
  });

  const page = (status: string, headers = ''): string =>
    `HTTP/1.1 ${status}\r\nConnection: close\r\n${headers}Content-Length: 6\r\n\r\n<html>`;
  const html = 'Content-Type: text/html\r\n';
  const refusals: readonly { name: string; says: (port: number) => string | Buffer }[] = [
    { name: 'nginx: 400, a page', says: () => page('400 Bad Request', `Server: nginx\r\n${html}`) },
    { name: 'Apache: 400, a page', says: () => page('400 Bad Request', `Server: Apache\r\n${html}`) },
    { name: 'Tomcat: 400, plain text', says: () => page('400', 'Content-Type: text/plain;charset=UTF-8\r\n') },
    { name: 'HAProxy: 400, a page', says: () => page('400 Bad request', `Cache-Control: no-cache\r\n${html}`) },
    { name: 'Go: 400, no header', says: () => 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request' },
    { name: 'RFC 9110: 426', says: () => page('426 Upgrade Required', 'Upgrade: TLS/1.2\r\n') },
    { name: 'a 403 page', says: () => page('403 Forbidden', html) },
    { name: 'a 404 page', says: () => page('404 Not Found', 'Content-Type: text/plain\r\n') },
    { name: 'a 421 page', says: () => page('421 Misdirected Request', html) },
    {
      name: 'Caddy: a redirect to TLS on the same port',
      says: (port) => page('308 Permanent Redirect', `Location: https://127.0.0.1:${port}/\r\n`),
    },
    { name: 'Java: a TLS alert', says: () => Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]) },
    { name: 'Envoy: nothing', says: () => '' },
  ];
  test.each(refusals)('$name on a TLS port: TLS is spoken, from then on at once', async ({ says }) => {
    let refused = 0;
    const secure = createTlsServer(certificates.server, hello);
    const sockets = new Set<Socket>();
    const front = createNetServer((socket) => {
      sockets.add(socket.on('error', () => socket.destroy()));
      socket.once('data', (first) => {
        socket.pause();
        socket.unshift(first);
        if (first[0] === 0x16) return secure.emit('connection', socket);
        refused += 1;
        return socket.end(says(port));
      });
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      front.close();
    });
    const address = front.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const http = createHttp({ env: { SSL_CERT_FILE: `${certificates.folder}/ca.crt` } });
    onTestFinished(() => http.close());
    const limits = { headers: {}, maxBytes: 1000, deadlineMs: Date.now() + 5000 };
    const url = `http://127.0.0.1:${port}/`;
    expect((await http.transport({ method: 'HEAD', url, ...limits })).status).toBe(200);
    expect(textOf(await http.transport({ method: 'GET', url, ...limits }))).toBe('200 hello');
    expect(refused).toBe(1);
  });

  test.each([
    {
      name: "a registry's own 400",
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: '{"errors":[]}',
    },
    { name: 'a challenge', status: 401, headers: { 'www-authenticate': 'Basic' }, body: '' },
    {
      name: 'a 404 that names the API',
      status: 404,
      headers: { 'docker-distribution-api-version': 'registry/2.0' },
      body: '',
    },
    { name: 'a 404 without JSON, where TLS is not spoken', status: 404, headers: {}, body: '' },
  ])('$name is an answer', async ({ status, headers, body }) => {
    const port = await serve((_request, response) => response.writeHead(status, headers).end(body));
    expect(await ask(`http://127.0.0.1:${port}/`, {})).toBe(`${status} ${body}`);
  });
});

test('a header that cannot be sent is no broken connection', async () => {
  const port = await serve(hello);
  const headers = { authorization: 'Bearer two\nlines' };
  expect(await ask(`http://127.0.0.1:${port}/`, {}, { headers })).toBe('the request holds what no header can carry');
});
