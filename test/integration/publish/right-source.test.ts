/** Releases from source, built by the real buildx from a clone that is dirty and on another version. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { createBuildxBuilder } from '../../../src/adapters/buildx/buildx-builder.ts';
import type { PublishOptions } from '../../../src/commands/publish/index.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { renderBake } from '../../../src/render/bake.ts';
import { runsCommands } from '../../../src/render/runs-commands.ts';
import { dockerRun, skopeoInspect } from '../../support/buildx.ts';
import { git } from '../../support/git-repository.ts';
import { fact } from '../../support/history.ts';
import { problemsOf } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally, type Published } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { runCli } from '../../support/run-cli.ts';
import { sourceExample } from '../../support/source-example.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const run = promisify(execFile);
const host = inject('registryHost');

interface Project {
  readonly root: string;
  readonly repository: string;
  readonly path: string;
  readonly revisions: Readonly<Record<string, string>>;
  readonly publish: (version: string, more?: Partial<PublishOptions>) => Promise<Published>;
}

type Files = Readonly<Record<string, string>>;

async function put(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const flavor = { dockerfile: 'Dockerfile' };
let projects = 0;

/** A release for each set of files, then what lies in the working tree. */
async function project(
  releases: Readonly<Record<string, Files>>,
  { tree = {}, config = {} }: { readonly tree?: Files; readonly config?: Partial<MatrixConfig> },
): Promise<Project> {
  const root = await tempFolder();
  git(root, 'init', '--quiet', '--initial-branch=main');
  const revisions: Record<string, string> = {};
  for (const [version, files] of Object.entries(releases)) {
    await put(root, files);
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--allow-empty', '-m', version);
    git(root, 'tag', '-a', '-m', version, version);
    revisions[version] = git(root, 'rev-parse', 'HEAD');
  }
  await put(root, tree);
  projects += 1;
  const path = `right-source/app${projects}`;
  const repository = `${host}/${path}`;
  const whole: MatrixConfig = {
    repository: 'registry.example/acme/app',
    pythons: ['3.11'],
    flavors: { standard: flavor },
    defaults: { python: 'highest' },
    ...config,
  };
  const facts = Object.entries(revisions).map(([version, revision], day) =>
    fact(version, `2024-01-0${day + 1}`, { revision }),
  );
  const bake = { push: true, provenance: 'min', sbom: false, cache: null, cacheFrom: [], cacheTo: [] } as const;
  const world = publishWorld({
    root,
    config: whole,
    facts,
    builder: () =>
      createBuildxBuilder({
        bakeFile: (targets) => renderBake(targets, bake),
        folder: root,
        builder: null,
        runsCommands,
      }),
  });
  const journal = await tempFolder();
  return {
    root,
    repository,
    path,
    revisions,
    publish: (version, more) =>
      publish(publishOptions(version, repository, journal, { builder: 'buildx', ...more }), world),
  };
}

async function refusedBy(work: Promise<unknown>): Promise<string[]> {
  return (await problemsOf(work)).map(({ code, message }) => `${code}: ${message}`);
}

/** The files of an image, taken apart by crane and tar. */
async function filesOf(reference: string): Promise<string> {
  const folder = await tempFolder();
  await run('sh', ['-c', 'crane export --insecure "$1" - | tar -x -C "$2"', 'sh', reference, folder]);
  return folder;
}

const checkouts = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('tagwright-source-'));

const copyAll = 'FROM scratch\nCOPY . /src\n';
const twoReleases = {
  '1.0.0': { Dockerfile: copyAll, 'app.py': 'print("one")\n', 'only-in-one': 'x' },
  '2.0.0': { Dockerfile: copyAll, 'app.py': 'print("two")\n' },
};

describe('a release from source', { timeout: 120_000 }, () => {
  test('has the files of its own commit and a .git that says its version', async () => {
    const before = await checkouts();
    const app = await project(twoReleases, { tree: { 'app.py': 'print("edited")\n', scratch: 'untracked' } });
    expect(tally(await app.publish('1.0.0')).cells).toEqual({ built: 1 });
    const seen = join(await filesOf(`${app.repository}:1.0.0-python3.11`), 'src');
    expect((await readdir(seen)).toSorted()).toEqual(['.git', 'Dockerfile', 'app.py', 'only-in-one']);
    expect(await readFile(join(seen, 'app.py'), 'utf8')).toBe('print("one")\n');
    expect(git(seen, 'describe', '--tags', '--dirty')).toBe('1.0.0');
    const { labels } = await skopeoInspect(`${app.repository}:1.0.0-python3.11`);
    expect(labels).toMatchObject({ 'org.opencontainers.image.revision': app.revisions['1.0.0'] });
    expect(labels).not.toHaveProperty(['io.tagwright.source']);
    expect(await checkouts()).toEqual(before);
  });

  test('leaves no checkout behind if its build fails', async () => {
    const before = await checkouts();
    const broken = { '1.0.0': { Dockerfile: `${copyAll}COPY not-there /x\n` } };
    const app = await project(broken, {});
    expect(tally(await app.publish('1.0.0')).cells).toEqual({ lacking: 1 });
    expect(await checkouts()).toEqual(before);
  });

  test('is built with the rendered Dockerfile of the config where there is a template', async () => {
    const template = 'FROM scratch\nCOPY . /rendered\n';
    const files = { 'r.hbs': template, 'r.Dockerfile': template };
    const app = await project(
      { ...twoReleases, '2.0.1': files },
      { config: { flavors: { standard: { dockerfile: 'r.Dockerfile', template: 'r.hbs' } } } },
    );
    expect(tally(await app.publish('1.0.0')).cells).toEqual({ built: 1 });
    const seen = await filesOf(`${app.repository}:1.0.0-python3.11`);
    expect(await readFile(join(seen, 'rendered/app.py'), 'utf8')).toBe('print("one")\n');
  });
});

