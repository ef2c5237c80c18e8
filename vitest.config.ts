import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: { tagwright: here('src/index.ts') } },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**'],
          // A first import under load takes seconds; what is slow by itself shows in the report all the same.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias: { tagwright: here('src/index.ts') } },
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // One registry and one daemon serve all of them; a build alone fills a small machine.
          fileParallelism: false,
          // After the unit tests: what waits for real servers should not wait for a busy machine too.
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 300_000,
          globalSetup: ['test/support/global-setup.ts'],
          // scripts/setup-engines.sh puts the docker that belongs to the daemon here, if another one shadows it.
          env: { PATH: [here('.cache/engines/bin'), process.env['PATH']].join(delimiter) },
        },
      },
    ],
  },
});
