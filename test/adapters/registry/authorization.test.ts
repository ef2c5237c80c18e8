import { describe, expect, test } from 'vitest';
import { createCredentialSource, type CredentialSource } from '../../../src/adapters/registry/credential-source.ts';
import type { Credentials } from '../../../src/adapters/registry/credentials.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import type { WireRequest } from '../../../src/adapters/http/wire.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { blobOf, sampleImage } from '../../support/sample-images.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { scriptedTransport, type ScriptedAnswer, type ScriptedTransport } from '../../support/scripted-transport.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const image = sampleImage('oci-index', 'one');
const password: Credentials = { kind: 'password', username: 'alice', password: 'wonderland' };
const basic = `Basic ${Buffer.from('alice:wonderland').toString('base64')}`;
const repository = 'https://ghcr.io/v2/acme/app';
const realm = 'https://auth.test/token';
const present: ScriptedAnswer = {
  status: 200,
  headers: {
    'content-type': image.top.mediaType,
    'docker-content-digest': image.top.digest,
    'content-length': `${image.top.sizeBytes}`,
  },
};
const challenge = (error?: string): ScriptedAnswer => ({
  status: 401,
  headers: {
    'www-authenticate': `Bearer realm="${realm}",service="ghcr.io"${error === undefined ? '' : `,error="${error}"`}`,
  },
});

interface Setup extends ScriptedTransport {
  readonly clock: VirtualClock;
  readonly open: (path?: string) => RegistryClient;
}

function setup(
  script: Parameters<typeof scriptedTransport>[0],
  options: { credentials?: Credentials; registry?: string; advice?: string } = {},
): Setup {
  const clock = createVirtualClock();
  const scripted = scriptedTransport(script);
  const registries = createRegistries({
    transport: scripted.transport,
    credentials: ({ registry }) =>
      Promise.resolve({
        credentials: registry === (options.registry ?? 'ghcr.io') ? (options.credentials ?? null) : null,
        ...(options.advice === undefined ? {} : { advice: options.advice }),
      }),
    clock,
    alarm: clock.alarm,
    random: () => 0,
  });
  const open = (path = 'acme/app'): RegistryClient =>
    registries.open({ registry: options.registry ?? 'ghcr.io', path });
  return { ...scripted, clock, open };
}

/** A token service and a registry that accepts the token it issued last. */
function tokenRegistry(answers: { lifetimeSeconds?: number; field?: string } = {}): {
  script: (request: WireRequest) => ScriptedAnswer;
  revoke: () => void;
} {
  let issued = 0;
  let valid = '';
  return {
    revoke: () => (valid = ''),
    script: ({ url, headers }) => {
      if (url.startsWith(realm)) {
        issued += 1;
        valid = `token${issued}`;
        return {
          status: 200,
          body: JSON.stringify({ [answers.field ?? 'token']: valid, expires_in: answers.lifetimeSeconds ?? 300 }),
        };
      }
      return valid !== '' && headers['authorization'] === `Bearer ${valid}` ? present : challenge('invalid_token');
    },
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof OutsideError)) throw new Error('expected an OutsideError', { cause: error });
  return `${error.code} ${error.message}`;
}

