/** `tagwright apply [PLAN.json]`: only the moves. Repairs what an audit found, and carries out a yank. */
import { InputError, OutsideError, type Problem } from '../domain/errors.ts';
import { formatRepository, type Repository } from '../domain/reference.ts';
import { readPlanFile } from '../plan/read-plan.ts';
import type { Move, Plan } from '../plan/types.ts';
import type { Registry } from '../ports.ts';
import { backwardProblem } from '../publish/backward.ts';
import { isDone, plannedResult } from '../publish/move-result.ts';
import { approvalProblem, chooseMoves } from '../publish/plan-file.ts';
import { applyJson, applyTable, type ApplyReport } from '../report/apply.ts';
import type { CommonOptions } from './options.ts';
import { readDecided } from './deciding-config.ts';
import { onlineMoves } from './plan-online.ts';
import { carryOut } from './move/carry-out.ts';
import { openRepository } from './move/open-repository.ts';
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
}

export async function applyCommand(options: ApplyOptions, world: World): Promise<Outcome> {
  const project = await readDecided(options, null, world);
  const file = options.plan === null ? null : await readPlan(options.plan, project, options, world);
  if (file === null && (options.approved ?? null) !== null) throw approvesNothing();
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const opened = chosenRepositories(project, file).map((repository) => registries.open(repository));
    // Every repository is looked at before anything moves in one of them: what is refused is refused as a whole.
    const wishes = await Promise.all(opened.map((registry) => wishOf(registry, file, project, options, world)));
    const problems = wishes.flatMap((wish) => wish.problems);
    if (problems.length > 0) throw new InputError(problems);
    const reports = await Promise.all(wishes.map((wish) => applyIn(wish, options, world)));
    return {
      stdout: options.json ? applyJson(reports) : applyTable(reports),
      result: reports.every((report) => isApplied(report)) ? 'as-planned' : 'outside-failed',
    };
  } finally {
    await registries.close();
  }
}

async function readPlan(
  path: string,
  project: Project,
  { approved = null }: ApplyOptions,
  world: World,
): Promise<Plan> {
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

/** What is to be moved in one repository, what has to wait, and what speaks against it. */
interface Wish {
  readonly registry: Registry;
  readonly moves: readonly Move[];
  /** To owners that are not in the registry. */
  readonly waiting: readonly Move[];
  readonly problems: readonly Problem[];
  /** Why the repository cannot be looked at. */
  readonly failure: string | null;
}

async function wishOf(
  registry: Registry,
  file: Plan | null,
  project: Project,
  options: ApplyOptions,
  world: World,
): Promise<Wish> {
  const nothing = { registry, moves: [], waiting: [], problems: [], failure: null };
  try {
    const now = await onlineMoves(registry, project.tags.convenience, project, world);
    const chosen = file === null ? null : chooseMoves(file, now, options.plan ?? '');
    if (chosen !== null && !chosen.ok) return { ...nothing, problems: chosen.problems };
    const wanted = chosen === null ? now.moves : chosen.value;
    const moves = wanted.filter((move) => move.to.digest !== null);
    const back = options.allowBackward ? undefined : now.backward.find(({ move }) => moves.includes(move));
    const name = formatRepository(registry.repository);
    const problems = back === undefined ? [] : [backwardProblem(name, back, project.factsFrom)];
    return { ...nothing, moves, waiting: wanted.filter((move) => move.to.digest === null), problems };
  } catch (error) {
    return { ...nothing, failure: failureText(error) };
  }
}

async function applyIn(wish: Wish, options: ApplyOptions, world: World): Promise<ApplyReport> {
  const { registry, moves, waiting, failure } = wish;
  const repository = formatRepository(registry.repository);
  const report = {
    repository,
    dryRun: options.dryRun,
    waiting,
    moves: moves.map(plannedResult),
    journal: null,
    failure,
  };
  if (failure !== null) return report;
  try {
    const { dryRun, settleMs: waitMs } = options;
    const journals = world.journals(options.journal);
    const open = await openRepository(
      { registry, version: 'apply', command: 'apply', dryRun, journals, waitMs },
      world,
    );
    if (options.dryRun) return report;
    return { ...report, ...(await carryOut(open, moves)) };
  } catch (error) {
    return { ...report, failure: failureText(error) };
  }
}

/** What the outside does to one repository is told of that one; an abort and a bug end the run. */
function failureText(error: unknown): string {
  if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
  return `${error.code}  ${error.message}`;
}

function isApplied({ dryRun, moves, failure }: ApplyReport): boolean {
  return failure === null && (dryRun || moves.every(isDone));
}

/** A plan file is of one repository; without one every repository of the image is repaired. */
function chosenRepositories(project: Project, file: Plan | null): readonly Repository[] {
  const { repositories } = project.image;
  if (file === null) return repositories;
  const chosen = repositories.filter((repository) => formatRepository(repository) === file.repository);
  if (chosen.length > 0) return chosen;
  const message = `the plan is for ${file.repository}, and the image is published to ${repositories.map(formatRepository).join(', ')}`;
  const fix = 'make the plan anew, or give --repository';
  throw new InputError([{ code: 'PLAN_FILE_INVALID', where: file.repository, message, fix }]);
}
