/** `tagwright plan [VERSION]`: the whole tag map, or what publishing one release builds and moves. Never writes. */
import { buildTarget } from '../build/targets.ts';
import { InputError, InternalError } from '../domain/errors.ts';
import { formatReference } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import { diffPlans } from '../plan/plan-diff.ts';
import { movesBetween, releasePlan, wholePlan } from '../plan/plan.ts';
import type { Plan } from '../plan/types.ts';
import { renderBake } from '../render/bake.ts';
import { planJson } from '../report/plan-json.ts';
import { planMarkdown } from '../report/plan-markdown.ts';
import { planTable } from '../report/plan-table.ts';
import { planDiffJson, planDiffMarkdown, planDiffTable } from '../report/plan-diff.ts';
import { withRelease, withYank } from '../releases/what-if.ts';
import { onlineMoves } from './plan-online.ts';
import type { CommonOptions } from './options.ts';
import {
  namedRelease,
  projectOf,
  readFacts,
  readProject,
  required,
  resolve,
  type Facts,
  type Project,
} from './read-project.ts';
import type { Outcome, World } from './world.ts';

export type PlanFormat = 'table' | 'json' | 'markdown' | 'bake';

export interface PlanOptions extends CommonOptions {
  readonly version: string | null;
  /** Without a registry: from facts alone. */
  readonly offline: boolean;
  readonly format: PlanFormat;
  /** Releases that are not out, `VERSION` or `VERSION@REVISION`, planned as if they were. */
  readonly with: readonly string[];
  /** Releases planned as if they were withdrawn. */
  readonly yank: readonly string[];
  /** Another config: what the tags would be by it, against this one's. */
  readonly diff: string | null;
}

export async function planCommand(options: PlanOptions, world: World): Promise<Outcome> {
  const facts = await readFacts(options, world);
  const project = projectOf(whatIf(facts, options, world));
  if (options.diff !== null) return diffOutcome(project, options.diff, options, world);
  const release = options.version === null ? null : namedRelease(project, options.version);
  if (options.format === 'bake') return { stdout: bakeText(project, release), result: 'as-planned' };
  const isWhatIf = options.with.length + options.yank.length > 0 && release === null;
  const plan = offlinePlan(project, release);
  const supposed = isWhatIf ? { ...plan, moves: movesBetween(projectOf(facts).tags, project.tags) } : plan;
  const stdout = planText(
    options.offline ? supposed : await withRegistry(plan, project, release, world),
    options.format,
  );
  return { stdout, result: 'as-planned' };
}

/** The facts with the releases that `--with` adds and `--yank` withdraws. */
function whatIf(facts: Facts, options: PlanOptions, world: World): Facts {
  let { known } = facts;
  for (const text of options.with) known = required(withRelease(known, text, facts.image, world.clock.nowMs()));
  for (const text of options.yank) known = required(withYank(known, text, facts.image));
  return { ...facts, known };
}

/** The tags of this config against those of another: what a change of the config does. */
async function diffOutcome(project: Project, other: string, options: PlanOptions, world: World): Promise<Outcome> {
  const before = await readProject({ ...options, config: other }, world);
  const diff = diffPlans(offlinePlan(before, null), offlinePlan(project, null));
  if (options.format === 'json') return { stdout: planDiffJson(diff), result: 'as-planned' };
  return { stdout: options.format === 'markdown' ? planDiffMarkdown(diff) : planDiffTable(diff), result: 'as-planned' };
}

/** The plan as facts alone give it. */
export function offlinePlan(project: Project, release: Release | null): Plan {
  const { config, image, known, factsFrom, tags, warnings } = project;
  if (release === null) return wholePlan(image, tags, warnings);
  const others = known.releases.filter((other) => other !== release);
  return releasePlan(image, release, tags, resolve(config, image, others, factsFrom).tags, warnings);
}

async function withRegistry(plan: Plan, project: Project, release: Release | null, world: World): Promise<Plan> {
  const repository = project.image.repositories[0];
  if (repository === undefined) throw new InternalError('an image has a repository');
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const tags = project.tags.convenience.filter((tag) => release === null || tag.owner?.release === release);
    const { moves } = await onlineMoves(registries.open(repository), tags, project, world);
    return { ...plan, moves };
  } finally {
    await registries.close();
  }
}

export function planText(plan: Plan, format: Exclude<PlanFormat, 'bake'>): string {
  if (format === 'json') return planJson(plan);
  return format === 'markdown' ? planMarkdown(plan) : planTable(plan);
}

/** The bake file that publishing the release would use, every cell in it. */
function bakeText(project: Project, release: Release | null): string {
  if (release === null) {
    throw new InputError([
      {
        code: 'USAGE',
        where: '--format bake',
        message: 'a bake file is of one release',
        mend: 'write tagwright plan VERSION --format bake',
      },
    ]);
  }
  const targets = project.tags.cells
    .filter((cell) => cell.release === release)
    .map((cell) => {
      const full = cell.pinned[0]?.tag ?? '';
      const references = project.image.repositories.map((repository) => formatReference(repository, full));
      return buildTarget(cell, project.image, references, '.');
    });
  return renderBake(targets, { push: true, ...project.config.build });
}