describe('bearer tokens', () => {
  test('anonymous: asked for once challenged, then sent at once', async () => {
    const { script } = tokenRegistry();
    const { open, lines } = setup(script);
    const client = open();
    await client.head('1.0');
    await client.head('1.1');
    expect(lines()).toEqual([
      `HEAD ${repository}/manifests/1.0`,
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull`,
      `HEAD ${repository}/manifests/1.0 Bearer token1`,
      `HEAD ${repository}/manifests/1.1 Bearer token1`,
    ]);
    expect(client.requests()).toBe(4);
  });

  test('thirty calls at once ask for one token', async () => {
    const { script } = tokenRegistry();
    const { open, lines } = setup(script);
    const client = open();
    await client.head('first');
    await Promise.all(Array.from({ length: 30 }, (_, index) => open('acme/other').head(`t${index}`)));
    expect(lines().filter((line) => line.startsWith(`GET ${realm}`))).toEqual([
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull`,
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fother%3Apull`,
    ]);
  });

  test('the name and password go to the token service only, and writing asks for more', async () => {
    const put: ScriptedAnswer = { status: 201, headers: { 'docker-content-digest': image.top.digest } };
    const { open, lines } = setup(
      ({ url, method, headers }) => {
        if (url.startsWith(realm)) return { status: 200, body: '{"access_token":"azure"}' };
        if (headers['authorization'] !== 'Bearer azure') return challenge();
        return method === 'PUT' ? put : present;
      },
      { credentials: password },
    );
    await open().head('1.0');
    await open().putManifest('1.0', image.top);
    expect(lines()).toEqual([
      `HEAD ${repository}/manifests/1.0`,
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull ${basic}`,
      `HEAD ${repository}/manifests/1.0 Bearer azure`,
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull%2Cpush ${basic}`,
      `PUT ${repository}/manifests/1.0 Bearer azure`,
    ]);
  });

  test('a token is replaced before it runs out, by the time the service said', async () => {
    const { script } = tokenRegistry({ lifetimeSeconds: 100 });
    const { open, lines, clock } = setup(script);
    await open().head('1.0');
    await clock.sleep(89_000);
    await open().head('1.1');
    await clock.sleep(2_000);
    await open().head('1.2');
    expect(lines().slice(2)).toEqual([
      `HEAD ${repository}/manifests/1.0 Bearer token1`,
      `HEAD ${repository}/manifests/1.1 Bearer token1`,
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull`,
      `HEAD ${repository}/manifests/1.2 Bearer token2`,
    ]);
  });

  test('a token that is refused early is replaced in the middle of the run: never "absent", never an error', async () => {
    const { script, revoke } = tokenRegistry();
    const { open, lines } = setup(script);
    await open().head('1.0');
    revoke();
    expect(await open().head('1.1')).toEqual({
      mediaType: image.top.mediaType,
      digest: image.top.digest,
      sizeBytes: image.top.sizeBytes,
    });
    expect(lines().slice(3)).toEqual([
      `HEAD ${repository}/manifests/1.1 Bearer token1`,
      `GET ${realm}?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull`,
      `HEAD ${repository}/manifests/1.1 Bearer token2`,
    ]);
  });

  test('a fresh token that is called invalid is tried a few times, then the tag is unknown', async () => {
    let issued = 0;
    const { open, lines } = setup(({ url }) => {
      if (!url.startsWith(realm)) return challenge('invalid_token');
      issued += 1;
      return { status: 200, body: JSON.stringify({ token: `t${issued}` }) };
    });
    expect(await codeOf(open().head('1.0'))).toBe(
      'REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: 401 for a token that was just issued after 3 tries. Existence unknown; log in with a token that may pull',
    );
    expect(lines().filter((line) => line.startsWith('HEAD'))).toHaveLength(6);
  });

  test('a token without the scope is a refusal, not asked for twice', async () => {
    const { open, lines } = setup(({ url }) =>
      url.startsWith(realm) ? { status: 200, body: '{"token":"narrow"}' } : challenge('insufficient_scope'),
    );
    expect(await codeOf(open().putManifest('1.0', image.top))).toBe(
      'REGISTRY_DENIED PUT ghcr.io/acme/app:1.0: the token lacks the scope to push: 401. Nothing was changed; log in with a token that may push',
    );
    expect(lines()).toHaveLength(3);
  });

  test('a scope that the registry asks for besides ours is asked for too', async () => {
    const { open, lines } = setup(({ url, headers }) => {
      if (url.startsWith(realm)) return { status: 200, body: '{"token":"wide"}' };
      if (headers['authorization'] !== undefined) return { status: 404 };
      return {
        status: 401,
        headers: { 'www-authenticate': `Bearer realm="${realm}",scope="repository:acme/app:metadata_read"` },
      };
    });
    expect(await open().manifest('1.0')).toBe(null);
    expect(lines()[1]).toBe(
      `GET ${realm}?scope=repository%3Aacme%2Fapp%3Apull&scope=repository%3Aacme%2Fapp%3Ametadata_read`,
    );
  });

  test('an identity token is exchanged by POST and goes nowhere else', async () => {
    const { open, lines, requests } = setup(
      ({ url, headers }) =>
        url.startsWith(realm)
          ? { status: 200, body: '{"access_token":"exchanged"}' }
          : headers['authorization'] === 'Bearer exchanged'
            ? present
            : challenge(),
      { credentials: { kind: 'identity-token', token: 'identity' } },
    );
    await open().head('1.0');
    expect(lines()).toEqual([
      `HEAD ${repository}/manifests/1.0`,
      `POST ${realm}`,
      `HEAD ${repository}/manifests/1.0 Bearer exchanged`,
    ]);
    const body = requests[1]?.body;
    expect(body instanceof Uint8Array ? Buffer.from(body).toString() : body).toBe(
      'service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull&grant_type=refresh_token&client_id=tagwright&refresh_token=identity',
    );
  });

  test('a registry token is sent as it is', async () => {
    const { open, lines } = setup(
      ({ headers }) => (headers['authorization'] === 'Bearer given' ? present : challenge()),
      { credentials: { kind: 'registry-token', token: 'given' } },
    );
    await open().head('1.0');
    expect(lines()).toEqual([`HEAD ${repository}/manifests/1.0`, `HEAD ${repository}/manifests/1.0 Bearer given`]);
  });

  const refusals: { name: string; token: ScriptedAnswer; message: string; credentials?: Credentials }[] = [
    {
      name: 'a wrong password',
      token: { status: 401 },
      credentials: password,
      message:
        'REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: token service auth.test: 401. Existence unknown; check the user name and password, or log in again',
    },
    {
      name: 'a private repository without credentials',
      token: { status: 403, body: '{"errors":[{"code":"DENIED","message":"denied"}]}' },
      message:
        'REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: token service auth.test: 403 DENIED "denied". Existence unknown; log in first',
    },
    {
      name: 'a repository that the token service does not know',
      token: { status: 404 },
      message:
        'REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: token service auth.test: 404. Existence unknown; log in first',
    },
    {
      name: 'an answer without a token',
      token: { status: 200, body: '{"tokn":"secret-in-a-wrong-place"}' },
      message:
        'REGISTRY_ANSWER HEAD ghcr.io/acme/app:1.0: token service auth.test: 200 without a token after 10 tries. Existence unknown',
    },
    {
      name: 'a page in place of JSON',
      token: { status: 200, body: '<html>secret</html>' },
      message:
        'REGISTRY_ANSWER HEAD ghcr.io/acme/app:1.0: token service auth.test: 200 without a token after 10 tries. Existence unknown',
    },
  ];
  test.each(refusals)('$name', async ({ token, message, credentials }) => {
    const { open } = setup(
      ({ url }) => (url.startsWith(realm) ? token : challenge()),
      credentials === undefined ? {} : { credentials },
    );
    expect(await codeOf(open().head('1.0'))).toBe(message);
  });

  test('a token service that is busy is asked again', async () => {
    let asked = 0;
    const { open, clock } = setup(({ url, headers }) => {
      if (!url.startsWith(realm)) return headers['authorization'] === 'Bearer late' ? present : challenge();
      asked += 1;
      if (asked === 1) return { status: 429, headers: { 'retry-after': '7' } };
      return asked === 2 ? { status: 503 } : { status: 200, body: '{"token":"late"}' };
    });
    const startMs = clock.nowMs();
    await open().head('1.0');
    expect(asked).toBe(3);
    expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(7000);
  });

  test('a token service without TLS gets nothing', async () => {
    const { open, lines } = setup(
      [{ status: 401, headers: { 'www-authenticate': 'Bearer realm="http://auth.test/token"' } }],
      { credentials: password },
    );
    expect(await codeOf(open().head('1.0'))).toBe(
      'REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: the token service auth.test does not use TLS; nothing was sent to it. Existence unknown',
    );
    expect(lines()).toHaveLength(1);
  });
});

