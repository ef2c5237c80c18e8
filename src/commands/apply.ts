/** `tagwright apply [PLAN.json]`: only the moves. Repairs what an audit found, and carries out a yank. */
import { InputError, OutsideError, type Problem } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import { eachInTurn, mapSeveral, type Several } from '../domain/several.ts';
import { holdProblem, holdRepair } from '../moves/hold-repair.ts';
import { isDone, plannedResult } from '../moves/move-result.ts';
import type { HeldMove } from '../moves/hold.ts';
import { isRefused, undecided, type PlannedMoves } from '../moves/plan-moves.ts';
import { ownerOf } from '../plan/plan.ts';
import { readPlanFile } from '../plan/read-plan.ts';
import type { Move, Plan } from '../plan/types.ts';
import type { Registry } from '../ports.ts';
import { approvalProblem, chooseMoves } from '../moves/plan-file.ts';
import { warningsText } from '../report/warnings.ts';
import { applyJson, applyTable, type ApplyReport, type WaitingMove } from '../report/apply.ts';
import type { Expected } from '../sight/expected.ts';
import { isShort } from '../sight/says.ts';
import { isConfirmed } from './confirm.ts';
import { readDecidedForAll, type Decided, type Disputed } from './deciding-config.ts';
import { expectedOf } from './look/expected-of.ts';
import { sayForeignLock } from './look/lock-file.ts';
import { lookForMoves, movesTogether, type MovesLook } from './look/moves-look.ts';
import { repairContext, type RepositoryLook } from './look/repository-look.ts';
import { carryOut } from './move/carry-out.ts';
import { openRepository } from './move/open-repository.ts';
import type { CommonOptions } from './options.ts';
import { required, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface ApplyOptions extends CommonOptions {
  /** A plan that `plan --json` or `audit --plan-out` wrote. */
  readonly plan: string | null;
  /** The hash of that file, as somebody approved it; `null` if nobody has to. */
  readonly approved?: string | null;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly allowBackward: boolean;
  readonly journal: string;
  readonly settleMs: number;
  /** `--yes`: move without asking. */
  readonly yes?: boolean;
}

export async function applyCommand(options: ApplyOptions, world: World): Promise<Outcome> {
  const decided = await readDecidedForAll(options, world);
  const { project } = decided;
  const expected = await expectedOf(project, options, world);
  sayPartial(project, world);
  await sayForeignLock(project, world);
  const files = options.plan === null ? null : await readPlans(options.plan, project, options, world);
  if (files === null && (options.approved ?? null) !== null) throw approvesNothing();
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const opened = mapSeveral(chosenRepositories(project, files), (repository) => registries.open(repository));
    const wishes = await wishesOf(opened, { files, project, decided, expected, options }, world);
    const problems = wishes.flatMap((wish) => wish.problems);
    if (problems.length > 0) throw new InputError(problems);
    const wanted = wishes.map(({ registry, moves }) => ({ repository: registry.repository, moves }));
    const isMoving = options.dryRun || (await isConfirmed(wanted, options.yes ?? false, world));
    const how = isMoving ? options : { ...options, dryRun: true };
    const reports = await Promise.all(wishes.map((wish) => applyIn(wish, how, world)));
    return {
      stdout: options.json ? applyJson(reports) : applyTable(reports, stillText(files, project)),
      result: isMoving ? resultOf(reports) : 'findings',
    };
  } finally {
    await registries.close();
  }
}

/** What nobody told of cannot be put right. */
function sayPartial({ warnings }: Project, world: World): void {
  const incomplete = warnings.filter(({ code }) => code === 'SOURCE_INCOMPLETE');
  if (incomplete.length > 0) world.say(warningsText(incomplete));
}

/** A plan file is part of what is wrong, or nothing of it: who made it chose. */
function stillText(files: readonly Plan[] | null, { partial }: Project): string {
  if (files === null) {
    const which = partial.length > 0 ? ' of the known releases' : '';
    return `every convenience tag${which} points where it should`;
  }
  return files.every(({ moves }) => moves.length === 0)
    ? 'the plan file has no moves'
    : 'every tag that the plan file moves here points there already';
}

