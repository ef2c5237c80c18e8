import { isJsonObject, parseJsonObject } from '../../domain/json.ts';
import type { Clock } from '../../ports.ts';
import type { Credentials } from './credentials.ts';
import { unlessAborted } from '../http/unless-aborted.ts';
import { isExposed } from '../http/exposed.ts';
import { basicHeader } from './basic-header.ts';
import { statusFault } from './status-fault.ts';
import { withoutSecrets } from './without-secrets.ts';
import { WireFault, type Transport, type WireAnswer, type WireRequest } from '../http/wire.ts';

/** What a token is asked for. */
export interface TokenWish {
  /** As references name it: two registries may share a token service and not the credentials. */
  readonly registry: string;
  readonly realm: string;
  readonly service: string | null;
  /** `repository:acme/app:pull`, one or more. */
  readonly scopes: readonly string[];
  readonly credentials: Credentials | null;
  /** For a denial; see `Login`. */
  readonly advice?: string | undefined;
}

export interface TokenSource {
  /** A token that is still good, asked for once however many calls wait for it. */
  token(wish: TokenWish, request: WireRequest): Promise<string>;
  /** Forgets a token that was refused, unless it has been replaced already. */
  drop(wish: TokenWish, token: string): void;
}

interface Held {
  readonly token: string;
  readonly expiresAtMs: number;
}

const maxTokenBytes = 1024 * 1024;
/** The specification's, for token services that do not say. */
const defaultLifetimeSeconds = 60;
const maxMarginMs = 30_000;

export interface TokenOptions {
  readonly clock: Clock;
  readonly insecureHosts: ReadonlySet<string>;
  /** Ends requests that are under way. A token is waited for by many calls, so no single one of them ends it. */
  readonly lifetime: AbortSignal;
}

/**
 * Asks token services and keeps what they give until it is about to expire. Retrying is the caller's business.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/ for identity tokens
 */
export function createTokenSource(transport: Transport, options: TokenOptions): TokenSource {
  const { clock } = options;
  const held = new Map<string, Held>();
  const asked = new Map<string, Promise<Held>>();
  const keyOf = (wish: TokenWish): string => JSON.stringify([wish.registry, wish.realm, wish.service, wish.scopes]);

  const ask = async (wish: TokenWish, request: WireRequest): Promise<Held> => {
    const startMs = clock.nowMs();
    const answer = withoutSecrets(await transport(tokenRequest(wish, request, options)), wish.credentials, null);
    const { token, lifetimeMs } = readToken(answer, wish);
    return { token, expiresAtMs: startMs + lifetimeMs - Math.min(maxMarginMs, lifetimeMs / 10) };
  };

  return {
    token: async (wish, request) => {
      const key = keyOf(wish);
      const known = held.get(key);
      if (known !== undefined && known.expiresAtMs > clock.nowMs()) return known.token;
      const running = asked.get(key);
      if (running !== undefined) return (await unlessAborted(running, request.signal)).token;
      const asking = ask(wish, request)
        .then((fresh) => {
          held.set(key, fresh);
          return fresh;
        })
        .finally(() => asked.delete(key));
      asked.set(key, asking);
      return (await unlessAborted(asking, request.signal)).token;
    },
    drop: (wish, token) => {
      const key = keyOf(wish);
      if (held.get(key)?.token === token) held.delete(key);
    },
  };
}

function tokenRequest(wish: TokenWish, request: WireRequest, { insecureHosts, lifetime }: TokenOptions): WireRequest {
  if (!URL.canParse(wish.realm)) {
    const fix = 'check the host: its challenge names no token service';
    throw new WireFault('REGISTRY_ANSWER', 'the token service has no valid address', { tries: 1, isUnsent: true, fix });
  }
  const url = new URL(wish.realm);
  if (isExposed(url, insecureHosts)) {
    throw new WireFault('REGISTRY_DENIED', `the token service ${url.host} does not use TLS; nothing was sent to it`, {
      tries: 1,
    });
  }
  const parameters = new URLSearchParams();
  if (wish.service !== null) parameters.set('service', wish.service);
  for (const scope of wish.scopes) parameters.append('scope', scope);
  const { deadlineMs, onSend } = request;
  const common = {
    maxBytes: maxTokenBytes,
    deadlineMs,
    signal: lifetime,
    ...(onSend === undefined ? {} : { onSend }),
  };
  const { credentials } = wish;
  if (credentials?.kind === 'identity-token') {
    parameters.set('grant_type', 'refresh_token');
    parameters.set('client_id', 'tagwright');
    parameters.set('refresh_token', credentials.token);
    return {
      ...common,
      method: 'POST',
      url: url.href,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(parameters.toString()),
    };
  }
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  const headers: Record<string, string> =
    credentials?.kind === 'password' ? { authorization: basicHeader(credentials.username, credentials.password) } : {};
  return { ...common, method: 'GET', url: url.href, headers };
}

function readToken(
  answer: WireAnswer,
  { realm, credentials, advice }: TokenWish,
): { token: string; lifetimeMs: number } {
  const { host } = new URL(realm);
  if (answer.status !== 200) {
    const todo = credentials === null ? 'log in first' : 'check the user name and password, or log in again';
    const fault = statusFault(answer, 'pull');
    const isDenied = answer.status >= 400 && answer.status < 500 && fault.tries === 1;
    throw new WireFault(isDenied ? 'REGISTRY_DENIED' : fault.code, `token service ${host}: ${fault.message}`, {
      tries: fault.tries,
      status: answer.status,
      fix: advice === undefined ? todo : `${todo}: ${advice}`,
    });
  }
  // What came back holds the token: it is never quoted.
  const body = parseJsonObject(new TextDecoder().decode(answer.body));
  const token = [body?.['token'], body?.['access_token']].find((value) => typeof value === 'string' && value !== '');
  if (!isJsonObject(body) || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new WireFault('REGISTRY_ANSWER', `token service ${host}: 200 without a token`, { status: 200 });
  }
  const seconds = Number(body['expires_in']);
  const lifetimeSeconds = seconds > 0 ? seconds : defaultLifetimeSeconds;
  return { token, lifetimeMs: lifetimeSeconds * 1000 };
}
