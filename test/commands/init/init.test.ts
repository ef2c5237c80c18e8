import { readFile, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { runGit } from '../../../src/adapters/git/run-git.ts';
import { initCommand, type InitOptions } from '../../../src/commands/init/init.ts';
import { projectFacts } from '../../../src/commands/init/project-facts.ts';
import type { Outcome } from '../../../src/commands/world.ts';
import { actionYml } from '../../support/action-yml.ts';
import { inputsOf, lintWorkflow } from '../../support/lint-workflow.ts';
import { problemsOf } from '../../support/problems.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Place {
  readonly folder: string;
  readonly init: (more?: Partial<InitOptions>) => Promise<Outcome>;
  readonly read: (path: string) => Promise<string>;
}

/** A folder as `init` stands in it, with a git repository where tags are given. */
async function place(
  files: Readonly<Record<string, string>>,
  tags: readonly string[] | null = [],
  remote: string | null = null,
): Promise<Place> {
  const folder = await tempFolder(files);
  const git = (...args: readonly string[]): Promise<string> => runGit({ folder, source: 'git' }, args);
  if (tags !== null) {
    await git('init', '--quiet');
    if (remote !== null) await git('config', 'remote.origin.url', remote);
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    for (const tag of tags) {
      await git(...who, 'commit', '--quiet', '--allow-empty', '-m', tag);
      await git('tag', tag);
    }
  }
  const world = initWorld(folder);
  return {
    folder,
    init: (more = {}) => initCommand({ ...initOptions, ...more }, world),
    read: (path) => readFile(`${folder}/${path}`, 'utf8'),
  };
}

async function plan(folder: string): Promise<{ code: number; stdout: string }> {
  const { code, stdout } = await runCli(['plan', '--offline', '--config', `${folder}/matrix.config.ts`]);
  return { code, stdout };
}

const written = [
  'matrix.config.ts',
  'dockerfiles/standard.Dockerfile.hbs',
  'dockerfiles/standard.Dockerfile',
  '.github/workflows/release-images.yml',
  '.github/workflows/audit-images.yml',
];

describe('a Python project on GitHub', () => {
  const pyproject = [
    '[build-system]',
    'name = "not this one"',
    '[project]',
    'name = "acme-app"',
    'classifiers = [',
    '  "Programming Language :: Python :: 3.10",',
    '  "Programming Language :: Python :: 3.9",',
    ']',
  ].join('\n');
  const start = (): Promise<Place> =>
    place({ 'pyproject.toml': pyproject }, ['v1.0.0', 'v1.1.0', 'docs-3'], 'https://me:geheim@github.com/Acme/App.git');

  test('gets a config that plans at once, a template that is rendered, and two workflows', async () => {
    const at = await start();
    const { stdout } = await at.init();
    const [files, ...parts] = stdout.split('\n\n');
    expect(files).toBe(written.map((path) => `${path} written`).join('\n'));
    expect(parts.join('\n\n')).toBe(
      `${(await plan(at.folder)).stdout}\nNext: tagwright plan --offline\n      tagwright rehearse --all\n      tagwright audit\n`.replace(
        `${at.folder}/matrix.config.ts`,
        'matrix.config.ts',
      ),
    );
    const config = await at.read('matrix.config.ts');
    expect(config).toContain("repository: 'ghcr.io/acme/app',");
    expect(config).toContain(String.raw`^v(?<version>\d+\.\d+\.\d+(?:(?:a|b|rc|\.dev|\.post)\d+)?)$`);
    expect(config).toContain("pythons: ['3.9', '3.10'],");
    expect(config).toContain("// pypi: 'acme-app'");
    const planned = await plan(at.folder);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toMatch(/^ghcr\.io\/acme\/app\n2 releases, 4 cells, 8 pinned tags\n/);
    expect(planned.stdout).toMatch(/^ {2}latest +1\.1\.0 +3\.10 +standard$/m);
    const check = await runCli(['render', '--check', '--config', `${at.folder}/matrix.config.ts`]);
    expect(check.code).toBe(0);
  });

  test('shows nothing of the credentials in its remote', async () => {
    const at = await start();
    const { stdout } = await at.init({ dryRun: true });
    expect(stdout).not.toContain('geheim');
  });

  test('has workflows that actionlint and the schema take', { timeout: 60_000 }, async () => {
    const at = await start();
    await at.init();
    const inputs = inputsOf(actionYml());
    for (const path of written.slice(3)) {
      expect({ path, found: await lintWorkflow(await at.read(path), inputs) }).toEqual({ path, found: [] });
    }
  });
});

