import type { Builder } from '../../ports.ts';
import type { ReleaseOptions, SigningOptions } from '../options.ts';

export interface PublishOptions extends ReleaseOptions, SigningOptions {
  readonly version: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly builder: Builder['name'];
  /** A folder with what `build --record` wrote: nothing is built, parts are merged. */
  readonly fromRecords: string | null;
  /** A folder with what `pass` wrote; `null`: beside the records, if there are any. */
  readonly passes: string | null;
  /** Take over images without our labels. */
  readonly adopt: boolean;
  readonly replacePartial: boolean;
  /** Build what lies in the working tree, committed or not. */
  readonly fromWorkingTree: boolean;
  /** The newest rebuild of the version that the config has instead of the version itself. */
  readonly rebuild: boolean;
  /** Let a convenience tag move to a lower release. */
  readonly allowBackward: boolean;
  /** Build and verify, and write the moves into a plan file instead of moving: `apply --approved` carries it out. */
  readonly stopBeforeMoves: boolean;
  /** That file; `null` for {@link defaultPlanFile}. */
  readonly planOut: string | null;
  /** Where journals are kept. */
  readonly journal: string;
  /** Where statements of moves are kept; `null`: with the journals. */
  readonly evidence: string | null;
  /** `--write-lock`: begin a `tags.lock.json` if there is none; one that is there is added to either way. */
  readonly writeLock: boolean;
  /** How long to wait for the registry to show a write. */
  readonly settleMs: number;
  /** How long to wait for the package, in ms; `null` does not ask for it. A dry run asks once. */
  readonly waitForPackageMs: number | null;
}

/** Where `--stop-before-moves` writes the moves, under the working directory. */
export const defaultPlanFile = 'moves.json';

/** What a publish does if nothing else is asked for: the only place that says so. */
export const publishDefaults = {
  revision: null,
  dryRun: false,
  json: false,
  builder: 'buildx',
  fromRecords: null,
  passes: null,
  adopt: false,
  replacePartial: false,
  fromWorkingTree: false,
  rebuild: false,
  allowBackward: false,
  stopBeforeMoves: false,
  planOut: null,
  writeLock: false,
  journal: '.tagwright',
  evidence: null,
  settleMs: 60_000,
  waitForPackageMs: null,
} as const satisfies Partial<PublishOptions>;
