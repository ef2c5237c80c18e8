/**
 * HTTP for every adapter that speaks it: one pool of connections, one rule for proxies and authorities, one reader of
 * Retry-After. A request passes a stack of small wrappers, one job each, from the outside in: redirects → the host's gate
 * (Retry-After) → time limit of a try → log → TLS where plain HTTP is not wanted → connection pool.
 */
import type { Clock } from '../../ports.ts';
import { withHostGate } from './host-gate.ts';
import { withTlsWhereAsked } from './plain-or-tls.ts';
import { createPoolTransport } from './pool-transport.ts';
import type { Environment } from './proxy.ts';
import { withRedirects } from './redirects.ts';
import { withRequestLog, type SentRequest } from './request-log.ts';
import { systemClock } from './system-clock.ts';
import { withTryTimeout, type Alarm } from './try-timeout.ts';
import type { Transport } from './wire.ts';

export interface HttpOptions {
  /** Proxies and authorities come from here; the caller passes `process.env`. */
  readonly env?: Environment;
  /** Most connections to one origin. */
  readonly connections?: number;
  /** Time limit of one try. */
  readonly tryTimeoutMs?: number;
  /** Called for every try on the wire, with nothing secret in it. */
  readonly onRequest?: (sent: SentRequest) => void;
  readonly clock?: Clock;
  /** A number from 0 up to 1, for jitter. */
  readonly random?: () => number;
  /** Rings when a try has taken too long. */
  readonly alarm?: Alarm;
  /** In place of the connection pool. */
  readonly transport?: Transport;
}

export interface Http {
  readonly transport: Transport;
  /** Drops every connection; what is asked afterwards opens new ones. */
  close(): Promise<void>;
}

export const defaultTryTimeoutMs = 10_000;
export const defaultConnections = 32;

/** Connections and Retry-After times are shared between all who use it. */
export function createHttp(options: HttpOptions = {}): Http {
  const { env = {}, clock = systemClock, random = Math.random, tryTimeoutMs = defaultTryTimeoutMs } = options;
  const pool = createPoolTransport({ connections: options.connections ?? defaultConnections, env });
  const logged = withRequestLog(withTlsWhereAsked(options.transport ?? pool.transport), clock, options.onRequest);
  const timed = withTryTimeout(logged, clock, tryTimeoutMs, options.alarm);
  return { transport: withRedirects(withHostGate(timed, clock, random)), close: () => pool.close() };
}
