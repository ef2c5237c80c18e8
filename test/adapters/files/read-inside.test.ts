import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryInside, placeInside, readInside, unfitPath } from '../../../src/adapters/files/read-inside.ts';
import { quote } from '../../../src/domain/tag.ts';
import { problemsOf } from '../../support/problems.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const where = 'matrix.config.ts flavors.conda.dockerfile';

/** A folder `project` beside a secret, with links in and out. */
async function project(): Promise<string> {
  const folder = await tempFolder({
    secret: 'secret',
    'project/docker/conda.Dockerfile': 'FROM base\n',
    'project/docker/latin': Buffer.from([0x66, 0xff]),
  });
  const root = join(folder, 'project');
  await symlink('../secret', join(root, 'out'));
  await symlink('..', join(root, 'up'));
  await symlink('docker/conda.Dockerfile', join(root, 'in'));
  await symlink('nowhere', join(root, 'dangling'));
  await mkdir(join(root, '..dots'));
  execFileSync('mkfifo', [join(root, 'fifo')]);
  return root;
}

test.each(['docker/conda.Dockerfile', './docker/conda.Dockerfile', 'docker/../docker/conda.Dockerfile', 'in'])(
  'reads %s',
  async (path) => {
    expect(await readInside(await project(), path, where)).toBe('FROM base\n');
  },
);

describe('refuses', () => {
  test.each([
    { path: '', fault: 'is empty' },
    { path: '.', fault: 'is the folder of the config itself' },
    { path: '../secret', fault: 'leaves the folder of the config' },
    { path: 'docker/../../secret', fault: 'leaves the folder of the config' },
    { path: '../project/docker/conda.Dockerfile', fault: 'leaves the folder of the config' },
    { path: '/etc/passwd', fault: 'is absolute; paths are relative to the folder of the config' },
    { path: 'c:/windows', fault: 'is absolute; paths are relative to the folder of the config' },
    { path: 'docker\\conda.Dockerfile', fault: 'holds a backslash; folders are separated by /' },
    { path: 'docker\0', fault: 'holds a NUL character' },
    { path: 'docker\n::error::x', fault: 'holds a character that is not seen, such as a line break' },
    { path: 'docker\u202E', fault: 'holds a character that is not seen, such as a line break' },
    { path: 'out', fault: 'leaves the folder of the config through a symbolic link' },
    { path: 'up/secret', fault: 'leaves the folder of the config through a symbolic link' },
  ])('$path, which $fault', async ({ path, fault }) => {
    const root = await project();
    expect(await problemsOf(() => readInside(root, path, where))).toEqual([
      {
        code: 'PATH_OUTSIDE_ROOT',
        where,
        message: `the path ${quote(path)} ${fault}`,
        fix: 'name a file in the folder of the config',
      },
    ]);
  });

  test.each([
    { path: 'fifo', code: 'TEMPLATE_INVALID', message: 'a device, pipe or socket, not a file' },
    { path: 'docker', code: 'TEMPLATE_INVALID', message: 'a folder, not a file' },
    { path: 'docker/latin', code: 'TEMPLATE_INVALID', message: 'the file is not text in UTF-8, from line 1 on' },
    { path: 'docker/none', code: 'TEMPLATE_MISSING', message: 'there is no such file' },
    { path: 'in/none', code: 'TEMPLATE_MISSING', message: 'there is no such file' },
    { path: 'dangling', code: 'TEMPLATE_MISSING', message: 'there is no such file' },
  ])('$path: $message', async ({ path, code, message }) => {
    const root = await project();
    expect(await problemsOf(() => readInside(root, path, where))).toMatchObject([
      { code, where: `${where} (${path})`, message },
    ]);
  });
});

describe('in a git working tree, whose top is the root', () => {
  async function tree(): Promise<string> {
    const top = join(await project(), '..');
    await mkdir(join(top, '.git'));
    await writeFile(join(top, 'shared.Dockerfile'), 'FROM shared\n');
    await symlink('/etc/passwd', join(top, 'project/docker/away'));
    await symlink('nowhere', join(top, 'project/docker/within'));
    await symlink('/nowhere/at/all', join(top, 'project/docker/beyond'));
    return join(top, 'project');
  }

  test('a path may go up to its top', async () => {
    const folder = await tree();
    expect(await readInside(folder, '../shared.Dockerfile', where)).toBe('FROM shared\n');
    expect(await readInside(folder, 'up/shared.Dockerfile', where)).toBe('FROM shared\n');
  });

  test.each([
    { path: '../../secret', fault: 'leaves the git working tree of the config' },
    { path: 'docker/away', fault: 'leaves the folder of the config through a symbolic link' },
    { path: 'docker/beyond', fault: 'leaves the folder of the config through a symbolic link' },
    { path: 'docker/beyond/deeper', fault: 'leaves the folder of the config through a symbolic link' },
  ])('$path $fault, to read and to write', async ({ path, fault }) => {
    const folder = await tree();
    const message = `the path ${JSON.stringify(path)} ${fault}`;
    expect(await problemsOf(() => readInside(folder, path, where))).toMatchObject([{ message }]);
    expect(await problemsOf(() => placeInside(folder, path))).toMatchObject([{ message }]);
    expect(await unfitPath(folder, path, where, 'file')).toMatchObject([{ message, where }]);
  });

  test('a link to what is not there yet is followed inside', async () => {
    const folder = await tree();
    expect(await placeInside(folder, 'docker/within')).toBe(join(folder, 'docker/within'));
    expect(await unfitPath(folder, 'docker/within', where, 'file')).toEqual([]);
  });

  test.each([
    { path: 'docker/conda.Dockerfile', is: 'file' },
    { path: '../shared.Dockerfile', is: 'file' },
    { path: 'up/shared.Dockerfile', is: 'file' },
    { path: 'docker', is: 'folder' },
    { path: 'fifo', is: 'special' },
    { path: 'gone', is: 'nothing' },
    { path: 'gone/deeper', is: 'nothing' },
    { path: 'docker/within', is: 'broken link' },
    { path: 'docker/circle', is: 'broken link' },
    { path: 'docker/away', is: 'outside' },
    { path: 'docker/beyond', is: 'outside' },
    { path: '../../secret', is: 'outside' },
  ] as const)('at $path is: $is', async ({ path, is }) => {
    const folder = await tree();
    await symlink('circle', join(folder, 'docker/circle'));
    expect(await entryInside(folder, path)).toBe(is);
  });

  test('a pipe is not handed to a builder', async () => {
    expect(await unfitPath(await tree(), 'fifo', where, 'file')).toMatchObject([
      { code: 'TEMPLATE_INVALID', message: 'fifo is a device, pipe or socket' },
    ]);
  });
});
