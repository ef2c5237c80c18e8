/**
 * Registries over HTTP, behind the ports. A request passes a stack of small wrappers, one job each, from the outside
 * in: `call` (tries, deadline, the error) → authorization → redirects → the host's gate (Retry-After) → quota → time
 * limit of a try → log → connection pool. What an answer means is read inside `call`, so that a body that lies is
 * asked for again. "Not allowed to look" is never "not there": only a 404 is `null`.
 */
import { setMaxListeners } from 'node:events';
import type { Repository } from '../../domain/reference.ts';
import type { Clock, Registries } from '../../ports.ts';
import { withAuthorization } from './authorization.ts';
import type { CallLimits } from './call.ts';
import { createCredentialSource, type CredentialSource } from './credential-source.ts';
import { withHostGate } from './host-gate.ts';
import { originOf } from './origin.ts';
import { withTlsWhereAsked } from './plain-or-tls.ts';
import { createPoolTransport, type Proxies } from './pool-transport.ts';
import { watchQuota } from './quota.ts';
import { withRedirects } from './redirects.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import { withRequestLog, type SentRequest } from './request-log.ts';
import { systemClock } from './system-clock.ts';
import { createTokenSource } from './token-source.ts';
import { withTryTimeout, type Alarm } from './try-timeout.ts';
import type { Transport } from './wire.ts';

export interface RegistriesOptions {
  /** Credentials, proxies and Docker's config folder come from here; the caller passes `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `host[:port]` each, which may be spoken to in plain HTTP. Loopback always may. */
  readonly insecureHosts?: readonly string[];
  /** In place of the environment and Docker's config.json. */
  readonly credentials?: CredentialSource;
  /** Most connections to one registry. */
  readonly connections?: number;
  /** Time limit of one try. */
  readonly tryTimeoutMs?: number;
  readonly limits?: Partial<CallLimits>;
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

/** As the port says, and with each repository's rate limit. */
export interface RegistryClients extends Registries {
  open(repository: Repository): RegistryClient;
}

export const defaultLimits: CallLimits = { tries: 10, deadlineMs: 60_000, backoffMs: 100, maxBackoffMs: 5_000 };
const defaultTryTimeoutMs = 10_000;
export const defaultConnections = 32;

/** Opens registries; connections, tokens and Retry-After times are shared between all that are opened here. */
export function createRegistries(options: RegistriesOptions = {}): RegistryClients {
  const { env = {}, clock = systemClock, random = Math.random, tryTimeoutMs = defaultTryTimeoutMs } = options;
  const insecureHosts = new Set(options.insecureHosts);
  const limits = { ...defaultLimits, ...options.limits };
  const registries = new Map<string, string>();
  const lifetime = new AbortController();
  setMaxListeners(0, lifetime.signal);

  const pool = createPoolTransport({
    connections: options.connections ?? defaultConnections,
    proxies: proxiesOf(env),
  });
  const logged = withRequestLog(withTlsWhereAsked(options.transport ?? pool.transport), clock, options.onRequest);
  const watch = watchQuota(withTryTimeout(logged, clock, tryTimeoutMs, options.alarm));
  const gated = withHostGate(watch.transport, clock, random);
  const transport = withAuthorization(withRedirects(gated, insecureHosts), {
    credentials: options.credentials ?? createCredentialSource({ env }),
    tokens: createTokenSource(gated, { clock, insecureHosts, lifetime: lifetime.signal }),
    registryOf: (origin, path) => registries.get(`${origin}/${path}`) ?? new URL(origin).host,
  });

  const open = (repository: Repository): RegistryClient => {
    const origin = originOf(repository.registry, insecureHosts);
    // A URL leaves a default port out and is in lower case; logins are kept under the name as written.
    registries.set(`${new URL(origin).origin}/${repository.path}`, repository.registry);
    const quota = () => watch.quota(origin);
    return createRegistryClient({
      repository,
      origin,
      transport,
      settings: { limits, clock, random },
      insecureHosts,
      stallMs: 3 * tryTimeoutMs,
      quota,
      peer: open,
    });
  };

  return {
    open,
    close: async () => {
      lifetime.abort();
      await pool.close();
    },
  };
}

function proxiesOf(env: Readonly<Record<string, string | undefined>>): Proxies | null {
  const read = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';
  const proxies = { httpProxy: read('HTTP_PROXY'), httpsProxy: read('HTTPS_PROXY'), noProxy: read('NO_PROXY') };
  return proxies.httpProxy === '' && proxies.httpsProxy === '' ? null : proxies;
}
