/** Signing without a key: what is given verifies, what is missing is found before it is needed, and no secret is shown. */
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHttp, type Http } from '../../../src/adapters/http/http.ts';
import { createKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import { createSignatureVerifier, type IdentityRule } from '../../../src/adapters/sigstore/signature-verifier.ts';
import { InputError, OutsideError } from '../../../src/domain/errors.ts';
import type { StatementSigner } from '../../../src/ports.ts';
import {
  githubIssuer,
  gitlabIssuer,
  sigstoreServices,
  workflow,
  type Fault,
  type Service,
  type SigstoreServices,
} from '../../support/sigstore-services.ts';

const text = '{"_type":"https://in-toto.io/Statement/v1","name":"Übel"}';
const { signal } = new AbortController();

let services: SigstoreServices;
let http: Http;
const traced: string[] = [];
const everySecret = new Set<string>();
beforeAll(() => {
  http = createHttp({ onRequest: ({ method, url }) => void traced.push(`${method} ${url}`) });
});
afterAll(() => http.close());
beforeEach(async () => {
  services = await sigstoreServices();
});
afterEach(() => {
  for (const secret of services.secrets) everySecret.add(secret);
  return services.close();
});

interface Signing {
  readonly env?: Readonly<Record<string, string>>;
  readonly rule?: Partial<IdentityRule>;
  readonly now?: () => number;
}

function signer({ env = services.githubEnv, rule = {}, now = Date.now }: Signing = {}): StatementSigner {
  return createKeylessSigner({
    servers: { fulcio: services.url, rekor: services.url },
    rule: { ...ruleOf(), ...rule },
    env,
    http,
    clock: { nowMs: now },
    backoffMs: 1,
    timeoutMs: 400,
  });
}

function ruleOf(): IdentityRule {
  const root = services.trustedRoot;
  return { kind: 'identity', issuer: githubIssuer, identities: [workflow], root, file: 'trusted_root.json' };
}

/** What was thrown, with everything that a report of it could show. */
async function failure(work: Promise<unknown>): Promise<{ readonly said: string; readonly error: unknown }> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  const shown = inspect(error, { depth: 9 });
  for (const secret of services.secrets) expect(shown).not.toContain(secret.slice(0, 16));
  if (error instanceof InputError || error instanceof OutsideError) return { said: error.message, error };
  throw new Error(`expected a failure, got ${shown}`);
}

const asked = (name: string): number => services.asked.get(name) ?? 0;
const certificates = (): number => asked('POST /api/v2/signingCert');
const entries = (): number => asked('POST /api/v1/log/entries');

describe('a statement signed without a key', () => {
  test('verifies by identity with sigstore’s own library, and its bundle has certificate, promise and proof', async () => {
    const one = signer();
    await one.ready(signal);
    const signature = await one.sign(text, signal);
    expect(one.verify(text, signature)).toBeNull();
    const bytes = one.bundle(text, signature);
    const found = createSignatureVerifier(ruleOf()).verify({ kind: 'bundle', bytes });
    expect(found).toMatchObject({ ok: true, payload: Buffer.from(text) });
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: expect.any(String) },
        tlogEntries: [
          {
            logIndex: expect.stringMatching(/^\d+$/),
            kindVersion: { kind: 'dsse', version: '0.0.1' },
            inclusionPromise: { signedEntryTimestamp: expect.any(String) },
            inclusionProof: { checkpoint: { envelope: expect.stringContaining('rekor.test') } },
          },
        ],
      },
      dsseEnvelope: { payloadType: 'application/vnd.in-toto+json', payload: Buffer.from(text).toString('base64') },
    });
  });

  test('asks for one certificate, however many are signed at once', async () => {
    const one = signer();
    await Promise.all([one.ready(signal), one.ready(signal)]);
    await Promise.all([one.sign(text, signal), one.sign(`${text} `, signal)]);
    expect([certificates(), entries(), asked('GET /token')]).toEqual([1, 2, 1]);
  });

  test('asks again for a certificate that would not last', async () => {
    let now = Date.now();
    const one = signer({ now: () => now });
    await one.ready(signal);
    await one.ready(signal);
    expect(certificates()).toBe(1);
    // Five minutes are kept for moves, and one for the signature itself.
    now += 301_000;
    await one.sign(text, signal);
    expect(certificates()).toBe(1);
    await one.ready(signal);
    expect(certificates()).toBe(2);
    now += 541_000;
    services.turnClock(842_000);
    await one.sign(text, signal);
    expect([certificates(), asked('GET /token')]).toEqual([3, 3]);
  });

  test('is not asked twice of a log that has it already, though the answer was lost', async () => {
    const one = signer();
    await one.ready(signal);
    services.fail('rekor', 'lost');
    expect(one.verify(text, await one.sign(text, signal))).toBeNull();
    expect(entries()).toBe(2);
  });

  test.each<{ readonly name: string; readonly claims: object; readonly rule: Partial<IdentityRule> }>([
    {
      name: 'GitLab',
      claims: {
        iss: gitlabIssuer,
        sub: 'project_path:acme/app:ref_type:tag:ref:v1.0.0',
        ci_config_ref_uri: 'gitlab.com/acme/app//.gitlab-ci.yml@refs/tags/v1.0.0',
      },
      rule: { issuer: gitlabIssuer, identities: ['https://gitlab.com/acme/app//.gitlab-ci.yml@refs/tags/*'] },
    },
    {
      name: 'an account with an address',
      claims: { iss: 'https://accounts.test', sub: '1', email: 'release@acme.test', aud: ['sigstore'] },
      rule: { issuer: 'https://accounts.test', identities: ['release@acme.test'] },
    },
  ])('by a token of $name in SIGSTORE_ID_TOKEN', async ({ claims, rule }) => {
    const env = { ...services.githubEnv, SIGSTORE_ID_TOKEN: `${services.token({ ...claims })}\n` };
    const one = signer({ env, rule });
    expect(one.verify(text, await one.sign(text, signal))).toBeNull();
    expect(asked('GET /token')).toBe(0);
  });
});

