import { InputError } from '../../domain/errors.ts';
import type { VersionRange } from '../../domain/version.ts';
import { quote } from '../../domain/tag.ts';
import { moveRank } from '../../plan/plan.ts';
import { supportedCells } from '../../plan/supported.ts';
import type { SupportedCell } from '../../report/supported-tags.ts';
import type { Project } from '../read-project.ts';
import { tagsForPeople } from './tags-for-people.ts';

/**
 * Cells that a convenience tag points to, as they are shown.
 *
 * @param range releases whose tags are shown; `null`: all
 * @throws {InputError} RANGE_INVALID
 */
export function supportedOf({ image, tags }: Project, range: string | null): readonly SupportedCell[] {
  const wanted = range === null ? null : rangeOf(range, image);
  return supportedCells(tags, wanted).map(({ cell, convenience }) => ({
    version: cell.release.version.text,
    axes: cell.shape.axes,
    platforms: cell.platforms,
    pinned: tagsForPeople(cell, image),
    convenience: convenience.map((tag) => ({ tag: tag.tag, breadth: moveRank(tag) })),
  }));
}

function rangeOf(range: string, { scheme }: Project['image']): VersionRange {
  const parsed = scheme.parseRange(range);
  if (parsed !== null) return parsed;
  const message = `${quote(range)} is no range of ${scheme.name} versions`;
  throw new InputError([{ code: 'RANGE_INVALID', where: '--range', message, fix: "write a range such as '>=2.20'" }]);
}
