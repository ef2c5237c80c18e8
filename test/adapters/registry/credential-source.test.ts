import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { credentialPlaces, type Machine } from '../../../src/adapters/registry/credential-places.ts';
import { runCredentialHelper } from '../../../src/adapters/registry/credential-helper.ts';
import { createCredentialSource } from '../../../src/adapters/registry/credential-source.ts';
import type { Credentials } from '../../../src/adapters/registry/credentials.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const auth = (text: string): string => Buffer.from(text).toString('base64');
const alice: Credentials = { kind: 'password', username: 'alice', password: 'wonder:land' };

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof OutsideError)) throw new Error('expected an OutsideError', { cause: error });
  return `${error.code} ${error.message} ${JSON.stringify(error.facts)}`;
}

async function sourceOf(config: unknown, env: Record<string, string> = {}) {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const folder = await tempFolder(config === null ? {} : { 'config.json': text });
  const asked: string[] = [];
  const source = createCredentialSource({
    env: { DOCKER_CONFIG: folder, HOME: '/nowhere', ...env },
    runHelper: (name, server) => {
      asked.push(`${name} ${server}`);
      return Promise.resolve(name === 'empty' ? null : { kind: 'password', username: name, password: server });
    },
  });
  const at = async (registry: string, path = 'acme/app') => (await source({ registry, path })).credentials;
  return { source: at, asked, folder };
}

describe("Docker's config.json", () => {
  test('no file is no credentials', async () => {
    const { source } = await sourceOf(null);
    expect(await source('ghcr.io')).toBe(null);
  });

  test('every way in which a registry is named and a login is written', async () => {
    const { source } = await sourceOf({
      auths: {
        'https://index.docker.io/v1/': { auth: auth('alice:wonder:land') },
        'ghcr.io': { username: 'alice', password: 'wonder:land' },
        'https://quay.io': { auth: auth('alice:wonder:land\0\0') },
        'registry.test:5000': { auth: auth('<token>:'), identitytoken: 'identity' },
        'token.test': { registrytoken: 'given' },
        'helper.test': {},
      },
    });
    const found = [];
    for (const registry of [
      'docker.io',
      'ghcr.io',
      'quay.io',
      'registry.test:5000',
      'token.test',
      'helper.test',
      'registry.test',
    ]) {
      found.push(await source(registry));
    }
    expect(found).toEqual([
      alice,
      alice,
      alice,
      { kind: 'identity-token', token: 'identity' },
      { kind: 'registry-token', token: 'given' },
      null,
      null,
    ]);
  });

  test("the host's own helper, then the store, then the file; each registry is looked up once", async () => {
    const { source, asked } = await sourceOf({
      credHelpers: { 'ecr.test': 'ecr-login', 'none.test': 'empty' },
      credsStore: 'desktop',
      auths: { 'none.test': { auth: auth('alice:wonder:land') } },
    });
    for (const registry of ['ecr.test', 'docker.io', 'none.test', 'docker.io']) await source(registry);
    expect(asked).toEqual(['ecr-login ecr.test', 'desktop https://index.docker.io/v1/', 'empty none.test']);
    // As docker and crane do: what a helper does not have is not looked for in the file beside it.
    expect(await source('none.test')).toBe(null);
  });

  test('what is there and cannot be used is an error without the secret', async () => {
    const rows: { config: unknown; message: string }[] = [
      { config: '{"auths":', message: 'no JSON object; fix or remove it' },
      { config: '[]', message: 'no JSON object; fix or remove it' },
      {
        config: { auths: { 'a.test': { auth: auth('secret') } } },
        message: ' auths["a.test"]: auth is not base64 of user:password; log in again',
      },
      {
        config: { credsStore: '../../bin/sh' },
        message: ': "../../bin/sh" is no credential helper; expected letters, digits and . _ -',
      },
      {
        config: { credHelpers: { 'a.test': 'x; rm -rf /' } },
        message: ': "x; rm -rf /" is no credential helper; expected letters, digits and . _ -',
      },
    ];
    for (const { config, message } of rows) {
      const { source, asked } = await sourceOf(config);
      const got = await messageOf(source('a.test'));
      expect(got).toContain('CREDENTIALS_FAILED ');
      expect(got).toContain(message);
      expect(got).not.toContain('secret');
      expect(asked).toEqual([]);
    }
  });

  test('a config.json that is a folder', async () => {
    const folder = await tempFolder({ 'config.json/x': '' });
    const source = createCredentialSource({ env: { DOCKER_CONFIG: folder } });
    expect(await messageOf(source({ registry: 'a.test', path: 'acme/app' }))).toContain(
      'config.json: cannot be read: it is a folder; fix or remove it',
    );
  });
});

