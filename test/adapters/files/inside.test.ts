import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepInside } from '../../../src/adapters/files/inside.ts';
import { writeOutput } from '../../../src/adapters/files/output-file.ts';
import { replaceFile } from '../../../src/adapters/files/replace-file.ts';
import { createJournalStore } from '../../../src/adapters/journal/journal-store.ts';
import { realWorld } from '../../../src/entry/world.ts';
import { problemsOf } from '../../support/problems.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const home = process.cwd();
let top = '';
const repository = { registry: '127.0.0.1:5000', path: 'acme/app' };

/** A working directory with links that were committed, and a folder that is none of its business. */
beforeEach(async () => {
  top = await tempFolder({ 'elsewhere/releases.json': '[]', 'project/releases.json': '[]' });
  process.chdir(join(top, 'project'));
  await symlink('../elsewhere', 'out');
  await symlink('../elsewhere/new.json', 'new.json');
  await symlink('../elsewhere', '.tagwright');
});
afterEach(() => process.chdir(home));

const led = (path: string): object[] => [
  {
    code: 'PATH_OUTSIDE_ROOT',
    message: `the path ${JSON.stringify(path)} leaves the working directory through a symbolic link`,
  },
];

describe('what a flag names below the working directory', () => {
  test.each(['out', 'out/report.json', 'new.json', '.tagwright/a/b/c'])(
    'is not followed out of it: %s',
    async (path) => {
      expect(await problemsOf(() => keepInside(path))).toMatchObject(led(path));
      expect(await problemsOf(() => writeOutput(path, 'x'))).toMatchObject(led(path));
      expect(await readdir(join(top, 'elsewhere'))).toEqual(['releases.json']);
    },
  );

  test('may be anywhere where a person says so', async () => {
    await writeOutput('../elsewhere/report.json', 'x');
    await writeOutput('reports/report.json', 'y');
    expect(await readFile(join(top, 'elsewhere/report.json'), 'utf8')).toBe('x');
  });

  test.each(['/proc/nothing/x/report.json', '/dev/null/x/report.json'])(
    'where no folder can be made it is refused: %s',
    async (path) => {
      const refused: unknown = await writeOutput(path, 'x').catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: 'FILE_FAILED',
        message: expect.stringContaining(`${path} cannot be written: E`),
      });
    },
  );

  test('may be linked within one git working tree', async () => {
    await mkdir(join(top, '.git'));
    await writeOutput('out/report.json', 'x');
    expect(await readFile(join(top, 'elsewhere/report.json'), 'utf8')).toBe('x');
  });
});

test('journals are not written through a link', async () => {
  const journals = createJournalStore('.tagwright', { nowMs: () => 0 }, keepInside);
  const path = '.tagwright/127.0.0.1_5000/acme/app/1.0.0';
  expect(await problemsOf(() => journals.create(repository, '1.0.0'))).toMatchObject(led(path));
  expect(await problemsOf(() => journals.find(repository, '1.0.0'))).toMatchObject(led(path));
});

test('a journal that is a link is not read', async () => {
  await writeFile('real.jsonl', '');
  await symlink('real.jsonl', 'linked.jsonl');
  const journals = createJournalStore('.', { nowMs: () => 0 }, keepInside);
  expect(await problemsOf(() => journals.read('linked.jsonl'))).toMatchObject([
    { code: 'JOURNAL_INVALID', message: 'is a symbolic link' },
  ]);
});

test('a temporary file has a name that nobody can guess', async () => {
  await symlink('../elsewhere/releases.json', `report.json.${process.pid}.new`);
  await replaceFile('report.json', 'x');
  expect(await readFile(join(top, 'elsewhere/releases.json'), 'utf8')).toBe('[]');
});

describe('what a config names as a source', () => {
  const none = { file: null, git: null, github: null, githubUrl: null, pypi: null, pypiUrl: null };
  const world = realWorld({ env: {}, say: () => undefined, signal: new AbortController().signal });
  const listed = async (source: object): Promise<unknown> => {
    const [first] = await world.sources({ ...none, ...source }, process.cwd(), null);
    return await first?.list();
  };

  test.each([
    { file: 'out/releases.json' },
    { file: '../elsewhere/releases.json' },
    { file: '/etc/hostname' },
    { git: 'out' },
    { git: '..' },
    { git: '/' },
  ])('stays inside: %j', async (source) => {
    expect(await problemsOf(() => listed(source))).toMatchObject([{ code: 'PATH_OUTSIDE_ROOT' }]);
  });

  test('is read from below its folder', async () => {
    expect(await listed({ file: './releases.json' })).toMatchObject({ facts: [] });
  });

  test('a config is not read through a link that leads out', async () => {
    await symlink('../elsewhere/releases.json', 'matrix.config.json');
    expect(await problemsOf(() => world.loadConfig('matrix.config.json'))).toMatchObject(led('matrix.config.json'));
  });
});

test('of a link the file it leads to is replaced, and may be read by whoever could before', async () => {
  const folder = await tempFolder({ 'real.yaml': 'old' });
  await chmod(join(folder, 'real.yaml'), 0o600);
  await symlink('real.yaml', join(folder, 'link.yaml'));
  await replaceFile(join(folder, 'link.yaml'), 'new');
  expect(await readFile(join(folder, 'real.yaml'), 'utf8')).toBe('new');
  expect((await lstat(join(folder, 'link.yaml'))).isSymbolicLink()).toBe(true);
  expect((await stat(join(folder, 'real.yaml'))).mode & 0o777).toBe(0o600);
});
