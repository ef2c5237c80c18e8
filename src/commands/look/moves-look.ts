/** The moves of some convenience tags in one repository, as it is now. Reads only. */
import { OutsideError } from '../../domain/errors.ts';
import type { PartialSource } from '../../domain/release.ts';
import type { Warning } from '../../domain/warning.ts';
import { holdRepair } from '../../moves/hold-repair.ts';
import type { HeldMove } from '../../moves/hold.ts';
import { planMoves, undecided, type PlannedMoves } from '../../moves/plan-moves.ts';
import type { Repair } from '../../moves/repair.ts';
import { describeCell } from '../../plan/cell.ts';
import type { Move } from '../../plan/types.ts';
import type { Registry } from '../../ports.ts';
import { choiceWords } from '../../report/audit-words.ts';
import type { Expected } from '../../sight/expected.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
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
  const { project, expected, options } = request;
  const inScope = (tag: string): boolean => expected.tags.get(tag)?.kind === 'convenience' && request.inScope(tag);
  const looked = await lookAt(
    registry,
    { repository: registry.repository, project, expected, options, inScope, content: 'owners' },
    world,
  );
  const tags = [...expected.tags.values()].flatMap((tag) =>
    tag.kind === 'convenience' && inScope(tag.tag) ? [tag] : [],
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
  const message = `${looked.name}: ${unknown.length} of ${planned.states.size} tags could not be decided, ${first.tag} among them: ${first.reason}`;
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
  const { input, name } = looked;
  const context = repairContext(looked);
  const groups = new Map<string, { readonly tags: string[]; readonly reason: string; readonly ways: string }>();
  for (const held of planned.held) {
    if (held.holds.every(({ kind }) => kind === 'unpublished' || kind === 'unseen')) continue;
    const ways = waysText(holdRepair(held, context));
    const reason = `not moved to ${held.move.to.owner?.version ?? ''}: ${holdReason(held, input.partial)}`;
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

function waysText({ fix, choices }: Repair): string {
  return fix ?? choices.map(choiceWords).join('; or ');
}

function holdReason({ holds, move }: HeldMove, partial: readonly PartialSource[]): string {
  const hold = holds.find(({ kind }) => kind !== 'unpublished') ?? holds[0];
  if (hold.kind === 'doubt') return hold.image.because;
  if (hold.kind === 'last-tag') return `it is the last tag of the image of ${describeCell(hold.cell)}`;
  if (hold.kind === 'backward')
    return `it points to ${hold.stands}${hold.isUnknown ? ', a release that no source knows' : ''}`;
  if (hold.kind === 'partial')
    return `it points to ${hold.stands}, and ${partial[0]?.reason ?? 'the facts may be incomplete'}`;
  if (hold.kind === 'taken') return hold.because;
  if (hold.kind === 'unchecked') return `its image has no pass of ${hold.checks.join(', ')}`;
  return `the image of ${move.to.owner?.version ?? ''} lacks a platform`;
}