test.each([
  {
    name: 'a pipe',
    make: (path: string) => execFileSync('mkfifo', [path]),
    says: 'it is a pipe, a device or a socket',
  },
  {
    name: 'a device',
    make: (path: string) => symlinkSync('/dev/zero', path),
    says: 'it is a pipe, a device or a socket',
  },
  {
    name: 'far too large',
    make: (path: string) => writeFileSync(path, ' '.repeat(2_000_000)),
    says: 'it has 2000000 bytes',
  },
])('a config.json that is $name is refused at once', async ({ make, says }) => {
  const folder = await tempFolder();
  make(join(folder, 'config.json'));
  const source = createCredentialSource({ env: { DOCKER_CONFIG: folder } });
  expect(await messageOf(source({ registry: 'a.test', path: 'acme/app' }))).toContain(
    `config.json: cannot be read: ${says}`,
  );
});

describe('what a denial says', () => {
  const machine: Machine = { platform: 'linux', home: '/nowhere', uid: 7 };
  const at = { registry: 'ghcr.io', path: 'acme/app' };

  test('where credentials were looked for', async () => {
    const folder = await tempFolder({ 'config.json': '{"credsStore":"x"}' });
    const env = { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: '{' };
    const runHelper = () => Promise.resolve(null);
    expect((await createCredentialSource({ env, machine, runHelper })(at)).advice).toBe(
      'docker login ghcr.io (no credentials found in TAGWRIGHT_REGISTRY_HOST, ' +
        'DOCKER_AUTH_CONFIG (no JSON object; fix or remove it), ' +
        `docker-credential-x (${folder}/config.json), /run/containers/7/auth.json (not there), ` +
        '/nowhere/.config/containers/auth.json (not there))',
    );
  });

  test('whose were sent, from where, and never what', async () => {
    const auths = {
      'ghcr.io/acme': { auth: auth('alice:wonder') },
      'ghcr.io/bob': { identitytoken: 'identity' },
      'ghcr.io': { registrytoken: 'given' },
    };
    const folder = await tempFolder({ 'config.json': JSON.stringify({ auths }) });
    const source = createCredentialSource({ env: { DOCKER_CONFIG: folder }, machine });
    const advice = await Promise.all(
      ['acme/app', 'bob/app', 'app'].map(async (path) => (await source({ ...at, path })).advice),
    );
    expect(advice).toEqual([
      `docker login ghcr.io (sent: user "alice", from ${folder}/config.json)`,
      `docker login ghcr.io (sent: a token without a user name, from ${folder}/config.json)`,
      `docker login ghcr.io (sent: a registry token, from ${folder}/config.json)`,
    ]);
  });
});

test.each([
  {
    platform: 'darwin',
    env: {},
    paths: ['/h/.docker/config.json', '/h/.config/containers/auth.json', '/h/.dockercfg'],
  },
  { platform: 'win32', env: {}, paths: ['/h/.docker/config.json', '/h/.config/containers/auth.json', '/h/.dockercfg'] },
  {
    platform: 'linux',
    env: { XDG_RUNTIME_DIR: '/run/user/7', XDG_CONFIG_HOME: '/c', DOCKER_CONFIG: '/d' },
    paths: ['/d/config.json', '/run/user/7/containers/auth.json', '/c/containers/auth.json', '/h/.dockercfg'],
  },
  { platform: 'linux', env: { REGISTRY_AUTH_FILE: '/a.json' }, paths: ['/h/.docker/config.json', '/a.json'] },
] as const)('where $platform has its logins with $env', ({ platform, env, paths }) => {
  expect(credentialPlaces(env, { platform, home: '/h', uid: 7 }).map(({ path }) => path)).toEqual(paths);
});

