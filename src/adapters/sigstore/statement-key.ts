/**
 * Statements signed and verified with a key: DSSE with ECDSA on P-256 and SHA-256, in a bundle of sigstore's, as cosign
 * has it. No service is asked.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { InputError } from '../../domain/errors.ts';
import type { StatementSignature, StatementSigner, StatementVerifier } from '../../ports.ts';
import { signedBytes, statementBundle } from './statement-bundle.ts';

const howToMake = 'openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -out evidence.key';

/** The variable with the passphrase of a private key. */
export const passphraseVariable = 'TAGWRIGHT_SIGN_PASSPHRASE';

interface KeyFile {
  readonly pem: string;
  /** For messages. */
  readonly file: string;
}

/** A key signs at once. */
export interface KeySigner extends StatementSigner {
  sign(text: string): StatementSignature;
}

/** @throws {InputError} CONFIG_INVALID; nothing of the key or the passphrase is in it */
export function createStatementSigner({ pem, file }: KeyFile, passphrase: string | undefined): KeySigner {
  const key = readPrivate(pem, file, passphrase);
  refuseOtherKind(key, file);
  const publicKey = createPublicKey(key);
  const hint = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  return {
    kind: 'key',
    ready: () => Promise.resolve(),
    verify: verifierBy(publicKey, file),
    sign: (text) => ({ keyid: hint, sig: sign('sha256', signedBytes(text), key).toString('base64') }),
    bundle: statementBundle,
  };
}

/** @throws {InputError} CONFIG_INVALID */
export function createStatementVerifier({ pem, file }: KeyFile): StatementVerifier {
  const key = readPublic(pem, file);
  refuseOtherKind(key, file);
  return verifierBy(key, file);
}

function verifierBy(key: KeyObject, file: string): StatementVerifier {
  return (text, { sig }: StatementSignature) =>
    verify('sha256', signedBytes(text), key, Buffer.from(sig, 'base64')) ? null : `its signature is not by ${file}`;
}

function readPrivate(pem: string, file: string, passphrase: string | undefined): KeyObject {
  if (/-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----/.test(pem))
    throw unusable(file, 'it is a key in the format of cosign, which no other program reads', howToMake);
  const isLocked = pem.includes('ENCRYPTED');
  if (isLocked && (passphrase ?? '') === '')
    throw unusable(file, 'it has a passphrase', `set ${passphraseVariable} to it`);
  try {
    return createPrivateKey(isLocked ? { key: pem, passphrase } : pem);
  } catch (error) {
    const what = isLocked ? `it cannot be opened with ${passphraseVariable}` : 'it is not a private key in PEM';
    throw unusable(file, what, isLocked ? 'set the variable to the passphrase of this key' : howToMake, error);
  }
}

function readPublic(pem: string, file: string): KeyObject {
  try {
    if (pem.includes('PRIVATE KEY')) throw new Error('a private key');
    return createPublicKey(pem);
  } catch (error) {
    const fix = 'name the public key, as openssl pkey -in evidence.key -pubout writes it';
    throw unusable(file, 'it is not a public key in PEM', fix, error);
  }
}

function refuseOtherKind({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, file: string): void {
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return;
  const curve = asymmetricKeyDetails?.namedCurve;
  const kind = [asymmetricKeyType ?? 'another kind', ...(curve === undefined ? [] : [curve])].join(' ');
  throw unusable(file, `it is of the kind ${kind}, and an elliptic curve key on P-256 is expected`, howToMake);
}

function unusable(where: string, message: string, fix: string, cause?: unknown): InputError {
  return new InputError([{ code: 'CONFIG_INVALID', where, message, fix }], { cause });
}
