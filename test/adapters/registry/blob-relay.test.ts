import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { parseDigest, type Digest } from '../../../src/domain/digest.ts';
import { InternalError } from '../../../src/domain/errors.ts';
import { listenOnLoopback } from '../../support/loopback.ts';

const blob = randomBytes(24 * 1024 * 1024);
const digest = digestOf(blob);

function digestOf(bytes: Uint8Array): Digest {
  const read = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  if (read === null) throw new InternalError('no digest');
  return read;
}

async function serve(listener: RequestListener): Promise<string> {
  const listening = await listenOnLoopback(createServer(listener));
  onTestFinished(() => listening.close());
  return new URL(listening.url).host;
}

interface Source {
  readonly host: string;
  sentBytes: number;
}

/** Serves the blob, by ranges unless told otherwise; ends the connection at these bytes of it, one a request. */
async function source(cutAt: number[], hasRanges = true, body: Buffer = blob): Promise<Source> {
  const state = { host: '', sentBytes: 0 };
  state.host = await serve((request, response) => {
    const asked = hasRanges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const rest = body.subarray(asked);
    const status = asked > 0 ? 206 : 200;
    response.writeHead(status, { 'content-length': rest.byteLength });
    const cut = cutAt.find((at) => at > asked);
    if (cut === undefined) {
      state.sentBytes += rest.byteLength;
      response.end(rest);
      return;
    }
    cutAt.splice(cutAt.indexOf(cut), 1);
    state.sentBytes += cut - asked;
    response.write(body.subarray(asked, cut), () => response.destroy());
  });
  return state;
}

interface Target {
  readonly host: string;
  readonly lines: string[];
  receivedBytes: number;
  stored: Buffer | null;
}

interface TargetOptions {
  readonly cutAt?: number[];
  readonly goesOn?: boolean;
  /** Answers 401 to the first requests that send bytes after this many of them. */
  readonly tokenEndsAt?: number;
}

/** Takes uploads, keeps what arrived of one that broke, and says how much that is. */
async function target({ cutAt = [], goesOn = true, tokenEndsAt }: TargetOptions = {}): Promise<Target> {
  const state: Target = { host: '', lines: [], receivedBytes: 0, stored: null };
  let kept: Buffer[] = [];
  let uploads = 0;
  let token = tokenEndsAt === undefined ? null : 'one';
  const size = (): number => kept.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const location = (): Record<string, string> => ({ location: `/v2/acme/app/blobs/uploads/${uploads}` });
  const take = (request: IncomingMessage, done: () => void): void => {
    request.on('data', (piece: Buffer) => {
      kept.push(piece);
      state.receivedBytes += piece.byteLength;
      if (tokenEndsAt !== undefined && token === 'one' && size() >= tokenEndsAt) {
        token = 'two';
        request.destroy();
      }
      const cut = cutAt[0];
      if (cut === undefined || size() < cut) return;
      cutAt.shift();
      request.destroy();
    });
    request.on('end', done);
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const line = request.method ?? '';
    state.lines.push(line);
    if (
      token !== null &&
      request.url?.startsWith('/token') !== true &&
      request.headers.authorization !== `Bearer ${token}`
    ) {
      const realm = `http://${request.headers.host}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",error="invalid_token"` }).end();
      return;
    }
    if (request.url?.startsWith('/token') === true) response.end(JSON.stringify({ token }));
    else if (line === 'HEAD') response.writeHead(404).end();
    else if (line === 'POST') {
      uploads += 1;
      kept = [];
      response.writeHead(202, location()).end();
    } else if (line === 'GET') {
      if (goesOn) response.writeHead(204, { ...location(), range: `0-${Math.max(0, size() - 1)}` }).end();
      else response.writeHead(404).end();
    } else if (line === 'PATCH') {
      const from = /^(\d+)-/.exec(request.headers['content-range'] ?? '0-')?.[1];
      if (Number(from) !== size()) response.writeHead(416).end();
      else take(request, () => response.writeHead(202, location()).end());
    } else {
      take(request, () => {
        const all = Buffer.concat(kept);
        const isRight = new URL(request.url ?? '', 'http://x').searchParams.get('digest') === digestOf(all);
        if (isRight) state.stored = all;
        response.writeHead(isRight ? 201 : 400).end();
      });
    }
  };
  return Object.assign(state, { host: await serve(answer) });
}

async function copy(from: string, to: string): Promise<string[]> {
  const said: string[] = [];
  // A busy machine may take its time for a first answer, and that is not what this is about.
  const alarm = () => () => undefined;
  const registries = createRegistries({ limits: { backoffMs: 5 }, alarm, say: (line) => said.push(line) });
  onTestFinished(() => registries.close());
  const at = registries.open({ registry: to, path: 'acme/app' });
  await at.copyBlob({ registry: from, path: 'acme/app' }, digest);
  return said;
}

const tenth = blob.byteLength / 10;

test('three cuts at the target cost at most a fifth more, and the bytes arrive', async () => {
  const from = await source([]);
  const to = await target({ cutAt: [3 * tenth, 6 * tenth, 9 * tenth] });
  expect(await copy(from.host, to.host)).toEqual([]);
  expect(to.stored?.equals(blob)).toBe(true);
  expect(to.receivedBytes / blob.byteLength).toBeLessThan(1.2);
  expect(to.lines).toEqual(['HEAD', 'POST', 'PATCH', 'GET', 'PATCH', 'GET', 'PATCH', 'GET', 'PATCH', 'PUT']);
});

test('three cuts at the source are no cut for the target', async () => {
  const from = await source([3 * tenth, 6 * tenth, 9 * tenth]);
  const to = await target();
  expect(await copy(from.host, to.host)).toEqual([]);
  expect(to.stored?.equals(blob)).toBe(true);
  expect(from.sentBytes / blob.byteLength).toBeLessThan(1.2);
  expect(to.lines).toEqual(['HEAD', 'POST', 'PATCH', 'PUT']);
});

test('a source without ranges is read anew, and the target gets each byte once', async () => {
  const from = await source([5 * tenth], false);
  const to = await target();
  await copy(from.host, to.host);
  expect(to.stored?.equals(blob)).toBe(true);
  expect(to.receivedBytes).toBe(blob.byteLength);
});

test('a target that does not go on gets all again, and that is said', async () => {
  const from = await source([]);
  const to = await target({ cutAt: [9 * tenth], goesOn: false });
  const [line, ...more] = await copy(from.host, to.host);
  expect(more).toEqual([]);
  expect(line).toMatch(/: 127\.0\.0\.1:\d+ does not go on with an upload that broke; \d{8} bytes are sent again$/);
  expect(to.stored?.equals(blob)).toBe(true);
});

test('a token that ends in the middle is renewed, and the copy goes on', async () => {
  const from = await source([]);
  const to = await target({ tokenEndsAt: 5 * tenth });
  expect(await copy(from.host, to.host)).toEqual([]);
  expect(to.stored?.equals(blob)).toBe(true);
  expect(to.receivedBytes / blob.byteLength).toBeLessThan(1.2);
});

test('bytes that are not those of the digest are never finished', async () => {
  const from = await source([], true, Buffer.from(blob).fill(0, 0, 1));
  const to = await target();
  await expect(copy(from.host, to.host)).rejects.toThrow("the blob's bytes have the digest");
  expect([to.stored, to.lines.includes('PUT')]).toEqual([null, false]);
});
