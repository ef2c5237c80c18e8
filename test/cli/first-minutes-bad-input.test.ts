/** What a newcomer may hand to `look` and `init`, and where they may run: one clear message, the right exit code, nothing lost. */
import { readdir } from 'node:fs/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { digestOf } from '../../src/adapters/registry/digest-of.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { lookCommand } from '../../src/commands/look-without-config.ts';
import type { World } from '../../src/commands/world.ts';
import type { Seen } from '../../src/domain/snapshot.ts';
import { cacheHome } from '../../src/entry/cache-home.ts';
import { inferConfig } from '../../src/infer/infer-config.ts';
import { startCli } from '../support/cli-process.ts';
import { processorMs } from '../support/processor-time.ts';
import { publishWorld } from '../support/publish-world.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

// A process takes seconds to start where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

/** The digest of each tag, told at once; what was asked for is counted. */
function worldOf(tags: ReadonlyMap<string, string> | null): { readonly world: World; readonly asked: string[][] } {
  const asked: string[][] = [];
  const registry = {
    tags: () => Promise.resolve(tags === null ? null : [...tags.keys()]),
    manifest: () => Promise.resolve(null),
  };
  const real = createRegistries();
  onTestFinished(() => real.close());
  const world: World = {
    ...publishWorld(),
    registries: () => ({
      open: (repository) => ({ ...real.open(repository), ...registry }),
      close: () => Promise.resolve(),
    }),
    snapshots: () => ({
      name: 'a list',
      read: (wanted) => {
        asked.push([...wanted]);
        const seen = wanted.map((tag): [string, Seen] => {
          const digest = digestOf(Buffer.from(tags?.get(tag) ?? ''));
          const mediaType = 'application/vnd.oci.image.index.v1+json';
          return [tag, { kind: 'present', descriptor: { digest, mediaType, sizeBytes: 1 }, hashed: true }];
        });
        return Promise.resolve({ tags: new Map(seen), requests: 1 });
      },
    }),
  };
  return { world, asked };
}

async function look(
  tags: ReadonlyMap<string, string> | null,
): Promise<{ text: string; result: string; asked: string[][] }> {
  const { world, asked } = worldOf(tags);
  const { stdout, result } = await lookCommand({ repositories: ['ghcr.io/acme/app'], json: false }, world);
  return { text: stdout, result, asked };
}

const own = (...tags: readonly string[]): Map<string, string> => new Map(tags.map((tag) => [tag, tag]));
const numbered = ['1.0.0', '1.1.0', '1.2.0'];
const dated = ['2026.01.0', '2026.02.0'];

const lists: readonly {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly result?: 'as-planned' | 'findings';
  readonly says: readonly string[];
  readonly never?: readonly string[];
}[] = [
  { name: 'no tag', tags: own(), says: ['It has no tags yet'], never: ['Nothing found', '0 tags'] },
  { name: 'one tag', tags: own('1.0.0'), says: ['1 tag;', 'The newest version is 1.0.0.', 'Nothing found.'] },
  { name: 'latest alone', tags: own('latest'), says: ['No tag names a version'], never: ['Nothing found'] },
  { name: 'no version', tags: own('main', 'sha-0123456'), says: ['No tag names a version'], never: ['Nothing found'] },
  { name: 'pre-releases alone', tags: own('1.0.0-rc.1'), says: ['Every version is a pre-release'] },
  {
    name: 'two schemes, latest on the newest of one',
    tags: new Map([...own(...numbered, ...dated), ['latest', '1.2.0']]),
    says: ['Two version schemes at once: the newest of each are 2026.02.0 and 1.2.0.', 'unsure'],
  },
  {
    name: 'two schemes, latest on the other',
    tags: new Map([...own(...numbered, ...dated), ['latest', '2026.02.0']]),
    says: ['Nothing found.'],
  },
  {
    name: 'two schemes, latest behind in its own',
    tags: new Map([...own(...numbered, ...dated), ['latest', '1.1.0']]),
    result: 'findings',
    says: ['latest points to 1.1.0, and 1.2.0 is out'],
  },
  {
    name: 'versions with a v, and more dates without',
    tags: own('v1.0.0', 'v1.1.0', '20260101', '20260102', '20260103', '20260104'),
    says: ['2 name a version, 0 move, 4 are neither', 'Nothing found.'],
  },
];

