import { expect, test } from 'vitest';
import { networkFault, ProxyRefusal } from '../../../src/adapters/http/network-fault.ts';
import { createHeadSnapshotSource } from '../../../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import { blobOf } from '../../support/sample-images.ts';
import { scriptedTransport, type ScriptedAnswer } from '../../support/scripted-transport.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

interface Opened {
  readonly client: RegistryClient;
  readonly clock: VirtualClock;
  readonly said: string[];
  readonly asked: () => number;
}

function open(answer: (count: number) => ScriptedAnswer | Error): Opened {
  const clock = createVirtualClock();
  const said: string[] = [];
  let count = 0;
  const { transport, requests } = scriptedTransport(() => {
    count += 1;
    const is = answer(count);
    if (is instanceof Error) throw is;
    return is;
  });
  const password = { kind: 'password', username: 'me', password: 'wrong' } as const;
  const registries = createRegistries({
    transport,
    clock,
    alarm: clock.alarm,
    random: () => 0.5,
    say: (line) => said.push(line),
    credentials: () => Promise.resolve({ credentials: password, advice: 'docker login registry.test' }),
  });
  const client = registries.open({ registry: 'registry.test', path: 'acme/app' });
  return { client, clock, said, asked: () => requests.length };
}

const tags = Array.from({ length: 60 }, (_, index) => `t${index}`);
const wireError = (code: string): Error => networkFault(Object.assign(new Error(code), { code }), 'registry.test');
const proxy = { url: new URL('http://p:1'), authorization: null, username: '', password: '', variable: 'HTTPS_PROXY' };
const there: ScriptedAnswer = {
  status: 200,
  headers: {
    'content-type': 'application/vnd.oci.image.index.v1+json',
    'docker-content-digest': blobOf('{}').digest,
    'content-length': '2',
  },
};

test.each<{ name: string; answer: ScriptedAnswer | Error; requests: number }>([
  { name: 'no such host', answer: wireError('ENOTFOUND'), requests: 1 },
  { name: 'nobody listens', answer: wireError('ECONNREFUSED'), requests: 1 },
  { name: 'an untrusted certificate', answer: wireError('SELF_SIGNED_CERT_IN_CHAIN'), requests: 1 },
  { name: 'a certificate that has expired', answer: wireError('CERT_HAS_EXPIRED'), requests: 1 },
  { name: 'a port that speaks something else', answer: wireError('ERR_SSL_WRONG_VERSION_NUMBER'), requests: 1 },
  {
    name: 'a proxy that wants a login',
    answer: networkFault(new ProxyRefusal(proxy, 407), 'registry.test'),
    requests: 1,
  },
  {
    name: 'a login that is refused',
    answer: { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    requests: 2,
  },
])('$name is the answer to a whole snapshot, asked for once', async ({ answer, requests }) => {
  const { client, clock, said, asked } = open(() => answer);
  const startMs = clock.nowMs();
  const snapshot = await createHeadSnapshotSource(client).read(tags);
  expect([...snapshot.tags.values()].filter(({ kind }) => kind !== 'unknown')).toEqual([]);
  expect(asked()).toBe(requests);
  expect(clock.nowMs() - startMs).toBeLessThan(3000);
  expect(said).toEqual([]);
});

test.each([
  ['CERT_HAS_EXPIRED', 'the certificate of registry.test has expired (CERT_HAS_EXPIRED)', 'renewed'],
  ['CERT_NOT_YET_VALID', 'the certificate of registry.test is not valid yet (CERT_NOT_YET_VALID)', 'clock'],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'the certificate of registry.test is for other names (ERR_TLS_CERT_ALTNAME_INVALID)',
    'name',
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'the certificate of registry.test is not trusted (SELF_SIGNED_CERT_IN_CHAIN)',
    'NODE_EXTRA_CA_CERTS',
  ],
])('a certificate is refused for the reason that is true: %s', (code, message, fix) => {
  expect(wireError(code)).toMatchObject({ message, fix: expect.stringContaining(fix) });
});

test('a host that has answered is tried again as ever', async () => {
  const { client, asked } = open((count) => (count === 2 ? wireError('ECONNREFUSED') : there));
  await client.head('t0');
  expect(await client.head('t1')).not.toBe(null);
  expect(asked()).toBe(3);
});

test('a name server that does not answer is always asked again', async () => {
  const { client, asked } = open((count) => (count < 4 ? wireError('EAI_AGAIN') : there));
  expect(await client.head('t0')).not.toBe(null);
  expect(asked()).toBe(4);
});

test('a final word is believed for some seconds, not for ever', async () => {
  const { client, clock, asked } = open((count) => (count === 1 ? wireError('ECONNREFUSED') : there));
  await expect(client.head('t0')).rejects.toThrow(/connection refused/);
  await expect(client.head('t0')).rejects.toThrow(/connection refused/);
  expect(asked()).toBe(1);
  await clock.sleep(10_000);
  expect(await client.head('t0')).not.toBe(null);
});

test('one repository that may not be seen says nothing of another', async () => {
  const registries = createRegistries({
    transport: ({ url }) =>
      Promise.resolve({
        ...(url.includes('/secret/') ? { status: 401, headers: {} } : { headers: {}, ...there }),
        body: new Uint8Array(),
      }),
    credentials: () => Promise.resolve({ credentials: null, advice: '' }),
  });
  await expect(registries.open({ registry: 'registry.test', path: 'acme/secret/app' }).head('1')).rejects.toThrow(
    /401/,
  );
  expect(await registries.open({ registry: 'registry.test', path: 'acme/app' }).head('1')).not.toBe(null);
});

test('after two seconds one line says what is waited for', async () => {
  const { client, said } = open((count) => (count < 8 ? { status: 503 } : there));
  await client.head('t0');
  expect(said).toEqual(['waiting for registry.test: it answers 503']);
});

test('the first request goes alone, the rest side by side after it', async () => {
  const clock = createVirtualClock();
  let [running, most, first] = [0, 0, 0];
  const registries = createRegistries({
    clock,
    alarm: clock.alarm,
    transport: async () => {
      running += 1;
      most = Math.max(most, running);
      if (first === 0) first = running;
      await clock.sleep(10);
      running -= 1;
      return { headers: {}, ...there, body: new Uint8Array() };
    },
  });
  await createHeadSnapshotSource(registries.open({ registry: 'registry.test', path: 'acme/app' })).read(tags);
  expect([first, most]).toEqual([1, 32]);
});
