/** Which signatures without a key count: by the identity, in the log, unchanged. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { createKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import { otherSigner, type IdentityRule } from '../../../src/adapters/sigstore/signature-verifier.ts';
import { createStatementSigner } from '../../../src/adapters/sigstore/statement-key.ts';
import { createIdentityVerifier } from '../../../src/adapters/sigstore/statement-identity.ts';
import type { StatementSignature } from '../../../src/ports.ts';
import { keyPair } from '../../support/sigstore.ts';
import {
  githubIssuer,
  gitlabIssuer,
  sigstoreServices,
  workflow,
  type SigstoreServices,
} from '../../support/sigstore-services.ts';

const text = '{"name":"a statement"}';
let services: SigstoreServices;
let own: StatementSignature;
let other: StatementSignature;
const ruleOf = (more: Partial<IdentityRule> = {}): IdentityRule => {
  const root = services.trustedRoot;
  return { kind: 'identity', issuer: githubIssuer, identities: [workflow], root, file: 'trusted_root.json', ...more };
};

beforeAll(async () => {
  services = await sigstoreServices();
  const http = createHttp();
  const signed = async (claims: object, identities: readonly string[]): Promise<StatementSignature> => {
    const servers = { fulcio: services.url, rekor: services.url };
    const env = { SIGSTORE_ID_TOKEN: services.token({ ...claims }) };
    const clock = { nowMs: Date.now };
    const signer = createKeylessSigner({ servers, rule: ruleOf({ identities }), env, http, clock });
    return signer.sign(text, new AbortController().signal);
  };
  own = await signed({}, [workflow]);
  other = await signed({ job_workflow_ref: 'mallory/app/.github/workflows/x.yml@refs/heads/main' }, ['*']);
  await http.close();
});
afterAll(() => services.close());

interface Material {
  readonly certificate: { readonly rawBytes: string };
  readonly tlogEntries: readonly [Readonly<Record<string, unknown>>];
}

/** The same signature with something else in its material. */
function altered(change: (material: Material, foreign: Material) => object): StatementSignature {
  const read = ({ verificationMaterial }: StatementSignature): Material =>
    JSON.parse(JSON.stringify(verificationMaterial));
  const material = read(own);
  return { ...own, verificationMaterial: { ...material, ...change(material, read(other)) } };
}

