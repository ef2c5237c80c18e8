/**
 * Signatures of cosign 2 and 3, verified with sigstore's own library: by a public key, or by the identity in a certificate
 * that a given trust root vouches for. No service is asked.
 *
 * A trust root that names no transparency log asks for no entry in one; then a certificate counts as of the time that it
 * was issued. A key needs no log either.
 *
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
import { createHash, createPublicKey } from 'node:crypto';
import { bundleFromJSON, toDSSEBundle, toMessageSignatureBundle, type Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  toSignedEntity,
  toTrustMaterial,
  VerificationError,
  Verifier,
  type SignedEntity,
  type TrustMaterial,
} from '@sigstore/verify';
import { InputError } from '../../domain/errors.ts';
import { parseJsonObject, textAt } from '../../domain/json.ts';
import { printable } from '../../domain/text.ts';
import type { SignatureVerifier, SignedThing, VerifiedThing } from '../../ports.ts';
import { logEntry } from './log-entry.ts';

export type SignerRule = { readonly kind: 'key'; readonly pem: string; readonly file: string } | IdentityRule;

export interface IdentityRule {
  readonly kind: 'identity';
  readonly issuer: string;
  /** Any of them counts; `*` is any text, in front of an `@` one without it. */
  readonly identities: readonly string[];
  /** A trusted root, as JSON. */
  readonly root: string;
  readonly file: string;
}

/** @throws {InputError} CONFIG_INVALID for a key or a trust root that cannot be read */
export function createSignatureVerifier(rule: SignerRule): SignatureVerifier {
  if (rule.kind === 'key') return verifierOf(trustKey(rule.pem, rule.file), null);
  return verifierOf(trustRoot(rule.root, rule.file), (signer) => otherSigner(rule, signer));
}

/** Who signed, as a certificate says: whoever it is counts, if the root vouches for the certificate. */
export type FoundSigner = ReturnType<Verifier['verify']>['identity'];

/**
 * @param judge what is wrong with a signer; `null`: nothing. `null` in its place: a key counts, and no certificate
 */
export function verifierOf(
  trust: TrustMaterial,
  judge: ((signer: FoundSigner) => string | null) | null,
): SignatureVerifier {
  const hasLog = trust.tlogs.length > 0;
  const verifier = new Verifier(trust, {
    tlogThreshold: hasLog ? 1 : 0,
    ctlogThreshold: trust.ctlogs.length > 0 ? 1 : 0,
    timestampThreshold: hasLog || trust.timestampAuthorities.length > 0 ? 1 : 0,
  });
  return {
    verify: (signed) => {
      try {
        const { entity, payload } = readSigned(signed);
        const by = entity.key.$case;
        if ((by === 'public-key') !== (judge === null))
          return no(
            by === 'public-key' ? 'it is by a key, and an identity counts' : 'it is by a certificate, and a key counts',
          );
        const signer = verifier.verify(judge === null ? withoutLog(entity) : dated(entity, trust));
        const odd = judge === null ? null : judge(signer.identity);
        return odd === null ? { ok: true, payload } : no(odd);
      } catch (error) {
        // Whatever is wrong with somebody's bytes is the same to an audit: this signature does not count.
        return no(error instanceof Error ? printable(faultWords(error), maxWords) : 'it cannot be read');
      }
    },
  };
}

/** Of what somebody else wrote, in a message. */
const maxWords = 400;

/** The library's own words, behind what they are about; it quotes what it was given. */
function faultWords(error: Error): string {
  if (!(error instanceof VerificationError)) return error.message;
  const { code, message } = error;
  if (code.startsWith('TLOG_') || code === 'TIMESTAMP_ERROR')
    return `its entry in the transparency log is missing or wrong: ${message}`;
  return code === 'CERTIFICATE_ERROR' ? `its certificate does not count: ${message}` : message;
}

function no(reason: string): VerifiedThing {
  return { ok: false, reason };
}

function trustKey(pem: string, file: string): TrustMaterial {
  try {
    const key = createPublicKey(pem);
    const none = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [], mediaType: '' };
    return toTrustMaterial(TrustedRoot.fromJSON(none), () => ({ publicKey: key, validFor: () => true }));
  } catch (error) {
    throw unreadable(file, 'a public key in PEM', error);
  }
}

/** @throws {InputError} CONFIG_INVALID */
export function trustRoot(json: string, file: string): TrustMaterial {
  try {
    const root = toTrustMaterial(TrustedRoot.fromJSON(parseJsonObject(json)));
    if (root.certificateAuthorities.length > 0) return root;
  } catch (error) {
    throw unreadable(file, 'a trust root of sigstore', error);
  }
  throw unreadable(file, 'a trust root with a certificate authority', undefined);
}

function unreadable(file: string, what: string, cause: unknown): InputError {
  const fix = 'name the file that cosign wrote: cosign.pub, or trusted_root.json';
  return new InputError([{ code: 'CONFIG_INVALID', where: file, message: `it is not ${what}`, fix }], { cause });
}

interface Read {
  readonly entity: SignedEntity;
  readonly payload: Uint8Array;
}

