import { createBuildxBuilder } from '../adapters/buildx/buildx-builder.ts';
import { createStandInBuilder } from '../adapters/stand-in/stand-in-builder.ts';
import type { BuildConfig } from '../config/types.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import type { Builder, Registries } from '../ports.ts';
import { renderBake } from '../render/bake.ts';

/** @param root where relative build contexts start */
export function createBuilder(
  name: Builder['name'],
  build: BuildConfig,
  root: string,
  registries: Registries,
): Builder {
  if (name === 'stand-in') return createStandInBuilder(registries);
  const bakeFile = (targets: readonly BuildTarget[]): string => renderBake(targets, { push: true, ...build });
  return createBuildxBuilder({ bakeFile, folder: root, builder: build.builder });
}
