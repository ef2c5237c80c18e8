import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { describeCell, type Cell } from '../plan/cell.ts';

/** The platforms of each cell that are to be built, in the order of the cell. */
export type CellPlatforms = ReadonlyMap<Cell, readonly string[]>;

/**
 * @param texts what `--platform` was given, several separated by commas or one by one; none chooses all of each cell
 * @returns USAGE for a platform that no cell has, and for a cell that has none of them
 */
export function selectPlatforms(cells: readonly Cell[], texts: readonly string[]): Result<CellPlatforms> {
  const wanted = texts.flatMap((text) => text.split(',').map((platform) => platform.trim()));
  if (wanted.length === 0) return ok(new Map(cells.map((cell) => [cell, cell.platforms])));
  const known = new Set(cells.flatMap((cell) => cell.platforms));
  const strangers = wanted.filter((platform) => !known.has(platform));
  if (strangers.length > 0) {
    const fix = `expected one of ${[...known].join(', ')}`;
    return failed(...strangers.map((platform) => usage(`no cell is built for ${quote(platform)}`, fix)));
  }
  const chosen = new Map(
    cells.map((cell) => [cell, cell.platforms.filter((platform) => wanted.includes(platform))] as const),
  );
  const without = cells.filter((cell) => chosen.get(cell)?.length === 0);
  if (without.length === 0) return ok(chosen);
  return failed(
    ...without.map((cell) =>
      usage(`${describeCell(cell)} is not built for ${wanted.join(', ')}`, `it is for ${cell.platforms.join(', ')}`),
    ),
  );
}

/** A full tag has every platform of its cell; @returns USAGE where one is left out */
export function allPlatforms(chosen: CellPlatforms): Result<readonly Cell[]> {
  for (const [cell, platforms] of chosen) {
    const left = cell.platforms.filter((platform) => !platforms.includes(platform));
    if (left.length === 0) continue;
    const message = `the full tag of ${describeCell(cell)} has every platform, and this leaves out ${left.join(', ')}`;
    return failed(usage(message, 'build a part with --push-by-digest or --staging and --record FILE'));
  }
  return ok([...chosen.keys()]);
}

function usage(message: string, fix: string): Problem {
  return { code: 'USAGE', where: '--platform', message, fix };
}
