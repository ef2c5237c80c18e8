/** Exclusions: whole releases, or the cells of some axis values in a range. Each has its reason. */
import type { Problem } from '../domain/errors.ts';
import type { VersionScheme } from '../domain/version.ts';
import { unknownValue, type At } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedImage } from './schema.ts';
import type { Axis, CellExclusion, ReleaseExclusion } from './types.ts';

export interface Exclusions {
  readonly excludedReleases: readonly ReleaseExclusion[];
  readonly excludedCells: readonly CellExclusion[];
}

export function readExclusions(
  image: ParsedImage,
  axes: readonly Axis[],
  scheme: VersionScheme,
  at: At,
  problems: Problem[],
): Exclusions {
  const all = (image.exclude ?? []).map((entry, index): CellExclusion => {
    const { version, since, range, reason, ...selectors } = entry;
    const where = at('exclude', index);
    const isRanged = since !== undefined || range !== undefined;
    if (version !== undefined && isRanged) {
      problems.push({
        code: 'CONFIG_INVALID',
        where,
        message: 'has both version and range',
        fix: 'write one of them',
      });
    }
    if (version === undefined && !isRanged && Object.keys(selectors).length === 0) {
      problems.push({
        code: 'CONFIG_INVALID',
        where,
        message: 'excludes everything',
        fix: 'name a version, a range or values of an axis',
      });
    }
    return {
      version: version ?? null,
      range: readRange({ since, range }, scheme, where, problems),
      axes: readSelectors(selectors, axes, where, problems),
      reason,
      where,
    };
  });
  return {
    excludedReleases: all.filter((entry) => entry.axes.size === 0),
    excludedCells: all.filter((entry) => entry.axes.size > 0),
  };
}

function readSelectors(
  selectors: Readonly<Record<string, string | string[]>>,
  axes: readonly Axis[],
  where: string,
  problems: Problem[],
): Map<string, readonly string[]> {
  const read = Object.entries(selectors).map(([name, given]): [string, readonly string[]] => {
    const values = typeof given === 'string' ? [given] : given;
    const axis = axes.find((candidate) => candidate.name === name);
    const known = axis?.values.map((value) => value.name) ?? [];
    if (axis === undefined) {
      const keys = ['version', 'since', 'range', 'reason', ...axes.map((candidate) => candidate.name)];
      problems.push({ ...unknownValue('key', name, keys, `${where}.${name}`), code: 'CONFIG_UNKNOWN_KEY' });
    }
    for (const value of axis === undefined ? [] : values) {
      if (!known.includes(value)) problems.push(unknownValue(name, value, known, `${where}.${name}`));
    }
    return [name, values];
  });
  return new Map(read);
}
