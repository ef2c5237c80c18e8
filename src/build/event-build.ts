/** One cell of a build that is not a release, for another tool that builds it and pushes all of its tags. */
import type { BuildTarget } from '../domain/build-target.ts';
import { formatReference, formatRepository } from '../domain/reference.ts';
import { fullTag, type Cell } from '../plan/cell.ts';
import { tagsOfCell, type EventLane } from '../plan/event-lanes.ts';
import { cacheScopes } from './cache-scopes.ts';
import type { BuildRoots } from './source.ts';
import { buildTarget } from './targets.ts';

export interface EventTarget {
  /** The first of its tags. */
  readonly version: string;
  /** `registry/path` of each repository, those of every rule. */
  readonly repositories: readonly string[];
  /** Tag texts, those that move first. */
  readonly tagNames: readonly string[];
  /** `registry/path:tag`, repository by repository. */
  readonly tags: readonly string[];
  /** Those of them that no later build takes. */
  readonly pinnedNames: readonly string[];
  readonly pinned: readonly string[];
  /** Its references are all tags. */
  readonly target: BuildTarget;
}

/**
 * @param lanes with the same cells
 * @param roots folders that the config's paths are relative to, as the build tool is to see them
 */
export function eventTarget(
  chosen: Cell,
  [first, ...others]: readonly [EventLane, ...EventLane[]],
  roots: BuildRoots,
): EventTarget {
  const lanes = [first, ...others].flatMap(({ image, tags }) =>
    tags.cells
      .filter(({ shape }) => shape.rank === chosen.shape.rank)
      .map((cell) => ({
        repositories: image.repositories,
        names: tagsOfCell(cell, tags),
        pinned: cell.pinned.map(({ tag }) => tag),
      })),
  );
  const references = (of: 'names' | 'pinned'): readonly string[] =>
    lanes.flatMap((lane) =>
      lane.repositories.flatMap((repository) => lane[of].map((tag) => formatReference(repository, tag))),
    );
  const tags = references('names');
  const target = buildTarget(chosen, first.image, tags, roots);
  const tagNames = unique(lanes.flatMap(({ names }) => names));
  return {
    version: tagNames[0] ?? fullTag(chosen),
    repositories: lanes.flatMap(({ repositories }) => repositories.map(formatRepository)),
    tagNames,
    tags,
    pinnedNames: unique(lanes.flatMap(({ pinned }) => pinned)),
    pinned: references('pinned'),
    target: { ...target, cache: cacheScopes(chosen, first.tags.cells, first.image) },
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
