import type { Proxy } from './proxy.ts';
import { WireFault } from './wire.ts';

const unreachable: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'the name server does not answer'],
  ['EHOSTUNREACH', 'no way to the host'],
  ['ENETUNREACH', 'no way to the network'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
]);

const untrusted = { is: 'is not trusted', fix: 'name its authority in NODE_EXTRA_CA_CERTS' };
const date = 'have it renewed, or set the clock of this machine right';

/** What is wrong with a certificate, by the codes of OpenSSL and Node. */
const certificates: ReadonlyMap<string, { readonly is: string; readonly fix: string }> = new Map([
  ['CERT_HAS_EXPIRED', { is: 'has expired', fix: date }],
  ['CERT_NOT_YET_VALID', { is: 'is not valid yet', fix: date }],
  ['ERR_TLS_CERT_ALTNAME_INVALID', { is: 'is for other names', fix: 'use a name of the registry that it is for' }],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', untrusted],
  ['SELF_SIGNED_CERT_IN_CHAIN', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', untrusted],
]);

/** A host that cannot be reached is asked for some two seconds only: it is restarting, down, or its name is wrong. */
const connectTries = 5;

/** The proxy was not reached, or did not open the way to the host. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  readonly proxy: Proxy;
  /** Its answer to CONNECT; `null` where it gave none. */
  readonly status: number | null;

  constructor(proxy: Proxy, status: number | null, cause?: unknown) {
    super(`proxy ${proxy.url.host}`, { cause });
    this.proxy = proxy;
    this.status = status;
  }
}

/** What became of a request that got no answer. Goes by error codes; the messages may hold addresses. */
export function networkFault(error: unknown, host: string): WireFault {
  const refusal = findCause(error, (cause) => cause instanceof ProxyRefusal);
  if (refusal !== null) return proxyFault(refusal);
  const code = errorCode(error);
  const refused = unreachable.get(code);
  if (refused !== undefined) {
    return new WireFault('REGISTRY_UNREACHABLE', `${refused} (${code})`, {
      tries: connectTries,
      isUnsent: true,
      isFinalAtFirst: code === 'ENOTFOUND' || code === 'ECONNREFUSED',
      fix: 'check the host and the network',
      cause: error,
    });
  }
  const certificate = certificates.get(code);
  if (certificate !== undefined) {
    return new WireFault('REGISTRY_UNREACHABLE', `the certificate of ${host} ${certificate.is} (${code})`, {
      tries: 1,
      isUnsent: true,
      fix: certificate.fix,
      cause: error,
    });
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new WireFault('CREDENTIALS_FAILED', 'the request holds what no header can carry', {
      tries: 1,
      isUnsent: true,
      fix: `check the token for ${host}: a line break, or a character that is not ASCII`,
      cause: error,
    });
  }
  if (code.includes('_ALERT_')) return alertFault(code, host, error);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO') {
    return new WireFault('REGISTRY_UNREACHABLE', `${host} does not speak TLS (${code})`, {
      tries: connectTries,
      isUnsent: true,
      isFinalAtFirst: true,
      fix: 'if plain HTTP is meant, name the host as an insecure one',
      cause: error,
    });
  }
  const hint = ecrHost.test(host) ? { fix: missingInEcr } : {};
  return new WireFault('REGISTRY_UNREACHABLE', `the connection broke (${code})`, { cause: error, ...hint });
}

const ecrHost = /\.dkr[.-]ecr(?:-fips)?\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;
/** ECR ends an upload to a repository that is not there without a word: https://github.com/aws/containers-roadmap/issues/1970 */
const missingInEcr =
  'ECR ends uploads so where the repository does not exist: aws ecr create-repository --repository-name NAME';

/** A server that ends TLS with an alert has said its final word. */
function alertFault(code: string, host: string, cause: unknown): WireFault {
  const isAboutUs = /CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA/.test(code);
  const message = isAboutUs
    ? `${host} asks for a client certificate that it trusts (${code})`
    : `${host} refuses this TLS connection (${code})`;
  return new WireFault('REGISTRY_UNREACHABLE', message, {
    tries: 1,
    isUnsent: true,
    ...(isAboutUs ? { fix: `put client.cert and client.key into ~/.config/docker/certs.d/${host}/` } : {}),
    cause,
  });
}

export function proxyFault({ proxy, status, cause }: Pick<ProxyRefusal, 'proxy' | 'status' | 'cause'>): WireFault {
  const name = `the proxy ${proxy.url.host}`;
  const details = { isUnsent: true, cause, ...(status === null ? {} : { status }) };
  if (status === 407) {
    const fix = `put its user name and password into ${proxy.variable}: http://USER:PASSWORD@${proxy.url.host}`;
    return new WireFault('REGISTRY_UNREACHABLE', `${name} wants a login (407)`, { ...details, tries: 1, fix });
  }
  if (status !== null) {
    const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    return new WireFault('REGISTRY_UNREACHABLE', `${name} answers ${status}`, {
      ...details,
      ...(isFinal ? { tries: 1 } : {}),
      fix: `check ${proxy.variable} and NO_PROXY`,
    });
  }
  const code = errorCode(cause);
  const message = `${name} is not reached: ${unreachable.get(code) ?? 'the connection broke'} (${code})`;
  const fix = `check ${proxy.variable} and NO_PROXY`;
  const isFinalAtFirst = code === 'ENOTFOUND' || code === 'ECONNREFUSED';
  return new WireFault('REGISTRY_UNREACHABLE', message, { ...details, tries: connectTries, isFinalAtFirst, fix });
}

/** TLS errors are told by their own code, which lies below undici's. */
function errorCode(error: unknown): string {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
  }
  return (
    codes.find((code) => code.startsWith('ERR_SSL_')) ?? codes[0] ?? (error instanceof Error ? error.name : 'no code')
  );
}

function findCause<T extends Error>(error: unknown, is: (cause: Error) => cause is T): T | null {
  for (let at = error; at instanceof Error; at = at.cause) if (is(at)) return at;
  return null;
}
