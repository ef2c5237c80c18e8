import { WireFault } from './wire.ts';

const unreachable: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'the name server does not answer'],
  ['EHOSTUNREACH', 'no way to the host'],
  ['ENETUNREACH', 'no way to the network'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
]);

const certificates: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** A host that cannot be reached is asked for some two seconds only: it is restarting, down, or its name is wrong. */
const connectTries = 5;

/** What became of a request that got no answer. Goes by error codes; the messages may hold addresses. */
export function networkFault(error: unknown, host: string): WireFault {
  const code = errorCode(error);
  const refused = unreachable.get(code);
  if (refused !== undefined) {
    return new WireFault('REGISTRY_UNREACHABLE', `${refused} (${code})`, {
      tries: connectTries,
      isUnsent: true,
      fix: 'check the host and the network',
      cause: error,
    });
  }
  if (certificates.has(code)) {
    return new WireFault('REGISTRY_UNREACHABLE', `the certificate of ${host} is not trusted (${code})`, {
      tries: 1,
      isUnsent: true,
      fix: 'name its authority in NODE_EXTRA_CA_CERTS',
      cause: error,
    });
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    return new WireFault('REGISTRY_UNREACHABLE', `${host} does not speak TLS (${code})`, {
      tries: connectTries,
      isUnsent: true,
      fix: 'if plain HTTP is meant, name the host as an insecure one',
      cause: error,
    });
  }
  return new WireFault('REGISTRY_UNREACHABLE', `the connection broke (${code})`, { cause: error });
}

function errorCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'no code';
}
