/** Which statements that hang on an image count: by this key, of this repository; what is not answered is not absent. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  createStatementSigner,
  createStatementVerifier,
  type KeySigner,
} from '../../../src/adapters/sigstore/statement-key.ts';
import { readAttached } from '../../../src/commands/evidence/attached.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { parseReferrers, referrersIndex, referrersTag, type Referrer } from '../../../src/domain/referrers.ts';
import { artifactOf } from '../../../src/evidence/artifact.ts';
import { attachedFaults, type AttachedEvidence } from '../../../src/evidence/attached.ts';
import { makeStatement } from '../../../src/evidence/statement.ts';
import type { RegistryReader } from '../../../src/ports.ts';
import { digestNamed } from '../../support/digests.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const others = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const signerOf = ({ privateKey }: typeof keys): KeySigner =>
  createStatementSigner(
    { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), file: 'evidence.key' },
    undefined,
  );
const verify = createStatementVerifier({
  pem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  file: 'evidence.pub',
});
const image = digestNamed('image');
const at = '2026-01-01T00:00:00Z';

interface Hung {
  readonly signer?: KeySigner;
  readonly repository?: string;
  readonly bundle?: Uint8Array;
  /** A registry may leave annotations out of its list. */
  readonly bare?: boolean;
}

/** A registry that has these attached to the image. */
function registryWith(hung: readonly Hung[], how: 'listed' | 'tagged' | 'denied'): RegistryReader {
  const manifests = new Map<string, Uint8Array>();
  const blobs = new Map<Digest, Uint8Array>();
  const referrers = hung.map(({ signer = signerOf(keys), repository, bundle, bare }, index): Referrer => {
    const bytes = bundle ?? bundleOf(signer, repository ?? 'registry.example/acme/app', index);
    const blob = { digest: digestNamed(String(index)), sizeBytes: bytes.byteLength };
    blobs.set(blob.digest, bytes);
    const subject = { digest: image, mediaType: 'application/vnd.oci.image.index.v1+json', sizeBytes: 2 };
    const artifact = artifactOf({ subject, bundle: blob, config: digestNamed('config'), at });
    const digest = digestNamed(`artifact ${index}`);
    manifests.set(digest, artifact.bytes);
    return { digest, entry: bare === true ? { digest } : { ...artifact.entry, digest } };
  });
  if (how === 'tagged') manifests.set(referrersTag(image), referrersIndex([], referrers));
  return {
    repository: { registry: 'registry.example', path: 'acme/app' },
    head: () => Promise.resolve(null),
    manifest: (reference) => {
      const bytes = manifests.get(reference);
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      return Promise.resolve(
        bytes === undefined ? null : { bytes, mediaType, digest: digestNamed(reference), sizeBytes: bytes.byteLength },
      );
    },
    blob: (digest) => Promise.resolve(blobs.get(digest) ?? null),
    referrers: () => {
      if (how === 'denied') return Promise.reject(new OutsideError('REGISTRY_DENIED', '401', {}));
      return Promise.resolve(how === 'listed' ? (parseReferrers(referrersIndex([], referrers)) ?? []) : null);
    },
    tags: () => Promise.resolve([]),
    requests: () => 0,
  };
}

function textOf(repository: string, index: number): string {
  const to = { owner: { version: '1.0.0', axes: {} }, digest: image };
  const made = { repository, command: 'publish', release: '1.0.0', commit: null, config: image } as const;
  const facts = { ...made, tagwright: '1', ruleOf: () => null, actor: null, approver: null, run: null };
  const moves = [{ tag: '1-latest', from: null, to, how: 'moved', at }] as const;
  return JSON.stringify(makeStatement(moves, facts, { sequence: index + 1, previous: null }, at));
}

function bundleOf(signer: KeySigner, repository: string, index: number): Uint8Array {
  const text = textOf(repository, index);
  return signer.bundle(text, signer.sign(text));
}

function read(registry: RegistryReader, present: ReadonlySet<Digest> = new Set([image])): Promise<AttachedEvidence> {
  const digestOf = (bytes: Uint8Array): Digest => digestNamed(new TextDecoder().decode(bytes));
  const world = { digestOf, signal: new AbortController().signal };
  return readAttached(new Set([image]), { registry, listed: null, verify, present, world });
}

const sequences = ({ statements }: AttachedEvidence): readonly number[] =>
  statements.map(({ statement }) => statement.predicate.sequence);

describe('statements attached to an image', () => {
  test.each(['listed', 'tagged'] as const)(
    'count where they are %s: by this key and of this repository',
    async (how) => {
      const hung: readonly Hung[] = [
        {},
        { signer: signerOf(others) },
        { repository: 'registry.example/mallory/app' },
        { bundle: new TextEncoder().encode('{"dsseEnvelope":{"payload":"!","signatures":[{"sig":""}]}}') },
        { bundle: new TextEncoder().encode('rubbish') },
        { bare: true },
      ];
      const found = await read(registryWith(hung, how));
      expect([sequences(found), [...found.images], found.unread]).toEqual([[1, 6], [image], null]);
    },
  );

  test('of an image that is gone are not asked for', async () => {
    expect([...(await read(registryWith([], 'listed'), new Set())).images]).toEqual([]);
  });

  test('that nobody may read are unknown, and not absent', async () => {
    const attached = await read(registryWith([], 'denied'));
    expect([...attached.images]).toEqual([]);
    const nothing = { lines: [], torn: false, wholeLength: 0 };
    expect(attachedFaults(nothing, { statements: [], faults: [], gaps: [] }, attached)).toEqual([
      {
        kind: 'unknown',
        place: 'attached statements',
        because: 'what is attached to 1 of 1 image was not read: REGISTRY_DENIED 401',
      },
    ]);
  });
});
