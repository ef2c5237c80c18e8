/** Keys that statements are signed with: what is signed verifies, what is not such a key is refused, no secret is shown. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSignatureVerifier } from '../../../src/adapters/sigstore/signature-verifier.ts';
import { createStatementSigner, createStatementVerifier } from '../../../src/adapters/sigstore/statement-key.ts';
import { InputError } from '../../../src/domain/errors.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const passphrase = 'correct horse';

const pem = (key: KeyObject, secret?: string): string =>
  key
    .export({
      type: 'pkcs8',
      format: 'pem',
      ...(secret === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: secret }),
    })
    .toString();
const publicPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const verifier = createStatementVerifier({ pem: publicPem(publicKey), file: 'evidence.pub' });
const text = '{"_type":"https://in-toto.io/Statement/v1","name":"Übel"}';

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a key for statements', () => {
  test.each([
    ['plain', pem(privateKey), undefined],
    ['with a passphrase', pem(privateKey, passphrase), passphrase],
    ['as openssl ecparam writes it', privateKey.export({ type: 'sec1', format: 'pem' }).toString(), undefined],
  ])('%s signs what its public key verifies, and sigstore’s own library too', (_name, key, secret) => {
    const signer = createStatementSigner({ pem: key, file: 'evidence.key' }, secret);
    const signature = signer.sign(text);
    expect(verifier(text, signature)).toBeNull();
    expect(verifier(`${text} `, signature)).toBe('its signature is not by evidence.pub');
    const bundle = signer.bundle(text, signature);
    const sigstore = createSignatureVerifier({ kind: 'key', pem: publicPem(publicKey), file: 'evidence.pub' });
    expect(sigstore.verify({ kind: 'bundle', bytes: bundle })).toMatchObject({ ok: true, payload: Buffer.from(text) });
  });

  test('of somebody else verifies nothing', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const signer = createStatementSigner({ pem: pem(other.privateKey), file: 'other.key' }, undefined);
    expect(verifier(text, signer.sign(text))).toBe('its signature is not by evidence.pub');
    expect(verifier(text, { keyid: '', sig: 'rubbish' })).toBe('its signature is not by evidence.pub');
  });

  const sign = (key: string, secret?: string) => (): unknown =>
    createStatementSigner({ pem: key, file: 'evidence.key' }, secret);
  const verify = (key: string) => (): unknown => createStatementVerifier({ pem: key, file: 'evidence.pub' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  test.each([
    [
      'a locked key without its passphrase',
      sign(pem(privateKey, passphrase)),
      'it has a passphrase; set TAGWRIGHT_SIGN_PASSPHRASE to it',
    ],
    [
      'a locked key with another',
      sign(pem(privateKey, passphrase), 'battery staple'),
      'it cannot be opened with TAGWRIGHT_SIGN_PASSPHRASE',
    ],
    ['rubbish', sign('rubbish'), 'it is not a private key in PEM'],
    ['a public key', sign(publicPem(publicKey)), 'it is not a private key in PEM'],
    ['a key of RSA', sign(pem(rsa.privateKey)), 'it is of the kind rsa'],
    ['a key on another curve', sign(pem(p384.privateKey)), 'it is of the kind ec secp384r1'],
    [
      "cosign's own format",
      sign('-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nx\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----'),
      'it is a key in the format of cosign',
    ],
    ['a private key to verify with', verify(pem(privateKey)), 'it is not a public key in PEM'],
    ['rubbish to verify with', verify('rubbish'), 'it is not a public key in PEM'],
  ])('is not %s, and says so without a secret', (_name, work, message) => {
    const said = refusal(work);
    expect(said).toMatch(/^CONFIG_INVALID {2}evidence\.(?:key|pub): /);
    expect(said).toContain(message);
    expect(said).not.toMatch(/battery|horse|PRIVATE KEY-----/);
  });

  test('names its key by the digest of the public one', () => {
    const { keyid } = createStatementSigner({ pem: pem(privateKey), file: 'evidence.key' }, undefined).sign(text);
    const again = createStatementSigner({ pem: pem(privateKey, 'x'), file: 'evidence.key' }, 'x').sign(text);
    expect(keyid).toBe(again.keyid);
    expect(createPublicKey(privateKey).equals(publicKey)).toBe(true);
  });
});
