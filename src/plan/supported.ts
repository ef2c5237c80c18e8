/** Cells that a convenience tag points to now, and so what people pull. */
import { groupBy } from '../domain/group-by.ts';
import type { VersionRange } from '../domain/version.ts';
import type { Cell } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import { moveRank } from './plan.ts';
import type { TagMap } from './tag-map.ts';

export interface SupportedTags {
  readonly cell: Cell;
  /** Broadest first. */
  readonly convenience: readonly ConvenienceTag[];
}

/**
 * Highest release first; in it the cell with the broadest tag, then as the config has them. Lines that have ended are left out.
 *
 * @param range releases that are wanted; `null`: all
 */
export function supportedCells(tags: TagMap, range: VersionRange | null): SupportedTags[] {
  const owned = groupBy(
    tags.convenience.filter(({ owner }) => owner !== null && isWanted(owner, range)),
    ({ owner }) => owner,
  );
  const cells = tags.cells.filter((cell) => owned.has(cell));
  return [...groupBy(cells, ({ release }) => release).values()]
    .toReversed()
    .flatMap((own) =>
      own
        .map((cell) => ({ cell, convenience: (owned.get(cell) ?? []).toSorted((a, b) => moveRank(b) - moveRank(a)) }))
        .toSorted((a, b) => breadth(b) - breadth(a)),
    );
}

function isWanted({ release }: Cell, range: VersionRange | null): boolean {
  return release.line?.isOver !== true && (range === null || range.includes(release.version));
}

/** Of the broadest tag: what a default points to comes first. */
function breadth({ convenience: [broadest] }: SupportedTags): number {
  return broadest === undefined ? -1 : moveRank(broadest);
}
