/** A release as a child pipeline of GitLab. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { pipelineFaults } from '../support/gitlab-schema.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const job = z.looseObject({ tags: z.array(z.string()).optional(), script: z.array(z.string()) });
const pipeline = z.record(z.string(), z.unknown());

async function matrix(args: readonly string[], more: object = {}, env: Record<string, string> = {}): Promise<CliRun> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' }, ...more }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0-rc.1')),
  });
  const config = ['--config', `${folder}/matrix.config.json`];
  const ran = await runCli(['matrix', '1.0.0', '--format=gitlab', ...config, ...args], env);
  return { ...ran, stdout: ran.stdout.replaceAll(`${folder}/`, ''), stderr: ran.stderr.replaceAll(`${folder}/`, '') };
}

/** Of the build jobs, by name. */
function builds(text: string): Map<string, z.output<typeof job>> {
  const { stages, variables, '.build': base, publish, ...rest } = pipeline.parse(parse(text));
  expect([stages, typeof variables, typeof base, typeof publish]).toEqual([
    ['build', 'publish'],
    'object',
    'object',
    'object',
  ]);
  return new Map(Object.entries(rest).map(([name, value]) => [name, job.parse(value)]));
}

const two = {
  pythons: ['3.10'],
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  platforms: ['linux/amd64', 'linux/arm64'],
};

test('has a job for each cell and platform, and one that merges what they recorded', async () => {
  const ran = await matrix(['--runner=linux/arm64=my-arm'], two);
  expect([ran.code, ran.stderr, await pipelineFaults(ran.stdout)]).toEqual([0, '', []]);
  await expect(ran.stdout).toMatchFileSnapshot(
    new URL('../golden/gitlab/child-pipeline.yml', import.meta.url).pathname,
  );
});

test('a platform that no runner has is emulated on one without a tag', async () => {
  const { stdout } = await matrix([], two);
  const jobs = [...builds(stdout).values()];
  const emulated =
    'test -n "$BUILDX_BUILDER" || docker run --privileged --rm tonistiigi/binfmt:qemu-v10.2.3 --install linux/arm64';
  expect(jobs.map(({ tags, before_script }) => [tags, before_script])).toEqual([
    [undefined, undefined],
    [undefined, expect.arrayContaining([emulated])],
  ]);
  expect(await pipelineFaults(stdout)).toEqual([]);
});

test('the registry of the GitLab that runs it has the login of its jobs', async () => {
  const own = await matrix([], two, { CI_REGISTRY: 'registry.example' });
  expect(pipeline.parse(parse(own.stdout))['variables']).toEqual({
    GIT_DEPTH: '0',
    TAGWRIGHT_REGISTRY_HOST: '$CI_REGISTRY',
    TAGWRIGHT_REGISTRY_USERNAME: '$CI_REGISTRY_USER',
    TAGWRIGHT_REGISTRY_PASSWORD: '$CI_REGISTRY_PASSWORD',
  });
  const other = await matrix([], two, { CI_REGISTRY: 'registry.example:5050' });
  expect(other.stdout).toContain('TAGWRIGHT_REGISTRY_PASSWORD: $REGISTRY_PASSWORD');
});

test('what chose the release chooses it in every job, as a shell reads it', async () => {
  const { stdout } = await matrix(['--at', '2030-01-01T00:00:00Z', `--revision=${revisionOf('1.0.0')}`], {
    ...two,
    platforms: ['linux/amd64'],
  });
  const [build] = builds(stdout).values();
  expect(build?.script).toEqual([
    `npx --yes tagwright@0.0.0 build 1.0.0 --revision ${revisionOf('1.0.0')} --config matrix.config.json --at 2030-01-01T00:00:00Z --only 1-0-0_python-3-10_flavor-standard --platform linux/amd64 --push-by-digest --record records/1-0-0_python-3-10_flavor-standard_linux-amd64.json`,
  ]);
});

test('more builds than GitLab lets a job need wait for each other by their stages', async () => {
  const pythons = Array.from({ length: 40 }, (_, minor) => `3.${minor + 8}`);
  const ran = await matrix([], { ...two, pythons, defaults: { python: '3.8' } });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const names = [...builds(ran.stdout).keys()];
  expect([names.length, new Set(names).size]).toEqual([80, 80]);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThan(64);
  expect([ran.stdout.includes('needs:'), await pipelineFaults(ran.stdout)]).toEqual([false, []]);
});

test('a name that is too long for GitLab is a number', async () => {
  const value = 'x'.repeat(100);
  const axes = Object.fromEntries(['a', 'b', 'c'].map((axis) => [axis, { [`${value}${axis}`]: {} }]));
  const rules = { full: { template: '{{version}}' }, sha: false, minor: false, major: false, latest: false };
  const { pythons: _pythons, flavors: _flavors, defaults: _defaults, ...plain } = smallConfig;
  const config = { ...plain, pythons: undefined, flavors: undefined, defaults: undefined };
  const ran = await matrix([], { ...config, dockerfile: 'Dockerfile', axes, rules, platforms: ['linux/amd64'] });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect([...builds(ran.stdout).keys()]).toEqual(['build-1']);
});

test('an event has no such pipeline', async () => {
  const ran = await runCli(['matrix', '--format=gitlab', '--event=event.json']);
  expect([ran.code, ran.stderr]).toEqual([
    2,
    'USAGE  --event: matrix --format gitlab does not use it; leave it out: the last job publishes a release\n',
  ]);
});
