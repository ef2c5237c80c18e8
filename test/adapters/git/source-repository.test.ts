import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isCloneOf, openSourceRepository } from '../../../src/adapters/git/source-repository.ts';
import { resolveUrl } from '../../../src/adapters/git/submodules.ts';
import type { SourceRepository } from '../../../src/ports.ts';
import { git } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function commit(folder: string, files: Readonly<Record<string, string>>, tag?: string): Promise<string> {
  await put(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '-m', tag ?? 'x');
  if (tag !== undefined) git(folder, 'tag', '-a', '-m', tag, tag);
  return git(folder, 'rev-parse', 'HEAD');
}

async function started(): Promise<string> {
  const folder = await tempFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  return folder;
}

async function opened(folder: string): Promise<SourceRepository> {
  const repository = await openSourceRepository(folder);
  if (repository === null) throw new Error('no repository');
  return repository;
}

async function checkedOut(folder: string, revision: string): Promise<string> {
  const made = await (await opened(folder)).checkout(revision);
  onTestFinished(() => made.remove());
  return made.root;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** 1.0.0, two commits after it, 2.0.0, a branch beside, and a tree that is dirty. */
async function project(): Promise<{ folder: string; first: string; second: string; between: string }> {
  const folder = await started();
  const first = await commit(folder, { 'app/version': 'one', 'app/old': 'x' }, '1.0.0');
  await commit(folder, { 'app/version': 'one and more' });
  const between = await commit(folder, {});
  await rm(join(folder, 'app/old'));
  const second = await commit(folder, { 'app/version': 'two' }, '2.0.0');
  git(folder, 'switch', '--quiet', '-c', 'secret-branch');
  await commit(folder, { secret: 'x' });
  git(folder, 'switch', '--quiet', 'main');
  await put(folder, { 'app/version': 'edited', 'app/untracked': 'x' });
  return { folder, first, second, between };
}

describe('a checkout of a commit', { timeout: 30_000 }, () => {
  test("has the commit's files and no other, in the config's folder of it", async () => {
    const { folder, first } = await project();
    const root = await checkedOut(join(folder, 'app'), first);
    expect(root.endsWith('/app')).toBe(true);
    expect(await readdir(root)).toEqual(['old', 'version']);
    expect(await readFile(join(root, 'version'), 'utf8')).toBe('one');
    expect(await readFile(join(folder, 'app/version'), 'utf8')).toBe('edited');
  });

  test('has a .git that answers anywhere, with the clone gone', async () => {
    const { folder, between } = await project();
    const root = await checkedOut(folder, between);
    const copy = join(await tempFolder(), 'copy');
    await cp(root, copy, { recursive: true });
    await rename(folder, `${folder}-gone`);
    onTestFinished(() => rm(`${folder}-gone`, { recursive: true }));
    expect(git(copy, 'describe', '--tags', '--long', '--dirty')).toBe(
      `1.0.0-2-g${between.slice(0, git(copy, 'rev-parse', '--short', 'HEAD').length)}`,
    );
    expect(git(copy, 'fsck', '--strict')).toBe('');
  });

  test('knows no later tag, no other branch and no remote', async () => {
    const { folder, first } = await project();
    git(folder, 'remote', 'add', 'origin', 'https://user:hunter2@example.com/acme/app.git');
    const root = await checkedOut(folder, first);
    expect(git(root, 'for-each-ref', '--format=%(refname)')).toBe('refs/tags/1.0.0');
    expect(git(root, 'remote')).toBe('');
    expect(await readFile(join(root, '.git/config'), 'utf8')).not.toContain('hunter2');
    expect(git(root, 'rev-list', '--all', '--count')).toBe('1');
  });

  test('is gone after remove, and also if it cannot be made', async () => {
    const { folder, first } = await project();
    const made = await (await opened(folder)).checkout(first);
    await made.remove();
    expect(await isThere(made.root)).toBe(false);
    await expect((await opened(folder)).checkout('0'.repeat(40))).rejects.toThrow(/git failed/);
  });

  test('can be made of a shallow clone, and of a commit that no branch has', async () => {
    const { folder, second } = await project();
    const shallow = join(await tempFolder(), 'shallow');
    git(folder, 'clone', '--quiet', '--depth=1', '--branch=2.0.0', `file://${folder}`, shallow);
    expect(await readFile(join(await checkedOut(shallow, second), 'app/version'), 'utf8')).toBe('two');
    const loose = git(folder, 'commit-tree', '-m', 'x', `${second}^{tree}`);
    expect(await readFile(join(await checkedOut(folder, loose), 'app/version'), 'utf8')).toBe('two');
  });

  test('runs no hook and no filter of the commit or the clone', async () => {
    const folder = await started();
    const ran = join(await tempFolder(), 'ran');
    git(folder, 'config', 'filter.mine.smudge', `touch ${ran}; cat`);
    const first = await commit(folder, { '.gitattributes': '*.txt filter=mine\n', 'a.txt': 'x' }, '1.0.0');
    await put(folder, { '.git/hooks/post-checkout': `#!/bin/sh\ntouch ${ran}\n` });
    const root = await checkedOut(folder, first);
    expect(await readFile(join(root, 'a.txt'), 'utf8')).toBe('x');
    expect(await isThere(ran)).toBe(false);
  });
});

describe('submodules', { timeout: 30_000 }, () => {
  async function withSubmodule(): Promise<{ folder: string; library: string; first: string }> {
    const home = await tempFolder();
    const library = join(home, 'library');
    await mkdir(library);
    git(library, 'init', '--quiet', '--initial-branch=main');
    await commit(library, { 'lib.py': 'one' });
    const folder = join(home, 'app');
    await mkdir(folder);
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, '-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', library, 'vendor/lib');
    git(folder, 'config', '--file', '.gitmodules', 'submodule.vendor/lib.url', '../library');
    git(folder, 'remote', 'add', 'origin', folder);
    const first = await commit(folder, {}, '1.0.0');
    await commit(library, { 'lib.py': 'two' });
    return { folder, library, first };
  }

  test('are at the commit that the release names, from the clone alone', async () => {
    const { folder, library, first } = await withSubmodule();
    await rm(library, { recursive: true });
    const root = await checkedOut(folder, first);
    expect(await readFile(join(root, 'vendor/lib/lib.py'), 'utf8')).toBe('one');
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  test('are fetched if the clone does not have them', async () => {
    const { folder, first } = await withSubmodule();
    await rm(join(folder, '.git/modules'), { recursive: true });
    expect(await readFile(join(await checkedOut(folder, first), 'vendor/lib/lib.py'), 'utf8')).toBe('one');
  });

  test('that cannot be fetched are refused by name', async () => {
    const { folder, library, first } = await withSubmodule();
    await rm(join(folder, '.git/modules'), { recursive: true });
    await rm(library, { recursive: true });
    await expect((await opened(folder)).checkout(first)).rejects.toMatchObject({
      problems: [
        { code: 'CONTEXT_MISSING', where: 'vendor/lib', message: expect.stringContaining('cannot be fetched') },
      ],
    });
  });

  test('may not name a folder of this machine', async () => {
    const { folder, library } = await withSubmodule();
    git(folder, 'config', '--file', '.gitmodules', 'submodule.vendor/lib.url', library);
    const second = await commit(folder, {}, '2.0.0');
    await rm(join(folder, '.git/modules'), { recursive: true });
    await expect((await opened(folder)).checkout(second)).rejects.toThrow(/neither https, ssh nor relative/);
  });
});

describe('files of git LFS', { timeout: 30_000 }, () => {
  const content = 'a large model';
  const id = createHash('sha256').update(content).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize ${content.length}\n`;
  const files = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'model.bin': pointer };

  test('are there if the clone has them', async () => {
    const folder = await started();
    const first = await commit(folder, files, '1.0.0');
    await put(folder, { [`.git/lfs/objects/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`]: content });
    expect(await readFile(join(await checkedOut(folder, first), 'model.bin'), 'utf8')).toBe(content);
  });

  test('are refused by name if it has pointers alone', async () => {
    const folder = await started();
    const first = await commit(folder, files, '1.0.0');
    await expect((await opened(folder)).checkout(first)).rejects.toMatchObject({
      problems: [{ code: 'CONTEXT_MISSING', where: 'model.bin' }],
    });
  });
});

describe('what is not committed', { timeout: 30_000 }, () => {
  test('is listed under the paths asked for, without what git ignores and what a publish writes', async () => {
    const { folder } = await project();
    await put(folder, {
      '.gitignore': 'ignored\n',
      'app/ignored': 'x',
      'app/.tagwright/journal.jsonl': 'x',
      'app/tags.lock.json': '{}',
      'elsewhere/new': 'x',
    });
    git(folder, 'rm', '--quiet', '--cached', 'app/version');
    const inApp = await opened(join(folder, 'app'));
    expect(await inApp.uncommitted(['.'])).toEqual(['app/version', 'app/untracked', 'app/version']);
    expect(await inApp.uncommitted(['../elsewhere'])).toEqual(['elsewhere/new']);
    expect(await inApp.uncommitted(['untracked'])).toEqual(['app/untracked']);
    expect(await inApp.uncommitted(['*'])).toEqual([]);
    expect(await (await opened(folder)).uncommitted(['.'])).toContain('.gitignore');
  });
});

describe('whose commits the releases are', { timeout: 30_000 }, () => {
  test.each([
    ['https://github.com/acme/app.git', true],
    ['https://github.com/Acme/App', true],
    ['git@github.com:acme/app.git', true],
    ['ssh://git@github.com/acme/app', true],
    ['https://github.example.com/acme/app/', true],
    ['https://github.com/acme/app-images', false],
    ['https://github.com/other/acme/app', false],
    ['', false],
  ])('a clone of %s', (url, expected) => {
    expect(isCloneOf('acme/app', url)).toBe(expected);
  });

  test('git tags of the same working tree are its own, those of another one are not', async () => {
    const { folder, first } = await project();
    const other = await started();
    const inApp = await opened(join(folder, 'app'));
    expect(await inApp.isSourceOf({ git: '..', github: null })).toBe(true);
    expect(await inApp.isSourceOf({ git: other, github: null })).toBe(false);
    expect(await inApp.isSourceOf({ git: null, github: null })).toBe(false);
    expect(await inApp.hasCommit(first)).toBe(true);
    expect(await inApp.hasCommit('0'.repeat(40))).toBe(false);
    expect(await inApp.at(first, 'old')).toEqual({ kind: 'file', text: 'x' });
    expect(await inApp.at(first, '.')).toEqual({ kind: 'folder' });
    expect(await inApp.at(first, 'untracked')).toBe(null);
  });

  test('a folder outside of git has no repository', async () => {
    expect(await openSourceRepository(await tempFolder())).toBe(null);
  });
});

test.each([
  ['../lib', 'https://github.com/acme/app.git', 'https://github.com/acme/lib'],
  ['../../other/lib.git', 'https://github.com/acme/app', 'https://github.com/other/lib.git'],
  ['./lib', '/srv/app', '/srv/app/lib'],
  ['../lib', 'git@github.com:acme/app.git', 'git@github.com:acme/lib'],
  ['../lib', 'git@host:app.git', 'git@host:lib'],
  ['https://github.com/x/y', 'anything', 'https://github.com/x/y'],
  ['git@github.com:x/y.git', 'anything', 'git@github.com:x/y.git'],
  ['/etc', 'anything', null],
  ['file:///etc', 'anything', null],
  ['ext::sh -c id', 'anything', null],
  ['-upload-pack=x', 'anything', null],
])('%s beside %s is %s', (url, beside, expected) => {
  expect(resolveUrl(url, beside)).toBe(expected);
});
