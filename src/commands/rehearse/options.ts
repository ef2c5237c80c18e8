import type { CommonOptions } from '../options.ts';
import { publishDefaults, type PublishOptions } from '../publish/index.ts';

export interface RehearseOptions extends CommonOptions {
  /** One release; `null` with `all`. */
  readonly version: string | null;
  readonly all: boolean;
  readonly json: boolean;
}

/** A publish on loopback, where nothing lags; its journal is in memory. */
export const rehearsedPublish: Omit<PublishOptions, Exclude<keyof RehearseOptions, 'journal'>> = {
  ...publishDefaults,
  builder: 'stand-in',
  settleMs: 5_000,
};