describe('a denial has the advice of whoever found the credentials', () => {
  const advice = 'docker login ghcr.io (why)';
  const refusals: { name: string; script: (request: WireRequest) => ScriptedAnswer; message: string }[] = [
    {
      name: 'basic',
      script: () => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
      message: '401. Existence unknown; log in with a token that may pull: docker login ghcr.io (why)',
    },
    {
      name: 'a token service',
      script: ({ url }) => (url.startsWith(realm) ? { status: 401 } : challenge()),
      message:
        'token service auth.test: 401. Existence unknown; check the user name and password, or log in again: docker login ghcr.io (why)',
    },
    {
      name: 'a token without the scope',
      script: ({ url, headers }) => {
        if (url.startsWith(realm)) return { status: 200, body: '{"token":"t"}' };
        return headers['authorization'] === undefined ? challenge() : { status: 403 };
      },
      message: '403. Existence unknown; log in with a token that may pull: docker login ghcr.io (why)',
    },
  ];
  test.each(refusals)('$name', async ({ script, message }) => {
    const { open } = setup(script, { credentials: password, advice });
    expect(await codeOf(open().head('1.0'))).toBe(`REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: ${message}`);
  });

  test('an identity token has a password for a registry that wants basic', async () => {
    const credentials = { kind: 'identity-token', token: 'i', password } as const;
    const script = ({ headers }: WireRequest): ScriptedAnswer =>
      headers['authorization'] === basic
        ? present
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    const { open } = setup(script, { credentials });
    expect(await open().head('1.0')).toMatchObject({ digest: image.top.digest });
  });
});

