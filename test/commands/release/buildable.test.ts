/** What a real publish refuses is refused before anything that leads to a build is printed or handed over. */
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { git } from '../../support/git-repository.ts';
import { daily, fact, revisionOf, smallConfig, type DatedFact } from '../../support/history.ts';
import { runStep } from '../../support/run-action.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

interface Case {
  readonly why: string;
  readonly code: string;
  readonly config: object;
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly facts?: readonly DatedFact[];
  /** 1.1.0 by default. */
  readonly version?: string;
  /** In a git repository, where 1.1.0 is what is committed, and what is put there after it. */
  readonly after?: Readonly<Record<string, string>>;
}

const standard = (more: object): object => ({ flavors: { standard: { dockerfile: 'Dockerfile', ...more } } });
const templated = standard({ template: 'Dockerfile.hbs' });

const cases: readonly Case[] = [
  {
    why: 'a yanked release',
    code: 'VERSION_NOT_PUBLISHABLE',
    config: { yanked: [{ version: '1.1.0', reason: 'broken' }] },
  },
  {
    why: 'a token in a build argument',
    code: 'SECRET_IN_BUILD',
    config: standard({ args: { TOKEN: 'ghp_0123456789abcdef' } }),
  },
  { why: 'a build argument of two lines', code: 'BUILD_ARG_INVALID', config: standard({ args: { NOTE: 'a\nb' } }) },
  { why: 'a template that nobody wrote', code: 'TEMPLATE_MISSING', config: templated },
  {
    why: 'a Dockerfile that differs from its template',
    code: 'TEMPLATE_DRIFT',
    config: templated,
    files: { 'Dockerfile.hbs': 'FROM scratch\n', Dockerfile: 'FROM other\n' },
  },
  {
    why: 'a Dockerfile that is a link out of the root',
    code: 'PATH_OUTSIDE_ROOT',
    config: {},
    links: { Dockerfile: '/etc/hostname' },
  },
  {
    why: 'a context that is a link out of the root',
    code: 'PATH_OUTSIDE_ROOT',
    config: standard({ context: 'src' }),
    links: { src: '..' },
  },
  {
    why: 'a named context that is',
    code: 'PATH_OUTSIDE_ROOT',
    config: standard({ contexts: { lib: 'src' } }),
    links: { src: '/' },
  },
  {
    why: 'a leap that nobody accepted',
    code: 'LEAP_UNSETTLED',
    config: {},
    facts: [fact('1.0.0', '2024-01-01'), fact('1.9.0', '2024-01-02'), fact('1.0.1', '2024-01-03')],
    version: '1.9.0',
  },
  {
    why: 'a release that no Python is for',
    code: 'MATRIX_EMPTY',
    config: { pythons: { '3.9': '<1.1.0' }, rules: { latest: false } },
  },
  {
    why: 'an argument that the Dockerfile does not declare',
    code: 'ARGUMENT_UNDECLARED',
    config: standard({ args: { NOTE: 'a' } }),
    files: { Dockerfile: 'ARG PYTHON\nFROM scratch\n' },
  },
  {
    why: 'a stage that the Dockerfile does not have',
    code: 'TARGET_UNKNOWN',
    config: standard({ target: 'slim' }),
    files: { Dockerfile: 'ARG PYTHON\nFROM scratch\n' },
  },
  {
    why: 'a check that pinned tags wait for',
    code: 'USAGE',
    config: { checks: { scan: { before: 'pinned' } } },
  },
  {
    why: 'a file that is not committed',
    code: 'CONTEXT_UNCOMMITTED',
    config: standard({ context: { path: '.', from: 'config' } }),
    after: { 'notes.txt': 'x' },
  },
  {
    why: 'a shared build in a folder that is a link out of the root',
    code: 'PATH_OUTSIDE_ROOT',
    config: { contexts: { w: 'target:w' }, shared: { w: { dockerfile: 'Dockerfile', context: 'src' } } },
    links: { src: '..' },
  },
  {
    why: 'a shared build with an argument that its Dockerfile does not declare',
    code: 'ARGUMENT_UNDECLARED',
    config: { contexts: { w: 'target:w' }, shared: { w: { dockerfile: 'w.Dockerfile', args: { NOTE: 'a' } } } },
    files: {
      Dockerfile: 'ARG PYTHON\nFROM a:$PYTHON\n',
      'conda.Dockerfile': 'ARG PYTHON\nFROM a:$PYTHON\n',
      'w.Dockerfile': 'FROM scratch\n',
    },
  },
  {
    why: 'a shared build that reads what is not committed, though no cell does',
    code: 'CONTEXT_UNCOMMITTED',
    config: {
      ...standard({ dockerfile: 'app.Dockerfile', contexts: { w: 'target:w' } }),
      context: { from: 'config' },
      shared: { w: { dockerfile: 'Dockerfile' } },
    },

    files: { 'app.Dockerfile': 'ARG PYTHON\nFROM a:$PYTHON\nCOPY --from=w / /\n' },
    after: { 'notes.txt': 'x' },
  },
  {
    why: 'a release whose commit is not here',
    code: 'CONTEXT_MISSING',
    config: standard({ context: { path: '.', from: 'release' } }),
    facts: daily('1.0.0', '1.1.0'),
    after: {},
  },
];

