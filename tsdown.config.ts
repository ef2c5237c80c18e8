import { readFileSync } from 'node:fs';
import { defineConfig, type UserConfig } from 'tsdown';
import { thirdPartyLicenses } from './scripts/third-party-licenses.ts';

const common: UserConfig = {
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
};

/**
 * Two entries, one set of chunks: what only one command needs (an adapter, a template engine) stays a chunk of its own
 * behind its `import()`. Dependencies are not bundled, so that a user's own lock file and audits see them.
 */
const commandLine: UserConfig = {
  ...common,
  name: 'cli',
  entry: { cli: 'src/cli.ts', index: 'src/index.ts' },
  dts: { entry: 'src/index.ts' },
  deps: { skipNodeModulesBundle: true },
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
  minify: true,
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
  // jiti's usual entry looks for its compiler in a file beside it, of which there is none here.
  // jsonc-parser's usual one, for Node, asks for files beside it in a way that no bundler sees.
  alias: { jiti: 'jiti/static', 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  define: { TAGWRIGHT_VERSION: JSON.stringify(packageVersion()) },
  outputOptions: { codeSplitting: false },
  plugins: [thirdPartyLicenses('licenses.txt')],
};

export default defineConfig([commandLine, action]);

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  return version;
}