describe('look at a list with', () => {
  test.each(lists)('$name', async ({ tags, result = 'as-planned', says, never = [] }) => {
    const looked = await look(tags);
    expect(looked.result).toBe(result);
    for (const part of says) expect(looked.text).toContain(part);
    for (const part of never) expect(looked.text).not.toContain(part);
  });

  test('100,000 tags: those that move and the newest versions are asked, and what was left out is no alarm', async () => {
    const versions = Array.from({ length: 99_990 }, (_, at) => `${Math.floor(at / 10_000)}.${at % 10_000}.0`);
    // Those of the newest line point to versions that are asked, so that an image of no version would be odd.
    const moving = new Map(Array.from({ length: 90 }, (_, at) => [`9.${9900 + at}`, `9.${9900 + at}.0`] as const));
    const tags = new Map([...own(...versions), ...moving, ['9', '9.9989.0'], ['latest', '0.17.0']]);
    const { text, result, asked } = await look(tags);
    expect(asked.map((wanted) => wanted.length)).toEqual([5_092]);
    expect(asked[0]).toEqual(expect.arrayContaining(['latest', '9.9989.0', '9']));
    expect(text).toContain('The newest 5,000 were asked where they point, 94,990 older ones not.');
    expect({ text: text.includes('Nothing found.'), result }).toEqual({ text: true, result: 'as-planned' });
  });

  test('nothing at all, as the repository is not there', async () => {
    await expect(look(null)).rejects.toThrow(
      'ghcr.io/acme/app does not exist, or may not be read; check the name, or run docker login ghcr.io if it is private',
    );
  });
});

describe('init --from-registry', () => {
  const big = (line: (at: number) => string): string => Array.from({ length: 50_000 }, (_, at) => line(at)).join('\n');
  const version = (at: number): string => `${Math.floor(at / 1000)}.${at % 1000}.0`;

  test('100,000 tags, half of which name commits, are one rule and a remark', async () => {
    const tags = big((at) => `${version(at)} sha-${(at * 7919 + 2 ** 28).toString(16)}`);
    const folder = await tempFolder({ 'tags.txt': tags });
    const run = await inFolder(folder, ['init', '--from-registry', 'tags.txt']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('50000 of 100000 tags are explained by 1 rule.');
    expect(run.stdout).toContain(
      "50,000 tags name a commit, such as sha-10000000: with git or github as the source, sha: { template: 'sha-{{revision}}', length: 8 }",
    );
  });

  test('100,000 names of branches cost no more than seconds, and are no channels', () => {
    const tags = Array.from({ length: 50_000 }, (_, image) =>
      [version(image), `fix-the-thing-${image}-z`].map((tag) => ({ tag, image })),
    ).flat();
    let rules = 0;
    expect(processorMs(() => (rules = inferConfig(tags).rules.length))).toBeLessThan(20_000);
    expect(rules).toBeLessThan(60);
  });

  test('dates beside versions are no series of theirs', () => {
    const tags = ['v1.0.0', 'v1.1.0', '20260101', '20260102'].map((tag) => ({ tag, image: null }));
    expect(inferConfig(tags).rules.map(({ name }) => name)).toEqual(['full']);
  });

  test.each([
    ['no-tag.json', '[]', 2, 'has no tags'],
    ['one.txt', 'latest', 2, 'its only tag, latest, names no version'],
    ['none.txt', 'main\nnightly', 2, 'none of the 2 tags names a version'],
  ])('%s', async (name, text, code, says) => {
    const folder = await tempFolder({ [name]: text });
    const run = await inFolder(folder, ['init', '--from-registry', name]);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toContain(says);
    expect(await readdir(folder)).toEqual([name]);
  });
});

const workflows: readonly (readonly [string, string, string])[] = [
  ['a text', 'hello\n', 'there are no jobs in it; expected a workflow of GitHub Actions'],
  ['nothing', '', 'there are no jobs in it'],
  ['a compose file', 'services:\n  web: { build: . }\n', 'there are no jobs in it'],
  ['an action', 'runs:\n  using: composite\n  steps: []\n', 'there are no jobs in it'],
  ['jobs that are a number', 'on: push\njobs: 3\n', 'there are no jobs in it'],
  [
    'a workflow without images',
    'on: push\njobs: { a: { steps: [{ run: x }] } }\n',
    'no step of it uses docker/metadata-action',
  ],
  ['broken YAML', 'a: [\n', 'expected the YAML of a workflow'],
  ['a cycle', 'a: &a [*a, *a]\n', 'there are no jobs in it'],
];

test.each(workflows)('init --from-workflow with %s', async (_, text, says) => {
  const folder = await tempFolder({ 'ci.yml': text });
  const run = await inFolder(folder, ['init', '--from-workflow', 'ci.yml']);
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toMatch(/^WORKFLOW_INVALID {2}ci\.yml/);
  expect(run.stderr).toContain(says);
  expect(await readdir(folder)).toEqual(['ci.yml']);
});

describe('a repository', () => {
  test('without git: releases are read from a file, and each command that is named works', async () => {
    const folder = await tempFolder({ Dockerfile: 'FROM scratch\n' });
    const run = await inFolder(folder, ['init']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('This folder is in no git repository, so releases.json has the releases.');
    expect(run.stdout).toContain('0 releases');
    await eachWorks(folder, run);
  });

  test('with forty Dockerfiles: the commands that are named say which image', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `services/p${at}/Dockerfile`);
    const folder = await tempFolder(Object.fromEntries(names.map((name) => [name, 'FROM scratch\n'])));
    const run = await inFolder(folder, ['init']);
    expect(run.stdout).toContain('--image p0');
    await eachWorks(folder, run);
  });
});

