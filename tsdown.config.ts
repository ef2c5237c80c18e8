import { readFileSync } from 'node:fs';
import { defineConfig, type UserConfig } from 'tsdown';
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

/**
 * Two groups make few files of many: a start reads one, and most commands three, for a file takes as long to open as a
 * hundred lines to read. What only one command needs (an adapter, a parser) is a file of its own behind its `import()`.
 * Packages are bundled, so that an install is two packages; names are kept for stack traces. jiti stays a package: it
 * loads its compiler, a file of its own, only for a config that is not in its cache.
 */
const commandLine: UserConfig = {
  ...common,
  name: 'cli',
  entry: { cli: 'src/cli.ts' },
  dts: false,
  define: { TAGWRIGHT_COMMIT: JSON.stringify(process.env['TAGWRIGHT_COMMIT'] ?? '') },
  deps: { neverBundle: ['jiti'], alwaysBundle: [/.*/], onlyBundle: false },
  alias,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  outputOptions: {
    codeSplitting: {
      groups: [
        { name: 'start', tags: ['$initial'], priority: 1 },
        { name: 'core', minShareCount: 8 },
      ],
    },
  },
  plugins: [thirdPartyLicenses('licenses.txt')],
};

/** What a config imports: types, and a function that does nothing. */
const library: UserConfig = {
  ...common,
  name: 'library',
  entry: { index: 'src/index.ts' },
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
