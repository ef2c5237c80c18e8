import type { Dispatcher } from 'undici';
import { isLoopback } from '../../domain/reference.ts';
import { exchange } from './exchange.ts';
import { networkFault } from './network-fault.ts';
import { WireFault, type Transport } from './wire.ts';

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
  const opening = new Map<string, Promise<Dispatcher>>();
  const open = (origin: string): Promise<Dispatcher> => {
    const known = opening.get(origin);
    if (known !== undefined) return known;
    const opened = openDispatcher(origin, options);
    opening.set(origin, opened);
    return opened;
  };
  return {
    transport: async (request) => {
      const url = new URL(request.url);
      const dispatcher = await open(url.origin);
      try {
        return await exchange(dispatcher, url, request);
      } catch (error) {
        if (request.signal?.aborted === true || error instanceof WireFault) throw error;
        throw networkFault(error, url.host);
      }
    },
    close: async () => {
      const opened = await Promise.all(opening.values());
      opening.clear();
      await Promise.all(opened.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

async function openDispatcher(origin: string, { connections, proxies }: PoolOptions): Promise<Dispatcher> {
  const { EnvHttpProxyAgent, Pool } = await import('undici');
  // Time limits are the business of the wrappers.
  const limits = { connections, headersTimeout: 0, bodyTimeout: 0 };
  const isProxied = proxies !== null && !isLoopback(new URL(origin).host);
  return isProxied ? new EnvHttpProxyAgent({ ...limits, ...proxies }) : new Pool(origin, limits);
}
