import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readInside } from '../../../src/adapters/files/read-inside.ts';
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
    { path: 'out', fault: 'leaves the folder of the config through a symbolic link' },
    { path: 'up/secret', fault: 'leaves the folder of the config through a symbolic link' },
  ])('$path, which $fault', async ({ path, fault }) => {
    const root = await project();
    expect(await problemsOf(() => readInside(root, path, where))).toEqual([
      {
        code: 'PATH_OUTSIDE_ROOT',
        where,
        message: `the path ${JSON.stringify(path)} ${fault}`,
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
