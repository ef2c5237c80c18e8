import type { CellPlatforms } from '../../build/select-platforms.ts';
import { recordFile, type BuildRecord, type RecordedBuild } from '../../build/record.ts';
import type { Release } from '../../domain/release.ts';
import type { Registries } from '../../ports.ts';
import type { BuildOptions } from '../build.ts';
import { sumWith } from '../release/read-records.ts';
import type { Project } from '../read-project.ts';
import type { Sources } from '../release/sources.ts';
import type { OutputFile, World } from '../world.ts';

/** What both ways of building are given. */
export interface BuildScene {
  readonly project: Project;
  readonly release: Release;
  readonly chosen: CellPlatforms;
  readonly registries: Registries;
  readonly sources: Sources;
  readonly options: BuildOptions;
  readonly world: World;
}

export function recordOf({ release }: BuildScene, builds: readonly RecordedBuild[]): BuildRecord {
  return { schema: 1, release: { version: release.version.text, revision: release.revision }, builds };
}

/** The file that `--record` asks for. A dry run has done nothing that could be recorded. */
export function recordFiles(record: BuildRecord, { options, world }: BuildScene): OutputFile[] {
  if (options.record === null || options.dryRun) return [];
  return [{ path: options.record, text: recordFile(record, sumWith(world)) }];
}
