/** Builds that are not releases, against a real registry: pinned by revision first, then the tags that move. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { z } from 'zod';
import { createStandInBuilder } from '../../../src/adapters/stand-in/stand-in-builder.ts';
import { publishEvent } from '../../../src/commands/event/publish-event.ts';
import { readEventBuild } from '../../../src/commands/event/read-event.ts';
import type { World } from '../../../src/commands/world.ts';
import { readBuildEvent } from '../../../src/domain/read-build-event.ts';
import { publishOptions, publishWorld } from '../../support/publish-world.ts';
import { runStep, type ActionRun } from '../../support/run-action.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { readTags } from '../../support/read-tags.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { skopeoInspect } from '../../support/buildx.ts';
import { daily } from '../../support/history.ts';

const host = inject('registryHost');
const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const c = 'c'.repeat(40);
let count = 0;

interface Place {
  readonly config: string;
  readonly folder: string;
  /** Tag to digest. */
  readonly tags: (name?: string) => Promise<Record<string, string>>;
  readonly run: (command: string, event: object, ...more: readonly string[]) => Promise<CliRun>;
  readonly step: (given: Omit<Parameters<typeof runStep>[0], 'inputs'>, command: string) => Promise<ActionRun>;
}

async function place(more: object = {}): Promise<Place> {
  count += 1;
  const path = `events/test-${process.pid}-${count}`;
  const folder = await tempFolder({
    Dockerfile: 'FROM scratch\nARG PYTHON\nARG FLAVOR\n',
    'releases.json': JSON.stringify(daily('1.0.0')),
  });
  const written = {
    repository: `${host}/${path}`,
    dockerfile: 'Dockerfile',
    source: { file: 'releases.json' },
    pythons: ['3.11', '3.12'],
    defaults: { python: 'highest' },
    events: {
      branch: '{{branch}}-python{{python}}',
      pullRequest: 'pr-{{number}}-python{{python}}',
      schedule: 'nightly-python{{python}}',
      edge: { only: { python: 'default' } },
    },
    ...more,
  };
  const text = JSON.stringify(written).replaceAll('REPOSITORY', `${host}/${path}`);
  const config = `${folder}/matrix.config.json`;
  await writeFile(config, text);
  const given = ['--config', config, '--builder', 'stand-in', '--journal', `${folder}/journal`];
  return {
    config,
    folder,
    tags: (name = '') => readTags(host, `${path}${name}`),
    run: async (command, event, ...flags) => {
      const file = await tempFolder({ 'event.json': JSON.stringify(event) });
      return runCli([command, '--event', `${file}/event.json`, ...given, ...flags]);
    },
    step: (event, command) =>
      runStep({
        ...event,
        inputs: { command, config, builder: 'stand-in', journal: `${folder}/journal` },
      }),
  };
}

const at = (minute: number): string => `2026-11-29T03:${String(minute).padStart(2, '0')}:00Z`;
const branch = (name: string, revision: string, minute: number): object => ({
  kind: 'branch',
  branch: name,
  revision,
  at: at(minute),
  defaultBranch: 'main',
});
const pins = (revision: string): string[] => ['3.11', '3.12'].map((python) => `commit-${revision}-python${python}`);

