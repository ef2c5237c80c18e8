import type { CommonOptions } from '../options.ts';
import type { PublishOptions } from '../publish/publish.ts';

export interface RehearseOptions extends CommonOptions {
  /** One release; `null` with `all`. */
  readonly version: string | null;
  readonly all: boolean;
  readonly json: boolean;
}

/** A publish on loopback, where nothing lags and nothing was there before. */
export const rehearsedPublish: Omit<PublishOptions, keyof RehearseOptions> = {
  revision: null,
  dryRun: false,
  builder: 'stand-in',
  fromRecords: null,
  adopt: false,
  replacePartial: false,
  rebuild: false,
  allowBackward: false,
  writeLock: false,
  journal: '',
  settleMs: 5_000,
  waitForPackageMs: null,
};
