import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Rolldown, type UserConfig } from 'tsdown';
import { thirdPartyLicenses } from './scripts/third-party-licenses.ts';

const common: UserConfig = {
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
};

/** jsonc-parser's usual entry asks for files beside it in a way that no bundler sees. */
const alias = {
  'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
  // Without source maps, which templates of a few lines do not need.
  handlebars: 'handlebars/dist/handlebars.js',
};

/** What the command that is asked most, `plan`, loads with its config and facts. */
const planned = [
  'src/commands/plan.ts',
  'src/commands/release/contract.ts',
  'src/entry/world.ts',
  'src/adapters/files/find-config.ts',
];

/**
 * Groups make few files of many, for a file takes as long to open as a hundred lines to read: a start reads one, `plan`
 * one more. What only another command needs (an adapter, a parser) is a file of its own behind its `import()`.
 * CommonJS, because Node 20 can keep the compiled code of nothing else. Packages are bundled, so that an install is one
 * package; names are kept for stack traces.
 */
const commandLine: UserConfig = {
  ...common,
  name: 'cli',
  entry: { cli: 'src/cli.ts' },
  format: 'cjs',
  outExtensions: () => ({ js: '.js' }),
  dts: false,
  define: { TAGWRIGHT_COMMIT: JSON.stringify(process.env['TAGWRIGHT_COMMIT'] ?? '') },
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
  alias: { ...alias, jiti: jitiFile('lib/jiti.cjs') },
  minify: {
    compress: { keepNames: { function: true, class: true } },
    mangle: { keepNames: true },
    codegen: { removeWhitespace: true },
  },
  outputOptions: {
    dynamicImportInCjs: false,
    codeSplitting: {
      // The groups name all that they load; what is loaded early stays out of them.
      includeDependenciesRecursively: false,
      groups: [
        { name: loadedBy('start', ['src/cli/start.ts']), priority: 2 },
        { name: loadedBy('plan', planned), priority: 1 },
        { name: loadedBy('http', ['src/adapters/http/http.ts']), priority: 1 },
        { name: 'core', minShareCount: 8 },
      ],
    },
  },
  plugins: [thirdPartyLicenses('licenses.txt'), onFirstUse(), withCompiler(), asCommonJs(), asAscii()],
};

/** What a config imports: types, and a function that does nothing. */
const library: UserConfig = {
  ...common,
  name: 'library',
  entry: { index: 'src/index.ts' },
  // The files beside it are CommonJS.
  fixedExtension: true,
  dts: true,
  clean: false,
};

/**
 * The action is one file with everything in it: GitHub checks a repository out and installs nothing. The same sources
 * and lock file give the same bytes, which CI compares with the committed `action/index.js`.
 */
const action: UserConfig = {
  ...common,
  name: 'action',
  entry: { index: 'src/action.ts' },
  outDir: 'dist/action',
  dts: false,
  sourcemap: false,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
  // jiti's usual entry looks for its compiler in a file beside it, of which there is none here.
  alias: { ...alias, jiti: 'jiti/static' },
  define: { TAGWRIGHT_VERSION: JSON.stringify(packageVersion()) },
  outputOptions: { codeSplitting: false },
  plugins: [thirdPartyLicenses('licenses.txt')],
};

export default defineConfig([commandLine, library, action]);

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  return version;
}

/** Loaded before the compiled code is: in a group, they would bring it along, and nothing of it would be kept. */
const early = ['src/entry/compile-cache.ts', 'src/entry/small-heap.ts'];

/** The name of a group: everything that is loaded with these files, but for what waits behind an `import()`. */
function loadedBy(name: string, files: readonly string[]): Exclude<Rolldown.CodeSplittingGroup['name'], string> {
  let loaded: ReadonlySet<string> | null = null;
  let before: ReadonlySet<string> = new Set();
  return (id, graph) => {
    if (loaded === null) [loaded, before] = [closureOf(files, graph), closureOf(early, graph)];
    return loaded.has(id) && !before.has(id) ? name : null;
  };
}

type Graph = Parameters<Exclude<Rolldown.CodeSplittingGroup['name'], string>>[1];

function closureOf(files: readonly string[], graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = files.map((file) => fileURLToPath(new URL(file, import.meta.url)));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(graph.getModuleInfo(next)?.importedIds ?? []));
  }
  return found;
}

/** The package is of ES modules; the files in this folder are not. */
function asCommonJs(): Rolldown.Plugin {
  return {
    name: 'as-common-js',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    },
  };
}

interface RarelyUsed {
  /** Part of the path of who imports it. */
  readonly from: string;
  readonly name: string;
  /** The text of the module in its place. */
  readonly code: string;
}

