/** What keeps the images of a release from being built: checked before a build, and before anything is printed to build by. */
import { basesLockProblems } from '../../build/bases-lock.ts';
import { rootsAt } from '../../build/source.ts';
import { buildTarget } from '../../build/targets.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { Release } from '../../domain/release.ts';
import { standInElsewhere } from '../../domain/stand-in.ts';
import type { Builder } from '../../ports.ts';
import { checkTarget } from '../../render/bake.ts';
import type { Project } from '../read-project.ts';
import { driftProblems } from '../render.ts';
import type { World } from '../world.ts';
import { contractOf } from './contract.ts';
import { cellsOf, unpublishable } from './publishable.ts';
import { dockerfilesToBuild } from './sources.ts';
import { unfitPaths } from './unfit-paths.ts';

/** A builder that is not for these repositories. @throws {InputError} USAGE */
export function refuseMisplaced(builder: Builder['name'], { image }: Project): void {
  const problems = builder === 'stand-in' ? standInElsewhere(image.repositories.map(formatRepository)) : [];
  if (problems.length > 0) throw new InputError(problems);
}

/** @throws {InputError} with everything that {@link unbuildable} finds */
export async function refuseUnbuildable(project: Project, release: Release, world: World): Promise<void> {
  const problems = await unbuildable(project, release, world);
  if (problems.length > 0) throw new InputError(problems);
}

/**
 * A release that may not be published, templates and Dockerfiles that differ, Dockerfiles that do not fit their cells,
 * values that must not reach an image, paths that leave the root.
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
  const behind = basesLockProblems(image.basesLock, project.config.images);
  const drift = [...behind, ...(await driftProblems(image, files))];
  if (drift.length > 0) return [...drift, ...targets.flatMap(checkTarget)];
  const broken = await contractOf(cells, image, (path) => files.read(path));
  // The Dockerfile of the release may be another one than lies here.
  const contract =
    broken.length === 0 ? [] : await contractOf(cells, image, await dockerfilesToBuild(project, release, world));
  return [...contract, ...targets.flatMap(checkTarget)];
}