describe('the environment', () => {
  const env = {
    TAGWRIGHT_REGISTRY_HOST: 'ghcr.io',
    TAGWRIGHT_REGISTRY_USERNAME: 'alice',
    TAGWRIGHT_REGISTRY_PASSWORD: 'wonder:land',
  };

  test('goes before config.json, and to the host it names only', async () => {
    const { source } = await sourceOf(
      { auths: { 'ghcr.io': { auth: auth('bob:b') }, 'quay.io': { auth: auth('bob:b') } } },
      env,
    );
    expect(await source('ghcr.io')).toEqual(alice);
    expect(await source('quay.io')).toEqual({ kind: 'password', username: 'bob', password: 'b' });
  });

  test('half of it is an error that names the rest', async () => {
    const { source } = await sourceOf(null, { ...env, TAGWRIGHT_REGISTRY_HOST: '' });
    const got = await messageOf(source('ghcr.io'));
    expect(got).toContain('environment: TAGWRIGHT_REGISTRY_HOST not set; set all of');
    expect(got).not.toContain('wonder');
  });
});

describe('credential helpers', () => {
  async function helper(script: string): Promise<string> {
    const folder = await tempFolder({ 'docker-credential-test': `#!/bin/sh\n${script}\n` });
    await chmod(join(folder, 'docker-credential-test'), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
    return folder;
  }

  test('gets the server on stdin and `get` as its argument', async () => {
    await helper('read -r server; printf \'{"ServerURL":"%s","Username":"%s","Secret":"s"}\' "$server" "$1-$server"');
    expect(await runCredentialHelper('test', 'ghcr.io')).toEqual({
      kind: 'password',
      username: 'get-ghcr.io',
      password: 's',
    });
  });

  test('an identity token, nothing found, an empty secret', async () => {
    await helper('echo \'{"Username":"<token>","Secret":"identity"}\'');
    expect(await runCredentialHelper('test', 'a')).toEqual({ kind: 'identity-token', token: 'identity' });
    await helper('echo "credentials not found in native keychain"; exit 1');
    expect(await runCredentialHelper('test', 'a')).toBe(null);
    await helper('echo \'{"Username":"","Secret":""}\'');
    expect(await runCredentialHelper('test', 'a')).toBe(null);
  });

  test('failures show its own words, and nothing that may be the secret', async () => {
    await helper('echo "the secret is hunter2"; exit 3');
    expect(await messageOf(runCredentialHelper('test', 'a'))).toBe(
      String.raw`CREDENTIALS_FAILED docker-credential-test: exit code 3 for a: "the secret is ***" {"program":"docker-credential-test"}`,
    );
    await helper('echo hunter2; echo hunter2 >&2; exit 3');
    expect(await messageOf(runCredentialHelper('test', 'a'))).toBe(
      'CREDENTIALS_FAILED docker-credential-test: exit code 3 for a {"program":"docker-credential-test"}',
    );
    await helper('echo "no AWS session: run aws sso login" >&2; exit 1');
    expect(await messageOf(runCredentialHelper('test', 'a'))).toContain(
      'exit code 1 for a: "no AWS session: run aws sso login"',
    );
    await helper('echo hunter2');
    expect(await messageOf(runCredentialHelper('test', 'a'))).toBe(
      'CREDENTIALS_FAILED docker-credential-test: its answer has no credentials {"program":"docker-credential-test"}',
    );
    await helper('yes hunter2');
    expect(await messageOf(runCredentialHelper('test', 'a'))).toBe(
      'CREDENTIALS_FAILED docker-credential-test: its answer is too long {"program":"docker-credential-test"}',
    );
    expect(await messageOf(runCredentialHelper('not-installed', 'a'))).toBe(
      'CREDENTIALS_FAILED docker-credential-not-installed: cannot be run; install it, or remove it from config.json {"program":"docker-credential-not-installed"}',
    );
  });

  test('one that hangs is killed after its time, with what it started', async () => {
    const folder = await helper('(while :; do echo alive >> "$(dirname "$0")/beat"; sleep 0.02; done) & wait');
    expect(await messageOf(runCredentialHelper('test', 'a', { timeoutMs: 500 }))).toBe(
      'CREDENTIALS_FAILED docker-credential-test: no answer within 0.5 s {"program":"docker-credential-test"}',
    );
    const beats = (): Promise<string> => readFile(join(folder, 'beat'), 'utf8');
    const atTheEnd = await beats();
    await setTimeout(200);
    expect(atTheEnd).toMatch(/^(?:alive\n)+$/);
    expect(await beats()).toBe(atTheEnd);
  });
});
