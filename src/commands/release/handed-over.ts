/** What keeps the images of a release from being built by another tool, with a bake file, labels and arguments of ours. */
import { unchecked } from '../../build/unchecked.ts';
import type { Problem } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import type { Cell } from '../../plan/cell.ts';
import type { HandedTags } from '../../report/metadata-action.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { handedOverProblems } from './sources.ts';

export interface HandingOver {
  /** Found to keep a publish from building it. */
  readonly unbuildable: readonly Problem[];
  /** What the other tool pushes by itself. */
  readonly tags: HandedTags;
  readonly fromWorkingTree: boolean;
}

/** Everything that a publish refuses before it builds these cells, and files here that are not the release's. */
export async function notHandedOver(
  cells: readonly Cell[],
  project: Project,
  release: Release,
  { unbuildable, tags, fromWorkingTree }: HandingOver,
  world: World,
): Promise<readonly Problem[]> {
  if (unbuildable.length > 0) return unbuildable;
  const waiting = tags === 'none' ? [] : unchecked(cells, project.image.checks, tags);
  const unknown = tags === 'all' ? partialProblems(project) : [];
  return [...waiting, ...unknown, ...(fromWorkingTree ? [] : await handedOverProblems(cells, project, release, world))];
}

/** Who owns a convenience tag is known from all releases alone. */
function partialProblems({ partial }: Project): readonly Problem[] {
  return partial.map(({ source, reason, fix }) => ({
    code: 'FACTS_PARTIAL',
    where: source,
    message: `it may not know every release, so which convenience tags the cell owns is not known: ${reason}`,
    fix,
  }));
}
