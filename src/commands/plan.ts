/** `tagwright plan [VERSION]`: the whole tag map, or what publishing one release builds and moves. Never writes. */
import { buildTarget } from '../build/targets.ts';
import { InputError, InternalError } from '../domain/errors.ts';
import { formatReference } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import { releasePlan, wholePlan } from '../plan/plan.ts';
import type { Plan } from '../plan/types.ts';
import { renderBake } from '../render/bake.ts';
import { planJson } from '../report/plan-json.ts';
import { planMarkdown } from '../report/plan-markdown.ts';
import { planTable } from '../report/plan-table.ts';
import { onlineMoves } from './plan-online.ts';
import type { CommonOptions } from './options.ts';
import { namedRelease, readProject, resolve, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export type PlanFormat = 'table' | 'json' | 'markdown' | 'bake';

export interface PlanOptions extends CommonOptions {
  readonly version: string | null;
  /** Without a registry: from facts alone. */
  readonly offline: boolean;
  readonly format: PlanFormat;
}

export async function planCommand(options: PlanOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const release = options.version === null ? null : namedRelease(project, options.version);
  if (options.format === 'bake') return { stdout: bakeText(project, release), result: 'as-planned' };
  const offline = offlinePlan(project, release);
  const plan = options.offline ? offline : await withRegistry(offline, project, release, world);
  return { stdout: planText(plan, options.format), result: 'as-planned' };
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