describe('refused before anything is pushed', { timeout: 60_000 }, () => {
  const fromConfig = { flavors: { standard: { ...flavor, context: { from: 'config' as const } } } };
  const dirty = { 'app.py': 'print("edited")\n', scratch: 'untracked' };

  test('uncommitted files in a context of the config, unless asked for, which the image says', async () => {
    const app = await project(twoReleases, { tree: dirty, config: fromConfig });
    for (const more of [{}, { dryRun: true }]) {
      expect(await refusedBy(app.publish('1.0.0', more))).toEqual([
        'CONTEXT_UNCOMMITTED: app.py, scratch would be built without being committed',
      ]);
    }
    expect(await readTags(host, app.path)).toEqual({});
    expect(tally(await app.publish('1.0.0', { fromWorkingTree: true })).cells).toEqual({ built: 1 });
    const reference = `${app.repository}:1.0.0-python3.11`;
    expect(await readFile(join(await filesOf(reference), 'src/app.py'), 'utf8')).toBe('print("edited")\n');
    expect((await skopeoInspect(reference)).labels).toMatchObject({ 'io.tagwright.source': 'working-tree' });
  });

  test('not files that no build reads, and nothing at all if there is nothing to build', async () => {
    const app = await project(
      { '1.0.0': { Dockerfile: 'FROM scratch\nCOPY <<end /file\ntext\nend\n' } },
      { tree: { scratch: 'untracked' }, config: fromConfig },
    );
    expect(tally(await app.publish('1.0.0')).cells).toEqual({ built: 1 });
    await put(app.root, { Dockerfile: 'FROM scratch\nLABEL a=c\n' });
    expect(tally(await app.publish('1.0.0')).cells).toEqual({ there: 1 });
  });

  test('a Dockerfile that is not committed', async () => {
    const plain = { '1.0.0': { Dockerfile: 'FROM scratch\nLABEL a=b\n' } };
    const app = await project(plain, { tree: { Dockerfile: 'FROM scratch\nLABEL a=c\n' } });
    expect(await refusedBy(app.publish('1.0.0'))).toEqual([
      'CONTEXT_UNCOMMITTED: Dockerfile would be built without being committed',
    ]);
  });

  test('a commit that is not in the clone, where releases are its git tags', async () => {
    const whole = await project(twoReleases, {});
    const app = await project({ '2.0.0': twoReleases['2.0.0'] }, { config: { source: { git: '.' } } });
    const facts = [fact('1.0.0', '2024-01-01', { revision: whole.revisions['1.0.0'] ?? '' })];
    const world = publishWorld({
      root: app.root,
      facts,
      config: {
        repository: 'registry.example/acme/app',
        pythons: ['3.11'],
        flavors: { standard: flavor },
        defaults: { python: 'highest' },
        source: { git: '.' },
      },
    });
    const options = publishOptions('1.0.0', app.repository, await tempFolder(), { builder: 'buildx' });
    expect(await refusedBy(publish(options, world))).toEqual([
      `CONTEXT_MISSING: this clone does not have the commit ${whole.revisions['1.0.0']}`,
    ]);
  });

  test('a Dockerfile by hand, or a context, that the commit does not have', async () => {
    const later = { '1.0.0': { 'app.py': 'x' }, '2.0.0': { 'docker/Dockerfile': copyAll } };
    const config = { flavors: { standard: { dockerfile: 'docker/Dockerfile', context: { path: 'docker' } } } };
    const app = await project(later, { config });
    expect(await refusedBy(app.publish('1.0.0'))).toEqual([
      `CONTEXT_MISSING: the commit ${app.revisions['1.0.0']} has no folder docker`,
      `CONTEXT_MISSING: the commit ${app.revisions['1.0.0']} has no Dockerfile docker/Dockerfile`,
    ]);
    expect(tally(await app.publish('2.0.0')).cells).toEqual({ built: 1 });
  });
});

/**
 * Published as a user would, from a checkout of 1.1.0 with edited files. A small Debian stands in for the bases: with its
 * own Python, and with the Node of this machine; Debian's setuptools-scm stands in for PyPI's. All that runs is real.
 */
describe('the examples that are built from source', { timeout: 240_000 }, () => {
  test.each(['python-source', 'node-source'] as const)(
    '%s: the image has the files of its release, and says its version',
    async (name) => {
      const { root, config, revisions, tag, file } = await sourceExample(name, host);
      const before = git(root, 'status', '--porcelain');
      const repository = `${host}/${name}/app`;
      const args = [
        'publish',
        '1.0.0',
        '--config',
        config,
        '--repository',
        repository,
        '--journal',
        await tempFolder(),
      ];
      const published = await runCli(args);
      const said = expect.stringContaining(`checking out ${revisions['1.0.0']}`);
      expect(published).toMatchObject({ code: 0, stderr: said });
      const reference = `${repository}:${tag}`;
      expect(await dockerRun(['--network=none'], reference, '--version')).toBe('1.0.0\n');
      const line = file.line('1.0.0');
      const grep = ['-rhoF', line, file.folder];
      expect(await dockerRun(['--network=none', '--entrypoint=grep'], reference, ...grep)).toBe(`${line}\n`);
      expect((await skopeoInspect(reference)).labels).toMatchObject({
        'org.opencontainers.image.version': '1.0.0',
        'org.opencontainers.image.revision': revisions['1.0.0'],
      });
      expect([git(root, 'status', '--porcelain'), git(root, 'describe', '--tags')]).toEqual([before, 'v1.1.0']);
    },
  );
});