describe('basic credentials', () => {
  const wantsBasic: ScriptedAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
  const script = ({ headers }: WireRequest): ScriptedAnswer =>
    headers['authorization'] === basic ? present : wantsBasic;

  test('sent once the registry has asked, and at once from then on', async () => {
    const { open, lines } = setup(script, { credentials: password });
    await open().head('1.0');
    await open('acme/other').head('1.1');
    expect(lines()).toEqual([
      `HEAD ${repository}/manifests/1.0`,
      `HEAD ${repository}/manifests/1.0 ${basic}`,
      `HEAD https://ghcr.io/v2/acme/other/manifests/1.1 ${basic}`,
    ]);
  });

  test('wrong or absent: denied, after a single attempt with them', async () => {
    const wrong = setup(script, { credentials: { ...password, password: 'wrong' } });
    const denied =
      'REGISTRY_DENIED HEAD ghcr.io/acme/app:1.0: 401. Existence unknown; log in with a token that may pull';
    expect(await codeOf(wrong.open().head('1.0'))).toBe(denied);
    expect(await codeOf(wrong.open().head('1.0'))).toBe(denied);
    expect(wrong.lines()).toHaveLength(2);
    const none = setup(script);
    expect(await codeOf(none.open().head('1.0'))).toBe(denied);
    expect(none.lines()).toHaveLength(1);
  });
});

