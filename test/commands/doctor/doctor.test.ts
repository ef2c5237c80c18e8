import { chmod } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { machineChecks, type MachineWishes } from '../../../src/commands/doctor/machine-checks.ts';
import { workflowTraps } from '../../../src/commands/doctor/workflow-traps.ts';
import { readConfig } from '../../../src/config/normalize.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { parseJsonObject } from '../../../src/domain/json.ts';
import { parseRepository } from '../../../src/domain/reference.ts';
import { required } from '../../../src/commands/read-project.ts';
import { thisMachine, type MachineOptions } from '../../../src/entry/machine.ts';
import type { LoginFacts, Machine } from '../../../src/ports.ts';
import { doctorText } from '../../../src/report/doctor.ts';
import { cliProject } from '../../support/cli-process.ts';
import { smallConfig } from '../../support/history.ts';
import { runCli } from '../../support/run-cli.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const step = (uses: string, more = ''): string => `      - uses: ${uses}${more}\n`;
const job = (steps: string, more = ''): string => `jobs:\n  publish:\n${more}    steps:\n${steps}`;
const publish = step('acme/tagwright@v0', '\n        with: { command: publish }');

const bomb = Array.from(
  { length: 9 },
  (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}]\n`,
).join('');

test.each([
  {
    name: 'a constant group',
    text: `concurrency: release\n${job(publish)}`,
    readsGit: false,
    says: ['w.yml: every release shares the concurrency group release, and GitHub cancels all but one waiting run'],
  },
  {
    name: 'a group of the workflow alone, in a job',
    text: job(publish, '    concurrency: { group: "${{ github.workflow }}", cancel-in-progress: true }\n'),
    readsGit: false,
    says: [
      'w.yml jobs.publish: every release shares the concurrency group ${{ github.workflow }}, and GitHub cancels all but one waiting run',
      'w.yml jobs.publish: cancel-in-progress ends a publish half-way',
    ],
  },
  {
    name: 'a group of its own for each release',
    text: `concurrency: { group: "\${{ github.workflow }}-\${{ github.ref_name }}" }\n${job(publish)}`,
    readsGit: false,
    says: [],
  },
  {
    name: 'a checkout without git tags',
    text: job(step('actions/checkout@v5') + publish),
    readsGit: true,
    says: [
      'w.yml jobs.publish: actions/checkout brings one commit and no git tags, and the config reads releases from git tags',
    ],
  },
  {
    name: 'the same where releases are not git tags',
    text: job(step('actions/checkout@v5') + publish),
    readsGit: false,
    says: [],
  },
  {
    name: 'a whole checkout',
    text: job(step('actions/checkout@v5', '\n        with: { fetch-depth: 0 }') + publish),
    readsGit: true,
    says: [],
  },
  ...[
    { name: 'signing without a key, and no permission', more: '', says: 1 },
    { name: 'signing without a key, and other permissions', more: '    permissions: { contents: read }\n', says: 1 },
    { name: 'signing without a key, with its permission', more: '    permissions: { id-token: write }\n', says: 0 },
    { name: 'signing without a key, with every permission', more: '    permissions: write-all\n', says: 0 },
  ].flatMap(({ name, more, says }) =>
    [
      { how: 'an input', steps: publish.replace(' }', ", sign-keyless: 'true' }") },
      { how: 'a variable', steps: `${publish}        env: { TAGWRIGHT_SIGN_KEYLESS: 'true' }\n` },
      { how: 'a variable with a number', steps: `${publish}        env: { TAGWRIGHT_SIGN_KEYLESS: 1 }\n` },
      { how: 'a flag', steps: '      - run: npx tagwright publish --sign-keyless\n' },
    ].map(({ how, steps }) => ({
      name: `${name}, by ${how}`,
      text: job(steps, more),
      readsGit: false,
      says: Array<string>(says).fill(
        'w.yml jobs.publish: tagwright signs without a key, and the job may not ask for the ID token to sign with',
      ),
    })),
  ),
  {
    name: 'a reusable workflow that signs without a key, with the permissions of its caller',
    text: `on: workflow_call\n${job('      - run: npx tagwright publish --sign-keyless\n')}`,
    readsGit: false,
    says: [],
  },
  { name: "somebody else's workflow", text: `concurrency: release\n${job(step('a/b@v1'))}`, readsGit: true, says: [] },
  ...[
    { name: 'no YAML', text: 'tagwright: [' },
    { name: 'an alias of nothing', text: 'tagwright: *gone' },
    { name: 'too many levels', text: `tagwright: ${'['.repeat(5000)}${']'.repeat(5000)}` },
    { name: 'aliases that stand for gigabytes', text: `tagwright: &a0 [x]\n${bomb}` },
  ].map((given) => ({ ...given, readsGit: true, says: ['w.yml: is not valid YAML'] })),
])('workflow: $name', ({ text, readsGit, says }) => {
  expect(workflowTraps('w.yml', text, readsGit).map((trap) => `${trap.where}: ${trap.says}`)).toEqual(says);
});

const config = required(
  readConfig(
    {
      repository: 'docker.io/acme/app',
      platforms: ['linux/amd64', 'linux/arm64'],
      dockerfile: 'Dockerfile',
      source: { github: 'acme/app' },
    },
    'matrix.config.yaml',
  ),
);

const dockers = {
  kind: 'found',
  name: 'default',
  driver: 'docker',
  platforms: [] as string[],
  isMultiPlatform: true,
} as const;

type FoundLogin = Extract<LoginFacts, { kind: 'found' }>;

const machine: Machine = {
  node: 'v24.0.0',
  platform: 'linux/x64',
  build: null,
  variables: ['TAGWRIGHT_RELEASES', 'TAGWRIGHT_RELESES'],
  docker: () => Promise.resolve({ kind: 'found', version: '29.0.0' }),
  buildx: () => Promise.resolve({ kind: 'found', version: 'v0.30.0' }),
  builder: () => Promise.resolve({ ...dockers, platforms: ['linux/amd64'] }),
  login: () => Promise.resolve({ kind: 'none', advice: 'docker login docker.io' }),
  missingToken: () => 'there is no token',
  cacheFault: () => Promise.resolve('/home/x cannot be written to'),
};

const isVariable = (name: string): boolean => name === 'TAGWRIGHT_RELEASES';
const wishes: MachineWishes = { isVariable, notAsked: null };

test('what is missing on a machine is named with what to do', async () => {
  const checks = await machineChecks(config, machine, wishes);
  expect(checks.map(({ name, state }) => `${state} ${name}`)).toEqual([
    'ok node',
    'warning cache',
    'warning token',
    'warning login',
    'ok docker',
    'ok buildx',
    'warning builder',
    'ok variable',
    'warning variable',
  ]);
  expect(checks.every(({ state, fix }) => (state === 'ok') === (fix === null))).toBe(true);
  expect(doctorText(checks)).toMatch(/the config also builds\s+linux\/arm64/);
  expect(doctorText(checks)).toMatch(/\n0 failed, 5 warnings\.\n$/);
});

test.each([
  { isMultiPlatform: true, state: 'ok' },
  { isMultiPlatform: false, state: 'warning' },
])('a builder that makes several platforms at once ($isMultiPlatform): $state', async ({ isMultiPlatform, state }) => {
  const platforms = ['linux/amd64', 'linux/arm64'];
  const builder = () => Promise.resolve({ ...dockers, platforms, isMultiPlatform });
  const checks = await machineChecks(config, { ...machine, builder }, wishes);
  expect(checks.find(({ name }) => name === 'builder')?.state).toBe(state);
});

const advice = 'docker login docker.io (sent: user "robot", from ~/.docker/config.json)';

const answers: { name: string; found: Partial<FoundLogin>; notAsked: string | null; says: string[] }[] = [
  {
    name: 'accepted',
    found: {},
    notAsked: null,
    says: ['ok docker.io/acme/app: the registry accepts the login'],
  },
  {
    name: 'refused',
    found: { answer: { kind: 'refused', because: '401 for this' } },
    notAsked: null,
    says: [`failed docker.io/acme/app: the registry refuses the login: 401 for this; fix: ${advice}`],
  },
  {
    name: 'not to be had, for everybody is answered',
    found: { answer: { kind: 'open' } },
    notAsked: null,
    says: [
      'ok docker.io/acme/app: credentials found; the registry answers without a login, so it does not say whether it accepts them',
    ],
  },
  {
    name: 'not to be had, for nobody answers',
    found: { answer: { kind: 'unanswered', because: 'no such host' } },
    notAsked: null,
    says: [
      'warning docker.io/acme/app: credentials found; whether the registry accepts them is not known: no such host; fix: check the name of the registry and the network; --offline does not ask',
    ],
  },
  {
    name: 'not asked for',
    found: { answer: null },
    notAsked: '--offline',
    says: ['ok docker.io/acme/app: credentials found; whether the registry accepts them was not asked: --offline'],
  },
  {
    name: 'accepted, of a login that Docker does not read',
    found: { isOurs: true },
    notAsked: null,
    says: [
      'ok docker.io/acme/app: the registry accepts the login',
      'warning docker.io/acme/app: credentials found in TAGWRIGHT_REGISTRY_… alone, which Docker does not read: a build cannot push; fix: docker login docker.io; what builds nothing works without it',
    ],
  },
];
test.each(answers)('an answer that is $name', async ({ found, notAsked, says }) => {
  const asked: (readonly string[] | null)[] = [];
  const login: Machine['login'] = (_, insecure) => {
    asked.push(insecure);
    return Promise.resolve({ kind: 'found', isOurs: false, advice, answer: { kind: 'accepted' }, ...found });
  };
  const checks = await machineChecks(config, { ...machine, login }, { isVariable, notAsked });
  const logins = checks.filter(({ name }) => name === 'login');
  expect(
    logins.map((check) => `${check.state} ${check.says}${check.fix === null ? '' : `; fix: ${check.fix}`}`),
  ).toEqual(says);
  expect(asked).toEqual([notAsked === null ? [] : null]);
});

test('what keeps a login from being read is a failure; where there is none, a warning says what to do', async () => {
  const saying = async (found: LoginFacts): Promise<unknown> => {
    const checks = await machineChecks(config, { ...machine, login: () => Promise.resolve(found) }, wishes);
    return checks.filter(({ name }) => name === 'login').map(({ state, says, fix }) => ({ state, says, fix }));
  };
  expect(await saying({ kind: 'failed', because: 'CREDENTIALS_FAILED the helper is gone' })).toEqual([
    { state: 'failed', says: 'docker.io/acme/app: CREDENTIALS_FAILED the helper is gone', fix: null },
  ]);
  expect(await saying({ kind: 'none', advice })).toEqual([
    { state: 'warning', says: expect.stringMatching(/^docker\.io\/acme\/app: no credentials, /), fix: advice },
  ]);
});

test('each registry is asked once, with what may be asked without TLS', async () => {
  const asked: unknown[] = [];
  const login: Machine['login'] = ({ registry, path }, insecure) => {
    asked.push([`${registry}/${path}`, insecure]);
    return Promise.resolve({ kind: 'none', advice });
  };
  const repository = ['docker.io/acme/app', 'docker.io/acme/other', '127.0.0.1:5000/acme/app'];
  const several = { ...smallConfig, repository, registries: { insecure: ['127.0.0.1:5000'] } };
  await machineChecks(required(readConfig(several, 'matrix.config.yaml')), { ...machine, login }, wishes);
  expect(asked).toEqual([
    ['docker.io/acme/other', ['127.0.0.1:5000']],
    ['127.0.0.1:5000/acme/app', ['127.0.0.1:5000']],
  ]);
});

test('the machine asks a registry without TLS where it may, and hides no bug', async () => {
  const { transport, lines } = scriptedTransport([{ status: 200, body: '{}' }]);
  const of = (http: MachineOptions['http']): Machine =>
    thisMachine({
      env: {
        PATH: '/usr/bin:/bin',
        HOME: '/nowhere',
        TAGWRIGHT_REGISTRY_HOST: 'a.example',
        TAGWRIGHT_REGISTRY_USERNAME: 'robot',
        TAGWRIGHT_REGISTRY_PASSWORD: 'secret',
      },
      build: null,
      cacheFolder: '/nowhere',
      http,
      signal: new AbortController().signal,
    });
  const at = required(parseRepository('a.example/acme/app', 'here'));
  const http = { ...createHttp(), transport };
  expect(await of(() => Promise.resolve(http)).login(at, ['a.example'])).toMatchObject({ answer: { kind: 'open' } });
  expect(lines()).toEqual(['GET http://a.example/v2/']);
  const failing = (error: Error): Promise<LoginFacts> => of(() => Promise.reject(error)).login(at, []);
  await expect(failing(new TypeError('a bug'))).rejects.toThrow('a bug');
  await expect(failing(new OutsideError('ABORTED', 'interrupted'))).rejects.toThrow('interrupted');
  expect(await failing(new OutsideError('FILE_FAILED', 'no certificates'))).toEqual({
    kind: 'failed',
    because: 'FILE_FAILED no certificates',
  });
});

test('a registry that only builds which are no releases go to is asked too', async () => {
  const asked: string[] = [];
  const login: Machine['login'] = ({ registry }) => {
    asked.push(registry);
    return Promise.resolve({ kind: 'none', advice: `docker login ${registry}` });
  };
  const events = { repository: 'ghcr.io/acme/app-dev', edge: { branch: 'main' } };
  const both = required(readConfig({ ...smallConfig, repository: 'docker.io/acme/app', events }, 'matrix.config.yaml'));
  await machineChecks(both, { ...machine, login }, wishes);
  expect(asked).toEqual(['docker.io', 'ghcr.io']);
});

test('the machine tells whose login it is, and whether the engine holds several platforms', async () => {
  const docker = (status: string): string => `#!/bin/sh
