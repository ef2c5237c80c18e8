/** A registry and a token service that quote what was sent to them: nothing of it is shown. */
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../../src/adapters/registry/credentials.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { tryLogin } from '../../../src/adapters/registry/try-login.ts';
import { withoutSecrets } from '../../../src/adapters/registry/without-secrets.ts';
import { outsideError } from '../../support/errors.ts';
import { scriptedTransport, type ScriptedAnswer } from '../../support/scripted-transport.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const credentials: Credentials = { kind: 'password', username: 'alice', password: 'wonder"land/é' };
const base64 = Buffer.from('alice:wonder"land/é').toString('base64');
const repository = { registry: 'ghcr.io', path: 'acme/app' };
const wantsBasic: ScriptedAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } };
const wantsToken: ScriptedAnswer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer realm="https://auth.test/token",service="ghcr.io"' },
};
const quoting = (text: string): ScriptedAnswer => ({
  status: 403,
  body: JSON.stringify({ errors: [{ code: 'DENIED', message: `login ${text} is not good` }] }),
});
const quotesAll = quoting(`alice wonder"land/é ${base64}`);

describe.each([
  {
    name: 'a registry',
    script: [wantsBasic, quotesAll],
    says: 'GET /v2/: 403 DENIED "login alice *** *** is not good"',
  },
  {
    name: 'a token service',
    script: [wantsToken, quotesAll],
    says: 'token service auth.test: 403 DENIED "login alice *** *** is not good"',
  },
  {
    name: 'a registry that quotes its token',
    script: [wantsToken, { status: 200, body: '{"token":"issued-one"}' }, quoting('issued-one')],
    says: 'GET /v2/: 403 DENIED "login *** is not good"',
  },
])('$name', ({ script, says }) => {
  const clock = createVirtualClock();

  test('of a login that is tried', async () => {
    const { transport } = scriptedTransport(script);
    const signal = new AbortController().signal;
    const answer = await tryLogin({ repository, credentials, insecureHosts: new Set(), transport, clock, signal });
    expect(answer).toEqual({ kind: 'refused', because: says });
  });

  test('of a request that is denied', async () => {
    const { transport } = scriptedTransport(script);
    const login = (): Promise<{ credentials: Credentials }> => Promise.resolve({ credentials });
    const open = createRegistries({ transport, credentials: login, clock, alarm: clock.alarm, random: () => 0 });
    const error = await outsideError(open.open(repository).tags());
    expect(error.message).toContain(says.replace('GET /v2/: ', ''));
  });
});

test('a body without a secret, an answer that is no refusal, and a secret of three letters stay as they are', () => {
  const body = new TextEncoder().encode('abc wonder"land/é');
  const answer = { status: 401, headers: {}, body };
  expect(withoutSecrets(answer, { kind: 'registry-token', token: 'other' }, null)).toBe(answer);
  expect(withoutSecrets(answer, { kind: 'registry-token', token: 'abc' }, null)).toBe(answer);
  const fine = { ...answer, status: 200 };
  expect(withoutSecrets(fine, credentials, null)).toBe(fine);
});
