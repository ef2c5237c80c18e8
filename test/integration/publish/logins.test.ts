/** Whole publishes behind a login, however the credentials are given; and none of them is ever shown. */
import { chmod, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cliProject, startCli, type CliProject } from '../../support/cli-process.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { fourCells } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryOptions, type RegistryProcess } from '../../support/registry-process.ts';
import { runStep } from '../../support/run-action.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTokenServer } from '../../support/token-server.ts';

const toStop: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of toStop.splice(0).toReversed()) await stop();
});

const secret = 'wonder:land-4711';
const path = 'acme/app';
const oneCell = { ...fourCells, pythons: ['3.9'], flavors: { standard: { dockerfile: 'Dockerfile' } } };
const oneCellTags = ['1-latest', '1-python3.9', '1.0-python3.9', '1.0.1-python3.9', expect.stringMatching(/^sha-/)];

async function guarded(options: RegistryOptions): Promise<RegistryProcess> {
  const registry = await startRegistry(options);
  toStop.push(() => registry.stop());
  return registry;
}

/** Asked of another process on the same content, to which everybody may speak. */
async function tagsIn(registry: RegistryProcess): Promise<Record<string, string>> {
  const open = await startRegistry({ storage: registry.storage });
  toStop.push(() => open.stop({ keepStorage: true }));
  return readTags(open.host, path);
}

const dockerConfig = (host: string, password: string): Promise<string> => {
  const auth = Buffer.from(`alice:${password}`).toString('base64');
  return tempFolder({ 'config.json': JSON.stringify({ auths: { [host]: { auth } } }) });
};

const environment = (host: string, password: string): Record<string, string> => ({
  TAGWRIGHT_REGISTRY_HOST: host,
  TAGWRIGHT_REGISTRY_USERNAME: 'alice',
  TAGWRIGHT_REGISTRY_PASSWORD: password,
  DOCKER_CONFIG: '/nowhere',
});

/** A helper that runs this script, first on the PATH; and the config that names it. */
async function helper(host: string, script: string): Promise<string> {
  const folder = await tempFolder({
    'docker-credential-ours': `#!/bin/sh\n${script}\n`,
    'config.json': JSON.stringify({ credHelpers: { [host]: 'ours' } }),
  });
  await chmod(join(folder, 'docker-credential-ours'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
  return folder;
}

function publishing({ flags }: CliProject, host: string, builder = 'stand-in'): string[] {
  return ['publish', '1.0.1', ...flags, '--repository', `${host}/${path}`, '--builder', builder];
}

describe('a whole publish behind basic auth', () => {
  const ways: { name: string; env: (host: string) => Promise<Record<string, string>> }[] = [
    { name: "Docker's config.json", env: async (host) => ({ DOCKER_CONFIG: await dockerConfig(host, secret) }) },
    { name: 'the environment', env: (host) => Promise.resolve(environment(host, secret)) },
    {
      name: 'a credential helper',
      env: async (host) => {
        const script = `cat >/dev/null; printf '{"Username":"alice","Secret":"${secret}"}'`;
        return { DOCKER_CONFIG: await helper(host, script) };
      },
    },
  ];
  test.each(ways)('with the credentials of $name', async ({ env }) => {
    const registry = await guarded({ htpasswd: { alice: secret } });
    const project = await cliProject(oneCell);
    const args = publishing(project, registry.host);
    const first = await runCli(args, await env(registry.host));
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('1 cell built, 3 convenience tags moved') });
    expect(Object.keys(await tagsIn(registry))).toEqual(oneCellTags);
    const again = await runCli(args, await env(registry.host));
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 cells built, 0 convenience tags moved'),
    });
  });

  test('pushed by buildx, which reads the same config.json', { timeout: 240_000 }, async () => {
    const registry = await guarded({ htpasswd: { alice: secret } });
    const project = await cliProject({ ...oneCell, platforms: ['linux/amd64'] });
    const DOCKER_CONFIG = await dockerConfig(registry.host, secret);
    const args = publishing(project, registry.host, 'buildx');
    const ended = await startCli(args, { DOCKER_CONFIG }).ended;
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: ended.stderr });
    expect(Object.keys(await tagsIn(registry))).toEqual(oneCellTags);
  });
});

