/**
 * A registry in this process, on loopback and in memory: what `rehearse` publishes to and audits. It speaks the OCI
 * distribution protocol strictly enough that docker, buildx, skopeo and crane push to it, it pages its tag lists as the
 * big registries do, and it forgets everything when it is closed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Digest } from '../../domain/digest.ts';
import { assertNever } from '../../domain/errors.ts';
import { errorAnswer, jsonAnswer, type Answer, type Call } from './answer.ts';
import { answerBlob } from './blobs.ts';
import { answerManifestDigest, answerManifestTag } from './manifests.ts';
import { parseRoute } from './route.ts';
import { createStore, type Store } from './store.ts';
import { answerTagList } from './tag-list.ts';
import { answerUpload, answerUploadStart } from './uploads.ts';

export interface MemoryRegistryOptions {
  /** Most tags on one page of a list. */
  readonly pageSize?: number;
  /** Largest body that is taken, in bytes; more is a 413. */
  readonly maxBodyBytes?: number;
  /** Called once a request has been answered. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

export interface LoggedRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly path: string;
  readonly status: number;
}

export interface MemoryRegistry {
  /** `127.0.0.1:<port>`, the registry part of a reference. */
  readonly host: string;
  /** Where the tags of a repository stand, without a request; empty for one that does not exist. */
  tags(repository: string): ReadonlyMap<string, Digest>;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

const defaultPageSize = 1000;
const defaultMaxBodyBytes = 512 * 1024 * 1024;

/** Starts a registry on a free port of 127.0.0.1. */
export async function startMemoryRegistry(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
  const { pageSize = defaultPageSize, maxBodyBytes = defaultMaxBodyBytes, onRequest } = options;
  const store = createStore();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/' } = request;
    const body = await readBody(request, maxBodyBytes);
    const answer =
      body === null
        ? errorAnswer('SIZE_INVALID', 'the body is too large')
        : route(store, { path, method, request, body });
    writeAnswer(response, method, answer);
    onRequest?.({ method, path, status: answer.status });
  };

  const route = (
    store: Store,
    got: { path: string; method: string; request: IncomingMessage; body: Uint8Array },
  ): Answer => {
    const at = got.path.indexOf('?');
    const pathname = at === -1 ? got.path : got.path.slice(0, at);
    const query = new URLSearchParams(at === -1 ? '' : got.path.slice(at + 1));
    const headers = flatHeaders(got.request);
    return dispatch(store, pathname, { method: got.method, query, headers, body: got.body }, pageSize);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A client that goes away in the middle of its own request is its own business.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    host: `127.0.0.1:${port}`,
    tags: (repository) => new Map(store.repositories.get(repository)?.tags),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function dispatch(store: Store, path: string, call: Call, pageSize: number): Answer {
  const route = parseRoute(path);
  switch (route.kind) {
    case 'base':
      return jsonAnswer(200, {});
    case 'tags':
      return answerTagList(store, route.repository, call, pageSize);
    case 'manifest':
      return answerManifestTag(store, route.repository, route.tag, call);
    case 'manifest-digest':
      return answerManifestDigest(store, route.repository, route.digest, call);
    case 'blob':
      return answerBlob(store, route.repository, route.digest, call);
    case 'uploads':
      return answerUploadStart(store, route.repository, call);
    case 'upload':
      return answerUpload(store, route.repository, route.upload, call);
    case 'bad':
      return errorAnswer(route.code, route.message);
    default:
      return assertNever(route);
  }
}

function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** The whole body, or `null` once it is larger than it may be (the rest is read and dropped). */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes <= maxBytes) chunks.push(chunk);
  }
  return sizeBytes > maxBytes ? null : Buffer.concat(chunks);
}

function writeAnswer(response: ServerResponse, method: string, answer: Answer): void {
  const body = answer.body ?? new Uint8Array();
  const length: Record<string, string> = answer.status === 204 ? {} : { 'content-length': `${body.byteLength}` };
  response.writeHead(answer.status, {
    'docker-distribution-api-version': 'registry/2.0',
    ...answer.headers,
    ...length,
  });
  if (method === 'HEAD' || body.byteLength === 0) response.end();
  else response.end(body);
}