function readSigned(signed: SignedThing): Read {
  const bytes = Buffer.from(signed.bytes);
  if (signed.kind === 'bundle') {
    const bundle = bundleFromJSON(JSON.parse(bytes.toString('utf8')));
    if (bundle.content.$case !== 'dsseEnvelope') throw new Error('the bundle holds no statement');
    return { entity: toSignedEntity(bundle), payload: bundle.content.dsseEnvelope.payload };
  }
  const { annotations } = signed;
  const material = { keyHint: '', ...certificateOf(annotations['dev.sigstore.cosign/certificate']) };
  const entries = logEntry(annotations['dev.sigstore.cosign/bundle']);
  if (signed.kind === 'payload') {
    const signature = Buffer.from(annotations['dev.cosignproject.cosign/signature'] ?? '', 'base64');
    const digest = createHash('sha256').update(bytes).digest();
    const bundle = withEntries(toMessageSignatureBundle({ digest, signature, ...material }), entries);
    return { entity: toSignedEntity(bundle, bytes), payload: bytes };
  }
  const envelope = parseJsonObject(bytes.toString('utf8'));
  const signatures: unknown = envelope?.['signatures'];
  const first: unknown = Array.isArray(signatures) ? signatures[0] : undefined;
  const sig = textAt(first, 'sig');
  const [type, body] = [envelope?.['payloadType'], envelope?.['payload']];
  if (typeof type !== 'string' || typeof body !== 'string' || sig === null)
    throw new Error('it is not an envelope with a signature');
  const artifact = Buffer.from(body, 'base64');
  const signature = Buffer.from(sig, 'base64');
  const bundle = withEntries(toDSSEBundle({ artifact, artifactType: type, signature, ...material }), entries);
  return { entity: toSignedEntity(bundle), payload: artifact };
}

function certificateOf(pem: string | undefined): { readonly certificate?: Buffer } {
  if (pem === undefined || pem === '') return {};
  const body = /-----BEGIN CERTIFICATE-----(?<body>[A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.groups?.[
    'body'
  ];
  if (body === undefined) throw new Error('its certificate cannot be read');
  return { certificate: Buffer.from(body, 'base64') };
}

function withEntries<B extends Bundle>(bundle: B, tlogEntries: ReturnType<typeof logEntry>): B {
  return { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } };
}

/** A key counts whatever a log says of it: entries of a log that nobody named cannot be verified. */
function withoutLog(entity: SignedEntity): SignedEntity {
  return { ...entity, tlogEntries: [], timestamps: [] };
}

/** Without a log and without a time-stamping authority, the time that counts is the one the certificate begins at. */
function dated(entity: SignedEntity, trust: TrustMaterial): SignedEntity {
  if (trust.tlogs.length > 0) return entity;
  const stamps = entity.timestamps.filter(({ $case }) => $case === 'timestamp-authority');
  if (trust.timestampAuthorities.length > 0) return { ...entity, tlogEntries: [], timestamps: stamps };
  if (entity.key.$case !== 'certificate') return entity;
  const seconds = Math.floor(entity.key.certificate.notBefore.getTime() / 1000);
  const tlogEntry = {
    logIndex: '0',
    logId: { keyId: Buffer.alloc(0) },
    kindVersion: { kind: '', version: '' },
    integratedTime: String(seconds),
    inclusionPromise: { signedEntryTimestamp: Buffer.alloc(0) },
    inclusionProof: undefined,
    canonicalizedBody: Buffer.alloc(0),
  };
  return { ...entity, tlogEntries: [], timestamps: [{ $case: 'transparency-log', tlogEntry }] };
}

/** @returns what is wrong with it; `null`: it is one that counts */
export function otherSigner(
  { issuer, identities }: Pick<IdentityRule, 'issuer' | 'identities'>,
  signer: FoundSigner,
): string | null {
  const name = signer?.subjectAlternativeName ?? '';
  const by = signer?.extensions?.issuer ?? '';
  if (name === '' || by === '')
    return `its certificate does not say who ${name === '' ? 'it is of' : 'vouches for it'}`;
  const shown = printable(name, maxWords);
  if (by !== issuer) return `it is by ${shown}, and ${printable(by, maxWords)} vouches for that, not ${issuer}`;
  if (identities.some((identity) => matches(identity, name))) return null;
  return `it is by ${shown}, not by ${identities.join(' or ')}`;
}

/**
 * `*` stands for any text; in front of an `@`, for any text without one. A branch may be named `x@refs/tags/v1`, and what
 * it runs is not of a tag.
 */
function matches(pattern: string, text: string): boolean {
  const [patterns, texts] = [pattern.split('@'), text.split('@')];
  const last = patterns.length - 1;
  return (
    texts.length > last &&
    patterns.slice(0, -1).every((part, index) => fits(part, texts[index] ?? '')) &&
    fits(patterns[last] ?? '', texts.slice(last).join('@'))
  );
}

function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest.slice(0, -1)) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  const last = rest.at(-1) ?? '';
  return text.length - from >= last.length && text.endsWith(last);
}
