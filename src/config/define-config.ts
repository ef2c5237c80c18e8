import type { MatrixConfig } from './schema.ts';

/** The identity, for the types: `export default defineConfig({ … })`. The file is checked when it is read all the same. */
export function defineConfig<const T extends MatrixConfig>(config: T): T {
  return config;
}
