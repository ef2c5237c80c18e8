import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfigModule, type LoadOptions } from '../../../src/adapters/files/load-config-module.ts';
import type { Problem } from '../../../src/domain/errors.ts';
import { problemsOf } from '../../support/problems.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const options: LoadOptions = { virtualModules: { tagwright: { defineConfig: (config: unknown) => config } } };

async function load(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<unknown> {
  return await loadConfigModule(join(await tempFolder(files), name), options);
}

/** Where problems point, without the temporary folder. */
async function faults(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<readonly Problem[]> {
  const folder = await tempFolder(files);
  const problems = await problemsOf(() => loadConfigModule(join(folder, name), { ...options, timeoutMs: 500 }));
  return problems.map((problem) => ({ ...problem, where: problem.where.replace(`${folder}/`, '') }));
}

describe('a config that loads', () => {
  test('TypeScript, with an enum, a type, an import of its own and a wait at the top', async () => {
    const config = await load('matrix.config.ts', {
      'matrix.config.ts': `import { defineConfig } from 'tagwright';
        import { pythons } from './pythons.ts';
        enum Kind { Pinned = 'pinned' }
        export default defineConfig({ kind: Kind.Pinned, pythons } satisfies object);`,
      'pythons.ts': `export const pythons: readonly string[] = await Promise.resolve(['3.10']);`,
    });
    expect(config).toEqual({ kind: 'pinned', pythons: ['3.10'] });
  });

  test.each([
    { name: 'c.mjs', text: `import { defineConfig } from 'tagwright'; export default defineConfig({ a: '3.10' });` },
    { name: 'c.js', text: `import { defineConfig } from 'tagwright'; export default defineConfig({ a: '3.10' });` },
    { name: 'c.cjs', text: `module.exports = { a: '3.10' };` },
    { name: 'c.ts', text: `export default Promise.resolve({ a: '3.10' });` },
    { name: 'c.json', text: `{ "a": "3.10" }` },
    { name: 'c.yaml', text: `a: '3.10' # a comment` },
    { name: 'c.yml', text: `x: &x '3.10'\na: *x` },
  ])('$name', async ({ name, text }) => {
    expect(await load(name, { [name]: text })).toMatchObject({ a: '3.10' });
  });

  test('changed and loaded again, it is the new one', async () => {
    const folder = await tempFolder({ 'c.ts': 'export default 1;' });
    expect(await loadConfigModule(join(folder, 'c.ts'), options)).toBe(1);
    await writeFile(join(folder, 'c.ts'), 'export default 2;');
    expect(await loadConfigModule(join(folder, 'c.ts'), options)).toBe(2);
  });

  test('a cache that cannot be made, as below /proc, is no cache, and the config loads', async () => {
    const folder = await tempFolder({ 'c.ts': 'export default 1 as number;' });
    const script = `import { loadConfigModule } from ${JSON.stringify(fileURLToPath(new URL('../../../src/adapters/files/load-config-module.ts', import.meta.url)))};
      console.log(await loadConfigModule(${JSON.stringify(join(folder, 'c.ts'))}, { virtualModules: {}, cacheFolder: '/proc/none/tagwright' }));`;
    await writeFile(join(folder, 'run.ts'), script);
    const jiti = fileURLToPath(new URL('../../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
    // In a process of its own: what never ends there never ends here.
    const run = promisify(execFile)(process.execPath, [jiti, join(folder, 'run.ts')], { timeout: 30_000 });
    expect((await run).stdout).toBe('1\n');
  });

  test('is compiled into the cache folder, where one is given', async () => {
    const folder = await tempFolder({ 'c.ts': 'export default 1 as number;' });
    const cacheFolder = join(folder, 'cache');
    expect(await loadConfigModule(join(folder, 'c.ts'), { ...options, cacheFolder })).toBe(1);
    expect(await readdir(cacheFolder)).toHaveLength(1);
    expect(await loadConfigModule(join(folder, 'c.ts'), { ...options, cacheFolder })).toBe(1);
  });
});

test('a cache that cannot be written or read, as on a full disk, is no cache, and the config loads', async () => {
  const folder = await tempFolder({ 'c.ts': 'export default 1 as number;' });
  const cacheFolder = join(folder, 'cache');
  const own = { ...options, cacheFolder };
  await loadConfigModule(join(folder, 'c.ts'), own);
  const [name = ''] = await readdir(cacheFolder);
  await rm(join(cacheFolder, name));
  // Root may write everywhere: a folder is what nobody can read or write as a file.
  await mkdir(join(cacheFolder, name));
  expect(await loadConfigModule(join(folder, 'c.ts'), own)).toBe(1);
});

test('a config that fails on a file of its own is run once', async () => {
  const text = `import { appendFileSync, readFileSync } from 'node:fs';
    appendFileSync(new URL('./runs', import.meta.url), 'x');
    export default readFileSync('/nowhere/at all');`;
  const folder = await tempFolder({ 'c.ts': text });
  const own = { ...options, cacheFolder: join(folder, 'cache') };
  const [first] = await problemsOf(() => loadConfigModule(join(folder, 'c.ts'), own));
  expect(first).toMatchObject({ where: `${join(folder, 'c.ts')}:3:26` });
  expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('x');
});

describe('a config that cannot be used', () => {
  const mustLoad = 'a config has to load without an error';

  test.each<{ why: string; files: Readonly<Record<string, string | Uint8Array>>; problem: Problem }>([
    {
      why: 'is not there',
      files: {},
      problem: {
        code: 'CONFIG_NOT_FOUND',
        where: 'c.ts',
        message: 'there is no such file',
        fix: 'write one with `tagwright init`, or name it with --config FILE',
      },
    },
    {
      why: 'throws',
      files: {
        'c.ts': `const a: number = 1;\n\nfunction check(): never {\n  throw new Error('no ' + a);\n}\nexport default check();`,
      },
      problem: { code: 'CONFIG_FAILED', where: 'c.ts:4:9', message: 'it threw Error: no 1', fix: mustLoad },
    },
    {
      why: 'imports a file that throws',
      files: { 'c.ts': `import './other.ts';\nexport default {};`, 'other.ts': `\nthrow new RangeError('no');` },
      problem: { code: 'CONFIG_FAILED', where: 'other.ts:2:7', message: 'it threw RangeError: no', fix: mustLoad },
    },
    {
      why: 'throws in a folder with spaces and brackets in its name',
      files: {
        'c.ts': `import './a b (1) é/other.ts';\nexport default {};`,
        'a b (1) é/other.ts': `function check(): never {\n  throw new Error('no');\n}\ncheck();`,
      },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'a b (1) é/other.ts:2:9',
        message: 'it threw Error: no',
        fix: mustLoad,
      },
    },
    {
      why: 'does not compile, in a folder with spaces in its name',
      files: { 'c.ts': `import './a b/other.ts';\nexport default {};`, 'a b/other.ts': `\nexport const a 1;` },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'a b/other.ts:2:14',
        message: 'it threw ParseError: Missing initializer in const declaration.',
        fix: mustLoad,
      },
    },
    {
      why: 'throws a text',
      files: { 'c.ts': `throw 'no';` },
      problem: { code: 'CONFIG_FAILED', where: 'c.ts', message: 'it threw "no"', fix: mustLoad },
    },
    {
      why: 'does not compile',
      files: { 'c.ts': `export default {\n  a: 1\n  b: 2\n};` },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'c.ts:3:2',
        message: 'it threw ParseError: Unexpected token, expected ","',
        fix: mustLoad,
      },
    },
    {
      why: 'imports what is not there',
      files: { 'c.ts': `import 'no-such-package';\nexport default {};` },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'c.ts:1',
        message: "it threw Error: Cannot find module 'no-such-package'",
        fix: mustLoad,
      },
    },
    {
      why: 'never ends',
      files: { 'c.ts': `await new Promise(() => {});\nexport default {};` },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'c.ts',
        message: 'it has not finished loading after 0.5 s',
        fix: 'look for an await that never ends',
      },
    },
    {
      why: 'exports no default',
      files: { 'c.ts': `export const config = {};` },
      problem: {
        code: 'CONFIG_INVALID',
        where: 'c.ts',
        message: 'it has no default export',
        fix: 'write `export default defineConfig({ … })`',
      },
    },
    {
      why: 'is over 1 MiB',
      files: { 'c.ts': `export default 1; //${' '.repeat(1_200_000)}` },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'c.ts',
        message: 'the file has 1.1 MiB; at most 1.0 MiB are read',
        fix: 'check that it is the right file',
      },
    },
    {
      why: 'starts with a BOM',
      files: { 'c.ts': '\ufeffexport default 1;' },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'c.ts',
        message: 'the file starts with a byte order mark (BOM)',
        fix: 'save it as UTF-8 without BOM',
      },
    },
    {
      why: 'is Latin-1',
      files: { 'c.ts': Buffer.from('\nexport default "caf\u00e9";\n', 'latin1') },
      problem: {
        code: 'CONFIG_FAILED',
        where: 'c.ts',
        message: 'the file is not text in UTF-8, from line 2 on',
        fix: 'save it as UTF-8',
      },
    },
    {
      why: 'is a folder',
      files: { 'c.ts/file': '' },
      problem: { code: 'CONFIG_FAILED', where: 'c.ts', message: 'a folder, not a file', fix: 'name a file' },
    },
  ])('$why', async ({ files, problem }) => {
    expect(await faults('c.ts', files)).toEqual([problem]);
  });

  test('has an ending nobody reads', async () => {
    expect(await faults('c.toml', { 'c.toml': '' })).toEqual([
      {
        code: 'CONFIG_INVALID',
        where: 'c.toml',
        message: 'no config has the ending ".toml"',
        fix: 'expected one of .ts, .mts, .cts, .js, .mjs, .cjs, .json, .yaml, .yml',
      },
    ]);
  });

  test.each<{ why: string; name: string; text: string; where: string; message: string | RegExp }>([
    {
      why: 'duplicate key',
      name: 'c.yaml',
      text: 'a: 1\na: 2',
      where: 'c.yaml:2:1',
      message: 'Map keys must be unique',
    },
    {
      why: 'lists in lists in lists',
      name: 'c.yaml',
      text: '['.repeat(3000),
      where: 'c.yaml',
      message: 'its lists and maps are nested too deep',
    },
    {
      why: 'aliases that stand for a billion values',
      name: 'c.yaml',
      text: billionLaughs(),
      where: 'c.yaml',
      message: 'its aliases stand for more than a config can need',
    },
    {
      why: 'unknown tag',
      name: 'c.yaml',
      text: 'a: !shell rm',
      where: 'c.yaml:1:4',
      message: 'Unresolved tag: !shell',
    },
    {
      why: 'two documents',
      name: 'c.yaml',
      text: 'a: 1\n---\nb: 1',
      where: 'c.yaml:2:1',
      message: /multiple documents/,
    },
    {
      why: 'duplicate key',
      name: 'c.json',
      text: '{ "a": 1,\n  "a": 2 }',
      where: 'c.json:2:3',
      message: 'the key "a" stands here a second time',
    },
    { why: 'no JSON', name: 'c.json', text: '<html>', where: 'c.json:1:1', message: 'invalid symbol, found "<"' },
  ])('$name: $why', async ({ name, text, where, message }) => {
    const [problem, ...others] = await faults(name, { [name]: text });
    expect(problem).toMatchObject({ code: 'CONFIG_INVALID', where });
    expect(problem?.message).toMatch(message);
    expect(others).toEqual([]);
  });
});

/** Each key stands for nine of the key before. */
function billionLaughs(): string {
  const keys = Array.from({ length: 11 }, (_, index) => `k${index}`);
  const lines = keys.map(
    (key, index) =>
      `${key}: &${key} [${Array(9)
        .fill(index === 0 ? 'x' : `*k${index - 1}`)
        .join(', ')}]`,
  );
  return lines.join('\n');
}