describe('redirects and other hosts', () => {
  const { bytes, digest } = blobOf('{}');
  const wantsBasic: ScriptedAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };

  test('a blob kept elsewhere is fetched there, without the credentials', async () => {
    const { open, lines } = setup(
      ({ url, headers }) => {
        if (url.startsWith('https://storage.test')) return { status: 200, body: bytes };
        if (headers['authorization'] === undefined) return wantsBasic;
        return url.endsWith('moved')
          ? { status: 302, headers: { location: 'https://storage.test/blob?signature=secret' } }
          : { status: 307, headers: { location: '/moved' } };
      },
      { credentials: password },
    );
    expect(Buffer.from((await open().blob(digest)) ?? '')).toEqual(Buffer.from(bytes));
    expect(lines()).toEqual([
      `GET ${repository}/blobs/${digest}`,
      `GET ${repository}/blobs/${digest} ${basic}`,
      `GET https://ghcr.io/moved ${basic}`,
      'GET https://storage.test/blob?signature=secret',
    ]);
  });

  test("another host's challenge gets no credentials", async () => {
    const { open, lines } = setup(
      ({ url }) =>
        url.startsWith('https://evil.test')
          ? { status: 401, headers: { 'www-authenticate': 'Bearer realm="https://evil.test/token"' } }
          : { status: 307, headers: { location: 'https://evil.test/' } },
      { credentials: password },
    );
    expect(await codeOf(open().blob(digest))).toMatch(/^REGISTRY_DENIED GET /);
    expect(lines()).toEqual([`GET ${repository}/blobs/${digest}`, 'GET https://evil.test/']);
  });

  test.each([
    { name: 'a circle', location: '/again', message: 'more than 5 redirects after 10 tries' },
    { name: 'without TLS', location: 'http://storage.test/x', message: 'redirected to storage.test without TLS' },
    { name: 'to no address', location: 'https://', message: 'redirected to no address after 10 tries' },
  ])('$name', async ({ location, message }) => {
    const { open } = setup(() => ({ status: 307, headers: { location } }));
    expect(await codeOf(open().blob(digest))).toBe(
      `REGISTRY_ANSWER GET ghcr.io/acme/app@${digest}: ${message}. Existence unknown`,
    );
  });

  test('a write is not redirected', async () => {
    const { open, lines } = setup(() => ({ status: 307, headers: { location: 'https://evil.test/' } }));
    expect(await codeOf(open().putManifest('1.0', image.top))).toBe(
      'REGISTRY_ANSWER PUT ghcr.io/acme/app:1.0: 307, which is no answer to this request. Whether it took effect is unknown; read it back',
    );
    expect(new Set(lines())).toEqual(new Set([`PUT ${repository}/manifests/1.0`]));
  });

  test('Docker Hub is where docker.io says it is, with the credentials of docker.io', async () => {
    const { open, lines } = setup(({ headers }) => (headers['authorization'] === basic ? present : wantsBasic), {
      credentials: password,
      registry: 'docker.io',
    });
    await open().head('1.0');
    expect(lines()).toEqual([
      'HEAD https://registry-1.docker.io/v2/acme/app/manifests/1.0',
      `HEAD https://registry-1.docker.io/v2/acme/app/manifests/1.0 ${basic}`,
    ]);
  });

  test('plain HTTP for loopback and for the hosts that were named, TLS for all others', async () => {
    const { transport, lines } = scriptedTransport(() => ({
      status: 404,
      headers: { 'content-type': 'application/json' },
    }));
    const registries = createRegistries({ transport, insecureHosts: ['registry.lan:5000'] });
    for (const registry of [
      '127.0.0.1:5000',
      'localhost',
      '[::1]:5000',
      'registry.lan:5000',
      'registry.lan',
      '127.0.0.1.evil.test',
      '10.0.0.1:5000',
    ]) {
      await registries.open({ registry, path: 'a' }).head('t');
    }
    expect(lines().map((line) => line.replace(/^HEAD (?<origin>.*)\/v2\/.*$/, '$<origin>'))).toEqual([
      'http://127.0.0.1:5000',
      'http://localhost',
      'http://[::1]:5000',
      'http://registry.lan:5000',
      'https://registry.lan',
      'https://127.0.0.1.evil.test',
      'https://10.0.0.1:5000',
    ]);
  });
});

