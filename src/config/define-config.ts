import type { MatrixConfig } from './matrix-config.ts';

/** The identity, for the types: `export default defineConfig({ … })`. The file is checked when it is read all the same. */
export function defineConfig(config: MatrixConfig): MatrixConfig {
  return config;
}