test('a push to main: each cell under its commit, then under its branch; the next one moves the latter', async () => {
  const { run, tags } = await place();
  const first = await run('publish', branch('main', a, 1));
  expect([first.code, first.stderr]).toEqual([0, expect.any(String)]);
  const before = await tags();
  const names = ['edge', 'main-python3.11', 'main-python3.12'];
  expect(Object.keys(before).toSorted()).toEqual([...pins(a), ...names].toSorted());
  expect(before['edge']).toBe(before[`commit-${a}-python3.12`]);
  expect(before['main-python3.11']).toBe(before[`commit-${a}-python3.11`]);

  const second = await run('publish', branch('main', b, 2), '--json');
  const moves = JSON.parse(second.stdout).repositories[0].moves.map(({ because }: { because: string }) => because);
  expect(new Set(moves)).toEqual(
    new Set(['branch', 'edge'].map((rule) => `the newest build of refs/heads/main is of commit ${b}; rule ${rule}`)),
  );
  const after = await tags();
  expect(second.code).toBe(0);
  expect(Object.keys(after).toSorted()).toEqual([...pins(a), ...pins(b), ...names].toSorted());
  expect(pins(a).map((tag) => after[tag])).toEqual(pins(a).map((tag) => before[tag]));
  expect([after['edge'], after['main-python3.12']]).toEqual(Array(2).fill(after[`commit-${b}-python3.12`]));

  // Once more: there is nothing to build and nothing to move.
  const again = await run('publish', branch('main', b, 3), '--json');
  expect([again.code, JSON.parse(again.stdout).repositories[0].moves]).toEqual([0, []]);
  expect(await tags()).toEqual(after);

  const { repository, journal } = { ...JSON.parse(second.stdout).repositories[0] };
  const statements = journal.replace(/[^/]*\/[^/]*$/, 'evidence.jsonl');
  const stated = await runCli(['history', 'edge', '--evidence', statements, '--json']);
  const [{ tags: told }] = JSON.parse(stated.stdout).files;
  const each = told[0].moves.map(({ command, release, commit, rule }: Record<string, unknown>) => [
    command,
    release,
    commit,
    rule,
  ]);
  expect(each).toEqual([
    ['publish', null, a, 'edge'],
    ['publish', null, b, 'edge'],
  ]);
  expect((await skopeoInspect(`${repository}:edge`)).labels).toEqual({
    'io.tagwright.python': '3.12',
    'io.tagwright.ref': 'refs/heads/main',
    'org.opencontainers.image.created': at(2),
    'org.opencontainers.image.revision': b,
    'org.opencontainers.image.version': 'edge',
  });
});

test('a schedule of a commit that is built already builds nothing: its tag moves onto it', async () => {
  const { run, tags } = await place();
  await run('publish', branch('main', a, 1));
  const nightly = { kind: 'schedule', branch: 'main', revision: a, at: at(9), defaultBranch: 'main' };
  const { code, stdout } = await run('publish', nightly, '--json');
  const { repositories } = JSON.parse(stdout);
  expect([code, repositories[0].cells.map(({ state }: { state: string }) => state)]).toEqual([0, ['there', 'there']]);
  const found = await tags();
  expect(found['nightly-python3.11']).toBe(found[`commit-${a}-python3.11`]);
});

test('a run that began earlier and ends later has its pinned tags, and leaves the others where they are', async () => {
  const { run, tags } = await place();
  await run('publish', branch('main', b, 5));
  const before = await tags();
  const late = await run('publish', branch('main', a, 4));
  expect([late.code, late.stderr]).toEqual([
    0,
    expect.stringContaining(`edge stays: it has a later build (commit ${b}`),
  ]);
  const after = await tags();
  expect(Object.keys(after).toSorted()).toEqual([...Object.keys(before), ...pins(a)].toSorted());
  for (const [tag, digest] of Object.entries(before)) expect([tag, after[tag]]).toEqual([tag, digest]);
});

test('a later build that is published while this one is being built keeps its tags', async () => {
  const { run, tags, config, folder } = await place();
  const event = readBuildEvent(branch('main', a, 4), 'event.json');
  if (!event.ok) throw new Error('not an event');
  const world: World = {
    ...publishWorld({
      config: JSON.parse(await readFile(config, 'utf8')),
      root: folder,
      builder: (registries) => ({
        name: 'stand-in',
        build: async (targets, how) => {
          await run('publish', branch('main', b, 5));
          return createStandInBuilder(registries).build(targets, how);
        },
      }),
    }),
    event: { byDefault: false, asked: [], read: () => Promise.resolve(event.value) },
  };
  const options = publishOptions('', [], `${folder}/other-journal`);
  const { result, stdout } = await publishEvent(options, await readEventBuild(options, null, world), world);
  expect([result, stdout]).toEqual([
    'outside-failed',
    expect.stringMatching(/TAG_RACED.*edge was moved while this run was building: it has a later build/),
  ]);
  const found = await tags();
  expect([found['edge'], found[`commit-${a}-python3.12`]]).toEqual([
    found[`commit-${b}-python3.12`],
    expect.any(String),
  ]);
});

