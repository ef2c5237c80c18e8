import { defineConfig } from 'tsdown';

/**
 * Two entries, one set of chunks: what only one command needs (an adapter, a template engine) stays a chunk of its own
 * behind its `import()`. Dependencies are not bundled, so that a user's own lock file and audits see them.
 */
export default defineConfig({
  entry: { cli: 'src/cli.ts', index: 'src/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: { entry: 'src/index.ts' },
  fixedExtension: false,
  deps: { skipNodeModulesBundle: true },
});
