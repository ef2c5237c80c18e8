import type { ImageConfig } from '../config/types.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import { formatReference, formatRepository } from '../domain/reference.ts';
import { fullTag, type Cell } from '../plan/cell.ts';
import type { TagMap } from '../plan/tag-map.ts';
import { cacheScopes } from './cache-scopes.ts';
import type { BuildRoots } from './source.ts';
import { buildTarget } from './targets.ts';

/** What a step of a workflow that builds one cell by itself has to know. */
export interface CellMetadata {
  /** `registry/path` of each repository. */
  readonly repositories: readonly string[];
  /** Tag texts, the full tag first. */
  readonly pinned: readonly string[];
  /** The convenience tags the cell owns, in the order of the plan. */
  readonly convenience: readonly string[];
  /** The build that pushes its full tag. */
  readonly target: BuildTarget;
}

/** @param roots folders that the config's paths are relative to, as the build tool is to see them */
export function cellMetadata(cell: Cell, tags: TagMap, image: ImageConfig, roots: BuildRoots): CellMetadata {
  const full = fullTag(cell);
  const references = image.repositories.map((repository) => formatReference(repository, full));
  return {
    repositories: image.repositories.map(formatRepository),
    pinned: cell.pinned.map(({ tag }) => tag),
    convenience: tags.convenience.filter(({ owner }) => owner === cell).map(({ tag }) => tag),
    target: { ...buildTarget(cell, image, references, roots), cache: cacheScopes(cell, tags.cells, image) },
  };
}
