/** `tagwright apply [PLAN.json]`: only the moves. Repairs what an audit found, and carries out a yank. */
import { InputError } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import { mapSeveral } from '../domain/several.ts';
import { readPlanFile } from '../plan/read-plan.ts';
import type { Plan } from '../plan/types.ts';
import { approvalProblem } from '../moves/plan-file.ts';
import { warningsText } from '../report/warnings.ts';
import { applyJson, applyTable } from '../report/apply.ts';
import { isConfirmed } from './confirm.ts';
import { readDecidedForAll } from './deciding-config.ts';
import { expectedOf } from './look/expected-of.ts';
import { sayForeignLock } from './look/lock-file.ts';
import { wishesOf } from './look/wishes.ts';
import { carryWishes, registriesMoving, resultOfReports } from './move/carry-wishes.ts';
import { readyEvidence, readySigner } from './move/ready-evidence.ts';
import { runEvidence } from './move/run-evidence.ts';
import type { CommonOptions, SigningOptions } from './options.ts';
import { required, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface ApplyOptions extends CommonOptions, SigningOptions {
  /** A plan that `plan --json` or `audit --plan-out` wrote. */
  readonly plan: string | null;
  /** The hash of that file, as somebody approved it; `null` if nobody has to. */
  readonly approved?: string | null;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly allowBackward: boolean;
  readonly journal: string;
  /** Where statements of moves are kept; `null`, or left out: with the journals. */
  readonly evidence?: string | null;
  readonly settleMs: number;
  /** `--yes`: move without asking. */
  readonly yes?: boolean;
}

export async function applyCommand(options: ApplyOptions, world: World): Promise<Outcome> {
  const { project, refusal } = await readDecidedForAll(options, world);
  const expected = await expectedOf(project, options, world);
  sayPartial(project, world);
  await sayForeignLock(project, world);
  const files = options.plan === null ? null : await readPlans(options.plan, project, options, world);
  if (files === null && (options.approved ?? null) !== null) throw approvesNothing();
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const opened = mapSeveral(chosenRepositories(project, files), (repository) => registries.open(repository));
    const asked = { files, project, refusal, expected, options, inScope: () => true };
    const wishes = await wishesOf(opened, asked, world);
    const problems = wishes.flatMap((wish) => wish.problems);
    if (problems.length > 0) throw new InputError(problems);
    const wanted = wishes.map(({ registry, moves }) => ({ repository: registry.repository, moves }));
    const path = options.evidence ?? options.journal;
    const evidence = await runEvidence({ path, command: 'apply', about: null, project, signing: options }, world);
    const moving = registriesMoving(wishes);
    await readyEvidence(moving, evidence, options, world);
    const isMoving = options.dryRun || (await isConfirmed(wanted, options.yes ?? false, world));
    const how = isMoving ? options : { ...options, dryRun: true };
    if (!how.dryRun) await readySigner(moving, evidence, world);
    const reports = await carryWishes(wishes, { ...how, evidence }, world);
    return {
      stdout: options.json ? applyJson(reports) : applyTable(reports, stillText(files, project)),
      result: isMoving ? resultOfReports(reports) : 'findings',
    };
  } finally {
    await registries.close();
  }
}

/** What nobody told of cannot be put right. */
export function sayPartial({ warnings }: Project, world: World): void {
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
