/** Pages of plans and explanations, as commands make them from facts alone. */
import { explainTag } from '../../src/plan/explain.ts';
import { diffPlans } from '../../src/plan/plan-diff.ts';
import { releasePlan, wholePlan } from '../../src/plan/plan.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import type { Plan } from '../../src/plan/types.ts';
import { explainPage } from '../../src/report/page/explain.ts';
import { planDiffPage } from '../../src/report/page/plan-diff.ts';
import { planPage } from '../../src/report/page/plan.ts';
import { pageProject, type PageProject } from '../../src/report/page/project.ts';
import type { PageData, Part, Row } from '../../src/browser/page-data.ts';
import type { Planned } from './history.ts';

export function projectOf({ image, known, tags }: Planned): PageProject {
  return pageProject(image, known.releases, tags);
}

/** @param version the release that is published; `null` for the whole map */
export function planOf({ image, known, finder, tags }: Planned, version: string | null): Plan {
  if (version === null) return wholePlan(image, tags, []);
  const release = known.releases.find((candidate) => candidate.version.text === version);
  if (release === undefined) throw new Error(`there is no release ${version}`);
  const others = known.releases.filter((other) => other !== release);
  return releasePlan(image, release, tags, () => resolveTags(image, others, finder), []);
}

export function mapPage(made: Planned): PageData {
  return planPage([{ plan: planOf(made, null), project: projectOf(made) }]);
}

export function releasePage(made: Planned, version: string): PageData {
  return planPage([{ plan: planOf(made, version), project: projectOf(made) }]);
}

export function diffPage(before: Planned, after: Planned): PageData {
  return planDiffPage(diffPlans(planOf(before, null), planOf(after, null)), projectOf(after));
}

export function tagPage(made: Planned, tag: string): PageData {
  const { image, known, tags } = made;
  return explainPage(explainTag(tag, image, known, tags), [], projectOf(made));
}

/** The part of an id, of the kind that it must be. */
export function partOf<K extends Part['kind']>(page: PageData, kind: K, id: string): Extract<Part, { kind: K }> {
  const found = page.parts.find((part): part is Extract<Part, { kind: K }> => part.kind === kind && part.id === id);
  if (found === undefined) throw new Error(`the page has no ${kind} ${id}`);
  return found;
}

/** Every row of a list, as `group: tag from → to`. */
export function linesOf(page: PageData, id: string): string[] {
  return partOf(page, 'list', id).groups.flatMap(({ name, rows }) => rows.map((row) => `${name}: ${lineOf(row)}`));
}

function lineOf({ tag, from, to, mark }: Row): string {
  const ends = to === undefined ? '' : from === undefined ? ` ${to}` : ` ${from} → ${to}`;
  return `${tag}${ends}${mark === undefined ? '' : ` (${mark})`}`;
}