test('two branches that give one tag are refused by name, and nothing is pushed', async () => {
  const { run, tags } = await place();
  await run('publish', branch('feature/login', a, 1));
  const before = await tags();
  const other = await run('publish', branch('feature-login', b, 2));
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringMatching(
      /EVENT_COLLISION.*the tag "feature-login-python3\.11" of branch "feature-login" is that of branch "feature\/login"/,
    ),
  ]);
  expect(await tags()).toEqual(before);
  // The same branch, built from another commit, is no other branch.
  expect((await run('publish', branch('feature/login', c, 3))).code).toBe(0);
});

test('tags of events go to a repository of their own, and each rule may have one', async () => {
  const { run, tags } = await place({
    events: {
      repository: 'REPOSITORY-dev',
      branch: '{{branch}}-python{{python}}',
      schedule: { template: 'nightly-python{{python}}', repository: 'REPOSITORY-night' },
    },
  });
  const nightly = { kind: 'schedule', branch: 'main', revision: a, at: at(1), defaultBranch: 'main' };
  const { code, stdout, stderr } = await run('publish', nightly, '--json');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(JSON.parse(stdout).repositories).toHaveLength(2);
  const names = (prefix: string): string[] => [...pins(a), `${prefix}-python3.11`, `${prefix}-python3.12`].toSorted();
  expect(Object.keys(await tags('-night')).toSorted()).toEqual(names('nightly'));
  expect(Object.keys(await tags('-dev')).toSorted()).toEqual(names('main'));
  const built = await run('build', nightly);
  expect([built.code, built.stderr]).toEqual([2, expect.stringContaining('name repositories of their own')]);
});

test('releases and events in one repository: neither takes a tag of the other', async () => {
  const { run, tags, config, folder } = await place();
  const given = ['--config', config, '--builder', 'stand-in', '--journal', `${folder}/journal`];
  const released = await runCli(['publish', '1.0.0', ...given]);
  expect(released.code).toBe(0);
  const before = await tags();
  await run('publish', branch('main', a, 1));
  const after = await tags();
  for (const [tag, digest] of Object.entries(before)) expect([tag, after[tag]]).toEqual([tag, digest]);
  // An audit is of releases: tags of other builds are listed, and no failure.
  const audited = await runCli(['audit', '--config', config, '--json']);
  const kinds = JSON.parse(audited.stdout).findings.map(({ kind }: { kind: string }) => kind);
  expect([audited.code, new Set(kinds)]).toEqual([0, new Set(['event'])]);
  const taken = await run('publish', branch('1.0.0', b, 2));
  expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('EVENT_COLLISION')]);
  expect((await runCli(['publish', '1.0.0', ...given])).code).toBe(0);
  expect(await tags()).toEqual(after);
});

test('build --event has the pinned tags alone; publish --event goes on from there', async () => {
  const { run, tags } = await place();
  expect((await run('build', branch('main', a, 1), '--only', 'python=3.11')).code).toBe(0);
  expect(Object.keys(await tags())).toEqual([`commit-${a}-python3.11`]);
  const { stdout } = await run('publish', branch('main', a, 1), '--json');
  const states = JSON.parse(stdout).repositories[0].cells.map(({ state }: { state: string }) => state);
  expect(states).toEqual(['there', 'built']);
});

test('jobs build parts of an event, and one merges them', async () => {
  const { run, tags, folder } = await place({ platforms: ['linux/amd64', 'linux/arm64'] });
  const event = branch('main', a, 1);
  const record = (platform: string): Promise<CliRun> =>
    run(
      'build',
      event,
      '--platform',
      platform,
      '--push-by-digest',
      '--record',
      `${folder}/records/${platform.slice(6)}.json`,
    );
  await mkdir(`${folder}/records`);
  expect([(await record('linux/amd64')).code, (await record('linux/arm64')).code]).toEqual([0, 0]);
  expect(await tags()).toEqual({});
  const file = await tempFolder({ 'event.json': JSON.stringify(event) });
  const merged = await runCli([
    'publish',
    '--event',
    `${file}/event.json`,
    '--config',
    `${folder}/matrix.config.json`,
    '--journal',
    `${folder}/journal`,
    '--from-records',
    `${folder}/records`,
  ]);
  expect([merged.code, merged.stderr]).toEqual([0, expect.any(String)]);
  expect(Object.keys(await tags()).toSorted()).toEqual(
    [...pins(a), 'edge', 'main-python3.11', 'main-python3.12'].toSorted(),
  );
});

