/**
 * A certificate for a key that is made for it and forgotten after it: ten minutes, for whoever the token is of.
 *
 * @see https://github.com/sigstore/fulcio/blob/main/fulcio.proto
 * @see https://github.com/sigstore/fulcio/blob/main/docs/how-certificate-issuing-works.md
 */
import { createPublicKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import { askJson } from '../http/ask-json.ts';
import type { IdentityToken } from './identity-token.ts';
import { held, sigstoreRequest, type SigstoreLine } from './sigstore-request.ts';

export interface CertifiedKey {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  readonly notAfterMs: number;
}

const chain = z.object({ chain: z.object({ certificates: z.array(z.string()).min(1) }) });
const answered = z.union([
  z.object({ signedCertificateEmbeddedSct: chain }).transform((found) => found.signedCertificateEmbeddedSct),
  z.object({ signedCertificateDetachedSct: chain }).transform((found) => found.signedCertificateDetachedSct),
]);

/**
 * @param url of the authority, `https://fulcio.sigstore.dev`
 * @throws {OutsideError} SIGNING_FAILED, ABORTED
 */
export async function askCertificate(
  url: string,
  { token, subject }: IdentityToken,
  line: SigstoreLine,
): Promise<CertifiedKey> {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const content = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const proofOfPossession = sign('sha256', Buffer.from(subject), key).toString('base64');
  const name = `the certificate authority ${url}`;
  const pem = await askJson(line.http, {
    ...sigstoreRequest({ name, url: `${url}/api/v2/signingCert`, secrets: [token], advice }, line),
    method: 'POST',
    body: {
      credentials: { oidcIdentityToken: token },
      publicKeyRequest: { publicKey: { algorithm: 'ECDSA', content }, proofOfPossession },
    },
    read: (answer) => held(answer, answered, [token]).chain.certificates[0] ?? '',
  });
  const certificate = readCertificate(pem, name);
  if (!createPublicKey(content).equals(certificate.publicKey))
    throw new OutsideError('SIGNING_FAILED', `${name}: it gave a certificate for another key`, { service: name });
  return { key, certificate, notAfterMs: Date.parse(certificate.validTo) };
}

function readCertificate(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    const message = `${name}: what it gave is not a certificate`;
    throw new OutsideError('SIGNING_FAILED', message, { service: name }, { cause: error });
  }
}

function advice(status: number | undefined): string {
  return status === 400 || status === 401 || status === 403
    ? '; the token of this CI is not accepted there: is its issuer known to this authority?'
    : '';
}
