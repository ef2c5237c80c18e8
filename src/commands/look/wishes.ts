/** What is to be moved in each repository of an image, what cannot move yet, and what speaks against it. Reads only. */
import { OutsideError, type Problem } from '../../domain/errors.ts';
import { eachInTurn, type Several } from '../../domain/several.ts';
import { holdProblem, holdRepair } from '../../moves/hold-repair.ts';
import type { HeldMove } from '../../moves/hold.ts';
import { chooseMoves } from '../../moves/plan-file.ts';
import { isRefused, undecided, type PlannedMoves } from '../../moves/plan-moves.ts';
import { ownerOf } from '../../plan/plan.ts';
import type { Move, Plan } from '../../plan/types.ts';
import type { Registry } from '../../ports.ts';
import type { WaitingMove } from '../../report/apply.ts';
import type { Expected } from '../../sight/expected.ts';
import { isShort } from '../../sight/says.ts';
import type { Decided, Disputed } from '../deciding-config.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { lookForMoves, movesTogether, type MovesLook, type MovesRequest } from './moves-look.ts';
import { repairContext, type RepositoryLook } from './repository-look.ts';

export interface WishInput {
  /** The moves that were asked for, by repository; `null`: all that are in scope. */
  readonly files: readonly Plan[] | null;
  readonly project: Project;
  /** Of tags that two configs give to different owners, what refuses them. */
  readonly refusal: Decided['refusal'];
  readonly expected: Expected;
  readonly options: MovesRequest['options'] & { readonly plan?: string | null };
  readonly inScope: (tag: string) => boolean;
}

/** What is to be moved in one repository, what cannot move yet, and what speaks against it. */
export interface Wish {
  readonly registry: Registry;
  readonly moves: readonly Move[];
  readonly waiting: readonly WaitingMove[];
  readonly problems: readonly Problem[];
  /** Why the repository cannot be read, or not in full. */
  readonly failure: string | null;
}

/** Every repository is read before anything moves in one of them: what is refused is refused as a whole. */
export async function wishesOf(
  registries: Several<Registry>,
  input: WishInput,
  world: World,
): Promise<readonly Wish[]> {
  const { project, expected, options, inScope } = input;
  const request = { project, expected, options, inScope };
  const asked = await eachInTurn(registries, async (registry) => {
    try {
      return { registry, found: await lookForMoves(registry, request, world) };
    } catch (error) {
      return { registry, failure: failureText(error) };
    }
  });
  const [first, ...others] = asked.flatMap(({ found }) => found ?? []);
  const together = first === undefined ? [] : await movesTogether([first, ...others], request);
  return asked.map(({ registry, found, failure }): Wish => {
    const judged = together.find(({ looked }) => looked.registry === registry) ?? found;
    if (judged !== undefined) return wishOf(judged, input);
    return { registry, moves: [], waiting: [], problems: [], failure: failure ?? null };
  });
}

function wishOf(found: MovesLook, { files, project, refusal, options }: WishInput): Wish {
  const { planned, looked } = found;
  const nothing = { registry: looked.registry, moves: [], waiting: [], problems: [], failure: null };
  const file = files?.find((plan) => plan.repository === looked.name) ?? null;
  const isAsked = ({ tag }: Disputed): boolean => file === null || file.moves.some((move) => move.tag === tag);
  const disputed = refusal((one) => isAsked(one) && !isOnOwner(one, looked));
  if (disputed !== null) return { ...nothing, problems: [disputed] };
  const chosen = file === null ? null : chooseMoves(file, planned, options.plan ?? '');
  if (chosen !== null && !chosen.ok) return { ...nothing, problems: chosen.problems };
  if (chosen !== null) return { ...nothing, moves: chosen.value };
  const problems = planned.held
    .filter((held) => isRefused(held))
    .map((held) => holdProblem(looked.name, held, project.factsFrom));
  return {
    ...nothing,
    moves: planned.moves,
    waiting: waitingOf(found, project.partial),
    problems,
    failure: silence(found),
  };
}

/** Neither config would move it then. */
function isOnOwner({ tag, owner }: Disputed, { audited: { sight } }: RepositoryLook): boolean {
  const cell = owner === null ? null : sight.input.expected.cell(owner.release.version.text, owner.shape.axes);
  const image = cell === null ? null : sight.image(cell);
  return image?.state === 'sound' && sight.digestAt(tag) === image.digest;
}

/** Tags that cannot move, each with what has to be done first. */
function waitingOf({ planned, looked }: MovesLook, partial: Project['partial']): WaitingMove[] {
  const context = repairContext(looked);
  const waits = ({ holds: [hold] }: HeldMove): boolean => hold.kind !== 'unseen';
  const ownerless = partial.length > 0 ? [] : ownerlessOf(planned);
  return [...planned.held.filter(waits), ...incompleteOf(planned, looked), ...ownerless].map((held) => ({
    ...held,
    repair: holdRepair(held, context),
  }));
}

/** Tags on their owner's image, which lacks a platform: no move puts that right. */
function incompleteOf({ states }: PlannedMoves, { audited: { sight } }: RepositoryLook): HeldMove[] {
  return [...states].flatMap(([text, state]): HeldMove[] => {
    const tag = sight.input.expected.tags.get(text);
    if (state.kind !== 'right' || state.digest === null || tag?.kind !== 'convenience' || tag.owner === null) return [];
    if (!isShort(tag.owner, state.digest, sight.input)) return [];
    const at = { owner: ownerOf(tag.owner), digest: state.digest };
    const because = "it points to its owner's image, which lacks a platform";
    return [{ move: { kind: 'move', tag: text, from: at, to: at, because }, holds: [{ kind: 'incomplete' }] }];
  });
}

function ownerlessOf({ states }: PlannedMoves): HeldMove[] {
  return [...states].flatMap(([tag, state]): HeldMove[] => {
    if (state.kind !== 'ownerless') return [];
    const from = { owner: null, digest: state.digest };
    const move = { kind: 'move', tag, from, to: { owner: null, digest: null }, because: 'nobody owns it' } as const;
    return [{ move, holds: [{ kind: 'ownerless' }] }];
  });
}

/** What the registry did not answer for: the moves that rest on it wait, no other. */
function silence({ planned }: MovesLook): string | null {
  const all = undecided(planned);
  const [first] = all;
  if (first === undefined) return null;
  const more = all.length === 1 ? '' : ` and ${all.length - 1} more`;
  return `TAG_UNKNOWN  ${first.tag}${more} could not be decided: ${first.reason}`;
}

/** What an external service does to one repository is reported for that one; an abort and a bug end the run. */
export function failureText(error: unknown): string {
  if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
  return `${error.code}  ${error.message}`;
}
