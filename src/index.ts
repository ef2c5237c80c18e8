/** The public API. */
export { defineConfig } from './config/define-config.ts';
export type { MatrixConfig } from './config/matrix-config.ts';
export type { Move, Owner, Plan, PlannedCell, PlannedTag, Stand } from './plan/types.ts';
