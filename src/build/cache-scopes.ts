import type { ImageConfig } from '../config/types.ts';
import type { CacheScopes } from '../domain/build-target.ts';
import { formatReference } from '../domain/reference.ts';
import { type Cell, fullTag, targetId } from '../plan/cell.ts';

/**
 * A cell writes a cache of its own and reads its own, then the one of the release before: of a lower version, so that a
 * backport finds its own series.
 *
 * @param cells of the whole plan
 * @param platforms of the part that is built: parts of one cell, built on several machines, do not overwrite each other
 */
export function cacheScopes(
  cell: Cell,
  cells: readonly Cell[],
  image: ImageConfig,
  platforms: readonly string[] = cell.platforms,
): CacheScopes {
  const before = cells
    .filter(
      ({ shape, release }) =>
        shape.rank === cell.shape.rank && image.scheme.compare(release.version, cell.release.version) < 0,
    )
    .toSorted((a, b) => image.scheme.compare(b.release.version, a.release.version))[0];
  const scopeOf = (of: Cell): string => [targetId(of), ...partOf(cell, platforms)].join('_');
  if (before === undefined) return { own: scopeOf(cell), previous: null };
  const reference = formatReference(image.repositories[0], fullTag(before));
  return { own: scopeOf(cell), previous: { scope: scopeOf(before), reference } };
}

function partOf(cell: Cell, platforms: readonly string[]): readonly string[] {
  return platforms.length === cell.platforms.length ? [] : platforms.map((platform) => platform.replaceAll('/', '-'));
}
