import type { Release } from '../domain/release.ts';
import { planNotes } from '../plan/notes.ts';
import { releasePlan, wholePlan } from '../plan/plan.ts';
import type { TagMap } from '../plan/tag-map.ts';
import type { Plan } from '../plan/types.ts';
import { markBeforeFinals } from '../releases/before-finals.ts';
import { resolvedTags, type Project } from './read-project.ts';

/** The plan as facts alone give it. */
export function offlinePlan(project: Project, release: Release | null): Plan {
  const { image, known, factsFrom, tags, warnings } = project;
  const resolved = (releases: readonly Release[]): TagMap => resolvedTags(image, releases, factsFrom);
  const notes = planNotes(image, known.releases, tags, release, resolved);
  const others = markBeforeFinals(known.releases.filter((other) => other !== release));
  const plan =
    release === null
      ? wholePlan(image, tags, warnings)
      : releasePlan(image, release, tags, () => resolved(others), warnings);
  return notes.length === 0 ? plan : { ...plan, notes };
}
