import { Readable } from 'node:stream';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { CredentialSource } from './credential-source.ts';
import type { Credentials } from './credentials.ts';
import { basicHeader } from './basic-header.ts';
import type { TokenSource, TokenWish } from './token-source.ts';
import { originOf } from '../http/origin-of.ts';
import { loginFix } from './status-fault.ts';
import { WireFault, type Transport, type WireAnswer } from '../http/wire.ts';
import { withoutSecrets } from './without-secrets.ts';
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
 * token that is refused is replaced once, so that a long run outlives its tokens; a second refusal stands. A login that
 * was taken before and is refused later has expired, as ECR's and Google's do: it is looked up anew, once.
 */
export function withAuthorization(transport: Transport, options: AuthorizationOptions): Transport<ScopedRequest> {
  const authorizer = new Authorizer(options);
  const send = async (request: ScopedRequest, authorized: Authorized): Promise<WireAnswer> => {
    const answer = await transport(withHeader(request, authorized));
    if (answer.status < 400) authorizer.noteTaken(authorized);
    return withoutSecrets(answer, authorized.credentials, authorized.header);
  };
  return async (request) => {
    const { scope } = request;
    if (scope === null) return transport(request);
    const first = await authorizer.authorize(request, scope);
    const answer = await send(request, first);
    if (answer.status !== 401 && answer.status !== 403) return withAdvice(answer, first);
    if (answer.status === 401 && !authorizer.noteChallenge(answer, request, scope)) return answer;
    if (answer.status === 401) first.refused?.();
    const fresh = await authorizer.renew(request, scope, first);
    if (answer.status === 403 && fresh === null) return withAdvice(answer, first);
    if (request.body instanceof Readable) {
      throw new WireFault('REGISTRY_DENIED', `${answer.status} in the middle of an upload`, {
        status: answer.status,
        tries: freshTokenTries,
        fix: loginFix(actionOf(scope), first.advice),
      });
    }
    const second = fresh ?? (await authorizer.authorize(request, scope));
    if (second.header === null || second.header === first.header) return withAdvice(answer, second);
    const again = await send(request, second);
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
  readonly credentials: Credentials | null;
  readonly advice?: string | undefined;
  /** Forgets the token that was sent; there is none where the credentials themselves were sent. */
  readonly refused?: () => void;
}

/** What registries ask for, and what was sent to them. */
class Authorizer {
  readonly #options: AuthorizationOptions;
  readonly #challenges = new Map<string, Challenge>();
  readonly #extraScopes = new Map<string, string>();
  /** Credentials that were taken once in this run; where they are refused later, they have expired. */
  readonly #taken = new WeakSet<Credentials>();

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /** @returns whether the answer asks for anything that can be sent */
  noteChallenge(answer: WireAnswer, { url }: ScopedRequest, scope: Scope): boolean {
    const challenge = parseChallenge(answer.headers['www-authenticate']);
    if (challenge === null) return false;
    const { origin } = originOf(url);
    this.#challenges.set(origin, challenge);
    if (challenge.kind === 'bearer' && challenge.scope !== null && !covers(scope, challenge.scope)) {
      this.#extraScopes.set(`${origin} ${scopeText(scope)}`, challenge.scope);
    }
    return true;
  }

  noteTaken({ credentials }: Authorized): void {
    if (credentials !== null) this.#taken.add(credentials);
  }

  /** @param refused credentials that are to be looked up anew */
  async authorize(request: ScopedRequest, scope: Scope, refused?: Credentials): Promise<Authorized> {
    const { origin } = originOf(request.url);
    const challenge = this.#challenges.get(origin);
    if (challenge === undefined) return { header: null, credentials: null };
    const registry = this.#options.registryOf(origin, scope.repository);
    const { credentials, advice } = await this.#options.credentials({ registry, path: scope.repository }, refused);
    const sent = { credentials, advice };
    if (credentials?.kind === 'registry-token') return { ...sent, header: `Bearer ${credentials.token}` };
    if (challenge.kind === 'basic') {
      const password = credentials?.kind === 'password' ? credentials : credentials?.password;
      return { ...sent, header: password === undefined ? null : basicHeader(password.username, password.password) };
    }
    const own = scopeText(scope);
    const extra = this.#extraScopes.get(`${origin} ${own}`);
    const { realm, service } = challenge;
    const scopes = extra === undefined ? [own] : [own, extra];
    const wish: TokenWish = { registry, realm, service, scopes, credentials, advice };
    try {
      const token = await this.#options.tokens.token(wish, request);
      this.noteTaken({ ...sent, header: null });
      return { ...sent, header: `Bearer ${token}`, refused: () => this.#options.tokens.drop(wish, token) };
    } catch (error) {
      if (!isDenial(error) || credentials === null || refused !== undefined || !this.#taken.has(credentials))
        throw error;
      return this.authorize(request, scope, credentials);
    }
  }

  /** Where the credentials themselves were sent, and are no longer taken: with others, if there are any. */
  async renew(request: ScopedRequest, scope: Scope, first: Authorized): Promise<Authorized | null> {
    const { credentials } = first;
    if (credentials === null || first.refused !== undefined || !this.#taken.has(credentials)) return null;
    const fresh = await this.authorize(request, scope, credentials);
    return fresh.header === first.header ? null : fresh;
  }
}

/** What a token service says to credentials that it does not take. */
function isDenial(error: unknown): boolean {
  return error instanceof WireFault && error.code === 'REGISTRY_DENIED' && error.status !== undefined;
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
