/**
 * A project on a GitLab of its own, from `init` to releases that are published and audited: the pipeline that `init`
 * writes and the child pipeline that `matrix` writes, job by job, each in a clone of its own. What they push goes to a
 * registry with a login, from a machine for each platform.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { builtCli } from '../support/built-cli.ts';
import { runBuiltCli } from '../support/cli-process.ts';
import { git } from '../support/git-repository.ts';
import { jobPrograms, runPipeline, type Project, type RanJob } from '../support/gitlab-runner.ts';
import { gitlabServer, gitlabToken, projectBot, type GitlabServer } from '../support/gitlab-server.ts';
import { pipelineFaults } from '../support/gitlab-schema.ts';
import { readIndex } from '../support/merged-index.ts';
import { readTags } from '../support/read-tags.ts';
import { startRegistry, type RegistryProcess } from '../support/registry-process.ts';
import { engineNode, remoteBuilder, removeBuilder, type BuildNode } from '../support/remote-buildkit.ts';

const secret = 'job-token-4711';
const path = 'acme/team/app';
const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile('package.json', 'utf8')));

let registry: RegistryProcess;
let open: RegistryProcess;
let node: BuildNode;
let folder = '';
let calls: () => Promise<string>;
let project: Project;
const builders: string[] = [];

interface Start {
  readonly name: string;
  /** That it has before. */
  readonly pipeline: string | null;
  readonly flags: readonly string[];
  /** What `init` says that it wrote. */
  readonly writes: readonly string[];
}

/** What a person does: a folder with a Dockerfile, pushed to GitLab; then `init`, and what it said to check. */
async function startProject({ name, pipeline, flags, writes }: Start): Promise<string> {
  const repository = join(folder, name);
  git('.', 'init', '--quiet', '--initial-branch=main', repository);
  git(repository, 'remote', 'add', 'origin', 'git@127.0.0.1:acme/team/app.git');
  await writeFile(
    join(repository, 'Dockerfile'),
    'FROM scratch\nARG VERSION\nLABEL built="$VERSION"\nCOPY hello /hello\n',
  );
  await writeFile(join(repository, 'hello'), 'hello\n');
  if (pipeline !== null) await writeFile(join(repository, '.gitlab-ci.yml'), pipeline);
  git(repository, 'add', '.');
  git(repository, 'commit', '--quiet', '--message=first');
  const ran = await runBuiltCli(['-C', repository, 'init', '--ci=gitlab', ...flags]);
  expect({ code: ran.code, files: ran.stdout.split('\n').filter((line) => line.endsWith(' written')) }).toEqual({
    code: 0,
    files: writes.map((file) => `${file} written`),
  });
  // The registry that it guessed for a GitLab on this host is on another port.
  await edit(repository, 'matrix.config.ts', /127\.0\.0\.1:5050/, registry.host);
  return repository;
}

/** Of a project that had one before: a job for every push, and stages of its own. */
const ownPipeline = `stages: [test, ship]\nunit:\n  stage: test\n  script: [echo tested]\n`;

async function edit(repository: string, file: string, from: RegExp, to: string): Promise<void> {
  const text = await readFile(join(repository, file), 'utf8');
  expect(text).toMatch(from);
  await writeFile(join(repository, file), text.replace(from, to));
}

function release(repository: string, tag: string): void {
  git(repository, 'add', '.');
  git(repository, 'commit', '--quiet', '--allow-empty', `--message=${tag}`);
  git(repository, 'tag', tag);
}

/** The project with a token, on a GitLab whose API is this. */
function withApi({ apiUrl }: GitlabServer): Project {
  return { ...project, variables: { ...project.variables, CI_API_V4_URL: apiUrl, GITLAB_TOKEN: gitlabToken } };
}

const states = (jobs: readonly RanJob[]): Record<string, string> =>
  Object.fromEntries(jobs.map(({ name, state }) => [name, state]));

