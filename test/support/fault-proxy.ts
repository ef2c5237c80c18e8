import { createHash } from 'node:crypto';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** In what way a request fails, or its answer lies. */
export type Fault =
  /** 429, with `retryAfter`; the registry is not asked. */
  | 'throttled'
  | 'status-500'
  | 'status-503'
  /** The connection is reset before the registry is asked. */
  | 'reset'
  /** Half of the body of a GET, then the end of the connection. */
  | 'cut'
  /** The right answer, `slowMs` later. */
  | 'slow'
  /** No answer, ever. */
  | 'silent'
  /** The right body under a `Docker-Content-Digest` of something else. */
  | 'wrong-digest'
  | 'no-digest'
  /** One byte of the body of a GET is another; the headers stay. */
  | 'altered'
  /** 200 with a page of HTML; the registry is not asked. */
  | 'html'
  /** A PUT takes effect and its answer never arrives. */
  | 'reply-lost'
  /** The credentials are taken off, so that the registry answers 401 with its challenge, as it does for an expired token. */
  | 'expired'
  /** A 404 for what is there. Nothing can see through it, so no mix has it. */
  | 'missing';

export interface FaultProxyOptions {
  /** `127.0.0.1:<port>` of the registry behind it. */
  readonly upstream: string;
  /** The same seed gives the nth request for a path the same fault in every run. */
  readonly seed?: number;
  /** Which share (0 to 1) of the manifest requests fails in which way. */
  readonly faults?: Faults;
  /** The `Retry-After` of a 429, computed as it is sent; `null` for none. Default `1`. */
  readonly retryAfter?: () => string | null;
  readonly slowMs?: number;
  /** Added to every request, as a far registry does. */
  readonly latencyMs?: number;
  /** After a tag has been put, it is answered as before for this long, or with 404. */
  readonly stale?: { readonly ms: number; readonly answer: 'old' | '404'; readonly tags?: RegExp };
  /** Which requests may fail; the manifest requests unless said. */
  readonly applies?: (request: { readonly method: string; readonly path: string }) => boolean;
}

export type Faults = Readonly<Partial<Record<Fault, number>>>;

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  /** `Date.now()` when it came in. */
  readonly atMs: number;
  readonly fault: Fault | null;
}

/** A PUT of a manifest that the registry took. */
export interface ProxiedPut {
  /** Tag or digest. */
  readonly reference: string;
  /** Of its body. */
  readonly digest: string;
  /** It took effect between the two. Counted, not timed: they order puts of one proxy. */
  readonly begunAt: number;
  readonly doneAt: number;
}

