import { originOf } from './origin-of.ts';
import { WireFault, type Transport, type WireAnswer, type WireRequest } from './wire.ts';

/**
 * Speaks TLS to a host that may be spoken to in plain HTTP and turns out not to want it, as a registry with a
 * certificate on loopback does: where the plain answer is none that a service gives, TLS is tried, and whatever is said
 * over TLS counts. Never the other way round, and never again once plain HTTP was answered.
 */
export function withTlsWhereAsked(transport: Transport): Transport {
  const settled = new Map<string, 'http:' | 'https:'>();
  return async (request) => {
    if (!request.url.startsWith('http:')) return transport(request);
    const { host } = originOf(request.url);
    const overTls = (): Promise<WireAnswer> => transport({ ...request, url: request.url.replace(/^http:/, 'https:') });
    const protocol = settled.get(host);
    if (protocol === 'http:') return transport(request);
    if (protocol === 'https:') return overTls();
    const plain = await outcomeOf(transport(request));
    if (!isRefusal(plain, request)) {
      if (plain.kind === 'answer') settled.set(host, 'http:');
      return unwrap(plain);
    }
    const secure = await outcomeOf(overTls());
    if (secure.kind === 'answer' || isTlsFinal(secure.error)) {
      settled.set(host, 'https:');
      return unwrap(secure);
    }
    if (plain.kind === 'answer' && isAboutPlainHttp(plain.answer)) throw refusedTwice(plain.answer, secure.error);
    if (plain.kind === 'answer') settled.set(host, 'http:');
    return unwrap(plain);
  };
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: WireAnswer }
  | { readonly kind: 'fault'; readonly error: unknown };

function outcomeOf(asking: Promise<WireAnswer>): Promise<Outcome> {
  return asking.then(
    (answer) => ({ kind: 'answer', answer }),
    (error: unknown) => ({ kind: 'fault', error }),
  );
}

function unwrap(outcome: Outcome): WireAnswer {
  if (outcome.kind === 'fault') throw outcome.error;
  return outcome.answer;
}

/**
 * How servers turn plain HTTP away from a TLS port: a 4xx page of their own (nginx, Apache, Tomcat, HAProxy), a redirect
 * to TLS on the same port (Caddy), TLS bytes (Java), or a closed connection (Node, Envoy).
 */
function isRefusal(plain: Outcome, { url }: WireRequest): boolean {
  if (plain.kind === 'answer') return isNoRegistrys(plain.answer) || leadsToTls(plain.answer, url);
  const { error } = plain;
  const cause = error instanceof WireFault && !error.isUnsent && error.cause instanceof Error ? error.cause : null;
  if (cause === null) return false;
  // What is not HTTP at all has no code with undici's parser.
  if (cause.name === 'HTTPParserError') return true;
  return 'code' in cause && (cause.code === 'UND_ERR_SOCKET' || cause.code === 'ECONNRESET');
}

/** A registry answers with JSON, names its API, or asks for a login or for patience. */
function isNoRegistrys({ status, headers }: WireAnswer): boolean {
  if (status < 400 || status >= 500 || status === 401 || status === 407 || status === 429) return false;
  return headers['docker-distribution-api-version'] === undefined && !/\bjson\b/i.test(headers['content-type'] ?? '');
}

function leadsToTls({ status, headers }: WireAnswer, url: string): boolean {
  const location = headers['location'];
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, url)) return false;
  const to = new URL(location, url);
  return to.protocol === 'https:' && to.host === new URL(url).host;
}

/** These say that plain HTTP is not wanted; a 404 without JSON may be what it says. */
function isAboutPlainHttp({ status }: WireAnswer): boolean {
  return status === 400 || status === 421 || status === 426;
}

function refusedTwice({ status }: WireAnswer, overTls: unknown): WireFault {
  const why = overTls instanceof Error ? `: ${overTls.message}` : '';
  const message = `${status} to plain HTTP, and TLS was tried too${why}`;
  return new WireFault('REGISTRY_REFUSED', message, { status, tries: 1, fix: 'check the host and the port' });
}

/** The host does speak TLS, and says why not with us. */
function isTlsFinal(error: unknown): boolean {
  return error instanceof WireFault && error.isUnsent && error.tries === 1;
}
