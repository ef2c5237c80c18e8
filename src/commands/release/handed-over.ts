/** What keeps the images of a release from being built by another tool, with a bake file, labels and arguments of ours. */
import { unchecked } from '../../build/unchecked.ts';
import type { Problem } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import type { Cell } from '../../plan/cell.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { handedOverProblems } from './sources.ts';

export interface HandingOver {
  /** Found to keep a publish from building it. */
  readonly unbuildable: readonly Problem[];
  /** The bake file pushes pinned tags by itself. */
  readonly pushes: boolean;
  readonly fromWorkingTree: boolean;
}

/** Everything that a publish refuses before it builds these cells, and files here that are not the release's. */
export async function notHandedOver(
  cells: readonly Cell[],
  project: Project,
  release: Release,
  { unbuildable, pushes, fromWorkingTree }: HandingOver,
  world: World,
): Promise<readonly Problem[]> {
  if (unbuildable.length > 0) return unbuildable;
  const waiting = pushes ? unchecked(cells, project.image.checks) : [];
  return [...waiting, ...(fromWorkingTree ? [] : await handedOverProblems(cells, project, release, world))];
}
