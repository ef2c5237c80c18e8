/** The moves of some convenience tags in one repository, as it is now. Reads only. */
import { count } from '../../domain/count.ts';
import { OutsideError } from '../../domain/errors.ts';
import { mapSeveral, type Several } from '../../domain/several.ts';
import type { Warning } from '../../domain/warning.ts';
import { holdRepair } from '../../moves/hold-repair.ts';
import { holdText } from '../../moves/hold-text.ts';
import { planMoves, undecided, type PlannedMoves } from '../../moves/plan-moves.ts';
import { repairText } from '../../moves/repair.ts';
import type { Move } from '../../plan/types.ts';
import type { Registry } from '../../ports.ts';
import type { Expected } from '../../sight/expected.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { judgeTogether } from './together.ts';
import { lookAt, repairContext, type RepositoryLook } from './repository-look.ts';

export interface MovesRequest {
  readonly project: Project;
  readonly expected: Expected;
  readonly options: CommonOptions & { readonly allowBackward?: boolean };
  /** Convenience tags to bring to their owners. */
  readonly inScope: (tag: string) => boolean;
}

export interface MovesLook {
  readonly looked: RepositoryLook;
  readonly planned: PlannedMoves;
}

export async function lookForMoves(registry: Registry, request: MovesRequest, world: World): Promise<MovesLook> {
  const looked = await lookAt(
    registry,
    {
      repository: registry.repository,
      ...request,
      inScope: (tag) => isAsked(tag, request),
      content: 'owners',
    },
    world,
  );
  return movesOf(looked, request);
}

/** The moves in several repositories of one image, each judged with what is known about the others. */
export async function movesTogether(looks: Several<MovesLook>, request: MovesRequest): Promise<Several<MovesLook>> {
  const looked = await judgeTogether(mapSeveral(looks, (look) => look.looked));
  return mapSeveral(looked, (look) => movesOf(look, request));
}

function isAsked(tag: string, { expected, inScope }: MovesRequest): boolean {
  return expected.tags.get(tag)?.kind === 'convenience' && inScope(tag);
}

function movesOf(looked: RepositoryLook, request: MovesRequest): MovesLook {
  const { project, expected, options } = request;
  const tags = [...expected.tags.values()].flatMap((tag) =>
    tag.kind === 'convenience' && isAsked(tag.tag, request) ? [tag] : [],
  );
  const policy = { partial: project.partial, allowBackward: options.allowBackward ?? false };
  return { looked, planned: planMoves(tags, looked.audited.sight, policy) };
}

/**
 * For commands that say what would move and do not move it.
 *
 * @throws {OutsideError} TAG_UNKNOWN if the registry did not answer for a tag, or for what a move rests on
 */
export function refuseUnknown({ planned, looked }: MovesLook): void {
  const unknown = undecided(planned);
  const [first] = unknown;
  if (first === undefined) return;
  const message = `${looked.name}: ${unknown.length} of ${count(planned.states.size, 'tag')} could not be decided, ${first.tag} among them: ${first.reason}`;
  throw new OutsideError('TAG_UNKNOWN', message, { repository: looked.name, tag: first.tag });
}

/** What would move, owners that are not published yet included: their digests are `null`. */
export function shownMoves({ planned }: MovesLook): readonly Move[] {
  return [...planned.states.values()].flatMap((state) => {
    if (state.kind === 'move') return [state.move];
    const isWaiting = state.kind === 'held' && state.holds.every(({ kind }) => kind === 'unpublished');
    return isWaiting ? [state.move] : [];
  });
}

/** What would move and is held back, for a person: `apply` and `publish` say it too. */
export function heldWarnings({ planned, looked }: MovesLook): readonly Warning[] {
  const { name } = looked;
  const context = repairContext(looked);
  const groups = new Map<string, { readonly tags: string[]; readonly reason: string; readonly ways: string }>();
  for (const held of planned.held) {
    if (held.holds.every(({ kind }) => kind === 'unpublished' || kind === 'unseen')) continue;
    const ways = repairText(holdRepair(held, context));
    const reason = `not moved to ${held.move.to.owner?.version ?? ''}: ${holdText(held)}`;
    const key = JSON.stringify([reason, ways]);
    const group = groups.get(key) ?? { tags: [], reason, ways };
    group.tags.push(`${name}:${held.move.tag}`);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ tags, reason, ways }) => {
    const message = `${tags.join(', ')}: ${reason}`;
    return { code: 'MOVE_HELD' as const, message, versions: [], ...(ways === '' ? {} : { fix: ways }) };
  });
}
