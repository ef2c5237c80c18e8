/** Whether a login is accepted, as `docker login` asks: which requests are sent, and what their answers mean. */
import { expect, test } from 'vitest';
import type { Credentials } from '../../../src/adapters/registry/credentials.ts';
import { tryLogin } from '../../../src/adapters/registry/try-login.ts';
import { WireFault } from '../../../src/adapters/http/wire.ts';
import type { LoginAnswer } from '../../../src/ports.ts';
import { scriptedTransport, type ScriptedAnswer, type Step } from '../../support/scripted-transport.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const password: Credentials = { kind: 'password', username: 'alice', password: 'wonderland' };
const basic = `Basic ${Buffer.from('alice:wonderland').toString('base64')}`;
const realm = 'https://auth.test/token';
const v2 = 'GET https://ghcr.io/v2/';
const asked = `GET ${realm}?service=ghcr.io`;
const ok: ScriptedAnswer = { status: 200, body: '{}' };
const bearer = (at = realm): ScriptedAnswer => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="${at}",service="ghcr.io"` },
});
const wantsBasic: ScriptedAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } };
const token: ScriptedAnswer = { status: 200, body: '{"token":"one"}' };
const denied: ScriptedAnswer = {
  status: 401,
  body: JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'token=wonderland is wrong' }] }),
};

const page: ScriptedAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Log in</title>',
};
const noRegistry =
  /^GET \/v2\/: 200 with text\/html, not with what a registry says: it may be a login page, a proxy or another server$/;

interface Case {
  readonly name: string;
  readonly credentials?: Credentials;
  readonly script: readonly Step[];
  readonly sent: readonly string[];
  readonly answer: LoginAnswer['kind'];
  readonly because?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'a token service that gives a token, which the registry takes',
    script: [bearer(), token, ok],
    sent: [v2, `${asked} ${basic}`, `${v2} Bearer one`],
    answer: 'accepted',
  },
  {
    name: 'a token service that refuses the password',
    script: [bearer(), denied],
    sent: [v2, `${asked} ${basic}`],
    answer: 'refused',
    because: /^token service auth\.test: 401 UNAUTHORIZED /,
  },
  {
    name: 'a token that the registry does not take',
    script: [bearer(), token, denied],
    sent: [v2, `${asked} ${basic}`, `${v2} Bearer one`],
    answer: 'refused',
    because: /^GET \/v2\/: 401 UNAUTHORIZED /,
  },
  { name: 'a password', script: [wantsBasic, ok], sent: [v2, `${v2} ${basic}`], answer: 'accepted' },
  {
    name: 'a wrong password',
    script: [wantsBasic, { status: 403 }],
    sent: [v2, `${v2} ${basic}`],
    answer: 'refused',
    because: /^GET \/v2\/: 403$/,
  },
  {
    name: 'a token of Docker where a password is asked for',
    credentials: { kind: 'identity-token', token: 'wonderland' },
    script: [wantsBasic],
    sent: [v2],
    answer: 'refused',
    because: /^it asks for a user name and a password, and the login is a token$/,
  },
  {
    name: 'a token of the registry itself',
    credentials: { kind: 'registry-token', token: 'wonderland' },
    script: [bearer(), ok],
    sent: [v2, `${v2} Bearer wonderland`],
    answer: 'accepted',
  },
  { name: 'a registry that answers everybody', script: [ok], sent: [v2], answer: 'open' },
  { name: 'a registry that answers everybody, with nothing', script: [{ status: 200 }], sent: [v2], answer: 'open' },
  {
    name: 'a registry that answers everybody, in words of its own',
    script: [{ status: 200, headers: { 'docker-distribution-api-version': 'registry/2.0' }, body: 'hello' }],
    sent: [v2],
    answer: 'open',
  },
  {
    name: 'a page for whoever is not logged in',
    script: [page],
    sent: [v2],
    answer: 'unanswered',
    because: noRegistry,
  },
  {
    name: 'a page after the login',
    script: [wantsBasic, page],
    sent: [v2, `${v2} ${basic}`],
    answer: 'unanswered',
    because: noRegistry,
  },
  {
    name: 'a text that says nothing of its kind',
    script: [{ status: 200, body: 'welcome' }],
    sent: [v2],
    answer: 'unanswered',
    because: /^GET \/v2\/: 200 with a text, not with what a registry says: it may be/,
  },
  {
    name: 'a token of Docker with a password beside it, where a password is asked for',
    credentials: { kind: 'identity-token', token: 'other', password: { username: 'alice', password: 'wonderland' } },
    script: [wantsBasic, ok],
    sent: [v2, `${v2} ${basic}`],
    answer: 'accepted',
  },
  {
    name: 'a refusal that quotes the password',
    script: [wantsBasic, { status: 401, body: JSON.stringify({ errors: [{ message: 'who is alice:wonderland' }] }) }],
    sent: [v2, `${v2} ${basic}`],
    answer: 'refused',
    because: /^GET \/v2\/: 401 .*who is alice:\*\*\*/,
  },
  {
    name: 'a refusal that does not say how to log in',
    script: [{ status: 401 }],
    sent: [v2],
    answer: 'unanswered',
    because: /^GET \/v2\/: 401$/,
  },
  {
    name: 'another status with a way to log in: nothing is sent',
    script: [{ ...wantsBasic, status: 403 }],
    sent: [v2],
    answer: 'unanswered',
    because: /^GET \/v2\/: 403$/,
  },
  {
    name: 'a token service that is down',
    script: [bearer(), { status: 503 }],
    sent: [v2, `${asked} ${basic}`],
    answer: 'unanswered',
    because: /^token service auth\.test: 503$/,
  },
  { name: 'no registry', script: [{ status: 404 }], sent: [v2], answer: 'unanswered', because: /^GET \/v2\/: 404/ },
  {
    name: 'a registry that is down after the first word',
    script: [wantsBasic, { status: 503 }],
    sent: [v2, `${v2} ${basic}`],
    answer: 'unanswered',
    because: /^GET \/v2\/: 503$/,
  },
  {
    name: 'a token service without TLS: nothing is sent to it',
    script: [bearer('http://auth.test/token')],
    sent: [v2],
    answer: 'unanswered',
    because: /auth\.test does not use TLS; nothing was sent to it$/,
  },
  {
    name: 'nobody',
    script: [new WireFault('REGISTRY_UNREACHABLE', 'ENOTFOUND: no such host')],
    sent: [v2],
    answer: 'unanswered',
    because: /^ENOTFOUND: no such host$/,
  },
];

test.each(cases)('$name: $answer', async ({ credentials = password, script, sent, answer, because }) => {
  const { transport, lines } = scriptedTransport(script);
  const found = await tryLogin({
    repository: { registry: 'ghcr.io', path: 'acme/app' },
    credentials,
    insecureHosts: new Set(),
    transport,
    clock: createVirtualClock(),
    signal: new AbortController().signal,
  });
  expect([lines(), found.kind]).toEqual([sent, answer]);
  expect('because' in found ? found.because : '').toMatch(because ?? /^$/);
  expect(JSON.stringify(found)).not.toMatch(/wonderland|Bearer|Basic/);
});

test('a run that is interrupted ends, and says nothing of the login', async () => {
  const abort = new AbortController();
  const { transport } = scriptedTransport([
    () => {
      abort.abort();
      return bearer();
    },
  ]);
  const asking = tryLogin({
    repository: { registry: 'ghcr.io', path: 'acme/app' },
    credentials: password,
    insecureHosts: new Set(),
    transport,
    clock: createVirtualClock(),
    signal: abort.signal,
  });
  await expect(asking).rejects.toMatchObject({ code: 'ABORTED' });
});

const trial = {
  repository: { registry: 'ghcr.io', path: 'acme/app' },
  credentials: password,
  insecureHosts: new Set<string>(),
  clock: createVirtualClock(),
  signal: new AbortController().signal,
};

test('an answer has a bound of bytes and of time', async () => {
  const { transport, requests } = scriptedTransport([wantsBasic, ok]);
  await tryLogin({ ...trial, transport });
  const now = trial.clock.nowMs();
  expect(requests.map(({ maxBytes, deadlineMs }) => [maxBytes, deadlineMs])).toEqual([
    [1_048_576, now + 15_000],
    [1_048_576, now + 15_000],
  ]);
});

test('plain HTTP is spoken to hosts that may be asked so, their token services among them', async () => {
  const insecureHosts = new Set(['ghcr.io', 'auth.test']);
  const { transport, lines, requests } = scriptedTransport([bearer('http://auth.test/token'), token, ok]);
  expect(await tryLogin({ ...trial, insecureHosts, transport })).toEqual({ kind: 'accepted' });
  expect(lines()).toEqual([
    'GET http://ghcr.io/v2/',
    `GET http://auth.test/token?service=ghcr.io ${basic}`,
    'GET http://ghcr.io/v2/ Bearer one',
  ]);
  expect(requests.map((request) => request.insecureHosts)).toEqual([insecureHosts, undefined, insecureHosts]);
});

test('a fault that is nobody’s answer is thrown', async () => {
  const { transport } = scriptedTransport([new TypeError('a bug')]);
  await expect(tryLogin({ ...trial, transport })).rejects.toThrow('a bug');
});

test('a registry that never answers is not waited for once the run is interrupted', async () => {
  for (const before of [[], [wantsBasic]]) {
    const abort = new AbortController();
    const { transport } = scriptedTransport([
      ...before,
      () => {
        abort.abort();
        return new Promise(() => undefined);
      },
    ]);
    await expect(tryLogin({ ...trial, signal: abort.signal, transport })).rejects.toMatchObject({ code: 'ABORTED' });
  }
});
