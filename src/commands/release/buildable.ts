/** What keeps the images of a release from being built: checked before a build, and before anything is printed to build by. */
import { buildTarget } from '../../build/targets.ts';
import type { Flavor } from '../../config/types.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { contextPath } from '../../domain/path-fault.ts';
import type { Release } from '../../domain/release.ts';
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
  const used = new Set(cells.map(({ shape }) => shape.axes['flavor']));
  const flavors = [...image.flavors.values()].filter(({ name }) => used.has(name));
  const paths = await Promise.all(flavors.map((flavor) => unfitPaths(flavor, files)));
  if (paths.flat().length > 0) return paths.flat();
  const targets = cells.map((cell) => buildTarget(cell, image, [], root));
  return [...(await driftProblems(image, files)), ...targets.flatMap(checkTarget)];
}

async function unfitPaths(flavor: Flavor, files: ProjectFiles): Promise<readonly Problem[]> {
  const where = `flavors.${flavor.name}`;
  const contexts = Object.entries(flavor.contexts).flatMap(([name, text]) => {
    const path = contextPath(text);
    return path === null ? [] : [files.unfit(path, `${where}.contexts.${name}`, 'folder')];
  });
  const found = await Promise.all([
    files.unfit(flavor.dockerfile, `${where}.dockerfile`, 'file'),
    files.unfit(flavor.context, `${where}.context`, 'folder'),
    ...contexts,
  ]);
  return found.flat();
}
