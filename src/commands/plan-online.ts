/** Plan against a registry: where tags stand now, and what would move. Reads only. */
import { OutsideError } from '../domain/errors.ts';
import type { Digest } from '../domain/digest.ts';
import { formatRepository } from '../domain/reference.ts';
import type { Cell } from '../plan/cell.ts';
import type { ConvenienceTag } from '../plan/tag-map.ts';
import type { Registry } from '../ports.ts';
import { planMoves, type PlannedMoves } from '../publish/moves.ts';
import { surveyTags } from './publish/survey.ts';
import type { Project } from './read-project.ts';
import type { World } from './world.ts';

/**
 * The moves that would bring convenience tags to their owners.
 *
 * @throws {OutsideError} where the registry would not tell of one of them: nothing is said on half an answer
 */
export async function onlineMoves(
  registry: Registry,
  tags: readonly ConvenienceTag[],
  project: Project,
  world: World,
): Promise<PlannedMoves> {
  const where = await surveyTags(registry, tags, project, world);
  const digestOf = (cell: Cell): Digest | null => {
    const seen = where.seen.get(cell.pinned[0]?.tag ?? '');
    return seen?.kind === 'present' ? seen.descriptor.digest : null;
  };
  const planned = planMoves({ tags, seen: where.seen, digestOf, standsOn: where }, project.image);
  const unknown = planned.unknown[0];
  if (unknown === undefined) return planned;
  const message = `${formatRepository(registry.repository)}: ${planned.unknown.length} of ${tags.length} tags could not be read. ${unknown.reason}`;
  throw new OutsideError('REGISTRY_UNREACHABLE', message, { repository: formatRepository(registry.repository) });
}