/** A module of Node with some of its functions and classes, each of which loads it with its first call. */
function later(from: string, name: string, functions: readonly string[], classes: readonly string[] = []): RarelyUsed {
  const loaded = `process.getBuiltinModule('${name}')`;
  const code = [
    ...functions.map((each) => `export const ${each} = (...given) => ${loaded}.${each}(...given);`),
    ...classes.map((each) => `export function ${each}(...given) { return new (${loaded}.${each})(...given); }`),
  ].join('\n');
  return { from, name, code };
}

const fileFunctions =
  'access appendFile chmod copyFile lstat mkdir mkdtemp open readFile readdir readlink realpath rename rm stat truncate utimes writeFile';
const cryptoFunctions = 'createHash createPrivateKey createPublicKey generateKeyPairSync randomUUID sign verify';

/** What most commands never use, by who imports it: each takes as long to load as a tenth of a start. */
const rarelyUsed: readonly RarelyUsed[] = [
  later('/src/', 'node:crypto', cryptoFunctions.split(' '), ['X509Certificate']),
  later('/src/', 'node:fs/promises', fileFunctions.split(' ')),
  later('/src/', 'node:readline/promises', ['createInterface']),
  later('/src/', 'node:timers/promises', ['setTimeout']),
  later('/src/', 'node:v8', ['setFlagsFromString']),
  later('/commander/', 'node:child_process', ['spawn']),
  later('/jiti/dist/', 'node:assert', ['ok']),
  later('/jiti/dist/', 'node:fs/promises', ['unlink']),
  // Colours and times of its debugging.
  { from: '/jiti/dist/', name: 'node:tty', code: 'export {};' },
  {
    from: '/jiti/dist/',
    name: 'node:perf_hooks',
    code: 'export const performance = { now: () => Number(process.hrtime.bigint()) / 1e6 };',
  },
  // A tag template is rarely more than text and names, which are read without.
  {
    from: '/src/config/tag-template.ts',
    name: 'handlebars',
    code: "export default { parse: (text) => require('handlebars').parse(text) };",
  },
];

function onFirstUse(): Rolldown.Plugin {
  const prefix = '\0on-first-use:';
  return {
    name: 'on-first-use',
    resolveId(source, importer) {
      const path = importer?.replaceAll('\\', '/') ?? '';
      const index = rarelyUsed.findIndex(({ from, name }) => name === source && path.includes(from));
      return index === -1 ? null : `${prefix}${index}`;
    },
    load(id) {
      return id.startsWith(prefix) ? (rarelyUsed[Number(id.slice(prefix.length))]?.code ?? null) : null;
    },
  };
}

function jitiFile(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('jiti/package.json')), path);
}

const ownImport = fileURLToPath(new URL('src/entry/compile-cache.ts', import.meta.url));

/**
 * What loads a config in TypeScript needs its compiler only for one that is not in its cache: that stays a file of its
 * own. Its `import()` of a text is the one of the entry, for the bundler would make a call of `require` of it, which not
 * every module takes.
 */
function withCompiler(): Rolldown.Plugin {
  const compiler = 'babel.cjs';
  const kept = '__native_import__(';
  const replaced = (code: string, text: string, by: string): string => {
    if (!code.includes(text)) throw new Error(`there is no ${text}`);
    return code.replace(text, by);
  };
  return {
    name: 'with-compiler',
    resolveId(source) {
      return source === `../dist/${compiler}` ? { id: `./${compiler}`, external: true } : null;
    },
    transform(code, id) {
      if (id === ownImport) return replaced(code, 'return import(', `return ${kept}`);
      const from = JSON.stringify(ownImport);
      if (id === jitiFile('lib/jiti.cjs'))
        return replaced(code, '(id) => import(id)', `(id) => require(${from}).nativeImport(id)`);
      return null;
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === 'chunk') file.code = file.code.replaceAll(kept, 'import(');
      this.emitFile({ type: 'asset', fileName: compiler, source: readFileSync(jitiFile(`dist/${compiler}`)) });
    },
  };
}

/** A file with one letter beyond ASCII takes V8 twice the memory, and ten times as long to read. */
function asAscii(): Rolldown.Plugin {
  return {
    name: 'as-ascii',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = escaped(file.code);
    },
  };
}

function escaped(code: string): string {
  const raw = /String\.raw`[^`]*[\u0080-\uFFFF]/.exec(code)?.[0];
  if (raw !== undefined) throw new Error(`an escape is no letter in ${raw}`);
  return code.replaceAll(/[\u0080-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