describe('before a tag moves it is found', () => {
  const rows: readonly (readonly [Service, Fault, RegExp, boolean])[] = [
    ['token', 'down', /^the identity token of the job: /, false],
    ['token', 403, /403 Forbidden.*; give the job permissions: id-token: write$/, false],
    ['token', 'rubbish', /^the identity token of the job: 201 Created: "there is no token in it"$/, false],
    ['fulcio', 'down', /^the certificate authority http:\/\/127\.0\.0\.1:\d+: /, true],
    ['fulcio', 500, /500 Internal Server Error/, true],
    ['fulcio', 403, /403 Forbidden.*; the token of this CI is not accepted there/, true],
    ['fulcio', 'slow', /^the certificate authority .* 400 ms|no answer|time/i, true],
    ['fulcio', 'huge', /^the certificate authority .*1048576|more than|larger|longer/i, true],
    ['fulcio', 'echo', /^the certificate authority .*400 Bad Request/, true],
    ['fulcio', 'rubbish', /201 Created: "rubbish"/, true],
    ['fulcio', 'other key', /: it gave a certificate for another key$/, true],
    [
      'fulcio',
      'other authority',
      /: what it gave does not count by trusted_root\.json: its certificate does not/,
      true,
    ],
    ['rekor key', 'down', /^the transparency log http:\/\/127\.0\.0\.1:\d+: /, true],
    ['rekor key', 500, /500 Internal Server Error/, true],
    ['rekor key', 'rubbish', /^the transparency log .*: 201 Created/, true],
  ];
  test.each(rows)('that %s is %s', async (service, fault, message, isAsked) => {
    services.fail(service, fault);
    const { said, error } = await failure(signer().ready(signal));
    expect([said, error]).toEqual([
      expect.stringMatching(message),
      expect.objectContaining({ code: 'SIGNING_FAILED' }),
    ]);
    expect(entries()).toBe(0);
    expect(certificates() > 0).toBe(isAsked);
  });

  test('that the log is another one than the trust root names', async () => {
    const other = await sigstoreServices();
    try {
      const { tlogs }: { tlogs: unknown } = JSON.parse(other.trustedRoot);
      const root = JSON.stringify({ ...JSON.parse(services.trustedRoot), tlogs });
      const { said } = await failure(signer({ rule: { root } }).ready(signal));
      expect(said).toMatch(/^the transparency log .* does not count by trusted_root\.json: it has another key$/);
    } finally {
      await other.close();
    }
  });

  test.each([
    [
      'another workflow',
      { identities: ['https://github.com/acme/app/.github/workflows/other.yml@*'] },
      'it is by https',
    ],
    ['another issuer', { issuer: gitlabIssuer }, `${githubIssuer} vouches for that, not ${gitlabIssuer}`],
  ])('that the statement of this run would not count: %s', async (_name, rule, because) => {
    const { said, error } = await failure(signer({ rule }).ready(signal));
    expect(error).toBeInstanceOf(InputError);
    expect(said).toMatch(/^EVIDENCE_INVALID {2}--evidence-identity: the statement of this run would not count: /);
    expect(said).toContain(because);
    expect(said).toContain('--evidence-identity and --evidence-issuer, or run it where they say');
  });

  test('that the trust root names no log', () => {
    const root = JSON.stringify({ ...JSON.parse(services.trustedRoot), tlogs: [] });
    expect(() => signer({ rule: { root } })).toThrow(
      /CONFIG_INVALID {2}trusted_root\.json: it names no transparency log/,
    );
  });

  test('and a run that failed once asks again', async () => {
    const one = signer();
    services.fail('fulcio', 500);
    await failure(one.ready(signal));
    services.fail('fulcio', null);
    await one.ready(signal);
    expect(one.verify(text, await one.sign(text, signal))).toBeNull();
  });
});