const copies = 'FROM scratch\nARG PYTHON\nCOPY . /\n';

async function project({ config, files = {}, links = {}, facts, after }: Omit<Case, 'why' | 'code'>): Promise<string> {
  const place = { repository: `${registry.host}/acme/app`, source: { file: 'releases.json' } };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, ...place, ...config }),
    ...(after === undefined ? {} : { Dockerfile: copies, '.gitignore': 'releases.json\n.tagwright\n' }),
    ...files,
  });
  for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name));
  const revision = after === undefined ? revisionOf('1.1.0') : committed(folder);
  const released = facts ?? [fact('1.0.0', '2024-01-01'), fact('1.1.0', '2024-01-02', { revision })];
  const put = { ...after, 'releases.json': JSON.stringify(released) };
  for (const [name, text] of Object.entries(put)) await writeFile(join(folder, name), text);
  return `${folder}/matrix.config.json`;
}

/** Everything there, in one commit. */
function committed(folder: string): string {
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '-m', '1.1.0');
  return git(folder, 'rev-parse', 'HEAD');
}

/** What leads to a build: printed, handed over or begun. */
const outputs = ['plan --format bake', 'publish --dry-run', 'publish', 'build'] as const;

const inTemp = (line: string, config: string): string[] =>
  line.startsWith('plan') ? ['--config', config] : ['--config', config, '--journal', `${config}.journal`];

/** A step after a checkout of the release. */
async function step(config: string, more: Readonly<Record<string, string>> = {}): ReturnType<typeof runStep> {
  const inputs = { command: 'plan', version: '1.1.0', offline: 'true', config, ...more };
  return runStep({ event: 'workflow_dispatch', inputs });
}

describe.each(cases)('$why', (made) => {
  test.each(outputs)('is refused by %s', async (line) => {
    const config = await project(made);
    const run = await runCli([...line.split(' '), made.version ?? '1.1.0', ...inTemp(line, config)]);
    const lines = run.stderr.split('\n');
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(lines.some((text) => text.startsWith(`${made.code} `))).toBe(true);
    expect(registry.tags('acme/app').size).toBe(0);
  });

  test('hands no labels, arguments and bake file to the steps of a workflow', async () => {
    const run = await step(await project(made), { version: made.version ?? '1.1.0' });
    expect([run.code, run.outputs]).toEqual([2, { result: 'bad-input' }]);
    expect(run.log).toContain(made.code);
  });
});

describe('files that lie here and are not of the release', () => {
  const inRelease = { config: standard({ context: { path: '.', from: 'release' } }) };
  const committedLater = async (): Promise<string> => {
    const config = await project({ ...inRelease, after: {} });
    git(join(config, '..'), 'commit', '--quiet', '--allow-empty', '-m', 'later');
    return config;
  };
  const dirty = (): Promise<string> => project({ ...inRelease, after: { 'notes.txt': 'x' } });

  test.each([
    { what: 'another commit', made: committedLater, code: 'CONTEXT_MISSING' },
    { what: 'a file beside the commit', made: dirty, code: 'CONTEXT_UNCOMMITTED' },
  ])('$what: a publish checks the release out, another tool would build them', async ({ made, code }) => {
    const config = await made();
    expect((await runCli(['publish', '1.1.0', '--dry-run', ...inTemp('publish', config)])).code).toBe(0);
    const bake = await runCli(['plan', '1.1.0', '--format', 'bake', '--config', config]);
    expect([bake.code, bake.stdout, bake.stderr.split(' ')[0]]).toEqual([2, '', code]);
    expect((await step(config)).outputs).toEqual({ result: 'bad-input' });
  });

  test.each([committedLater, dirty])('are handed over on purpose, and a label says so', async (made) => {
    const config = await made();
    const args = ['plan', '1.1.0', '--format', 'bake', '--from-working-tree', '--config', config];
    const bake = await runCli(args);
    expect([bake.code, bake.stdout.match(/"io\.tagwright\.source": "working-tree"/g)?.length]).toEqual([0, 2]);
    const only = { only: 'python=3.9', 'from-working-tree': 'true' };
    expect((await step(config, only)).outputs['labels']).toContain('io.tagwright.source=working-tree');
    expect((await step(config, { only: 'python=3.9' })).code).toBe(2);
  });

  test('the release itself is handed over', async () => {
    const config = await project({ ...inRelease, after: {} });
    expect((await runCli(['plan', '1.1.0', '--format', 'bake', '--config', config])).code).toBe(0);
    expect((await step(config, { only: 'python=3.9' })).outputs['labels']).not.toContain('working-tree');
  });
});

