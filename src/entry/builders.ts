import { createBuildxBuilder } from '../adapters/buildx/buildx-builder.ts';
import { createStandInBuilder } from '../adapters/stand-in/stand-in-builder.ts';
import type { BuildConfig } from '../config/types.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import type { Builder, Registries } from '../ports.ts';
import { renderBake, renderSmokeBake, smokeId } from '../render/bake.ts';
import { runsCommands } from '../render/runs-commands.ts';

/** @param root where relative build contexts start */
export function createBuilder(
  name: Builder['name'],
  build: BuildConfig,
  root: string,
  registries: Registries,
): Builder {
  if (name === 'stand-in') return createStandInBuilder(registries);
  const bakeFile = (targets: readonly BuildTarget[]): string => renderBake(targets, { push: true, ...build });
  const file = (targets: readonly BuildTarget[], canRun: ReadonlySet<string>): string | null =>
    renderSmokeBake(targets, { push: false, ...build }, canRun);
  const smoke = { file, id: smokeId, holds: build.smokeHolds };
  return createBuildxBuilder({ bakeFile, smoke, folder: root, builder: build.builder, runsCommands });
}