/** The commands that `init` names under "Next". */
async function eachWorks(folder: string, { stdout }: CliRun): Promise<void> {
  const commands = [...stdout.matchAll(/^(?:Next:|     ) tagwright (?<args>.+)$/gm)].map(
    ({ groups }) => groups?.['args']?.split(' ') ?? [],
  );
  expect(commands).toHaveLength(3);
  for (const args of commands) expect({ args, ...(await inFolder(folder, args)) }).toMatchObject({ code: 0 });
}

function inFolder(folder: string, args: readonly string[]): Promise<CliRun> {
  return runCli(['-C', folder, ...args]);
}

test('a terminal of 20 columns: no line is longer than that but a word that cannot be broken', async () => {
  for (const args of [['--help'], ['init', '--help'], ['look', '--help']]) {
    const { code, stdout } = await runCli(args, {}, { columns: 20 });
    expect(code).toBe(0);
    const long = stdout.split('\n').filter((line) => line.length > 20 && /\S\s+\S/.test(line.trim()));
    expect({ args, long }).toEqual({ args, long: [] });
  }
});

test('help is wrapped once, to the columns there are', async () => {
  const { stdout } = await runCli(['--help'], {}, { columns: 60 });
  const [, description = ''] = stdout.split('\n\n');
  expect(description.split('\n').length).toBeGreaterThan(1);
  expect(description).not.toMatch(/\n /);
});

test.each([
  [{}, '/home/me', '/home/me/.cache'],
  [{ XDG_CACHE_HOME: '/cache' }, '/home/me', '/cache'],
  [{ XDG_CACHE_HOME: '' }, '/home/me', '/home/me/.cache'],
  [{ XDG_CACHE_HOME: 'cache' }, '/home/me', '/home/me/.cache'],
])('with %j and the home %s caches are in %s', (env, home, expected) => {
  expect(cacheHome(env, home)).toBe(expected);
});

test.each(['', 'home'])('the home %j puts no cache into the current folder', (home) => {
  expect(cacheHome({}, home)).toMatch(/^\//);
});

/** Each is a process: its start is the point. */
const places: readonly {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly first?: string;
}[] = [
  { name: 'a home that cannot be written to', env: { HOME: '/dev/null', XDG_CACHE_HOME: '' } },
  { name: 'a clock in 1970', env: { NODE_OPTIONS: clock('1970-01-01T00:00:05Z') } },
  { name: 'a clock in 2099', env: { NODE_OPTIONS: clock('2099-01-01T00:00:00Z') } },
  { name: 'a pipe that closes at once', env: {}, first: 'exec > >(exec true)' },
];

function clock(now: string): string {
  const code = `const R = Date; const by = R.parse('${now}') - R.now();
globalThis.Date = class extends R { constructor(...a) { a.length ? super(...a) : super(R.now() + by); } static now() { return R.now() + by; } };`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

test.each(places)('$name: init writes everything, and plan reads it', async ({ env, first = ':' }) => {
  const folder = await tempFolder({ 'tags.txt': '1.0.0\n1.1.0\nlatest\n' });
  const here = `cd '${folder}'; ${first}`;
  const init = await startCli(['init', '--from-registry', 'tags.txt'], env, here).ended;
  expect(init).toMatchObject({ code: 0, stderr: '' });
  expect((await readdir(folder)).toSorted()).toEqual(['matrix.config.ts', 'releases.json', 'tags.txt']);
  const plan = await startCli(['plan', '--offline'], env, `cd '${folder}'`).ended;
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toContain('2 releases, 2 cells, 2 pinned tags');
});
