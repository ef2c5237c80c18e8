/** Whether a registry takes a login, asked as `docker login` asks: `/v2/`, its token service, `/v2/` again. Nothing is written. */
import { OutsideError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Clock, LoginAnswer } from '../../ports.ts';
import { unlessAborted } from '../http/unless-aborted.ts';
import { WireFault, type Transport, type WireAnswer, type WireRequest } from '../http/wire.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { originOf } from './origin.ts';
import { statusFault } from './status-fault.ts';
import { basicHeader } from './basic-header.ts';
import { createTokenSource } from './token-source.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface LoginTrial {
  readonly repository: Repository;
  readonly credentials: Credentials;
  /** `host[:port]` each, which may be spoken to in plain HTTP. */
  readonly insecureHosts: ReadonlySet<string>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const deadlineMs = 15_000;
const maxBytes = 1_048_576;

/** Each is asked once. The answer holds no secret. */
export async function tryLogin(trial: LoginTrial): Promise<LoginAnswer> {
  const { repository, insecureHosts, transport, clock, signal } = trial;
  const url = `${originOf(repository.registry, insecureHosts)}/v2/`;
  const request: WireRequest = {
    method: 'GET',
    url,
    headers: {},
    maxBytes,
    deadlineMs: clock.nowMs() + deadlineMs,
    insecureHosts,
    signal,
  };
  try {
    const first = await unlessAborted(transport(request), signal);
    if (first.status === 200) return isRegistry(first) ? { kind: 'open' } : noRegistry(first);
    const challenge = parseChallenge(first.headers['www-authenticate']);
    if (first.status !== 401 || challenge === null) return unanswered(first);
    const authorization = await authorizationFor(challenge, trial, request);
    if (authorization === null)
      return { kind: 'refused', because: 'it asks for a user name and a password, and the login is a token' };
    const given = await unlessAborted(transport({ ...request, headers: { authorization } }), signal);
    const second = withoutSecrets(given, trial.credentials, authorization);
    if (second.status === 200) return isRegistry(second) ? { kind: 'accepted' } : noRegistry(second);
    const isRefused = second.status === 401 || second.status === 403;
    return isRefused ? { kind: 'refused', because: words(second) } : unanswered(second);
  } catch (error) {
    if (signal.aborted) throw new OutsideError('ABORTED', `GET ${url}: interrupted`, { registry: repository.registry });
    if (!(error instanceof WireFault)) throw error;
    // Without a status nobody was asked: the token service would have been sent the login in the clear.
    const isRefused = error.code === 'REGISTRY_DENIED' && error.status !== undefined;
    return { kind: isRefused ? 'refused' : 'unanswered', because: error.message };
  }
}

/** @returns `null` if the login cannot be sent as the registry asks for it */
async function authorizationFor(
  challenge: Challenge,
  { repository, credentials, insecureHosts, transport, clock, signal }: LoginTrial,
  request: WireRequest,
): Promise<string | null> {
  if (credentials.kind === 'registry-token') return `Bearer ${credentials.token}`;
  if (challenge.kind === 'basic') {
    const password = credentials.kind === 'password' ? credentials : credentials.password;
    return password === undefined ? null : basicHeader(password.username, password.password);
  }
  const { realm, service } = challenge;
  const tokens = createTokenSource(transport, { clock, insecureHosts, lifetime: signal });
  // Without a scope, as what is asked is not what the login may do.
  const wish = { registry: repository.registry, realm, service, scopes: [], credentials };
  return `Bearer ${await tokens.token(wish, request)}`;
}

/** What registries say to `GET /v2/`: an object or nothing, most with a header of their own. A login page is 200 too. */
function isRegistry({ headers, body }: WireAnswer): boolean {
  if (headers['docker-distribution-api-version'] !== undefined) return true;
  const text = new TextDecoder().decode(body).trim();
  return text === '' || parseJsonObject(text) !== null;
}

function noRegistry({ status, headers }: WireAnswer): LoginAnswer {
  const kind = /^[\w.+-]+\/[\w.+-]+/.exec(headers['content-type'] ?? '')?.[0].slice(0, 60) ?? 'a text';
  const because = `GET /v2/: ${status} with ${kind}, not with what a registry says: it may be a login page, a proxy or another server`;
  return { kind: 'unanswered', because };
}

function unanswered(answer: WireAnswer): LoginAnswer {
  return { kind: 'unanswered', because: words(answer) };
}

function words(answer: WireAnswer): string {
  return `GET /v2/: ${statusFault(answer, 'pull').message}`;
}
