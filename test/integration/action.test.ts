/**
 * The bundle of the action, run as GitHub runs it, publishes to a real registry with the real buildx, for each event.
 * Releases come from a server that answers as GitHub does. Outputs and summaries are files in test/golden/action/.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { dockerRun, skopeoInspect, skopeoPlatforms } from '../support/buildx.ts';
import { githubServer, type GithubServer } from '../support/github-server.ts';
import { daily, revisionOf } from '../support/history.ts';
import { steady, type ActionInput } from '../support/run-action.ts';
import { bundleAction, runBundle, type BundleRun } from '../support/run-bundle.ts';
import { sourceExample } from '../support/source-example.ts';
import { standInBases } from '../support/stand-in-bases.ts';

const host = inject('registryHost');
const repository = `${host}/acme/action`;
const facts = daily('1.0.0', '1.1.0', '1.0.1');
const base = 'python:3.11-slim';

let main = '';
let workspace = '';

beforeAll(async () => {
  main = await bundleAction();
  workspace = await mkdtemp(join(tmpdir(), 'tagwright-workspace-'));
  const config = {
    repository,
    source: { github: 'acme/app' },
    pythons: ['3.11'],
    platforms: ['linux/amd64', 'linux/arm64'],
    flavors: { standard: { dockerfile: 'Dockerfile', contexts: await standInBases(host, { bases: [base] }) } },
    defaults: { python: 'highest' },
    rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
  };
  await writeFile(join(workspace, 'matrix.config.json'), JSON.stringify(config));
  await writeFile(
    join(workspace, 'Dockerfile'),
    `FROM ${base}\nARG VERSION\nRUN test -n "$VERSION" && echo "$VERSION" > /version\n`,
  );
});

/** What GitHub tells of acme/app once these are out. */
function github(...versions: readonly string[]): Promise<GithubServer> {
  const out = facts.filter(({ version }) => versions.includes(version));
  return githubServer(
    {
      name: 'acme/app',
      releases: out.map(({ version, committedAt }) => ({ tag: version, title: '$(id) `id`', createdAt: committedAt })),
      tags: out.map(({ version, revision }) => ({ name: version, revision })),
    },
    { token: 'ghs_rightrightright' },
  );
}

function step(server: GithubServer, input: ActionInput): Promise<BundleRun> {
  const given = { config: 'matrix.config.json', 'github-token': 'ghs_rightrightright' };
  return runBundle(main, workspace, {
    ...input,
    inputs: { ...given, ...input.inputs },
    env: { GITHUB_API_URL: server.url, ...input.env },
  });
}

/** Outputs but the report itself, which the log has; then the summary. */
async function expectGolden(name: string, { outputs, summary }: BundleRun): Promise<void> {
  const at = (file: string): string => new URL(`../golden/action/${name}/${file}`, import.meta.url).pathname;
  const plain = (text: string): string =>
    steady(text)
      .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z with \d+ requests?/g, '<time> with <some> requests')
      .replaceAll(/(?<=Journal: `)[^`]*/g, '<journal>');
  const short = Object.entries(outputs)
    .filter(([key]) => key !== 'report-file')
    .map(([key, value]) => `${key}:\n${plain(value).trimEnd()}\n`);
  await expect(short.join('\n')).toMatchFileSnapshot(at('outputs.txt'));
  await expect(plain(summary)).toMatchFileSnapshot(at('summary.md'));
}

const digests = z.record(z.string(), z.string());

/** Every tag stands where the output `digests` says, for a client that shares no code with this project. */
async function expectDigests({ outputs }: BundleRun, tags: readonly string[]): Promise<void> {
  const told = digests.parse(JSON.parse(outputs['digests'] ?? ''));
  expect(Object.keys(told)).toEqual(tags);
  for (const [tag, digest] of Object.entries(told)) {
    expect([tag, (await skopeoInspect(`${repository}:${tag}`)).digest]).toEqual([tag, digest]);
  }
}

const shaTag = (version: string): string => `sha-${revisionOf(version)}-python3.11`;
const right = { code: 0, stderr: '', state: '', path: '' };