const pull = (from: string): object => ({
  number: 12,
  repository: { full_name: 'acme/app', default_branch: 'main' },
  pull_request: { number: 12, head: { repo: { full_name: from } }, base: { repo: { full_name: 'acme/app' } } },
});
const ofPull = { event: 'pull_request', ref: 'refs/pull/12/merge', sha: a };

test.each(['publish', 'build'])("%s of a fork's pull request builds and pushes nothing", async (command) => {
  const { step, run, tags } = await place();
  const forked = await step({ ...ofPull, payload: pull('mallory/app') }, command);
  expect([forked.code, forked.log]).toEqual([0, expect.stringContaining('The code is of a fork: nothing is pushed.')]);
  const told = await run(command, pull('mallory/app'), '--json');
  expect(told.code).toBe(2); // it does not say which commit
  const local = await run(command, { ...pull('mallory/app'), after: a }, '--json');
  expect(JSON.parse(local.stdout)).toMatchObject({ push: false, cells: [{ state: 'built' }, { state: 'built' }] });
  expect(await tags()).toEqual({});
});

test('a fork cannot say that it is none, and its code is not built beside secrets', async () => {
  const { step, tags, folder, config } = await place();
  const lie = await tempFolder({ 'event.json': JSON.stringify(branch('main', b, 1)) });
  const inputs = { command: 'publish', config, builder: 'stand-in', journal: `${folder}/journal` };
  const payload = pull('mallory/app');
  const lying = await runStep({ ...ofPull, payload, inputs: { ...inputs, event: `${lie}/event.json` } });
  expect([lying.code, lying.log]).toEqual([0, expect.stringContaining('nothing is pushed')]);
  const target = await step({ ...ofPull, event: 'pull_request_target', ref: 'refs/heads/main', payload }, 'publish');
  expect([target.code, target.log]).toEqual([2, expect.stringContaining('publish writes to a registry')]);
  const secret = await runStep({ ...ofPull, payload, inputs, env: { DOCKERHUB_TOKEN: 'given' } });
  expect([secret.code, secret.log]).toEqual([2, expect.stringContaining('publish writes to a registry')]);
  expect(await tags()).toEqual({});
});

test('a pull request of a branch is pushed, unless its rule says push: false', async () => {
  const pushed = await place();
  expect((await pushed.step({ ...ofPull, payload: pull('acme/app') }, 'publish')).code).toBe(0);
  const found = Object.keys(await pushed.tags());
  expect(found.toSorted()).toEqual([...pins(a), 'pr-12-python3.11', 'pr-12-python3.12'].toSorted());
  const built = await place({ events: { pullRequest: { template: 'pr-{{number}}-python{{python}}', push: false } } });
  const { code, log } = await built.step({ ...ofPull, payload: pull('acme/app') }, 'publish');
  expect([code, log]).toEqual([0, expect.stringContaining('Its rule says push: false: nothing is pushed.')]);
  expect(await built.tags()).toEqual({});
});

const recordedSchema = z.object({
  events: z.array(
    z.object({
      name: z.string(),
      event: z.string(),
      ref: z.string(),
      sha: z.string(),
      payload: z.record(z.string(), z.unknown()),
      config: z.looseObject({ repository: z.union([z.string(), z.array(z.string())]) }),
      differs: z.string().optional(),
      observed: z.object({ version: z.string(), json: z.object({ 'tag-names': z.array(z.string()) }) }),
    }),
  ),
});