describe('a signature without a key', () => {
  test('counts by its identity, by any of several, and by a pattern', () => {
    for (const identities of [[workflow], ['nobody', workflow], ['https://github.com/acme/app/*@refs/tags/*']])
      expect(createIdentityVerifier(ruleOf({ identities }))(text, own)).toBeNull();
  });

  test('of somebody else, or that somebody else vouches for, does not', () => {
    expect(createIdentityVerifier(ruleOf())(text, other)).toBe(
      `it is by https://github.com/mallory/app/.github/workflows/x.yml@refs/heads/main, not by ${workflow}`,
    );
    const [name] = workflow.split('@');
    const said = createIdentityVerifier(ruleOf({ identities: [`${name}@refs/heads/main`, 'x'] }))(text, own);
    expect(said).toBe(`it is by ${workflow}, not by ${name}@refs/heads/main or x`);
    expect(createIdentityVerifier(ruleOf({ issuer: gitlabIssuer }))(text, own)).toMatch(/vouches for that, not https:/);
  });

  const path = 'https://github.com/acme/app/.github/workflows';
  test.each<readonly [string, string, boolean]>([
    [`${path}/*@refs/tags/*`, `${path}/release.yml@refs/tags/v1.0.0`, true],
    [`${path}/*@refs/tags/*`, `${path}/x.yml@refs/heads/x@refs/tags/v1.0.0`, false],
    [`${path}/*@refs/heads/main`, `${path}/x.yml@refs/heads/x@refs/heads/main`, false],
    [`${path}/release.yml@*`, `${path}/release.yml@refs/heads/x@y`, true],
    [`${path}/release.yml@refs/tags/*`, `${path}/release.yml`, false],
    [`${path}/*`, `${path}/release.yml@refs/heads/x@y`, true],
    [`${path}/release.yml@refs/tags/v1.0.0`, `${path}/release.yml@refs/tags/v1.0.0 `, false],
    [`${path}/release.yml@refs/tags/v1.0.0`, `${path}/Release.yml@refs/tags/v1.0.0`, false],
    [`${path}/*.yml@refs/tags/*.0`, `${path}/a.yml@refs/tags/v1.0.1`, false],
    ['*@acme.test', 'release@acme.test', true],
    ['*@acme.test', 'mallory@evil.test@acme.test', false],
    ['*', '', false],
    ['nobody', '', false],
  ])('by the pattern %s: %s counts: %s', (identity, subjectAlternativeName, counts) => {
    const signer = { subjectAlternativeName, extensions: { issuer: githubIssuer } };
    const fault = otherSigner({ issuer: githubIssuer, identities: [identity] }, signer);
    expect(fault === null).toBe(counts);
  });

  test('whose certificate names nobody, or nobody who vouches, does not', () => {
    const rule = { issuer: 'nobody', identities: ['nobody', '*'] };
    expect(otherSigner(rule, undefined)).toBe('its certificate does not say who it is of');
    const nameless = otherSigner(rule, { subjectAlternativeName: 'nobody', extensions: {} });
    expect(nameless).toBe('its certificate does not say who vouches for it');
  });

  test('on another text does not', () => {
    expect(createIdentityVerifier(ruleOf())(`${text} `, own)).toMatch(/missing or wrong: .*mismatch|signature/);
  });

  test('with a key does not', () => {
    const pem = keyPair().key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const byKey = createStatementSigner({ pem, file: 'evidence.key' }, undefined).sign(text);
    expect(createIdentityVerifier(ruleOf())(text, byKey)).toBe('it is signed with a key, and an identity counts');
  });

  test('says why on one line, with no command to a terminal or a runner in it', () => {
    const kind = '\u{1b}[2J\n::error::x\u{202e}';
    const altering = altered(({ tlogEntries: [entry] }) => ({
      tlogEntries: [{ ...entry, kindVersion: { kind, version: '0.0.1' } }],
    }));
    const fault = createIdentityVerifier(ruleOf())(text, altering);
    expect(fault).toContain(String.raw`mismatch - expected: \u001b[2J : :error::x\u202e/0.0.1, received: dsse/0.0.1`);
    const signer = { subjectAlternativeName: `x\n::error::x`, extensions: { issuer: '\u{1b}[2J' } };
    const said = otherSigner({ issuer: githubIssuer, identities: [workflow] }, signer);
    expect(said).toBe(String.raw`it is by x : :error::x, and \u001b[2J vouches for that, not ${githubIssuer}`);
  });

  const bytes = (value: string): string => Buffer.from(value).toString('base64');
  test.each<readonly [string, (material: Material, foreign: Material) => object, RegExp]>([
    ['without its entry', () => ({ tlogEntries: [] }), /^its entry in the transparency log is missing or wrong: /],
    [
      'with the entry of another signature',
      (_own, { tlogEntries }) => ({ tlogEntries }),
      /^its entry in the transparency log is missing or wrong: /,
    ],
    [
      'with another time',
      ({ tlogEntries: [entry] }) => ({
        tlogEntries: [{ ...entry, integratedTime: String(Number(entry['integratedTime']) + 1) }],
      }),
      /^its entry in the transparency log is missing or wrong: /,
    ],
    [
      'with another body',
      ({ tlogEntries: [entry] }) => ({ tlogEntries: [{ ...entry, canonicalizedBody: bytes('{}') }] }),
      /^its entry in the transparency log is missing or wrong: /,
    ],
    [
      'with a proof of another tree',
      ({ tlogEntries: [entry] }, { tlogEntries: [foreign] }) => ({
        tlogEntries: [{ ...entry, inclusionProof: foreign['inclusionProof'] }],
      }),
      /^its entry in the transparency log is missing or wrong: /,
    ],
    ['with the certificate of another', (_own, { certificate }) => ({ certificate }), /./],
    ['with a certificate that is none', () => ({ certificate: { rawBytes: bytes('x') } }), /./],
    [
      'without a certificate',
      () => ({ certificate: undefined, publicKey: { hint: 'x' } }),
      /^it is by a key, and an identity counts$/,
    ],
  ])('%s does not', (_name, change, reason) => {
    const fault = createIdentityVerifier(ruleOf())(text, altered(change));
    expect(fault).toMatch(reason);
  });
});