describe('the bundle, with buildx and a registry', () => {
  test('release: publishes it', async () => {
    const server = await github('1.0.0');
    const payload = {
      action: 'published',
      release: { tag_name: '1.0.0', name: '$(id) `id`', draft: false, prerelease: false },
      repository: { full_name: 'acme/app' },
    };
    const ref = 'refs/tags/1.0.0';
    const sha = revisionOf('1.0.0');
    const run = await step(server, { event: 'release', payload, ref, sha, inputs: { command: 'publish' } });
    expect(run).toMatchObject(right);
    await expectDigests(run, ['1.0.0-python3.11', shaTag('1.0.0'), '1.0-python3.11', '1-python3.11', '1-latest']);
    expect(await skopeoPlatforms(`${repository}:1-latest`)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(run.log.split('\n').filter((line) => line.startsWith('::'))).toEqual([
      '::add-mask::ghs_rightrightright',
      expect.stringMatching(/^::stop-commands::/),
      expect.stringMatching(/^::[0-9a-f-]{36}::$/),
    ]);
    expect(run.log.split('ghs_rightrightright')).toHaveLength(2);
    await expectGolden('buildx-release', run);
  });

  test('push of a git tag: publishes its release, and the convenience tags move', async () => {
    const server = await github('1.0.0', '1.1.0');
    const event = { event: 'push', ref: 'refs/tags/1.1.0', sha: revisionOf('1.1.0'), payload: { deleted: false } };
    const run = await step(server, { ...event, inputs: { command: 'publish' } });
    expect(run).toMatchObject(right);
    await expectDigests(run, ['1.1.0-python3.11', shaTag('1.1.0'), '1.1-python3.11', '1-python3.11', '1-latest']);
    await expectGolden('buildx-push', run);
  });

  test('workflow_dispatch: publishes what was typed, a backport that moves its own series alone', async () => {
    const server = await github('1.0.0', '1.1.0', '1.0.1');
    const payload = { inputs: { version: '1.0.1' } };
    const run = await step(server, { event: 'workflow_dispatch', payload, inputs: { command: 'publish' } });
    expect(run).toMatchObject(right);
    await expectDigests(run, ['1.0.1-python3.11', shaTag('1.0.1'), '1.0-python3.11']);
    expect((await skopeoInspect(`${repository}:1-latest`)).digest).toBe(
      (await skopeoInspect(`${repository}:1.1.0-python3.11`)).digest,
    );
    await expectGolden('buildx-dispatch', run);
  });

  test('schedule: an audit, without a finding; then of a tag that somebody moved, with an issue', async () => {
    const server = await github('1.0.0', '1.1.0', '1.0.1');
    const inputs = { command: 'audit', issue: 'true', format: 'sarif' };
    const clean = await step(server, { event: 'schedule', payload: { schedule: '17 3 * * *' }, inputs });
    expect(clean).toMatchObject(right);
    expect(server.issues()).toEqual([]);
    await expectGolden('buildx-schedule', clean);

    const moved = [`docker://${repository}:1.0.0-python3.11`, `docker://${repository}:1-latest`];
    const flags = ['--all', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false'];
    await promisify(execFile)('skopeo', ['copy', ...flags, ...moved]);
    const found = await step(server, { event: 'schedule', payload: {}, inputs });
    expect([found.code, found.outputs['result'], found.outputs['issue-url']]).toEqual([
      1,
      'findings',
      'https://github.com/owner/name/issues/1',
    ]);
    expect(server.issues().map(({ title, state }) => `${state}: ${title}`)).toEqual([
      `open: Tags of ${repository} are not as planned`,
    ]);
    expect(JSON.parse(found.outputs['report-file'] ?? '')).toMatchObject({ version: '2.1.0' });
    await expectGolden('buildx-schedule-findings', found);
  });
});

test('release: built from its own commit, while another version with edited files is checked out', async () => {
  const { root, config, revisions, tag, file } = await sourceExample('python-source', host);
  const payload = { action: 'published', release: { tag_name: 'v1.0.0', draft: false, prerelease: false } };
  const run = await runBundle(main, root, {
    event: 'release',
    payload: { ...payload, repository: { full_name: 'acme/greeter' } },
    ref: 'refs/tags/v1.0.0',
    sha: revisions['1.0.0'] ?? '',
    inputs: { command: 'publish', config: basename(config), repository: `${host}/acme/greeter` },
  });
  expect(run).toMatchObject(right);
  const reference = `${host}/acme/greeter:${tag}`;
  expect(await dockerRun(['--network=none'], reference, '--version')).toBe('1.0.0\n');
  const { folder, line } = file;
  const grep = ['-rhoF', line('1.0.0'), folder];
  expect(await dockerRun(['--network=none', '--entrypoint=grep'], reference, ...grep)).toBe(`${line('1.0.0')}\n`);
  expect((await skopeoInspect(reference)).labels).toMatchObject({
    'org.opencontainers.image.revision': revisions['1.0.0'],
  });
});