async function readPlans(
  path: string,
  project: Project,
  { approved = null }: ApplyOptions,
  world: World,
): Promise<readonly Plan[]> {
  const axes = project.image.axes.map((axis) => axis.name);
  const text = await world.readText(path);
  const actual = world.digestOf(new TextEncoder().encode(text));
  const problem = approved === null ? null : approvalProblem(approved, actual, path);
  if (problem !== null) throw new InputError([problem]);
  return required(readPlanFile(text, path, axes));
}

function approvesNothing(): InputError {
  const message = 'it is the hash of a plan file, and none is named';
  return new InputError([{ code: 'USAGE', where: '--approved', message, fix: 'write tagwright apply PLAN.json' }]);
}

interface WishInput {
  readonly files: readonly Plan[] | null;
  readonly project: Project;
  readonly decided: Decided;
  readonly expected: Expected;
  readonly options: ApplyOptions;
}

/** What is to be moved in one repository, what cannot move yet, and what speaks against it. */
interface Wish {
  readonly registry: Registry;
  readonly moves: readonly Move[];
  readonly waiting: readonly WaitingMove[];
  readonly problems: readonly Problem[];
  /** Why the repository cannot be read, or not in full. */
  readonly failure: string | null;
}

/** Every repository is read before anything moves in one of them: what is refused is refused as a whole. */
async function wishesOf(registries: Several<Registry>, input: WishInput, world: World): Promise<readonly Wish[]> {
  const { project, expected, options } = input;
  const request = { project, expected, options, inScope: () => true };
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

function wishOf(found: MovesLook, { files, project, decided, options }: WishInput): Wish {
  const { planned, looked } = found;
  const nothing = { registry: looked.registry, moves: [], waiting: [], problems: [], failure: null };
  const file = files?.find((plan) => plan.repository === looked.name) ?? null;
  const isAsked = ({ tag }: Disputed): boolean => file === null || file.moves.some((move) => move.tag === tag);
  const disputed = decided.refusal((one) => isAsked(one) && !isOnOwner(one, looked));
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

async function applyIn(wish: Wish, options: ApplyOptions, world: World): Promise<ApplyReport> {
  const { registry, moves, waiting, failure } = wish;
  const report = {
    repository: formatRepository(registry.repository),
    dryRun: options.dryRun,
    waiting,
    moves: moves.map(plannedResult),
    journal: null,
    failure,
  };
  if (moves.length === 0) return report;
  try {
    const open = await openRepository(
      {
        registry,
        version: 'apply',
        command: 'apply',
        dryRun: options.dryRun,
        journals: world.journals(options.journal),
        waitMs: options.settleMs,
      },
      world,
    );
    if (options.dryRun) return report;
    const done = await carryOut(open, moves);
    return { ...report, ...done, failure: done.failure ?? failure };
  } catch (error) {
    return { ...report, failure: failureText(error) };
  }
}

/** What an external service does to one repository is reported for that one; an abort and a bug end the run. */
function failureText(error: unknown): string {
  if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
  return `${error.code}  ${error.message}`;
}

/** Tags that cannot move yet end with exit code 1. */
function resultOf(reports: readonly ApplyReport[]): Outcome['result'] {
  const isApplied = ({ dryRun, moves, failure }: ApplyReport): boolean =>
    failure === null && (dryRun || moves.every(isDone));
  if (!reports.every(isApplied)) return 'outside-failed';
  return reports.some(({ waiting }) => waiting.length > 0) ? 'findings' : 'as-planned';
}

/** The repositories of the plan file; without one every repository of the image. */
function chosenRepositories(project: Project, files: readonly Plan[] | null): Project['image']['repositories'] {
  const { repositories } = project.image;
  if (files === null) return repositories;
  const names = repositories.map(formatRepository);
  const foreign = files.filter((plan) => !names.includes(plan.repository));
  const [first, ...others] = repositories.filter((_, index) => files.some((plan) => plan.repository === names[index]));
  if (first !== undefined && foreign.length === 0) return [first, ...others];
  const where = (foreign[0] ?? files[0])?.repository ?? '';
  const message = `the plan is for ${where}, and the image is published to ${names.join(', ')}`;
  const fix = 'make the plan anew, or give --repository';
  throw new InputError([{ code: 'PLAN_FILE_INVALID', where, message, fix }]);
}
