import type { Dispatcher } from 'undici';
import { isLoopback } from '../../domain/reference.ts';
import { networkFault } from './network-fault.ts';
import { WireFault, type Transport, type WireRequest } from './wire.ts';

export interface PoolOptions {
  /** Most connections to one origin. */
  readonly connections: number;
  /** Proxies as the usual variables give them; loopback never goes through one. */
  readonly proxies: Proxies | null;
}

export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

export interface PoolTransport {
  readonly transport: Transport;
  /** Drops every connection, also those in use. */
  close(): Promise<void>;
}

/**
 * Connections kept alive, a pool for each origin. undici is loaded with the first request, so that commands without a
 * registry start without it.
 */
export function createPoolTransport(options: PoolOptions): PoolTransport {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  const open = (origin: string): Promise<Dispatcher> => {
    const known = dispatchers.get(origin);
    if (known !== undefined) return known;
    const opened = openDispatcher(origin, options);
    dispatchers.set(origin, opened);
    return opened;
  };
  return {
    transport: async (request) => {
      const url = new URL(request.url);
      const dispatcher = await open(url.origin);
      try {
        const answer = await dispatcher.request(requestOptions(url, request));
        const headers = flatHeaders(answer.headers);
        const body = await readBody(answer.body, request);
        return { status: answer.statusCode, headers, body };
      } catch (error) {
        if (request.signal?.aborted === true || error instanceof WireFault) throw error;
        throw networkFault(error, url.host);
      }
    },
    close: async () => {
      const opened = await Promise.all(dispatchers.values());
      dispatchers.clear();
      await Promise.all(opened.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

async function openDispatcher(origin: string, { connections, proxies }: PoolOptions): Promise<Dispatcher> {
  const { EnvHttpProxyAgent, Pool } = await import('undici');
  const limits = { connections, headersTimeout: 0, bodyTimeout: 0 };
  const isProxied = proxies !== null && !isLoopback(new URL(origin).host);
  return isProxied ? new EnvHttpProxyAgent({ ...limits, ...proxies }) : new Pool(origin, limits);
}

function requestOptions(url: URL, request: WireRequest): Dispatcher.RequestOptions {
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
    signal: request.signal ?? null,
    // undici closes the connection after every HEAD unless it is told not to: half the rate.
    // https://github.com/nodejs/undici/issues/262
    reset: false,
  };
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

async function readBody(body: Dispatcher.ResponseData['body'], request: WireRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > request.maxBytes) {
      throw new WireFault('REGISTRY_ANSWER', `the answer is larger than ${request.maxBytes} bytes`, { tries: 1 });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