const recorded = recordedSchema
  .parse(JSON.parse(readFileSync(new URL('../../recorded/metadata-action/events.json', import.meta.url), 'utf8')))
  .events.filter(({ config, name }) => typeof config.repository === 'string' && !name.includes('built at its head'));

test.each(recorded)('one step publishes: $name', async ({ event, ref, sha, payload, config, differs, observed }) => {
  const { repository, ...rest } = config;
  expect(repository).toBe('registry.example/acme/app');
  const { step, tags, folder } = await place({ pythons: undefined, defaults: undefined, ...rest });
  const release = { version: '1.2.3', revision: sha, committedAt: '2026-11-28T20:00:00Z' };
  await writeFile(`${folder}/releases.json`, JSON.stringify([release]));
  const { code, outputs } = await step({ event, ref, sha, payload }, 'publish');
  const isFork = JSON.stringify(payload).includes('mallory/app');
  const isRefused = differs !== undefined || event === 'pull_request_target';
  expect(code).toBe(isRefused ? 2 : 0);
  const names = isRefused || isFork ? [] : observed.json['tag-names'];
  expect(Object.keys(await tags()).toSorted()).toEqual(names.toSorted());
  // What metadata-action calls the version of an event: its first tag, a branch's name among them.
  expect(outputs['version']).toBe(isRefused || isFork ? undefined : observed.version);
});

/**
 * Prefect's workflow with one tool for all its names: releases to `prefect`, pushes to `prefect-dev`, pull requests built
 * and not pushed.
 *
 * @see https://github.com/PrefectHQ/prefect/blob/2.20.25/.github/workflows/docker-images.yaml
 */
const likePrefect = {
  pythons: ['3.9', '3.10'],
  flavors: { standard: {}, conda: { suffix: '-conda' } },
  defaults: { python: '3.10' },
  rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
  events: {
    repository: 'REPOSITORY-dev',
    revision: { template: 'sha-{{revision}}-python{{python}}{{suffix}}', length: 7 },
    branch: '{{branch}}-python{{python}}{{suffix}}',
    pullRequest: { template: 'pr-{{number}}-python{{python}}{{suffix}}', push: false },
  },
};
const suffixes = ['-python3.9', '-python3.9-conda', '-python3.10', '-python3.10-conda'];

test.each(recorded)("a workflow in the shape of Prefect's: $name", async ({ event, ref, sha, payload, ...more }) => {
  const { step, tags, folder } = await place(likePrefect);
  const release = { version: '1.2.3', revision: sha, committedAt: '2026-11-28T20:00:00Z' };
  await writeFile(`${folder}/releases.json`, JSON.stringify([release]));
  const { code, log } = await step({ event, ref, sha, payload }, 'publish');
  const isRefused = more.differs !== undefined || event === 'pull_request_target';
  expect([code, log]).toEqual([isRefused ? 2 : 0, expect.any(String)]);
  // What metadata-action's own code calls the branch; in Prefect's workflow it is `type=raw` with the same text.
  const branches = more.observed.json['tag-names'].filter((tag) => !/^(?:edge|nightly|pr-\d+|commit-.*)$/.test(tag));
  const isRelease = ref.startsWith('refs/tags/');
  const isBuiltAlone = event === 'pull_request';
  const dev = isRefused || isRelease || isBuiltAlone ? [] : [...branches, `sha-${sha.slice(0, 7)}`];
  const expected = dev.flatMap((tag) => suffixes.map((suffix) => `${tag}${suffix}`));
  expect(Object.keys(await tags('-dev')).toSorted()).toEqual(expected.toSorted());
  const released = isRelease
    ? [
        ...['1.2.3', '1.2', '1', `sha-${sha}`].flatMap((tag) => suffixes.map((suffix) => `${tag}${suffix}`)),
        '1-latest',
        '1-latest-conda',
      ]
    : [];
  expect(Object.keys(await tags()).toSorted()).toEqual(released.toSorted());
  expect(isBuiltAlone ? log : 'nothing is pushed').toContain('nothing is pushed');
});

test("Prefect's shape has been tried with as many events as the issue asks for", () => {
  expect(recorded.length).toBeGreaterThanOrEqual(12);
});
