import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignatureVerifier, type SignerRule } from '../../../src/adapters/sigstore/signature-verifier.ts';
import { InputError } from '../../../src/domain/errors.ts';
import type { SignedThing } from '../../../src/ports.ts';
import { digestNamed } from '../../support/digests.ts';
import {
  authority,
  cosignPredicate,
  issuer,
  keyPair,
  payloadOf,
  signedBundle,
  signedEnvelope,
  signedPayload,
  signerName,
  statementOf,
  trustedRoot,
  type Authority,
  type Signing,
} from '../../support/sigstore.ts';

const digest = digestNamed('image');
const statement = statementOf(digest, cosignPredicate);

/** The same, as each of the three ways to write it down. */
const ways: readonly {
  readonly way: string;
  readonly signed: (signing: Signing) => SignedThing;
  readonly text: string;
}[] = [
  {
    way: "cosign 2's payload",
    signed: (signing) => signedPayload(payloadOf(digest), signing),
    text: payloadOf(digest),
  },
  { way: "cosign 2's envelope", signed: (signing) => signedEnvelope(statement, signing), text: statement },
  { way: "cosign 3's bundle", signed: (signing) => signedBundle(statement, signing), text: statement },
];

function verified(rule: SignerRule, signed: SignedThing): string {
  const found = createSignatureVerifier(rule).verify(signed);
  return found.ok ? Buffer.from(found.payload).toString() : found.reason;
}

/** One byte of what was signed is another one. */
function altered(signed: SignedThing): SignedThing {
  const text = Buffer.from(signed.bytes).toString();
  const payload = Buffer.from(statement).toString('base64');
  const other = Buffer.from(statement.replace('"x"', '"y"')).toString('base64');
  return {
    ...signed,
    bytes: Buffer.from(text.replace(payload, other).replace('"docker-reference":"x"', '"docker-reference":"y"')),
  };
}

describe.each(ways)('by a key: $way', ({ signed, text }) => {
  const own = keyPair();
  const other = keyPair();
  const log = keyPair();
  const rule: SignerRule = { kind: 'key', pem: own.pem, file: 'cosign.pub' };

  test('counts if the key is the one, with a log or without', () => {
    expect(verified(rule, signed({ key: own.key }))).toBe(text);
    expect(verified(rule, signed({ key: own.key, log }))).toBe(text);
  });

  test('of another key, or altered, does not', () => {
    expect(verified(rule, signed({ key: other.key }))).toBe('signature verification failed');
    expect(verified(rule, altered(signed({ key: own.key })))).toBe('signature verification failed');
  });
});

describe.each(ways)('by an identity: $way', ({ signed, text }) => {
  let ca: Authority;
  let foreign: Authority;
  const log = keyPair();
  beforeAll(async () => {
    [ca, foreign] = [await authority(afterAll), await authority(afterAll)];
  });
  const ruleOf = (more: Partial<Extract<SignerRule, { readonly kind: 'identity' }>> = {}): SignerRule => ({
    kind: 'identity',
    issuer,
    identities: [signerName],
    root: trustedRoot(ca.certificate, log),
    file: 'trusted_root.json',
    ...more,
  });

  test('counts by name and by a pattern, if the authority and the log are the ones that the root names', async () => {
    const signing = { ...(await ca.issue(signerName, issuer)), log };
    expect(verified(ruleOf(), signed(signing))).toBe(text);
    const identities = ['nobody', 'https://github.com/acme/app/*@refs/tags/*'];
    expect(verified(ruleOf({ identities }), signed(signing))).toBe(text);
    expect(verified(ruleOf({ identities: [signerName.slice(0, -1), 'x'] }), signed(signing))).toMatch(
      /^it is by .*1\.0\.1, not by .* or x$/,
    );
    expect(verified(ruleOf({ identities: ['.*'] }), signed(signing))).toMatch(/not by \.\*$/);
    expect(verified(ruleOf({ issuer: 'https://accounts.test' }), signed(signing))).toMatch(
      /not https:\/\/accounts\.test$/,
    );
  });

  test('of another authority, without a log, in another log, or at a time at which its certificate was not valid, does not', async () => {
    const own = await ca.issue(signerName, issuer);
    const rows: readonly Signing[] = [
      { ...(await foreign.issue(signerName, issuer)), log },
      own,
      { ...own, log: keyPair() },
      { ...own, log, atSeconds: 1_600_000_000 },
    ];
    for (const signing of rows) expect(verified(ruleOf(), signed(signing))).not.toBe(text);
    expect(verified(ruleOf(), altered(signed({ ...own, log })))).not.toBe(text);
    expect(verified(ruleOf(), signed({ key: keyPair().key }))).toBe('it is by a key, and an identity counts');
  });

  test('a root that names no log asks for none', async () => {
    const root = trustedRoot(ca.certificate, null);
    const own = await ca.issue(signerName, issuer);
    expect(verified(ruleOf({ root }), signed(own))).toBe(text);
    expect(verified(ruleOf({ root }), signed(await foreign.issue(signerName, issuer)))).not.toBe(text);
    expect(verified(ruleOf({ root }), altered(signed(own)))).not.toBe(text);
  });
});

test.each([
  { signed: { kind: 'bundle', bytes: Buffer.from('{') } },
  { signed: { kind: 'bundle', bytes: Buffer.from('{"mediaType":"x"}') } },
  { signed: { kind: 'payload', bytes: Buffer.from(payloadOf(digest)), annotations: {} } },
  { signed: { kind: 'envelope', bytes: Buffer.from('[]'), annotations: {} } },
  { signed: { kind: 'payload', bytes: Buffer.from('x'), annotations: { 'dev.sigstore.cosign/certificate': 'no' } } },
  { signed: { kind: 'payload', bytes: Buffer.from('x'), annotations: { 'dev.sigstore.cosign/bundle': '{}' } } },
] as const)('what cannot be read does not count, and throws nothing: $signed.kind', ({ signed }) => {
  const verifier = createSignatureVerifier({ kind: 'key', pem: keyPair().pem, file: 'cosign.pub' });
  expect(verifier.verify(signed)).toMatchObject({ ok: false });
});

test('a key and a trust root that cannot be read are mistakes of the config', () => {
  const roots = ['{', '{}', trustedRoot(keyPair().pem, null).replace(/"rawBytes":"[^"]*"/, '"rawBytes":"AA=="')];
  expect(() => createSignatureVerifier({ kind: 'key', pem: 'x', file: 'cosign.pub' })).toThrow(InputError);
  for (const root of roots)
    expect(() => createSignatureVerifier({ kind: 'identity', issuer, identities: ['x'], root, file: 'r' })).toThrow(
      InputError,
    );
});