function logsOf(jobs: readonly RanJob[]): string {
  return jobs.map(({ name, log }) => `${name}\n${log}`).join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagwright-gitlab-'));
  registry = await startRegistry({ htpasswd: { 'gitlab-ci-token': secret } });
  // The same content, for a look without a login.
  open = await startRegistry({ storage: registry.storage });
  node = await engineNode();
  for (const machine of ['amd64', 'arm64'])
    builders.push(
      await remoteBuilder(`tagwright-gitlab-${machine}-${process.pid}`, [{ node, platform: `linux/${machine}` }]),
    );
  const bin = join(folder, 'bin');
  calls = await jobPrograms(bin, builtCli(), ['0', version]);
  const BUILDX_CONFIG =
    process.env['BUILDX_CONFIG'] ?? `${process.env['DOCKER_CONFIG'] ?? `${process.env['HOME']}/.docker`}/buildx`;
  const login = { CI_REGISTRY: registry.host, CI_REGISTRY_USER: 'gitlab-ci-token', CI_REGISTRY_PASSWORD: secret };
  project = {
    repository: await startProject({
      name: 'repository',
      pipeline: null,
      flags: ['--fan-out'],
      writes: ['matrix.config.ts', '.gitlab-ci.yml'],
    }),
    workspace: join(folder, 'builds'),
    bin,
    variables: login,
    runners: {
      x86: { BUILDX_CONFIG, BUILDX_BUILDER: builders[0] ?? '' },
      arm: { BUILDX_CONFIG, BUILDX_BUILDER: builders[1] ?? '' },
    },
  };
  // Its runners have tags.
  await edit(
    project.repository,
    '.gitlab-ci.yml',
    /--format gitlab/,
    '--format gitlab --runner linux/amd64=x86 --runner linux/arm64=arm',
  );
});

afterAll(async () => {
  for (const builder of builders) await removeBuilder(builder);
  await node.close();
  await open.stop({ keepStorage: true });
  await registry.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a project on a GitLab of its own', { timeout: 300_000 }, () => {
  test('has a pipeline that the schema of GitLab takes', async () => {
    expect(await pipelineFaults(await readFile(join(project.repository, '.gitlab-ci.yml'), 'utf8'))).toEqual([]);
  });

  test('its first release is built for two platforms, each on its runner, merged and published', async () => {
    release(project.repository, 'v1.0.0');
    const jobs = await runPipeline(project, { kind: 'tag', tag: 'v1.0.0' });
    expect([states(jobs), logsOf(jobs)]).toEqual([
      {
        'jobs-images': 'success',
        'publish-images': 'success',
        'flavor-standard_linux-amd64': 'success',
        'flavor-standard_linux-arm64': 'success',
        publish: 'success',
      },
      expect.not.stringContaining(secret),
    ]);
    // The clone has the default branch, whose config decides.
    expect(jobs.at(-1)?.log).not.toContain('CONFIG_DIFFERS');
    const child = await readFile(join(jobs[0]?.artifacts ?? '', 'jobs-images.yml'), 'utf8');
    expect(await pipelineFaults(child)).toEqual([]);
    expect(jobs.map(({ resourceGroup }) => resourceGroup).filter((group) => group !== null)).toEqual([
      'publish-v1.0.0',
    ]);
    expect(await calls()).not.toContain(secret);
    const { entries } = await readIndex(open.host, path, '1.0.0');
    expect(entries).toEqual(['linux/amd64', 'linux/arm64', 'attestation of linux/amd64', 'attestation of linux/arm64']);
    const tags = await readTags(open.host, path);
    expect(Object.keys(tags).toSorted()).toEqual(['1', '1.0', '1.0.0', 'latest', expect.stringMatching(/^sha-/)]);
    expect(tags['latest']).toBe(tags['1.0.0']);
  });

  test('the audit on its schedule finds every tag right, and leaves both reports', async () => {
    const jobs = await runPipeline(project, { kind: 'schedule' });
    expect(states(jobs)).toEqual({ 'audit-images': 'success' });
    const [{ artifacts } = { artifacts: '' }] = jobs;
    expect(await readFile(join(artifacts, 'audit.xml'), 'utf8')).toContain('<testsuite');
    expect(JSON.parse(await readFile(join(artifacts, 'gl-code-quality-report.json'), 'utf8'))).toEqual([]);
  });

  test('of a release that one machine cannot build nothing is moved, and a new pipeline goes on from there', async () => {
    const before = await readTags(open.host, path);
    release(project.repository, 'v1.1.0');
    const { arm, ...others } = project.runners ?? {};
    const broken = { ...project, runners: { ...others, arm: { ...arm, BUILDX_BUILDER: 'gone' } } };
    const jobs = await runPipeline(broken, { kind: 'tag', tag: 'v1.1.0' });
    expect(states(jobs)).toEqual({
      'jobs-images': 'success',
      'publish-images': 'failed',
      'flavor-standard_linux-amd64': 'success',
      'flavor-standard_linux-arm64': 'failed',
      publish: 'skipped',
    });
    expect(await readTags(open.host, path)).toEqual(before);
    const again = await runPipeline(project, { kind: 'tag', tag: 'v1.1.0' });
    expect(new Set(again.map(({ state }) => state))).toEqual(new Set(['success']));
    // The clone is whole: it has both releases.
    expect(again.at(-1)?.log).not.toContain('warning');
    const tags = await readTags(open.host, path);
    expect([tags['latest'], tags['1'], tags['1.0']]).toEqual([tags['1.1.0'], tags['1.1.0'], before['1.0.0']]);
  });

  test('a tag that somebody moved by hand is a failed test of the audit', async () => {
    execFileSync('crane', ['tag', '--insecure', `${open.host}/${path}:1.0.0`, 'latest']);
    const server = await gitlabServer();
    const [job] = await runPipeline(withApi(server), { kind: 'schedule' });
    expect([job?.state, job?.log]).toEqual(['failed', expect.not.stringContaining(gitlabToken)]);
    expect(server.state.issues).toMatchObject([{ state: 'opened', description: expect.stringContaining('stale') }]);
    expect(await readFile(join(job?.artifacts ?? '', 'audit.xml'), 'utf8')).toMatch(/<failure [^>]*stale/);
    const entries: unknown = JSON.parse(
      await readFile(join(job?.artifacts ?? '', 'gl-code-quality-report.json'), 'utf8'),
    );
    expect(entries).toEqual([expect.objectContaining({ check_name: expect.stringContaining('stale') })]);
  });

  test('a merge request shows what it changes about the tags, and all of them where there was no config before', async () => {
    git(project.repository, 'switch', '--quiet', '--create', 'no-minor');
    await edit(project.repository, 'matrix.config.ts', /\n\}\);/, '\n  rules: { minor: false },\n});');
    git(project.repository, 'commit', '--quiet', '--all', '--message=no minor');
    git(project.repository, 'switch', '--quiet', 'main');
    const server = await gitlabServer();
    const [job] = await runPipeline(withApi(server), { kind: 'merge-request', iid: 12, branch: 'no-minor' });
    expect([job?.name, job?.state, job?.log]).toEqual([
      'plan-images',
      'success',
      expect.stringMatching(/^.*\b1\.1\b/m),
    ]);
    expect(server.state.notes).toMatchObject([{ author: projectBot, body: expect.stringContaining('minor') }]);
    const base = git(project.repository, 'rev-list', '--max-parents=0', 'main');
    const [first] = await runPipeline(project, { kind: 'merge-request', iid: 13, branch: 'no-minor', base });
    expect([first?.state, first?.log]).toEqual(['success', expect.stringContaining('convenience tags')]);
  });

  test('a push to a branch starts nothing', async () => {
    expect(await runPipeline(project, { kind: 'push', branch: 'main' })).toEqual([]);
  });
});

