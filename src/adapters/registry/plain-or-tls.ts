import { WireFault, type Transport, type WireAnswer } from './wire.ts';

/**
 * Speaks TLS to a host that may be spoken to in plain HTTP and turns out not to want it, as a registry with a
 * certificate on loopback does. Never the other way round.
 */
export function withTlsWhereAsked(transport: Transport): Transport {
  const secure = new Set<string>();
  return async (request) => {
    if (!request.url.startsWith('http:')) return transport(request);
    const { host } = new URL(request.url);
    const overTls = (): Promise<WireAnswer> => transport({ ...request, url: request.url.replace(/^http:/, 'https:') });
    if (secure.has(host)) return overTls();
    const answer = await transport(request).catch((error: unknown) => {
      if (isTlsAlert(error)) return null;
      throw error;
    });
    if (answer !== null && !isPlainRefusal(answer)) return answer;
    secure.add(host);
    return overTls();
  };
}

/** What a TLS server sends to somebody who does not greet it does not read as HTTP. */
function isTlsAlert(error: unknown): boolean {
  if (!(error instanceof WireFault) || !(error.cause instanceof Error)) return false;
  return 'code' in error.cause && typeof error.cause.code === 'string' && error.cause.code.startsWith('HPE_INVALID');
}

/** Go's server says in HTTP that it wants TLS, with a bare 400 that no registry sends. */
function isPlainRefusal(answer: WireAnswer): boolean {
  return answer.status === 400 && Object.keys(answer.headers).length === 0;
}
