import { WireFault, type Transport, type WireAnswer } from './wire.ts';

/**
 * Speaks TLS to a host that may be spoken to in plain HTTP and turns out not to want it, as a registry with a
 * certificate on loopback does: where the plain answer is none that a service gives, TLS is tried, and whatever is said
 * over TLS counts. Never the other way round, and never again once plain HTTP was answered.
 */
export function withTlsWhereAsked(transport: Transport): Transport {
  const settled = new Map<string, 'http:' | 'https:'>();
  return async (request) => {
    if (!request.url.startsWith('http:')) return transport(request);
    const { host } = new URL(request.url);
    const overTls = (): Promise<WireAnswer> => transport({ ...request, url: request.url.replace(/^http:/, 'https:') });
    const protocol = settled.get(host);
    if (protocol === 'http:') return transport(request);
    if (protocol === 'https:') return overTls();
    const plain = await outcomeOf(transport(request));
    if (!isRefusal(plain)) {
      if (plain.kind === 'answer') settled.set(host, 'http:');
      return unwrap(plain);
    }
    const secure = await outcomeOf(overTls());
    if (secure.kind === 'fault' && !isTlsFinal(secure.error)) return unwrap(plain);
    settled.set(host, 'https:');
    return unwrap(secure);
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

/** How servers turn plain HTTP away from a TLS port: a 400 or 426 of their own, TLS bytes, or a closed connection. */
function isRefusal(plain: Outcome): boolean {
  if (plain.kind === 'answer') {
    const { status, headers } = plain.answer;
    if (status !== 400 && status !== 426) return false;
    return headers['docker-distribution-api-version'] === undefined && !/\bjson\b/i.test(headers['content-type'] ?? '');
  }
  const { error } = plain;
  const code = error instanceof WireFault && !error.isUnsent && error.cause instanceof Error ? error.cause : null;
  if (code === null || !('code' in code) || typeof code.code !== 'string') return false;
  return code.code.startsWith('HPE_') || code.code === 'UND_ERR_SOCKET' || code.code === 'ECONNRESET';
}

/** The host does speak TLS, and says why not with us. */
function isTlsFinal(error: unknown): boolean {
  return error instanceof WireFault && error.isUnsent && error.tries === 1;
}
