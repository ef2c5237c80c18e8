/** Signatures as cosign 2 and 3 write them, with keys, certificates, a log and a trust root of the test's own. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedThing } from '../../src/ports.ts';
import { opensslAuthority } from './openssl.ts';
import { tempFolder } from './temp-folder.ts';

export interface KeyPair {
  readonly key: KeyObject;
  /** The public key. */
  readonly pem: string;
}

export function keyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { key: privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

export const issuer = 'https://token.actions.githubusercontent.com';
export const signerName = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.0.1';

/** The key of a short-lived certificate, and the certificate that an authority gave it. */
export interface Identity {
  readonly key: KeyObject;
  readonly certificate: string;
}

export interface Authority {
  readonly certificate: string;
  issue(name: string, by: string): Promise<Identity>;
}

/** In a `beforeAll`, with `afterAll`. */
export async function authority(atEnd: Parameters<typeof tempFolder>[1]): Promise<Authority> {
  const folder = await tempFolder({}, atEnd);
  const { sign: signLeaf } = opensslAuthority(folder, '/O=test/CN=authority');
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  let issued = 0;
  return {
    certificate: await read('ca.crt'),
    issue: async (name, by) => {
      const file = `leaf-${(issued += 1)}`;
      const extensions = [
        'basicConstraints=critical,CA:FALSE',
        'keyUsage=critical,digitalSignature',
        'extendedKeyUsage=codeSigning',
        'subjectKeyIdentifier=hash',
        'authorityKeyIdentifier=keyid',
        `subjectAltName=critical,URI:${name}`,
        `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${by}`,
      ];
      await writeFile(join(folder, 'extensions'), extensions.join('\n'));
      const leaf = { subject: '/O=test', days: '1', extensions: 'extensions', certificate: `${file}.crt` };
      signLeaf(file, leaf);
      return { key: createPrivateKey(await read(`${file}.key`)), certificate: await read(`${file}.crt`) };
    },
  };
}

/** @param log the public key of the log; `null`: none */
export function trustedRoot(certificate: string, log: KeyPair | null): string {
  const validFor = { start: '2000-01-01T00:00:00Z' };
  const tlog = log === null ? [] : [logOf(log)];
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: tlog.map(({ raw, id }) => ({
      baseUrl: 'https://log.test',
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes: raw.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
      logId: { keyId: id.toString('base64') },
    })),
    certificateAuthorities: [
      {
        subject: { organization: 'test' },
        uri: 'https://ca.test',
        certChain: { certificates: [{ rawBytes: bodyOf(certificate) }] },
        validFor,
      },
    ],
    ctlogs: [],
    timestampAuthorities: [],
  });
}

function logOf({ pem }: KeyPair): { readonly raw: Buffer; readonly id: Buffer } {
  const raw = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return { raw, id: createHash('sha256').update(raw).digest() };
}

function bodyOf(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, '');
}

export interface Signing {
  readonly key: KeyObject;
  /** Of the key; left out: a key counts by itself. */
  readonly certificate?: string;
  /** The log that has the signature. */
  readonly log?: KeyPair;
  /** When the log got it, in seconds. */
  readonly atSeconds?: number;
}

/** What cosign 2 signs for a digest. */
export function payloadOf(digest: string): string {
  const image = { 'docker-manifest-digest': digest };
  return JSON.stringify({
    critical: { identity: { 'docker-reference': 'x' }, image, type: 'cosign container image signature' },
    optional: null,
  });
}

export function statementOf(digest: string, predicateType: string): string {
  const subject = [{ name: 'x', digest: { sha256: digest.replace('sha256:', '') } }];
  return JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} });
}

export const cosignPredicate = 'https://sigstore.dev/cosign/sign/v1';

/** The layer of `sha256-<hex>.sig`. */
export function signedPayload(payload: string, signing: Signing): SignedThing {
  const signature = sign('sha256', Buffer.from(payload), signing.key).toString('base64');
  const content = sha256(Buffer.from(payload)).toString('hex');
  const spec = {
    data: { hash: { algorithm: 'sha256', value: content } },
    signature: { content: signature, publicKey: { content: verifierOf(signing) } },
  };
  const annotations = {
    'dev.cosignproject.cosign/signature': signature,
    ...annotationsOf(signing, 'hashedrekord', spec),
  };
  return { kind: 'payload', bytes: Buffer.from(payload), annotations };
}

