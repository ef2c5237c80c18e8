import type { InitOptions } from '../../src/commands/init/init.ts';

/** `init` without a flag. */
export const initOptions: InitOptions = {
  config: 'matrix.config.ts',
  fromWorkflow: null,
  fromRegistry: null,
  ci: null,
  fanOut: false,
  force: false,
  dryRun: false,
};
