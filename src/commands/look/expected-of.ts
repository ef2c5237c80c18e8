/** What a project expects of its repository, with the releases its plan leaves out and why. */
import { expectTags, type Expected, type LeftOutRelease } from '../../sight/expected.ts';
import type { Release } from '../../domain/release.ts';
import { readFacts, resolvedTags, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import type { CommonOptions } from '../options.ts';

export async function expectedOf(project: Project, options: CommonOptions, world: World): Promise<Expected> {
  const excluded = project.known.excluded.map(({ release, reason, holdsTags }) =>
    leftOut(release, `excluded: ${reason}`, project, holdsTags),
  );
  const later = (await laterReleases(project, options, world)).map((release) =>
    leftOut(release, `left out by --at ${options.at ?? ''}`, project),
  );
  return expectTags(project.image, project.tags, [...excluded, ...later]);
}

/** Its tags as if it were the only release: what it would have had. */
function leftOut(release: Release, reason: string, project: Project, holdsTags = false): LeftOutRelease {
  const { image, factsFrom } = project;
  return { tags: resolvedTags(image, [release], factsFrom), reason, holdsTags };
}

async function laterReleases(project: Project, options: CommonOptions, world: World): Promise<readonly Release[]> {
  if (options.at === null) return [];
  const all = await readFacts({ ...options, at: null }, world);
  const known = new Set(project.known.releases.map((release) => release.version.text));
  return all.known.releases.filter((release) => !known.has(release.version.text));
}