describe('a login that expires in a long run', () => {
  interface Expiring {
    readonly ask: (tag?: string) => Promise<string | undefined>;
    readonly expire: () => Promise<void>;
    /** Which password the helper gave, each time it was asked. */
    readonly given: readonly number[];
  }

  /** Of ECR and of whatever else gives a password for some hours: the newest one is what the registry takes. */
  async function expiring(over: 'basic' | 'bearer', status: number): Promise<Expiring> {
    const config = JSON.stringify({ credHelpers: { 'ghcr.io': 'ecr-login' } });
    const folder = await tempFolder({ 'config.json': config });
    let valid = 1;
    const given: number[] = [];
    const headerOf = (number: number): string => `Basic ${Buffer.from(`AWS:${number}`).toString('base64')}`;
    const clock = createVirtualClock();
    const isValid = ({ headers }: WireRequest): boolean => headers['authorization'] === headerOf(valid);
    const answer = (request: WireRequest): ScriptedAnswer => {
      if (request.url.startsWith(realm)) {
        return isValid(request)
          ? { status: 200, body: JSON.stringify({ token: `t${valid}`, expires_in: 60 }) }
          : { status, body: '{"errors":[{"code":"DENIED","message":"expired"}]}' };
      }
      const { authorization } = request.headers;
      if (over === 'bearer') return authorization === `Bearer t${valid}` ? present : challenge();
      if (authorization === undefined) return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
      return isValid(request) ? present : { status, headers: { 'www-authenticate': 'Basic realm="x"' } };
    };
    const scripted = scriptedTransport(answer);
    const source = createCredentialSource({
      env: { DOCKER_CONFIG: folder },
      runHelper: async () => {
        given.push(valid);
        return { kind: 'password', username: 'AWS', password: `${valid}` };
      },
    });
    const registries = createRegistries({
      transport: scripted.transport,
      credentials: source,
      clock,
      alarm: clock.alarm,
      random: () => 0,
    });
    const client = registries.open({ registry: 'ghcr.io', path: 'acme/app' });
    return {
      ask: async (tag = '1.0') => (await client.head(tag))?.digest,
      expire: async () => {
        valid += 1;
        await clock.sleep(120_000);
      },
      given,
    };
  }
  test.each([
    { over: 'basic', status: 401 },
    { over: 'basic', status: 403 },
    { over: 'bearer', status: 401 },
    { over: 'bearer', status: 403 },
  ] as const)('$over, $status: the helper is asked once more, for all calls that wait', async ({ over, status }) => {
    const login = await expiring(over, status);
    await login.ask();
    await login.expire();
    const asked = await Promise.all([login.ask(), login.ask(), login.ask()]);
    expect(asked).toEqual(asked.map(() => image.top.digest));
    expect(login.given).toEqual([1, 2]);
  });

  test('a password that was never taken is asked for once', async () => {
    let asked = 0;
    const clock = createVirtualClock();
    const refusing = scriptedTransport(() => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }));
    const credentials: CredentialSource = async (_at, refused) => {
      asked += refused === undefined ? 0 : 1;
      return { credentials: password };
    };
    const { transport } = refusing;
    const client = createRegistries({ transport, credentials, clock, alarm: clock.alarm }).open({
      registry: 'ghcr.io',
      path: 'acme/app',
    });
    await expect(client.head('1.0')).rejects.toThrow('401');
    await expect(client.head('1.1')).rejects.toThrow('401');
    expect(asked).toBe(0);
  });
});

test.each(['http://[', '//x', 'token'])('a challenge that names %s as its token service is final', async (address) => {
  const clock = createVirtualClock();
  const { transport, requests } = scriptedTransport(() => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${address}",service="x"` },
  }));
  const credentials = async (): Promise<{ credentials: null }> => ({ credentials: null });
  const registries = createRegistries({ transport, credentials, clock, alarm: clock.alarm, random: () => 0 });
  const client = registries.open({ registry: 'ghcr.io', path: 'acme/app' });
  await expect(client.head('1.0')).rejects.toThrow('the token service has no valid address');
  expect([requests.length, clock.sleeps]).toEqual([1, []]);
});
