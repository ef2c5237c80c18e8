/** What keeps the images of a release from being built: checked before a build, and before anything is printed to build by. */
import { rootsAt } from '../../build/source.ts';
import { buildTarget } from '../../build/targets.ts';
import { renderTemplate, type TagTemplate } from '../../config/tag-template.ts';
import type { ImageConfig } from '../../config/types.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { contextPath } from '../../domain/path-fault.ts';
import type { Release } from '../../domain/release.ts';
import { buildOf } from '../../plan/build-of.ts';
import type { Cell } from '../../plan/cell.ts';
import { cellValues } from '../../plan/expected-image.ts';
import type { ProjectFiles } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import type { Project } from '../read-project.ts';
import { driftProblems } from '../render.ts';
import type { World } from '../world.ts';
import { cellsOf, unpublishable } from './publishable.ts';

/** @throws {InputError} with everything that {@link unbuildable} finds */
export async function refuseUnbuildable(project: Project, release: Release, world: World): Promise<void> {
  const problems = await unbuildable(project, release, world);
  if (problems.length > 0) throw new InputError(problems);
}

/**
 * A release that may not be published, templates and Dockerfiles that differ, values that must not reach an image, paths
 * that leave the root.
 */
export async function unbuildable(project: Project, release: Release, world: World): Promise<readonly Problem[]> {
  const { image, root } = project;
  const problem = unpublishable(project, release);
  if (problem !== null) return [problem];
  const files = world.files(root);
  const cells = cellsOf(project, release);
  const paths = await unfitPaths(cells, image, files);
  if (paths.length > 0) return paths;
  const targets = cells.map((cell) => buildTarget(cell, image, [], rootsAt(root)));
  return [...(await driftProblems(image, files)), ...targets.flatMap(checkTarget)];
}

/** Cells share what builds them: each path is looked at once. */
export async function unfitPaths(
  cells: readonly Cell[],
  image: ImageConfig,
  files: ProjectFiles,
): Promise<readonly Problem[]> {
  const asked = new Map<string, () => Promise<readonly Problem[]>>();
  for (const cell of cells) {
    const build = buildOf(cell.shape, image);
    const values = cellValues(cell);
    const where = placeOfBuild(cell, image);
    const ask = (key: string, template: TagTemplate | null, kind: 'file' | 'folder'): void => {
      const path = template === null ? '.' : contextPath(renderTemplate(template, values));
      if (path !== null) asked.set(`${key} ${path}`, () => files.unfit(path, `${where}${key}`, kind));
    };
    ask('dockerfile', build.dockerfile, 'file');
    ask('context', build.context, 'folder');
    for (const [name, template] of build.contexts) ask(`contexts.${name}`, template, 'folder');
  }
  return (await Promise.all([...asked.values()].map((look) => look()))).flat();
}

/** Where the config says how a cell is built: `flavors.conda.`, `axes.os.trixie.`, or nothing for the image itself. */
function placeOfBuild({ shape }: Cell, image: ImageConfig): string {
  const axis = buildOf(shape, image).chosenBy.at(-1);
  if (axis === undefined) return '';
  const value = shape.axes[axis] ?? '';
  if (axis === 'python') return `pythons.${value}.`;
  return axis === 'flavor' ? `flavors.${value}.` : `axes.${axis}.${value}.`;
}
