import { Readable } from 'node:stream';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { CredentialSource } from './credential-source.ts';
import { basicHeader, type TokenSource, type TokenWish } from './token-source.ts';
import { loginFix } from './status-fault.ts';
import { WireFault, type Transport, type WireAnswer } from '../http/wire.ts';
import type { Scope, ScopedRequest } from './wire.ts';

export interface AuthorizationOptions {
  readonly credentials: CredentialSource;
  readonly tokens: TokenSource;
  /** The registry as references name it, of an origin and a repository there. */
  readonly registryOf: (origin: string, path: string) => string;
}

/** A token just issued and not taken: two more may be asked for, in case one half of the service lags behind. */
const freshTokenTries = 3;

/**
 * Answers the registry's challenge: nothing is sent until it asks, then basic credentials or a token of the scope. A
 * token that is refused is replaced once, so that a long run outlives its tokens; a second refusal stands.
 */
export function withAuthorization(transport: Transport, options: AuthorizationOptions): Transport<ScopedRequest> {
  const challenges = new Map<string, Challenge>();
  const extraScopes = new Map<string, string>();

  const authorize = async (request: ScopedRequest, scope: Scope, origin: string): Promise<Authorized> => {
    const challenge = challenges.get(origin);
    if (challenge === undefined) return { header: null };
    const registry = options.registryOf(origin, scope.repository);
    const { credentials, advice } = await options.credentials({ registry, path: scope.repository });
    if (credentials?.kind === 'registry-token') return { header: `Bearer ${credentials.token}`, advice };
    if (challenge.kind === 'basic') {
      const password = credentials?.kind === 'password' ? credentials : credentials?.password;
      return { header: password === undefined ? null : basicHeader(password.username, password.password), advice };
    }
    const own = scopeText(scope);
    const extra = extraScopes.get(`${origin} ${own}`);
    const { realm, service } = challenge;
    const scopes = extra === undefined ? [own] : [own, extra];
    const wish: TokenWish = { registry, realm, service, scopes, credentials, advice };
    const token = await options.tokens.token(wish, request);
    return { header: `Bearer ${token}`, advice, refused: () => options.tokens.drop(wish, token) };
  };

  return async (request) => {
    const { scope } = request;
    if (scope === null) return transport(request);
    const { origin } = new URL(request.url);
    const first = await authorize(request, scope, origin);
    const answer = await transport(withHeader(request, first));
    if (answer.status !== 401) return withAdvice(answer, first);

    const challenge = parseChallenge(answer.headers['www-authenticate']);
    if (challenge === null) return answer;
    challenges.set(origin, challenge);
    if (challenge.kind === 'bearer' && challenge.scope !== null && !covers(scope, challenge.scope)) {
      extraScopes.set(`${origin} ${scopeText(scope)}`, challenge.scope);
    }
    first.refused?.();
    if (request.body instanceof Readable) {
      throw new WireFault('REGISTRY_DENIED', '401 in the middle of an upload', {
        status: 401,
        tries: freshTokenTries,
        fix: loginFix(actionOf(scope), first.advice),
      });
    }
    const second = await authorize(request, scope, origin);
    if (second.header === null || second.header === first.header) return withAdvice(answer, second);
    const again = await transport(withHeader(request, second));
    if (again.status === 401 && mayPass(again.headers['www-authenticate'])) {
      throw new WireFault('REGISTRY_DENIED', '401 for a token that was just issued', {
        status: 401,
        tries: freshTokenTries,
        fix: loginFix(actionOf(scope), second.advice),
      });
    }
    return withAdvice(again, second);
  };
}

interface Authorized {
  readonly header: string | null;
  readonly advice?: string | undefined;
  readonly refused?: () => void;
}

function withHeader(request: ScopedRequest, { header }: Authorized): ScopedRequest {
  return header === null ? request : { ...request, headers: { ...request.headers, authorization: header } };
}

/** A denial says where credentials were looked for, or whose were sent. */
function withAdvice(answer: WireAnswer, { advice }: Authorized): WireAnswer {
  return answer.status < 400 || advice === undefined ? answer : { ...answer, advice };
}

function scopeText({ repository, actions }: Scope): string {
  return `repository:${repository}:${actions}`;
}

/** Whether what the registry asks for is part of what our token is asked for anyway. */
function covers(scope: Scope, asked: string): boolean {
  const prefix = `repository:${scope.repository}:`;
  const actions = scope.actions.split(',');
  return (
    asked.startsWith(prefix) &&
    asked
      .slice(prefix.length)
      .split(',')
      .every((action) => actions.includes(action))
  );
}

/** A token that lacks the scope is a clear no. One that is invalid, or that was not seen at all, may be taken next time. */
function mayPass(header: string | undefined): boolean {
  const challenge = parseChallenge(header);
  return challenge?.kind === 'bearer' && challenge.error !== 'insufficient_scope';
}

function actionOf({ actions }: Scope): string {
  return actions.split(',').at(-1) ?? actions;
}