test('a whole publish whose tokens run out as it goes, sooner than they were said to', async () => {
  const tokens = await startTokenServer({
    users: { alice: { password: secret, actions: ['pull', 'push'] } },
    lifetimeSeconds: 1,
    expiresIn: 300,
  });
  toStop.push(() => tokens.stop());
  const registry = await guarded({ tokenAuth: tokens.registryAuth });
  const proxy = await startFaultProxy({ upstream: registry.host, latencyMs: 80 });
  toStop.push(() => proxy.close());
  const project = await cliProject();
  const DOCKER_CONFIG = await dockerConfig(proxy.host, secret);
  const { code, stdout } = await runCli(publishing(project, proxy.host), { DOCKER_CONFIG });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('4 cells built, 10 convenience tags') });
  expect(Object.keys(await tagsIn(registry))).toHaveLength(18);
  const scope = `repository:${path}:pull,push`;
  expect(tokens.requests.filter(({ scopes }) => scopes.includes(scope)).length).toBeGreaterThan(1);
});

describe('no password and no token is ever shown', () => {
  /** A registry that repeats what it is sent. */
  async function echoing(): Promise<string> {
    const server = createServer((request, response) => {
      const { authorization } = request.headers;
      const headers = { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="tests"' };
      response.writeHead(authorization === undefined ? 401 : 400, headers);
      const message = `cannot read authorization: ${authorization}, that is ${authorization}`;
      response.end(JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message }] }));
    });
    const listening = await listenOnLoopback(server);
    toStop.push(() => listening.close());
    return new URL(listening.url).host;
  }

  const shown = async ({ folder }: CliProject): Promise<string> => {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  };

  test('in output, talk, journal, JSON and annotations, whatever goes wrong', async () => {
    const basic = await guarded({ htpasswd: { alice: 'another', bob: secret } });
    const tokens = await startTokenServer({ users: { alice: { password: 'another', actions: ['pull', 'push'] } } });
    toStop.push(() => tokens.stop());
    const byToken = await guarded({ tokenAuth: tokens.registryAuth });
    const right = await startTokenServer({ users: { alice: { password: secret, actions: ['pull', 'push'] } } });
    toStop.push(() => right.stop());
    const faulty = await startFaultProxy({
      upstream: (await guarded({ tokenAuth: right.registryAuth })).host,
      faults: { reset: 0.05, 'status-500': 0.05, expired: 0.1, 'reply-lost': 0.05 },
    });
    toStop.push(() => faulty.close());
    const echo = await echoing();
    const project = await cliProject(oneCell);
    const args = (host: string): string[] => publishing(project, host);
    const TAGWRIGHT_DEBUG = '1';
    const login = async (host: string): Promise<Record<string, string>> => ({
      DOCKER_CONFIG: await dockerConfig(host, secret),
      TAGWRIGHT_DEBUG,
    });
    const runs: { name: string; args: string[]; env: Record<string, string>; code: number }[] = [
      { name: 'wrong, basic', args: args(basic.host), env: await login(basic.host), code: 3 },
      { name: 'wrong, token', args: args(byToken.host), env: await login(byToken.host), code: 3 },
      { name: 'wrong, environment', args: args(basic.host), env: environment(basic.host, secret), code: 3 },
      { name: 'repeated by the registry', args: args(echo), env: await login(echo), code: 3 },
      { name: 'right, with faults', args: [...args(faulty.host), '--json'], env: await login(faulty.host), code: 0 },
      { name: 'in a URL', args: args(`https://alice:${secret}@${basic.host}`), env: {}, code: 2 },
      { name: 'before the host', args: args(`alice:${secret}@${basic.host}`), env: {}, code: 2 },
    ];
    const texts: string[] = [];
    for (const { name, args: line, env, code } of runs) {
      const ran = await runCli(line, env);
      expect({ name, ...ran }).toMatchObject({ name, code });
      texts.push(`${name}\n${ran.stdout}${ran.stderr}`);
    }
    const step = await runStep({
      event: 'workflow_dispatch',
      inputs: {
        command: 'publish',
        version: '1.0.1',
        builder: 'stand-in',
        config: join(project.folder, 'matrix.config.json'),
        releases: join(project.folder, 'releases.json'),
        repository: `${echo}/${path}`,
        journal: join(project.folder, 'journal'),
      },
      env: await login(echo),
    });
    expect(step.code).toBe(3);
    texts.push(step.log, step.summary, JSON.stringify([step.outputs, step.variables]));
    const DOCKER_CONFIG = await helper(basic.host, `echo '${secret}'; echo '${secret}' >&2; exit 1`);
    const failed = await runCli(args(basic.host), { DOCKER_CONFIG, TAGWRIGHT_DEBUG });
    expect(failed.stdout + failed.stderr).toContain('CREDENTIALS_FAILED');
    texts.push(failed.stdout, failed.stderr, await shown(project));

    const all = texts.join('\n');
    expect(all).toContain('.jsonl');
    for (const hidden of [secret, Buffer.from(`alice:${secret}`).toString('base64'), 'eyJ']) {
      const lines = all.split('\n').filter((line) => line.includes(hidden));
      expect({ hidden, lines }).toEqual({ hidden, lines: [] });
    }
  });
});