export interface FaultProxy {
  /** `127.0.0.1:<port>`, as it stands in a reference. */
  readonly host: string;
  /** Every request so far, as they came in. */
  readonly requests: readonly ProxiedRequest[];
  /** As the registry took them. */
  readonly puts: readonly ProxiedPut[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

const manifestPattern = /^\/v2\/.+\/manifests\/(?<reference>[^/]+)$/;
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Starts a proxy before a registry that fails and lies on purpose, at random but reproducibly. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { seed = 1, faults = {}, latencyMs = 0, applies = ({ path }) => manifestPattern.test(path) } = options;
  const requests: ProxiedRequest[] = [];
  const puts: ProxiedPut[] = [];
  let step = 0;
  const counts = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  const stale = new Map<string, { readonly untilMs: number; readonly answer: Answer }>();

  const chooseFault = (method: string, path: string): Fault | null => {
    if (!applies({ method, path })) return null;
    const key = `${method} ${path}`;
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    // The repository's host and the order of other requests play no part, so a run can be repeated.
    return pick(faults, chance(`${seed} ${key} ${nth}`), method);
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/' } = incoming;
    const fault = chooseFault(method, path);
    requests.push({ method, path, atMs: Date.now(), fault });
    const body = await readAll(incoming);
    if (latencyMs > 0) await sleep(latencyMs);
    const forward = async (headers: IncomingHttpHeaders): Promise<Answer> => {
      const begunAt = ++step;
      const answer = await forwardTo(options.upstream, { method, path, headers, body, agent });
      const reference = manifestPattern.exec(path)?.groups?.['reference'];
      if (method === 'PUT' && reference !== undefined && answer.status === 201)
        puts.push({ reference, digest: digestOf(body), begunAt, doneAt: ++step });
      return answer;
    };
    const right = (headers: IncomingHttpHeaders = incoming.headers): Promise<Answer> =>
      answerWithLag(options, stale, { method, path, headers, agent }, () => forward(headers));
    switch (fault) {
      case null:
        return send(response, method, await right());
      case 'throttled': {
        const retryAfter = options.retryAfter === undefined ? '1' : options.retryAfter();
        const headers = retryAfter === null ? {} : { 'retry-after': retryAfter };
        return send(response, method, { ...failure(429, 'TOOMANYREQUESTS'), headers });
      }
      case 'status-500':
        return send(response, method, failure(500, 'UNKNOWN'));
      case 'status-503':
        return send(response, method, failure(503, 'UNAVAILABLE'));
      case 'reset':
        incoming.socket.resetAndDestroy();
        return undefined;
      case 'cut': {
        const answer = await right();
        response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.byteLength });
        response.write(answer.body.subarray(0, answer.body.byteLength / 2), () => response.destroy());
        return undefined;
      }
      case 'slow':
        await sleep(options.slowMs ?? 200);
        return send(response, method, await right());
      case 'silent':
        return undefined;
      case 'wrong-digest': {
        const answer = await right();
        return send(response, method, withDigest(answer, digestOf(`${path} lie`)));
      }
      case 'no-digest':
        return send(response, method, withDigest(await right(), null));
      case 'altered': {
        const answer = await right();
        return send(response, method, { ...answer, body: Buffer.from(answer.body.map(alterMiddle)) });
      }
      case 'html':
        return send(response, method, {
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: Buffer.from('<!doctype html><title>Sign in to the network</title>'),
        });
      case 'reply-lost':
        await right();
        response.destroy();
        return undefined;
      case 'expired': {
        const { authorization: _taken, ...headers } = incoming.headers;
        return send(response, method, await right(headers));
      }
      case 'missing':
        return send(response, method, failure(404, 'MANIFEST_UNKNOWN'));
      default:
        return fault satisfies never;
    }
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    host: `127.0.0.1:${address.port}`,
    requests,
    puts,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

const allFaults: readonly Fault[] = [
  'throttled',
  'status-500',
  'status-503',
  'reset',
  'cut',
  'slow',
  'silent',
  'wrong-digest',
  'no-digest',
  'altered',
  'html',
  'reply-lost',
  'expired',
  'missing',
];

function digestOf(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** From 0 up to 1, the same for the same text. */
function chance(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}

function pick(faults: Faults, at: number, method: string): Fault | null {
  let sum = 0;
  for (const fault of allFaults) {
    sum += faults[fault] ?? 0;
    if (at < sum) return isPossible(fault, method) ? fault : null;
  }
  return null;
}

function isPossible(fault: Fault, method: string): boolean {
  if (fault === 'cut' || fault === 'altered') return method === 'GET';
  return fault === 'reply-lost' ? method === 'PUT' : true;
}

interface Forwarded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly agent: Agent;
}

/** The registry's own answer, or the one of before while a change of that tag has not got round yet. */
async function answerWithLag(
  { stale: lag, upstream }: FaultProxyOptions,
  stale: Map<string, { readonly untilMs: number; readonly answer: Answer }>,
  asked: Forwarded,
  forward: () => Promise<Answer>,
): Promise<Answer> {
  const { method, path, headers, agent } = asked;
  const { reference } = manifestPattern.exec(path)?.groups ?? {};
  if (lag === undefined || reference === undefined || reference.includes(':')) return forward();
  if (lag.tags?.test(reference) === false) return forward();
  const old = stale.get(path);
  if ((method === 'GET' || method === 'HEAD') && old !== undefined && old.untilMs > Date.now()) return old.answer;
  if (method !== 'PUT') return forward();
  const read = { ...headers, accept };
  delete read['content-length'];
  const before =
    lag.answer === '404'
      ? failure(404, 'MANIFEST_UNKNOWN')
      : await forwardTo(upstream, { method: 'GET', path, headers: read, body: Buffer.alloc(0), agent });
  const answer = await forward();
  if (answer.status === 201) stale.set(path, { untilMs: Date.now() + lag.ms, answer: before });
  return answer;
}

/** `Host` is passed on, so that the addresses in the registry's answers lead back through the proxy. */
function forwardTo(upstream: string, asked: Forwarded & { readonly body: Buffer }): Promise<Answer> {
  const { method, path, headers, body, agent } = asked;
  const [host, port] = upstream.split(':');
  return new Promise((resolve, reject) => {
    const { connection: _hop, 'transfer-encoding': _coding, ...rest } = headers;
    const length = body.byteLength > 0 || method !== 'GET' ? { 'content-length': body.byteLength } : {};
    const passed = { ...rest, ...(method === 'HEAD' ? {} : length) };
    const outgoing = httpRequest({ host, port, method, path, headers: passed, agent }, (incoming) => {
      readAll(incoming)
        .then((received) =>
          resolve({ status: incoming.statusCode ?? 0, headers: endToEnd(incoming.headers), body: received }),
        )
        .catch(reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { connection: _hop, 'keep-alive': _alive, 'transfer-encoding': _coding, ...rest } = headers;
  return rest;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function failure(status: number, code: string): Answer {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message: 'on purpose' }] }));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function withDigest(answer: Answer, digest: string | null): Answer {
  const { 'docker-content-digest': _given, etag: _tag, ...headers } = answer.headers;
  return { ...answer, headers: digest === null ? headers : { ...headers, 'docker-content-digest': digest } };
}

function alterMiddle(byte: number, index: number, bytes: Uint8Array): number {
  return index === Math.floor(bytes.length / 2) ? byte ^ 1 : byte;
}

function send(response: ServerResponse, method: string, { status, headers, body }: Answer): void {
  // A HEAD keeps the length that the registry named for the body it did not send.
  const length = method === 'HEAD' || status === 204 ? {} : { 'content-length': body.byteLength };
  response.writeHead(status, { ...headers, ...length });
  response.end(method === 'HEAD' ? undefined : body);
}