test('a dry run shows every file and writes none', async () => {
  const at = await place({ 'package.json': '{}' }, [], 'https://github.com/acme/app');
  const { stdout } = await at.init({ dryRun: true });
  expect([...stdout.matchAll(/^--- (.+)$/gm)].map(([, path]) => path)).toEqual(written);
  await expect(at.read('matrix.config.ts')).rejects.toThrow('ENOENT');
});

test('a link to nothing is there already', async () => {
  const at = await place({ 'package.json': '{}' }, [], 'https://github.com/acme/app');
  await symlink('gone.ts', `${at.folder}/matrix.config.ts`);
  expect(await problemsOf(() => at.init())).toMatchObject([{ where: 'matrix.config.ts', message: 'is there already' }]);
});

test('nothing that is there is overwritten, and nothing else is written then', async () => {
  const at = await place({ 'matrix.config.ts': '// mine\n', 'package.json': '{}' }, [], 'https://github.com/acme/app');
  expect(await problemsOf(() => at.init())).toEqual([
    {
      code: 'USAGE',
      where: 'matrix.config.ts',
      message: 'is there already',
      fix: 'give --force to overwrite it; nothing was written',
    },
  ]);
  // Nothing is written then, so nothing is in its way.
  expect((await at.init({ dryRun: true })).stdout).toContain('--- matrix.config.ts\n');
  expect(await at.read('matrix.config.ts')).toBe('// mine\n');
  await expect(at.read(written[1] ?? '')).rejects.toThrow('ENOENT');
  const { stdout } = await at.init({ force: true });
  expect(stdout.split('\n').slice(0, 2)).toEqual(['matrix.config.ts overwritten', `${written[1]} written`]);
  expect(await at.read('matrix.config.ts')).toContain('defineConfig');
});

test('a link that leads out of the folder is not followed, with --force neither', async () => {
  const elsewhere = await tempFolder({ 'config.ts': '// theirs\n' });
  const at = await place({ 'package.json': '{}' });
  await symlink(`${elsewhere}/config.ts`, `${at.folder}/matrix.config.ts`);
  expect(await problemsOf(() => at.init({ force: true }))).toMatchObject([{ code: 'PATH_OUTSIDE_ROOT' }]);
  expect(await readFile(`${elsewhere}/config.ts`, 'utf8')).toBe('// theirs\n');
});

test('a Dockerfile that is there is used as it is, and a folder without git will do', async () => {
  const at = await place({ Dockerfile: 'FROM scratch\n', 'package.json': '{ "name": "@acme/Web App" }' }, null);
  const { stdout } = await at.init();
  expect(stdout).not.toContain('dockerfiles/');
  expect(await at.read('matrix.config.ts')).toContain("standard: { dockerfile: 'Dockerfile' }");
});

