import { builtVersion, type Release } from '../../domain/release.ts';
import type { ReleaseOptions } from '../options.ts';
import { readDecided } from '../deciding-config.ts';
import { namedRelease, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { newestRebuild, refuseUnpublishable } from './publishable.ts';
import { packageIndexOf, waitForPackage } from './wait-for-package.ts';

export interface PublishableOptions extends ReleaseOptions {
  readonly version: string;
  /** The newest rebuild of the version that the config has, in place of the version itself. */
  readonly rebuild: boolean;
}

/**
 * Project and release, read anew where the package had to be waited for: meanwhile more may have come out, or gone.
 *
 * @param waitMs how long to wait for the package; 0 asks once, `null` does not ask for it
 * @throws {InputError} for a release that may not be published
 * @throws {OutsideError} PACKAGE_NOT_THERE
 */
export async function readPublishable(
  options: PublishableOptions,
  waitMs: number | null,
  world: World,
): Promise<{ project: Project; release: Release }> {
  const project = await readDecided(options, options.version, world);
  const named = namedRelease(project, options.version, options.revision);
  const release = options.rebuild ? newestRebuild(project, named, world.clock.nowMs()) : named;
  refuseUnpublishable(project, release);
  if (waitMs === null) return { project, release };
  const waited = await waitForPackage(await packageIndexOf(project, world), builtVersion(release), waitMs, world);
  return waited ? readPublishable(options, null, world) : { project, release };
}
