import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { findConfig, trustedUsers } from '../../src/adapters/files/find-config.ts';
import { smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const names = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((ending) => `matrix.config.${ending}`);
const mine = trustedUsers(process.getuid?.(), undefined);

/** A git working tree at `repo` with `repo/a/b`, and what lies where. */
async function tree(...files: readonly string[]): Promise<(path: string) => string> {
  const all = ['repo/.git/HEAD', 'repo/a/b/file', ...files];
  const folder = await tempFolder(Object.fromEntries(all.map((path) => [path, ''])));
  return (path) => join(folder, path);
}

test.each(names)('%s is found where one stands, and from below', async (name) => {
  const at = await tree(`repo/${name}`);
  expect(await findConfig(at('repo'), mine)).toBe(name);
  expect(await findConfig(at('repo/a/b'), mine)).toBe(join('../..', name));
});

test('the search ends at the top of the working tree', async () => {
  const at = await tree('matrix.config.json');
  expect(await findConfig(at('repo/a/b'), mine)).toBeNull();
});

test('outside of a working tree only the folder itself is looked at', async () => {
  const at = await tree('matrix.config.json');
  await mkdir(at('below'));
  expect(await findConfig(at('below'), mine)).toBeNull();
  expect(await findConfig(at(''), mine)).toBe('matrix.config.json');
});

const twice: readonly (readonly [string, readonly string[], string])[] = [
  [
    'in one folder',
    ['repo/matrix.config.ts', 'repo/matrix.config.yaml'],
    '../../matrix.config.ts, ../../matrix.config.yaml',
  ],
  [
    'on the way up',
    ['repo/a/matrix.config.json', 'repo/matrix.config.json'],
    '../matrix.config.json, ../../matrix.config.json',
  ],
];
test.each(twice)('a config found twice %s is an error that names both', async (_, files, named) => {
  const at = await tree(...files);
  await expect(findConfig(at('repo/a/b'), mine)).rejects.toThrow(
    `CONFIG_AMBIGUOUS  --config: there are 2 configs: ${named}; name one with --config FILE, or delete the others`,
  );
});

test('code of another user is not run, data is read', async () => {
  const at = await tree('repo/matrix.config.ts', 'repo/a/.git/HEAD', 'repo/a/matrix.config.yaml');
  const stranger = new Set([(process.getuid?.() ?? 0) + 1]);
  await expect(findConfig(at('repo'), stranger)).rejects.toThrow(
    'CONFIG_FAILED  matrix.config.ts: it is code and belongs to another user, so it was not run',
  );
  expect(await findConfig(at('repo/a'), stranger)).toBe('matrix.config.yaml');
});

test('trusted are the own user, root, and who called sudo', () => {
  expect([trustedUsers(7, '8'), trustedUsers(0, '8'), trustedUsers(0, 'x'), trustedUsers(undefined, '8')]).toEqual([
    new Set([7, 0]),
    new Set([0, 8]),
    new Set([0]),
    null,
  ]);
});

test('-C runs a command in another folder; every command looks for the config there', async () => {
  const { $schema, ...config } = { ...smallConfig, $schema: './schema.json' };
  const at = await tempFolder({
    'repo/.git/HEAD': '',
    'repo/matrix.config.yaml': JSON.stringify({ $schema, ...config }),
    'repo/a/file': '',
  });
  expect(await runCli(['-C', `${at}/repo/a`, 'check', '--json'])).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await runCli(['check', '-C', `${at}/repo/a`]);
  expect(stdout.split('\n')[0]).toBe('../matrix.config.yaml is valid: 1 image');
  const none = await runCli(['-C', `${at}/none`, 'check']);
  expect([none.code, none.stderr.split(':')[0]]).toEqual([2, 'USAGE  -C']);
});

const inputs: readonly (readonly [string, string, number, string])[] = [
  ['JSON', JSON.stringify(smallConfig), 0, 'standard input is valid: 1 image'],
  [
    'YAML',
    "repository: registry.example/acme/app\ndockerfile: Dockerfile\npythons: ['3.9']\ndefaults: { python: highest }\n",
    0,
    'standard input is valid: 1 image',
  ],
  ['nothing', '', 2, 'CONFIG_INVALID  standard input: it is empty; pipe a config in JSON or YAML'],
  ['a binary', '\0', 2, 'CONFIG_INVALID  standard input: it is not text in UTF-8; save it as UTF-8'],
  [
    'too much',
    ' '.repeat(1_048_577),
    2,
    'CONFIG_INVALID  standard input: more than 1 MiB; check that it is the right file',
  ],
];
test.each(inputs)('--config - reads %s', async (_, text, code, line) => {
  const own = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {};
  Object.defineProperty(process, 'stdin', { ...own, get: () => Readable.from([text]), configurable: true });
  try {
    const run = await runCli(['check', '--config', '-']);
    expect([run.code, `${run.stdout}${run.stderr}`.split('\n')[0]]).toEqual([code, line]);
  } finally {
    Object.defineProperty(process, 'stdin', own);
  }
});

test('schema prints the schema that the package ships', async () => {
  const { code, stdout } = await runCli(['schema']);
  expect(code).toBe(0);
  expect(stdout).toBe(await readFile(new URL('../../docs/config.schema.json', import.meta.url), 'utf8'));
});
