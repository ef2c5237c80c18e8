/** The pages of a plan, loaded for them alone: no other format needs what draws them. */
import { mapSeveral, type Several } from '../domain/several.ts';
import type { PlanDiff } from '../plan/plan-diff.ts';
import type { Plan } from '../plan/types.ts';
import { planDiffHtml } from '../report/page/plan-diff.ts';
import { planHtml } from '../report/page/plan.ts';
import { pageProject, type PageProject } from '../report/page/project.ts';
import type { Project } from './read-project.ts';

/** The plan of one repository, and the project that it is of. */
export interface PlanView {
  readonly plan: Plan;
  readonly project: Project;
}

export function planPageText(views: Several<PlanView>): string {
  return planHtml(mapSeveral(views, ({ plan, project }) => ({ plan, project: forPage(project) })));
}

export function planDiffPageText(diff: PlanDiff, project: Project): string {
  return planDiffHtml(diff, forPage(project));
}

function forPage({ image, known, tags }: Project): PageProject {
  return pageProject(image, known.releases, tags);
}
