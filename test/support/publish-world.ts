import { createHeadSnapshotSource } from '../../src/adapters/registry/head-snapshot.ts';
import { createRegistries, type RegistriesOptions } from '../../src/adapters/registry/registries.ts';
import { createStandInBuilder, type StandInOptions } from '../../src/adapters/stand-in/stand-in-builder.ts';
import { publishCommand, publishDefaults, type PublishOptions } from '../../src/commands/publish/index.ts';
import type { Outcome, World } from '../../src/commands/world.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { realWorld } from '../../src/entry/world.ts';
import type { Builder, Registries } from '../../src/ports.ts';
import { daily, smallConfig } from './history.ts';

/** Four cells a release: two Pythons, two flavors, on two platforms. */
export const fourCells: MatrixConfig = { ...smallConfig, platforms: ['linux/amd64', 'linux/arm64'] };

export interface PublishWorldOptions {
  readonly config?: MatrixConfig;
  readonly facts?: readonly ReleaseFact[];
  readonly standIn?: StandInOptions;
  /** In place of the stand-in. */
  readonly builder?: (registries: Registries) => Builder;
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of the config. */
  readonly root?: string;
  readonly registries?: RegistriesOptions;
  readonly signal?: AbortSignal;
  readonly say?: (line: string) => void;
}

export interface PublishWorld extends World {
  /** Everything that was said, and nothing else. */
  readonly said: string[];
}

/** The real world, with config and facts given in the test and stand-ins for builds. */
export function publishWorld(options: PublishWorldOptions = {}): PublishWorld {
  const { config = fourCells, facts = daily('1.0.0', '1.0.1'), standIn = {}, env = {}, root = '/' } = options;
  const { signal = new AbortController().signal } = options;
  const said: string[] = [];
  const say = (line: string): void => {
    said.push(line);
    options.say?.(line);
  };
  return {
    ...realWorld({ env, say, signal }),
    said,
    loadConfig: () => Promise.resolve({ raw: config, file: 'matrix.config.ts', root }),
    sources: () => [
      { name: 'releases.json', list: () => Promise.resolve({ kind: 'file', facts, partial: null, notes: [] }) },
    ],
    registries: (insecure) => createRegistries({ env, insecureHosts: insecure, ...options.registries }),
    snapshots: (registry) => createHeadSnapshotSource(registry),
    builder: (_name, _build, _root, registries) =>
      options.builder?.(registries) ?? createStandInBuilder(registries, standIn),
  };
}

/** Options of a publish, as the command line would give them. */
export function publishOptions(
  version: string,
  repositories: string | readonly string[],
  journal: string,
  more: Partial<PublishOptions> = {},
): PublishOptions {
  return {
    ...publishDefaults,
    version,
    repository: typeof repositories === 'string' ? [repositories] : repositories,
    journal,
    config: 'matrix.config.ts',
    releases: null,
    image: null,
    at: null,
    json: true,
    builder: 'stand-in',
    settleMs: 2_000,
    ...more,
  };
}

export interface Published {
  readonly result: Outcome['result'];
  readonly report: PublishedReport;
}

interface PublishedReport {
  readonly repositories: readonly {
    readonly repository: string;
    readonly cells: readonly {
      readonly tags: readonly string[];
      readonly digest: string | null;
      readonly state: string;
    }[];
    readonly moves: readonly { readonly tag: string; readonly state: string; readonly detail: string | null }[];
    readonly journal: string | null;
    readonly verifyMs: number;
    readonly settleMs: number;
    readonly lags: readonly string[];
  }[];
}

export async function publish(options: PublishOptions, world: World): Promise<Published> {
  const { stdout, result } = await publishCommand(options, world);
  const report: PublishedReport = JSON.parse(stdout);
  return { result, report };
}

/** How many cells and moves are in which state: `{ cells: { built: 4 }, moves: { moved: 9 } }`. */
export function tally({ report }: Published, repository = 0): Record<'cells' | 'moves', Record<string, number>> {
  const at = report.repositories[repository];
  const count = (states: readonly string[]): Record<string, number> =>
    Object.fromEntries(
      [...new Set(states)].toSorted().map((state) => [state, states.filter((s) => s === state).length]),
    );
  return {
    cells: count((at?.cells ?? []).map(({ state }) => state)),
    moves: count((at?.moves ?? []).map(({ state }) => state)),
  };
}
