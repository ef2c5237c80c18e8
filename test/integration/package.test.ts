import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPacked, type Installed } from '../support/packed.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let installed: Installed;

beforeAll(() => {
  installed = installPacked();
});

afterAll(() => installed.remove());

describe('an install of the package', () => {
  test('is one package and under 6 MB, without a warning and without types of the world', () => {
    expect(installed.packages).toEqual(['tagwright']);
    expect(installed.packedBytes).toBeLessThan(6e6);
    expect(installed.warnings).not.toMatch(/warn/i);
  });

  test('has the licenses of what is bundled', () => {
    const text = readFileSync(join(installed.folder, 'node_modules/tagwright/dist/licenses.txt'), 'utf8');
    for (const name of ['commander', 'handlebars', 'jiti', 'octokit', 'semver', 'undici', 'yaml', 'zod']) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  test('is in order for publint and attw', async () => {
    const pkgDir = join(installed.folder, 'node_modules/tagwright');
    const { messages } = await publint({ pkgDir, pack: false, strict: true });
    // The address of the git repository is not decided yet.
    expect(messages.filter(({ code }) => code !== 'USE_TYPE')).toEqual([]);
    const types = await checkPackage(createPackageFromTarballData(readFileSync(installed.tarball)));
    const problems = types.types === false ? ['no types'] : types.problems;
    // The package is ESM alone: `require` of it, and resolution as it was before `exports`, are not promised.
    const promised = problems.filter(
      (one) =>
        typeof one === 'string' ||
        !('resolutionKind' in one) ||
        one.resolutionKind === 'bundler' ||
        one.resolutionKind === 'node16-esm',
    );
    expect(promised).toEqual([]);
  });
});

const config = JSON.stringify({
  repository: 'registry.example/acme/app',
  source: { file: 'releases.json' },
  dockerfile: 'Dockerfile',
  pythons: ['3.12'],
  flavors: { standard: {} },
  defaults: { python: '3.12' },
});
const facts = JSON.stringify([{ version: '1.0.0', revision: 'a'.repeat(40), committedAt: '2026-01-01T00:00:00Z' }]);

describe('the installed command', () => {
  test.each([
    {
      file: 'matrix.config.ts',
      text: `import { defineConfig } from 'tagwright';\nexport default defineConfig(${config});`,
    },
    { file: 'matrix.config.json', text: config },
  ])('plans with $file', ({ file, text }) => {
    writeFileSync(join(installed.folder, file), text);
    writeFileSync(join(installed.folder, 'releases.json'), facts);
    const { status, stdout, stderr } = run(['plan', '--offline', '--config', file]);
    expect(stderr).toBe('');
    expect(stdout).toContain('1.0-python3.12');
    expect(status).toBe(0);
  });

  test.each(['audit', 'publish', 'rehearse', 'init', 'look', 'render', 'matrix'])('%s has its help', (command) => {
    expect(run([command, '--help'])).toMatchObject({ status: 0, stderr: '' });
  });

  test('rehearses: registry, journal and stand-in builder are in the package', () => {
    const { status, stderr } = run(['rehearse', '1.0.0', '--config', 'matrix.config.json']);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});

describe('the compiled code that a start keeps', () => {
  const places: readonly { name: string; env: Readonly<Record<string, string>>; keeps: boolean }[] = [
    { name: 'is in the cache of the user', env: {}, keeps: true },
    { name: 'is not kept if the environment says so', env: { NODE_DISABLE_COMPILE_CACHE: '1' }, keeps: false },
    { name: 'is not kept where nothing can be written', env: { XDG_CACHE_HOME: '/dev/null' }, keeps: false },
    { name: 'is not kept below a folder that takes none', env: { XDG_CACHE_HOME: '/proc/none' }, keeps: false },
  ];

  test.each(places)('$name', ({ env, keeps }) => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    for (const round of ['first', 'second']) {
      const { status, stdout, stderr } = run(['schema'], { HOME: home, ...env });
      expect({ round, status, stderr, isSchema: stdout.includes('json-schema.org') }).toEqual({
        round,
        status: 0,
        stderr: '',
        isSchema: true,
      });
    }
    expect(filesBelow(home).length > 0).toBe(keeps);
  });

  test('is of all that a start loads: nothing of it is loaded before what keeps it', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    run(['schema'], { HOME: home });
    expect(filesBelow(home).some((file) => /[\\/]start-[\w-]{8}\.js$/.test(file))).toBe(true);
    const cli = readFileSync(join(installed.folder, 'node_modules/tagwright/dist/cli.js'), 'utf8');
    expect(cli.match(/require\([`'"]\.\/(?:plan|core)-/g)).toBeNull();
  });

  test('is used as it is by the next start', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    const times = (): readonly number[] => filesBelow(home).map((file) => statSync(file).mtimeMs);
    run(['schema'], { HOME: home });
    const before = times();
    run(['schema'], { HOME: home });
    expect(before).not.toEqual([]);
    expect(times()).toEqual(before);
  });

  test('is of one kind for what asks a registry and of another for the rest, which set other flags', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    const starts = [['schema'], ['audit', '--help'], ['schema'], ['audit', '--help']];
    const kept = starts.map((args) => {
      expect(run(args, { HOME: home })).toMatchObject({ status: 0, stderr: '' });
      return filesBelow(home).map((file) => `${file} ${statSync(file).mtimeMs}`);
    });
    expect(kept[1]?.length).toBeGreaterThan(kept[0]?.length ?? 0);
    expect(kept.slice(2)).toEqual([kept[1], kept[1]]);
  });

  test('grows by what another kind of run compiles, once', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    writeFileSync(join(installed.folder, 'matrix.config.json'), config);
    writeFileSync(join(installed.folder, 'releases.json'), facts);
    const ofPlan = (...more: readonly string[]): string => {
      const args = ['plan', '--offline', '--config', 'matrix.config.json', ...more];
      expect(run(args, { HOME: home })).toMatchObject({ status: 0, stderr: '' });
      return filesBelow(home).find((file) => /[\\/]plan-[\w-]{8}\.js$/.test(file)) ?? '';
    };
    const few = statSync(ofPlan()).size;
    const more = statSync(ofPlan('--json'));
    expect(more.size).toBeGreaterThan(few);
    for (const file of [ofPlan(), ofPlan('--json')]) expect(statSync(file)).toMatchObject({ mtimeMs: more.mtimeMs });
  });

  test('a version is printed without it, and a plan of facts without what speaks HTTP', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(run(['--version'], { HOME: home })).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(filesBelow(home)).toEqual([]);
    writeFileSync(join(installed.folder, 'matrix.config.json'), config);
    writeFileSync(join(installed.folder, 'releases.json'), facts);
    const told = join(installed.folder, 'loaded.cjs');
    writeFileSync(told, `process.on('exit', () => console.error(process.moduleLoadList.join()));`);
    const planned = run(['plan', '--offline', '--config', 'matrix.config.json'], {
      NODE_OPTIONS: `--require=${told}`,
    });
    const names = ['zlib', 'crypto', 'fs/promises', 'readline/promises', 'timers/promises'];
    const loaded = new Set(planned.stderr.trim().split(','));
    expect(loaded).toContain('NativeModule fs');
    expect(names.filter((name) => loaded.has(`NativeModule ${name}`))).toEqual([]);
  });

  test('a config in TypeScript is compiled once, and imports what Node alone can load', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    const folder = mkdtempSync(join(installed.folder, 'typed-'));
    const told = join(folder, 'compiler.cjs');
    writeFileSync(
      told,
      `process.on('exit', () => console.error(Object.keys(require.cache).filter((file) => /babel\\.cjs$/.test(file)).length));`,
    );
    mkdirSync(join(folder, 'node_modules/base'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/base/package.json'), '{ "type": "module", "exports": "./index.mjs" }');
    writeFileSync(join(folder, 'node_modules/base/index.mjs'), `export const base = await Promise.resolve(${config});`);
    writeFileSync(
      join(folder, 'matrix.config.ts'),
      `import { EOL } from 'node:os';\nimport { defineConfig } from 'tagwright';\nimport { base } from 'base';\nexport default defineConfig({ ...(base as object), dockerfile: ['Docker', 'file'].join(EOL.trim()) });\n`,
    );
    writeFileSync(join(folder, 'releases.json'), facts);
    const compilers = ['first', 'second'].map(() => {
      const planned = run(['-C', folder, 'plan', '--offline', '--format', 'lines'], {
        HOME: home,
        NODE_OPTIONS: `--require=${told}`,
      });
      expect(planned).toMatchObject({ status: 0, stdout: expect.stringContaining('1.0.0-python3.12') });
      return planned.stderr.trim().split('\n').at(-1);
    });
    expect(compilers).toEqual(['1', '0']);
  });

  test('is all there is: a plan compiles no code of its own making', () => {
    writeFileSync(join(installed.folder, 'matrix.config.json'), config);
    writeFileSync(join(installed.folder, 'releases.json'), facts);
    const told = join(installed.folder, 'told.cjs');
    writeFileSync(
      told,
      `const made = [];
       globalThis.Function = new Proxy(Function, { construct: (own, given) => (made.push(given.at(-1)), new own(...given)) });
       process.on('exit', () => console.error(made.filter((code) => code !== '').length + ' made'));`,
    );
    const { status, stderr } = run(['plan', '--offline', '--config', 'matrix.config.json'], {
      NODE_OPTIONS: `--require=${told}`,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '0 made\n' });
  });

  test('is compiled again if it was damaged', () => {
    const home = mkdtempSync(join(installed.folder, 'home-'));
    const before = run(['schema'], { HOME: home });
    const kept = filesBelow(home);
    for (const file of kept) writeFileSync(file, 'no code');
    expect(kept).not.toEqual([]);
    expect(run(['schema'], { HOME: home })).toMatchObject({ status: 0, stdout: before.stdout, stderr: '' });
  });
});

describe('a TypeScript project that imports the package', () => {
  const rows = [
    { name: 'a right config', text: `defineConfig({ repository: 'a', pythons: ['3.12'] });`, fault: /^$/ },
    { name: 'a misspelt key', text: `defineConfig({ repository: 'a', pyhtons: ['3.12'] });`, fault: /pyhtons/ },
    { name: 'a misspelt key inside', text: `defineConfig({ rules: { full: { templat: 'x' } } });`, fault: /'templat'/ },
    { name: 'a number for a Python', text: `defineConfig({ pythons: [3.12] });`, fault: /number/ },
  ];

  let lines: readonly string[] = [];
  beforeAll(() => {
    for (const [index, { text }] of rows.entries())
      writeFileSync(join(installed.folder, `use-${index}.ts`), `import { defineConfig } from 'tagwright';\n${text}\n`);
    const args = ['--strict', '--noEmit', '--module', 'nodenext', '--skipLibCheck', 'false', '--ignoreConfig'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawn([tsc, ...args, ...rows.map((_, index) => `use-${index}.ts`)]);
    lines = stdout.split('\n').filter((line) => line !== '');
  }, 60_000);

  test.each(rows.map((row, index) => ({ ...row, index })))('$name', ({ index, fault }) => {
    const own = lines.filter((line) => line.startsWith(`use-${index}.ts`));
    expect(own.join('\n')).toMatch(fault);
  });

  test('nothing is said of anything else', () => {
    expect(lines.filter((line) => !/^(?:use-\d\.ts|\s)/.test(line))).toEqual([]);
  });
});

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function run(args: readonly string[], more: Readonly<Record<string, string>> = {}): SpawnSyncReturns<string> {
  return spawn([join(installed.folder, 'node_modules/tagwright/dist/cli.js'), ...args], more);
}

function spawn(args: readonly string[], more: Readonly<Record<string, string>> = {}): SpawnSyncReturns<string> {
  const env = { PATH: process.env['PATH'], HOME: join(installed.folder, 'home'), ...more };
  return spawnSync(process.execPath, args, { cwd: installed.folder, encoding: 'utf8', env });
}