test('a workflow is imported, and nothing but the config is written', async () => {
  const workflow = [
    'on: { push: { tags: ["v*"] } }',
    'jobs:',
    '  docker:',
    '    steps:',
    '      - uses: docker/metadata-action@v6',
    '        with:',
    '          images: name/app',
    '          tags: |',
    '            type=ref,event=branch',
    '            type=semver,pattern={{version}}',
    '            type=semver,pattern={{major}}.{{minor}}',
  ].join('\n');
  const at = await place({ 'ci.yml': workflow }, ['v1.2.3', 'v1.3.0']);
  const { stdout } = await at.init({ fromWorkflow: `${at.folder}/ci.yml` });
  expect(stdout.split('\n')[0]).toBe('matrix.config.ts written');
  const planned = await plan(at.folder);
  expect(planned.code).toBe(0);
  expect(planned.stdout).toMatch(/^ {2}latest +1\.3\.0 +standard$/m);
  await expect(at.read(written[3] ?? '')).rejects.toThrow('ENOENT');
});

test('only TypeScript is written', async () => {
  const at = await place({});
  expect(await problemsOf(() => at.init({ config: 'matrix.config.json' }))).toMatchObject([{ code: 'USAGE' }]);
});

test.each([
  { remote: 'git@github.com:Acme/App.git', github: 'Acme/App', repository: 'ghcr.io/acme/app' },
  { remote: 'https://token@github.com/acme/app', github: 'acme/app', repository: 'ghcr.io/acme/app' },
  { remote: 'ssh://git@gitlab.com:22/acme/__app__', github: null, repository: 'registry.gitlab.com/acme/app' },
  { remote: 'https://git.example.com/acme/app.git', github: null, repository: 'registry.invalid/app' },
  { remote: "https://github.com/a'/b\n*/", github: null, repository: 'registry.invalid/my-folder' },
  {
    remote: 'git@gitlab.com:Acme/Group/Sub/app.git',
    github: null,
    repository: 'registry.gitlab.com/acme/group/sub/app',
  },
  { remote: null, github: null, repository: 'registry.invalid/my-folder' },
])('$remote is $repository', ({ remote, github, repository }) => {
  const git = { folder: 'My Folder', isRepository: true, remote, tags: [], files: [] };
  const facts = projectFacts([], new Map(), git);
  expect({ github: facts.github, repository: facts.repository }).toEqual({ github, repository });
});

describe('a folder that says nothing of where its image goes', () => {
  test('names the flag that says it, and with it writes the workflows too', async () => {
    const at = await place({ Dockerfile: 'FROM scratch\n' }, ['v1.0.0']);
    const first = await at.init();
    expect(first.stdout).toContain('Name it: tagwright init --force --repository REGISTRY/IMAGE');
    const { stdout } = await at.init({ force: true, repository: 'registry.example.com/acme/app' });
    expect(stdout).toContain('.github/workflows/release-images.yml written');
    expect(await at.read('matrix.config.ts')).toContain("repository: 'registry.example.com/acme/app',");
    await expect(at.init({ force: true, repository: 'acme/app:1' })).rejects.toThrow('REFERENCE_INVALID');
  });

  test('keeps releases that were written down before, with --force as well', async () => {
    const row = { version: '1.0.0', revision: 'a'.repeat(40), committedAt: '2024-05-02T10:00:00Z' };
    const rows = JSON.stringify([row]);
    const at = await place({ Dockerfile: 'FROM scratch\n', 'releases.json': rows }, null);
    const { stdout } = await at.init();
    expect(stdout).toContain('releases.json is kept as it is');
    expect(stdout).toContain('\n1 release, 1 cell,');
    await at.init({ force: true });
    expect(await at.read('releases.json')).toBe(rows);
  });

  test.each([
    [
      ['--from-workflow', 'w.yml'],
      'USAGE  --repository: init --from-workflow does not use it; leave it out: the workflow names it\n',
    ],
    [
      ['--from-registry', 'ghcr.io/acme/app'],
      'USAGE  --repository: init --from-registry REGISTRY/IMAGE does not use it',
    ],
  ])('init --repository with %s is refused', async (args, says) => {
    const run = await runCli(['init', '--dry-run', '--repository', 'ghcr.io/acme/other', ...args]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