describe('the tags of one cell, which another tool pushes', () => {
  const only = 'python=3.9\nflavor=standard';
  const waits = { checks: { scan: '*' } };
  const waitsPinned = { checks: { scan: { before: 'pinned' } } };
  /** A clone of the last commit alone, which may lack tags. */
  const shallow = async (): Promise<string> => {
    const origin = await tempFolder({ 'matrix.config.json': '{}' });
    git(origin, 'init', '--quiet', '--initial-branch=main');
    for (const version of ['1.0.0', '1.1.0']) {
      git(origin, 'commit', '--quiet', '--allow-empty', '-m', version);
      git(origin, 'tag', version);
    }
    const folder = await tempFolder({});
    git(folder, 'clone', '--quiet', '--depth=1', `file://${origin}`, 'clone');
    const config = join(folder, 'clone', 'matrix.config.json');
    const place = { repository: `${registry.host}/acme/app`, source: { git: '.' } };
    await writeFile(config, JSON.stringify({ ...smallConfig, ...place }));
    return config;
  };

  test.each([
    {
      what: 'a check that pinned tags wait for',
      config: waitsPinned,
      tags: 'pinned',
      says: 'pinned tags wait for scan',
    },
    { what: 'a check', config: waits, tags: 'all', says: 'convenience tags wait for scan' },
  ])('$what: none are handed over with tags: $tags', async ({ config, tags, says }) => {
    const run = await step(await project({ config }), { only, tags });
    expect([run.code, run.outputs]).toEqual([2, { result: 'bad-input' }]);
    expect(run.log).toContain(says);
  });

  test('facts that may lack releases: none are handed over with tags: all', async () => {
    const config = await shallow();
    const run = await step(config, { only, tags: 'all' });
    expect([run.code, run.outputs]).toEqual([2, { result: 'bad-input' }]);
    expect(run.log).toContain('FACTS_PARTIAL');
    expect((await step(config, { only })).outputs['tag-names']).toContain('1.1.0');
  });

  test.each([
    { config: waits, tags: 'pinned', names: '1.1.0-python3.9' },
    { config: waitsPinned, tags: 'none', names: '' },
    { config: waits, tags: 'none', names: '' },
  ])('labels and arguments are, with tags: $tags', async ({ config, tags, names }) => {
    const { outputs } = await step(await project({ config }), { only, tags });
    expect(outputs['labels']).toContain('org.opencontainers.image.version=1.1.0');
    expect(outputs['tags']?.split('\n')[0]).toBe(names === '' ? '' : `${registry.host}/acme/app:${names}`);
  });
});

test.each(['publish 1.1.0 --dry-run', 'publish 1.1.0', 'build 1.1.0 --dry-run', 'build 1.1.0'])(
  'stand-ins for a registry that people pull from are refused by %s before it is asked',
  async (line) => {
    const config = await project({ config: { repository: '192.0.2.1/acme/app' } });
    const run = await runCli([...line.split(' '), '--builder', 'stand-in', '--config', config]);
    expect([run.code, run.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^USAGE {2}--builder: stand-in images are for a registry on loopback alone, and 192\.0\.2\.1/,
      ),
    ]);
  },
);

test.each(cases.filter(({ code }) => ['VERSION_NOT_PUBLISHABLE', 'USAGE'].includes(code)))(
  'a plan to look at is shown all the same: $why',
  async ({ config }) => {
    const made = await project({ config });
    expect((await runCli(['plan', '1.1.0', '--offline', '--config', made])).code).toBe(0);
  },
);
