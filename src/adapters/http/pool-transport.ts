import type { buildConnector, Dispatcher } from 'undici';
import { Socket } from 'node:net';
import { exchange, type Route } from './exchange.ts';
import { networkFault, ProxyRefusal } from './network-fault.ts';
import { proxyOf, type Environment, type Proxy } from './proxy.ts';
import { WireFault, type Transport } from './wire.ts';

export interface PoolOptions {
  /** Most connections to one origin. */
  readonly connections: number;
  /** Proxies and authorities come from here. */
  readonly env: Environment;
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
  const opening = new Map<string, Promise<Route>>();
  const open = (url: URL): Promise<Route> => {
    const known = opening.get(url.origin);
    if (known !== undefined) return known;
    const opened = openRoute(url, options);
    opening.set(url.origin, opened);
    return opened;
  };
  return {
    transport: async (request) => {
      const url = new URL(request.url);
      const route = await open(url);
      try {
        return await exchange(route, url, request);
      } catch (error) {
        if (request.signal?.aborted === true || error instanceof WireFault) throw error;
        throw networkFault(route.takeAlert?.() ?? error, url.host);
      }
    },
    close: async () => {
      const opened = await Promise.allSettled(opening.values());
      opening.clear();
      await Promise.all(opened.flatMap((route) => (route.status === 'fulfilled' ? [route.value.close()] : [])));
    },
  };
}

async function openRoute(url: URL, { connections, env }: PoolOptions): Promise<Route> {
  const [undici, { tlsOptionsOf }] = await Promise.all([import('undici'), import('./trust.ts')]);
  const proxy = proxyOf(url, env);
  const connect = url.protocol === 'https:' ? await tlsOptionsOf(url.host, env) : {};
  // Time limits are the business of the wrappers.
  const limits = { connections, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === null && url.protocol === 'http:') return routeOver(new undici.Pool(url.origin, limits));
  const { secure, takeAlert } = watchAlerts(undici.buildConnector(connect));
  if (proxy === null) return { ...routeOver(new undici.Pool(url.origin, { ...limits, connect: secure })), takeAlert };
  if (proxy.url.protocol === 'socks5:') {
    const options = { ...limits, username: proxy.username, password: proxy.password, requestTls: connect };
    return routeOver(new undici.Socks5ProxyAgent(proxy.url, options));
  }
  const toProxy = new undici.Pool(proxy.url.origin, limits);
  if (url.protocol === 'http:') return { ...routeOver(toProxy), proxy };
  const overTunnel = tunnel(toProxy, proxy, secure);
  const pool = new undici.Pool(url.origin, { ...limits, connect: overTunnel });
  return {
    dispatcher: pool,
    takeAlert,
    close: async () => void (await Promise.all([pool.destroy(), toProxy.destroy()])),
  };
}

function routeOver(dispatcher: Dispatcher): Route {
  return { dispatcher, close: () => dispatcher.destroy() };
}

interface WatchedConnector {
  readonly secure: buildConnector.connector;
  /** The last alert, once. */
  readonly takeAlert: () => Error | undefined;
}

/** Keeps what a server said as it ended TLS: undici tells of the end alone, and by then that is all there is. */
function watchAlerts(connect: buildConnector.connector): WatchedConnector {
  let alert: Error | undefined;
  const secure: buildConnector.connector = (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      socket.once('error', (fault: Error & { code?: string }) => {
        if (fault.code?.includes('_ALERT_') === true) alert = fault;
      });
      callback(null, socket);
    });
  const takeAlert = (): Error | undefined => {
    const last = alert;
    alert = undefined;
    return last;
  };
  return { secure, takeAlert };
}

/** TLS to the host, inside a CONNECT to the proxy. */
function tunnel(toProxy: Dispatcher, proxy: Proxy, secure: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const authority = `${options.hostname}:${options.port === '' ? '443' : options.port}`;
    const headers = {
      host: authority,
      ...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization }),
    };
    toProxy.connect({ origin: proxy.url.origin, path: authority, headers }).then(
      ({ statusCode, socket }) => {
        if (statusCode === 200 && socket instanceof Socket) return secure({ ...options, httpSocket: socket }, callback);
        socket.on('error', () => undefined).destroy();
        callback(new ProxyRefusal(proxy, statusCode), null);
      },
      (error: unknown) => callback(new ProxyRefusal(proxy, null, error), null),
    );
  };
}