/** The layer of `sha256-<hex>.att`. */
export function signedEnvelope(statement: string, signing: Signing): SignedThing {
  const envelope = envelopeOf(statement, signing);
  const annotations = annotationsOf(signing, 'dsse', dsseSpec(envelope, statement, signing));
  return { kind: 'envelope', bytes: Buffer.from(JSON.stringify(envelope)), annotations };
}

/** What cosign 3 writes. */
export function signedBundle(statement: string, signing: Signing): SignedThing {
  const envelope = envelopeOf(statement, signing);
  const { certificate, log } = signing;
  const entry = log === undefined ? null : entryOf({ ...signing, log }, 'dsse', dsseSpec(envelope, statement, signing));
  const tlogEntries =
    entry === null
      ? []
      : [
          {
            logIndex: '7',
            logId: { keyId: entry.id.toString('base64') },
            kindVersion: { kind: 'dsse', version: '0.0.1' },
            integratedTime: String(entry.seconds),
            inclusionPromise: { signedEntryTimestamp: entry.promise },
            canonicalizedBody: entry.body,
          },
        ];
  const material =
    certificate === undefined ? { publicKey: { hint: 'x' } } : { certificate: { rawBytes: bodyOf(certificate) } };
  const bundle = {
    mediaType:
      entry === null
        ? 'application/vnd.dev.sigstore.bundle.v0.3+json'
        : 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: entry === null ? { ...material, tlogEntries } : { ...chained(material), tlogEntries },
    dsseEnvelope: envelope,
  };
  return { kind: 'bundle', bytes: Buffer.from(JSON.stringify(bundle)) };
}

/** Before 0.3 a certificate is a chain, and a promise of the log is enough. */
function chained(material: object): object {
  return 'certificate' in material ? { x509CertificateChain: { certificates: [material.certificate] } } : material;
}

interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string; readonly keyid: string }[];
}

function envelopeOf(statement: string, { key }: Signing): Envelope {
  const payloadType = 'application/vnd.in-toto+json';
  const encoded = `DSSEv1 ${payloadType.length} ${payloadType} ${Buffer.byteLength(statement)} ${statement}`;
  const sig = sign('sha256', Buffer.from(encoded), key).toString('base64');
  return { payloadType, payload: Buffer.from(statement).toString('base64'), signatures: [{ sig, keyid: '' }] };
}

function dsseSpec(envelope: Envelope, statement: string, signing: Signing): object {
  const hash = (bytes: string): object => ({ algorithm: 'sha256', value: sha256(Buffer.from(bytes)).toString('hex') });
  return {
    envelopeHash: hash(JSON.stringify(envelope)),
    payloadHash: hash(statement),
    signatures: [{ signature: envelope.signatures[0]?.sig, verifier: verifierOf(signing) }],
  };
}

function verifierOf({ key, certificate }: Signing): string {
  const pem = certificate ?? createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return Buffer.from(pem).toString('base64');
}

function annotationsOf(signing: Signing, kind: string, spec: object): Record<string, string> {
  const { certificate, log } = signing;
  const held = certificate === undefined ? {} : { 'dev.sigstore.cosign/certificate': certificate };
  if (log === undefined) return held;
  const { body, promise, seconds, id } = entryOf({ ...signing, log }, kind, spec);
  const Payload = { body, integratedTime: seconds, logIndex: 7, logID: id.toString('hex') };
  return { ...held, 'dev.sigstore.cosign/bundle': JSON.stringify({ SignedEntryTimestamp: promise, Payload }) };
}

function entryOf(
  { log, atSeconds }: Signing & { readonly log: KeyPair },
  kind: string,
  spec: object,
): { readonly body: string; readonly promise: string; readonly seconds: number; readonly id: Buffer } {
  const { id } = logOf(log);
  const seconds = atSeconds ?? Math.floor(Date.now() / 1000);
  const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind, spec })).toString('base64');
  const promised = JSON.stringify({ body, integratedTime: seconds, logID: id.toString('hex'), logIndex: 7 });
  return { body, promise: sign('sha256', Buffer.from(promised), log.key).toString('base64'), seconds, id };
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
