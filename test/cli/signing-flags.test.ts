/** Flags that say how statements are signed: what does not go together is refused before anything is read. */
import { expect, test } from 'vitest';
import { realWorld } from '../../src/entry/world.ts';
import { certificateAuthority, pemOf } from '../support/certificate-authority.ts';
import { runCli } from '../support/run-cli.ts';
import { trustedRoot } from '../support/sigstore.ts';
import { tempFolder } from '../support/temp-folder.ts';

const identity = ['--evidence-identity', 'https://ci.test/*', '--evidence-issuer', 'https://ci.test'];
const signer = [...identity, '--trust-root', 'nowhere.json'];

test.each([
  ['both ways at once', ['--sign-key', 'k', '--sign-keyless', ...signer], '--sign-keyless: --sign-key is given too'],
  ['nobody who may sign', ['--sign-keyless'], '--sign-keyless: nobody is named who may sign so; add --evidence-id'],
  ['no trust root', ['--sign-keyless', ...identity], '--evidence-identity: it needs --trust-root; give all three'],
  ['an identity and no signature', signer, '--evidence-identity: no statement is signed; add --sign-key or --sign'],
  ['an earlier key alone', ['--earlier-key', 'k'], '--earlier-key: no statement is signed; add --sign-key or --sign'],
  [
    'a service and a key',
    ['--sign-key', 'k', '--rekor-url', 'https://r.test'],
    '--rekor-url: nothing is signed without',
  ],
])('%s', async (_name, args, message) => {
  const { code, stderr } = await runCli([
    'apply',
    ...args,
    '--config',
    'examples/semver-debian-alpine/matrix.config.ts',
  ]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(`^USAGE  ${message.replaceAll('.', String.raw`\.`)}`)]);
});

test('variables say the same as flags', async () => {
  const { code, stderr } = await runCli(['apply'], { TAGWRIGHT_SIGN_KEYLESS: 'true', TAGWRIGHT_EVIDENCE_ISSUER: 'x' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('it needs --evidence-identity and --trust-root')]);
});

test.each([
  ['http://fulcio.test', 'http://fulcio.test'],
  ['https://someone:secret@fulcio.test', 'https://***@fulcio.test'],
  ['https://fulcio.test/?token=secret', 'https://fulcio.test/?token=***'],
  ['fulcio.test', 'fulcio.test'],
])('a token is not sent to %s', async (url, shown) => {
  const world = realWorld({ env: {}, say: () => undefined, signal: new AbortController().signal });
  const asked = { fulcio: url, rekor: 'https://rekor.test' };
  const work = world.keylessSigner(asked, { identities: ['x'], issuer: 'x', trustRoot: 'nowhere.json' });
  await expect(work).rejects.toThrow(`USAGE  --fulcio-url: "${shown}" is not an address of a service with https`);
});

test('what verifies by identity is made once: it knows what it has verified', async () => {
  const folder = await tempFolder({ 'trusted_root.json': trustedRoot(pemOf(certificateAuthority().chain[1]!), null) });
  const world = realWorld({ env: {}, say: () => undefined, signal: new AbortController().signal });
  const identity = { identities: ['x'], issuer: 'x', trustRoot: `${folder}/trusted_root.json` };
  const first = await world.identityVerifier(identity);
  expect(await world.identityVerifier({ ...identity })).toBe(first);
  expect(await world.identityVerifier({ ...identity, issuer: 'y' })).not.toBe(first);
});