describe('a project with a pipeline of its own', { timeout: 300_000 }, () => {
  test('includes ours: a release waits for its tests, and one job publishes it', async () => {
    const own = await startProject({
      name: 'with-pipeline',
      pipeline: ownPipeline,
      flags: [],
      writes: ['matrix.config.ts', '.gitlab/tagwright.yml'],
    });
    await writeFile(join(own, '.gitlab-ci.yml'), `include:\n  - local: .gitlab/tagwright.yml\n${ownPipeline}`);
    await edit(own, 'matrix.config.ts', /acme\/team\/app/, 'acme/team/second');
    release(own, 'v1.0.0');
    const variables = { ...project.variables, TAGWRIGHT_BUILDER: 'stand-in', BUILDX_BUILDER: builders[0] ?? '' };
    const jobs = await runPipeline({ ...project, repository: own, variables }, { kind: 'tag', tag: 'v1.0.0' });
    expect([states(jobs), logsOf(jobs)]).toEqual([
      { unit: 'success', 'publish-images': 'success' },
      expect.not.stringContaining(secret),
    ]);
    expect(jobs[1]?.resourceGroup).toBe('publish-images-v1-0-0');
    const tags = await readTags(open.host, 'acme/team/second');
    expect(Object.keys(tags).toSorted()).toEqual(['1', '1.0', '1.0.0', 'latest', expect.stringMatching(/^sha-/)]);
    expect(
      (await runPipeline({ ...project, repository: own, variables }, { kind: 'push', branch: 'main' })).map(
        ({ name }) => name,
      ),
    ).toEqual(['unit']);
  });
});
