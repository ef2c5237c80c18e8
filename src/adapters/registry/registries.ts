/**
 * Registries over HTTP, behind the ports. A request passes a stack of small wrappers, one job each, from the outside
 * in: `call` (tries, deadline, the error) → authorization → quota → the stack of `adapters/http`. What an answer means is
 * read inside `call`, so that a body that lies is asked for again. "Not allowed to look" is never "not there": only a 404
 * is `null`.
 */
import { setMaxListeners } from 'node:events';
import type { Repository } from '../../domain/reference.ts';
import type { Registries } from '../../ports.ts';
import type { CallLimits } from '../http/attempts.ts';
import { createHttp, defaultTryTimeoutMs, type Http, type HttpOptions } from '../http/http.ts';
import { systemClock } from '../http/system-clock.ts';
import { withAuthorization } from './authorization.ts';
import { createCredentialSource, type CredentialSource } from './credential-source.ts';
import { withFirstWord } from './first-word.ts';
import { originOf } from './origin.ts';
import { watchQuota } from './quota.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import { createTokenSource } from './token-source.ts';

export interface RegistriesOptions extends HttpOptions {
  /** Connections that others use too; without it, some of their own by the other options. */
  readonly http?: Http;
  /** `host[:port]` each, which may be spoken to in plain HTTP. Loopback always may. */
  readonly insecureHosts?: readonly string[];
  /** In place of the environment and Docker's config.json. */
  readonly credentials?: CredentialSource;
  readonly limits?: Partial<CallLimits>;
  /** Told what is waited for, where a host does not answer. */
  readonly say?: (line: string) => void;
}

/** As the port says, and with each repository's rate limit. */
export interface RegistryClients extends Registries {
  open(repository: Repository): RegistryClient;
}

export const defaultLimits: CallLimits = { tries: 10, deadlineMs: 60_000, backoffMs: 100, maxBackoffMs: 5_000 };

/** Opens registries; connections, tokens and Retry-After times are shared between all that are opened here. */
export function createRegistries(options: RegistriesOptions = {}): RegistryClients {
  const { env = {}, clock = systemClock, random = Math.random, tryTimeoutMs = defaultTryTimeoutMs } = options;
  const { http = createHttp(options) } = options;
  const insecureHosts = new Set(options.insecureHosts);
  const limits = { ...defaultLimits, ...options.limits };
  const registries = new Map<string, string>();
  const lifetime = new AbortController();
  setMaxListeners(0, lifetime.signal);

  const watch = watchQuota(http.transport);
  const authorized = withAuthorization(watch.transport, {
    credentials: options.credentials ?? createCredentialSource({ env }),
    tokens: createTokenSource(watch.transport, { clock, insecureHosts, lifetime: lifetime.signal }),
    registryOf: (origin, path) => registries.get(`${origin}/${path}`) ?? new URL(origin).host,
  });
  const transport = withFirstWord(authorized, { clock, alarm: options.alarm, say: options.say });

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
      say: options.say,
      peer: open,
    });
  };

  return {
    open,
    close: async () => {
      lifetime.abort();
      await http.close();
    },
  };
}
