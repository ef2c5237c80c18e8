/** Plan against a registry: where tags stand now, and what would move. Reads only. */
import { OutsideError } from '../domain/errors.ts';
import type { Digest } from '../domain/digest.ts';
import { formatRepository } from '../domain/reference.ts';
import { fullTag, type Cell } from '../plan/cell.ts';
import type { ConvenienceTag } from '../plan/convenience-rule.ts';
import type { Registry } from '../ports.ts';
import { planMoves, type PlannedMoves } from '../publish/moves.ts';
import { createInspector } from './inspector.ts';
import { surveyTags } from './look/survey-tags.ts';
import type { Project } from './read-project.ts';
import type { World } from './world.ts';

/**
 * The moves that would bring convenience tags to their owners.
 *
 * @throws {OutsideError} TAG_UNKNOWN where the registry would not tell of one of them, or of an owner: nothing is said
 *   on half an answer, and an owner that was not seen is not one that is not there
 */
export async function onlineMoves(
  registry: Registry,
  tags: readonly ConvenienceTag[],
  project: Project,
  world: World,
): Promise<PlannedMoves> {
  const where = await surveyTags({ registry, inspect: createInspector(registry, world.signal) }, tags, project, world);
  const name = formatRepository(registry.repository);
  const digestOf = (cell: Cell): Digest | null => {
    const seen = where.seen.get(fullTag(cell));
    return seen?.kind === 'present' ? seen.descriptor.digest : null;
  };
  const owners = new Set(tags.flatMap((tag) => (tag.owner === null ? [] : [fullTag(tag.owner)])));
  const unknown = [...tags.map((tag) => tag.tag), ...owners].flatMap((tag) => {
    const seen = where.seen.get(tag);
    return seen?.kind === 'unknown' ? [{ tag, reason: seen.reason }] : [];
  });
  const [first] = unknown;
  if (first !== undefined) {
    const message = `${name}: ${unknown.length} of ${tags.length + owners.size} tags could not be read, ${first.tag} among them: ${first.reason}`;
    throw new OutsideError('TAG_UNKNOWN', message, { repository: name, tag: first.tag });
  }
  return planMoves({ tags, seen: where.seen, digestOf, standsOn: where }, project.image);
}
