/**
 * An authority as Fulcio is: a root, an intermediate, leaves of ten minutes with an identity, and a log of certificates whose
 * promise every leaf holds.
 *
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-3
 */
import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { der } from './der.ts';
import { keyPair, type KeyPair } from './sigstore.ts';

export interface Leaf {
  readonly publicKey: KeyObject;
  /** A URI, or the address of an account. */
  readonly identity: string;
  readonly issuer: string;
  readonly notBeforeMs?: number;
}

export interface CertificateAuthority {
  /** DER, the intermediate first. */
  readonly chain: readonly Buffer[];
  readonly certificateLog: KeyPair;
  /** DER. */
  issue(leaf: Leaf): Buffer;
}

const lifetimeMs = 600_000;
const century = { notBeforeMs: Date.UTC(2001), notAfterMs: Date.UTC(2049) };

export function certificateAuthority(): CertificateAuthority {
  const [root, intermediate, certificateLog] = [keyPair(), keyPair(), keyPair()];
  const names = { root: nameOf('root'), intermediate: nameOf('intermediate') };
  const rootCertificate = certificateOf({
    ...century,
    by: root.key,
    issuer: names.root,
    subject: names.root,
    publicKey: publicOf(root),
    extensions: [extension('2.5.29.19', der.sequence(der.yes), true), usage(0x06, 1), ...identifiers(root, root)],
  });
  const intermediateCertificate = certificateOf({
    ...century,
    by: root.key,
    issuer: names.root,
    subject: names.intermediate,
    publicKey: publicOf(intermediate),
    extensions: [
      extension('2.5.29.19', der.sequence(der.yes, der.integer(Buffer.from([0]))), true),
      usage(0x06, 1),
      codeSigning,
      ...identifiers(intermediate, root),
    ],
  });
  return {
    chain: [intermediateCertificate, rootCertificate],
    certificateLog,
    issue: ({ publicKey, identity, issuer, notBeforeMs = Date.now() }) => {
      const own = { key: publicKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
      const parts = {
        by: intermediate.key,
        issuer: names.intermediate,
        subject: der.sequence(),
        publicKey,
        serial: newSerial(),
        notBeforeMs,
        notAfterMs: notBeforeMs + lifetimeMs,
        extensions: [
          usage(0x80, 7),
          codeSigning,
          ...identifiers(own, intermediate),
          extension('2.5.29.17', der.sequence(alternativeName(identity)), true),
          extension('1.3.6.1.4.1.57264.1.1', Buffer.from(issuer)),
          extension('1.3.6.1.4.1.57264.1.8', der.utf8(issuer)),
        ],
      };
      const promise = promiseOf(toBeSigned(parts), publicOf(intermediate), certificateLog, notBeforeMs);
      const promised = extension('1.3.6.1.4.1.11129.2.4.2', der.octets(promise));
      return certificateOf({ ...parts, extensions: [...parts.extensions, promised] });
    },
  };
}

/** Without a zero in front, which DER does not allow. */
function newSerial(): Buffer {
  return Buffer.concat([Buffer.from([1]), randomBytes(15)]);
}

export function pemOf(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

interface Parts {
  readonly by: KeyObject;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly serial?: Buffer;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly Buffer[];
}

const ecdsaWithSha256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));

function toBeSigned({ issuer, subject, publicKey, serial, notBeforeMs, notAfterMs, extensions }: Parts): Buffer {
  return der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serial ?? newSerial()),
    ecdsaWithSha256,
    issuer,
    der.sequence(der.time(notBeforeMs), der.time(notAfterMs)),
    subject,
    spkiOf(publicKey),
    der.explicit(3, der.sequence(...extensions)),
  );
}

function certificateOf(parts: Parts): Buffer {
  const body = toBeSigned(parts);
  return der.sequence(body, ecdsaWithSha256, der.bits(sign('sha256', body, parts.by)));
}

function nameOf(text: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.utf8(`test ${text}`))));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return der.sequence(der.oid(id), ...(isCritical ? [der.yes] : []), der.octets(value));
}

function usage(bits: number, unused: number): Buffer {
  return extension('2.5.29.15', der.bits(Buffer.from([bits]), unused), true);
}

const codeSigning = extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.3')));

function identifiers(subject: KeyPair, issuer: KeyPair): Buffer[] {
  const of = (pair: KeyPair): Buffer =>
    createHash('sha1')
      .update(spkiOf(publicOf(pair)))
      .digest();
  return [
    extension('2.5.29.14', der.octets(of(subject))),
    extension('2.5.29.35', der.sequence(der.implicit(0, of(issuer)))),
  ];
}

function alternativeName(identity: string): Buffer {
  return der.implicit(identity.includes('://') ? 6 : 1, Buffer.from(identity));
}

function publicOf({ pem }: KeyPair): KeyObject {
  return createPublicKey(pem);
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** The list of one signed certificate timestamp. */
function promiseOf(body: Buffer, issuer: KeyObject, log: KeyPair, atMs: number): Buffer {
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(atMs));
  const hash = createHash('sha256').update(spkiOf(issuer)).digest();
  const entry = Buffer.concat([Buffer.from([0, 1]), hash, numberOf(body.length, 3), body, numberOf(0, 2)]);
  const signature = sign('sha256', Buffer.concat([Buffer.from([0, 0]), at, entry]), log.key);
  const id = createHash('sha256')
    .update(spkiOf(publicOf(log)))
    .digest();
  const head = Buffer.concat([Buffer.from([0]), id, at, numberOf(0, 2), Buffer.from([4, 3])]);
  const one = Buffer.concat([head, numberOf(signature.length, 2), signature]);
  return Buffer.concat([numberOf(one.length + 2, 2), numberOf(one.length, 2), one]);
}

function numberOf(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
