import type { Digest } from '../domain/digest.ts';
import { imageSizes } from '../domain/image-size.ts';
import type { Release } from '../domain/release.ts';
import { eachInTurn, mapSeveral, type Several } from '../domain/several.ts';
import type { Plan } from '../plan/types.ts';
import { expectedOf } from './look/expected-of.ts';
import {
  heldWarnings,
  lookForMoves,
  movesTogether,
  refuseUnknown,
  shownMoves,
  type MovesLook,
} from './look/moves-look.ts';
import type { MapRequest, ReleaseRequest } from './plan.ts';
import type { Project } from './read-project.ts';
import type { World } from './world.ts';

/** One plan for each repository: what moves depends on what is there. */
export async function withRegistry(
  plan: Plan,
  project: Project,
  release: Release | null,
  options: MapRequest | ReleaseRequest,
  world: World,
): Promise<Several<Plan>> {
  const expected = await expectedOf(project, options, world);
  const owned = new Set(
    project.tags.convenience.flatMap(({ tag, owner }) => (release === null || owner?.release === release ? [tag] : [])),
  );
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const request = { project, expected, options, inScope: (tag: string) => owned.has(tag) };
    const alone = await eachInTurn(project.image.repositories, async (repository) => {
      const found = await lookForMoves(registries.open(repository), request, world);
      refuseUnknown(found);
      return found;
    });
    return mapSeveral(await movesTogether(alone, request), (found) => ({
      ...plan,
      repository: found.looked.name,
      moves: shownMoves(found),
      weights: weightsOf(found),
      warnings: [...plan.warnings, ...heldWarnings(found)],
    }));
  } finally {
    await registries.close();
  }
}

/** Of images that were looked into anyway: nothing is asked here. */
function weightsOf({ looked, planned }: MovesLook): ReadonlyMap<Digest, readonly number[]> {
  const { contents } = looked.audited.sight.input;
  return new Map(
    planned.moves.flatMap(({ to: { digest } }) => {
      const content = digest === null ? undefined : contents.get(digest);
      return digest === null || content?.kind !== 'read'
        ? []
        : [[digest, imageSizes(content.image).map(({ bytes }) => bytes)] as const];
    }),
  );
}