describe('a token', () => {
  const github = { GITHUB_ACTIONS: 'true' };
  const claims = (more: Readonly<Record<string, unknown>>) => (): Record<string, string> => ({
    SIGSTORE_ID_TOKEN: services.token(more),
  });
  test.each<readonly [string, () => Record<string, string>, RegExp]>([
    [
      'that a job of GitHub may not ask for',
      () => github,
      /--sign-keyless: this job may not ask .*; give it permissions: id-token: write$/,
    ],
    ['that is not set', () => ({}), /there is no identity token; set SIGSTORE_ID_TOKEN: on GitLab with id_tokens/],
    [
      'for another service',
      claims({ aud: 'https://cloud.test' }),
      /SIGSTORE_ID_TOKEN: it is for "https:\/\/cloud\.test"; give one for the audience sigstore; no other is sent/,
    ],
    ['for nobody', claims({ sub: '' }), /SIGSTORE_ID_TOKEN: it names nobody/],
    [
      'that is none',
      () => ({ SIGSTORE_ID_TOKEN: 'ghs_0123456789abcdef' }),
      /SIGSTORE_ID_TOKEN: it is not an identity token of OpenID Connect/,
    ],
    ['that has expired', claims({ exp: 1_600_000_000 }), /^SIGSTORE_ID_TOKEN has expired; run the job again/],
    [
      'from an address without TLS',
      () => ({ ...services.githubEnv, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://token.test/' }),
      /ACTIONS_ID_TOKEN_REQUEST_URL is not an address with https/,
    ],
  ])('%s is not sent anywhere', async (_name, env, message) => {
    const { said } = await failure(signer({ env: env() }).ready(signal));
    expect(said).toMatch(message);
    expect([...services.asked.keys()]).toEqual([]);
  });
});

describe('what the log gave does not count, and is not given on', () => {
  test.each<readonly [Fault, RegExp]>([
    ['other body', /its entry in the transparency log is missing or wrong: DSSE payload hash mismatch$/],
    ['no proof', /^the transparency log .*: 200 OK|201 Created/],
    ['wrong proof', /its entry in the transparency log is missing or wrong: /],
    ['wrong promise', /its entry in the transparency log is missing or wrong: /],
    ['rubbish', /201 Created: "rubbish"/],
    ['slow', /^the transparency log /],
    ['huge', /^the transparency log /],
    [500, /500 Internal Server Error/],
  ])('%s', async (fault, message) => {
    const one = signer();
    await one.ready(signal);
    services.fail('rekor', fault);
    const { said, error } = await failure(Promise.resolve(one.sign(text, signal)));
    expect([said, error]).toEqual([
      expect.stringMatching(message),
      expect.objectContaining({ code: 'SIGNING_FAILED' }),
    ]);
  });
});

test('a run that is stopped says so, and is not taken for a failure of the services', async () => {
  services.fail('fulcio', 'slow');
  const stop = new AbortController();
  const work = signer().ready(stop.signal);
  setTimeout(() => stop.abort(), 50);
  expect((await failure(work)).error).toMatchObject({ code: 'ABORTED' });
});

test('no trace of a request has a secret', () => {
  expect(traced.length).toBeGreaterThan(20);
  expect(everySecret.size).toBeGreaterThan(20);
  for (const secret of everySecret) expect(traced.join('\n')).not.toContain(secret);
});