if [ "$1" = buildx ]; then printf 'Name: default\\nDriver: docker\\n\\nNodes:\\nName: default\\nPlatforms: linux/amd64*, linux/arm64\\n'; fi
if [ "$1" = info ]; then echo '${status}'; fi
`;
  const folder = await tempFolder({
    'new/docker': docker('[["driver-type","io.containerd.snapshotter.v1"]]'),
    'old/docker': docker('[["Backing Filesystem","extfs"]]'),
    'home/.docker/config.json': JSON.stringify({ auths: { 'b.example': { auth: 'YTpi' } } }),
  });
  await Promise.all(['new', 'old'].map((name) => chmod(`${folder}/${name}/docker`, 0o755)));
  const of = (name: string): Machine =>
    thisMachine({
      env: {
        PATH: `${folder}/${name}:/usr/bin:/bin`,
        HOME: `${folder}/home`,
        TAGWRIGHT_REGISTRY_HOST: 'a.example',
        TAGWRIGHT_REGISTRY_USERNAME: 'robot',
        TAGWRIGHT_REGISTRY_PASSWORD: 'secret',
      },
      build: null,
      cacheFolder: folder,
      http: () => Promise.reject(new Error('nobody is asked')),
      signal: new AbortController().signal,
    });
  expect(await of('new').builder(null)).toEqual({
    ...dockers,
    platforms: ['linux/amd64', 'linux/arm64'],
    isMultiPlatform: true,
  });
  expect(await of('old').builder(null)).toMatchObject({ isMultiPlatform: false });
  const at = (registry: string) => required(parseRepository(`${registry}/acme/app`, 'here'));
  const found = { kind: 'found', answer: null } as const;
  expect(await of('new').login(at('a.example'), null)).toEqual({
    ...found,
    isOurs: true,
    advice: 'docker login a.example (sent: user "robot", from TAGWRIGHT_REGISTRY_HOST)',
  });
  expect(await of('new').login(at('b.example'), null)).toMatchObject({ ...found, isOurs: false });
});

test('a machine without Docker is not asked for its builder', async () => {
  const docker = () => Promise.resolve({ kind: 'missing', because: 'docker is not installed' } as const);
  const checks = await machineChecks(config, { ...machine, docker, buildx: docker }, wishes);
  expect(checks.map(({ name }) => name)).not.toContain('builder');
  expect(checks.filter(({ says }) => says === 'docker is not installed')).toHaveLength(2);
});

test('doctor reads config, releases and machine, and ends with 0 if only warnings are left', async () => {
  const project = await cliProject();
  const run = await runCli(['doctor', ...project.flags.slice(0, 4), '--json'], { TAGWRIGHT_GRACE: '2h' });
  expect([run.code, run.stderr]).toEqual([0, '']);
  const text = run.stdout;
  for (const part of ['is valid: 1 image', '2 releases from', 'newest final 1.0.1', 'TAGWRIGHT_GRACE is set'])
    expect(text).toContain(part);
});

test('doctor names the config as statements do, whatever its spaces, comments and order of keys', async () => {
  const one = { ...smallConfig, repository: 'ghcr.io/acme/app' };
  const other = Object.fromEntries(Object.entries(one).toReversed());
  const folder = await tempFolder({ 'a.json': JSON.stringify(one), 'b.json': JSON.stringify(other, null, 2) });
  const digestIn = async (name: string): Promise<string | undefined> => {
    const { stdout } = await runCli(['doctor', '--config', `${folder}/${name}`, '--json']);
    return /is (?<digest>sha256:[0-9a-f]{64}) in statements of moves/.exec(stdout)?.groups?.['digest'];
  };
  const digest = await digestIn('a.json');
  expect([digest, await digestIn('b.json')]).toEqual([expect.stringMatching(/^sha256:/), digest]);
});

test('doctor of a broken config goes on, and ends with 1', async () => {
  const run = await runCli(['doctor', '--config', 'test/golden/action/bad-config/matrix.config.yaml']);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('failed   config');
  expect(run.stdout).toContain('ok       node');
});

test('version --json has what a report of a bug needs', async () => {
  const run = await runCli(['version', '--json']);
  expect([run.code, Object.keys(parseJsonObject(run.stdout) ?? {})]).toEqual([
    0,
    ['schema', 'version', 'build', 'node', 'platform', 'docker', 'buildx'],
  ]);
});
