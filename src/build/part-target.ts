import type { ImageConfig } from '../config/types.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import { formatReference, formatRepository } from '../domain/reference.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { maxTagLength, stagingPrefix, tagFault } from '../domain/tag.ts';
import { describeCell, fullTag, type Cell } from '../plan/cell.ts';
import { cacheScopes } from './cache-scopes.ts';
import type { BuildRoots } from './source.ts';
import { buildTarget } from './targets.ts';

/** How parts of cells are pushed: by digest, or under tags of one run. */
export type PartPush = { readonly kind: 'digest' } | { readonly kind: 'staging'; readonly run: string };

/** The build of some platforms of a cell. @param cells of the whole plan @param stagingTag `null` where it is pushed by digest */
export function partTarget(
  cell: Cell,
  platforms: readonly string[],
  { image, cells }: { readonly image: ImageConfig; readonly cells: readonly Cell[] },
  stagingTag: string | null,
  roots: BuildRoots,
): BuildTarget {
  const references = image.repositories.map((repository) =>
    stagingTag === null ? formatRepository(repository) : formatReference(repository, stagingTag),
  );
  return {
    ...buildTarget(cell, image, references, roots),
    platforms,
    cache: cacheScopes(cell, cells, image, platforms),
    part: stagingTag === null ? 'digest' : 'staging',
  };
}

/**
 * `staging-<run>-<full tag>-linux-amd64`: the same for the same job of a run, so that a second try takes its place.
 *
 * @returns `null` where parts are pushed by digest; TAG_INVALID where it would be too long
 */
export function stagingTagOf(cell: Cell, platforms: readonly string[], push: PartPush): Result<string | null> {
  if (push.kind === 'digest') return ok(null);
  const parts = [push.run, fullTag(cell), ...platforms.map((platform) => platform.replaceAll('/', '-'))];
  const tag = `${stagingPrefix}${parts.join('-')}`;
  if (tagFault(tag) === null) return ok(tag);
  const message = `the staging tag of ${describeCell(cell)} would have ${tag.length} characters; a tag holds ${maxTagLength}`;
  return failed({ code: 'TAG_INVALID', where: '--staging', message, fix: 'push by digest, or split by platform' });
}
