import { mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProjectFiles } from '../../../src/adapters/files/project-files.ts';
import { problemsOf } from '../../support/problems.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('a file is written into folders that it makes, and over the old one', async () => {
  const root = await tempFolder({});
  const files = createProjectFiles(root);
  await files.write('.github/workflows/audit.yml', 'one\n');
  await files.write('.github/workflows/audit.yml', 'two\n');
  expect(await readFile(join(root, '.github/workflows/audit.yml'), 'utf8')).toBe('two\n');
  expect(await readdir(join(root, '.github/workflows'))).toEqual(['audit.yml']);
});

test.each(['.github/audit.yml', '.github/workflows/audit.yml', '../audit.yml', '/audit.yml'])(
  'nothing is written to %s outside of the folder',
  async (path) => {
    const folder = await tempFolder({});
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(join(folder, 'project'));
    await symlink('../elsewhere', join(folder, 'project/.github'));
    const files = createProjectFiles(join(folder, 'project'));
    expect(await problemsOf(() => files.write(path, 'text\n'))).toMatchObject([{ code: 'PATH_OUTSIDE_ROOT' }]);
    expect([await readdir(folder), await readdir(join(folder, 'elsewhere'))]).toEqual([['elsewhere', 'project'], []]);
  },
);
