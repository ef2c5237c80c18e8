import type { Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { type Cell, targetId } from '../plan/cell.ts';

/**
 * Chooses cells of one release: by id (`2-11-5_python-3-10_flavor-conda`), or by axis (`python=3.10`). Several ids or
 * values are separated by commas or given one by one; a cell is chosen if its id is named (where ids are) and every
 * axis that is named agrees.
 *
 * @param texts what `--only` was given; none chooses every cell
 * @param where the flag, for the problems
 * @returns at least one cell, in their order; or USAGE for names, values and combinations that no cell has
 */
export function selectCells(cells: readonly Cell[], texts: readonly string[], where: string): Result<readonly Cell[]> {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  const axes = new Map<string, Set<string>>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(equals, 0));
    const values = text
      .slice(equals + 1)
      .split(',')
      .map((value) => value.trim());
    const known = equals === -1 ? cells.map(targetId) : valuesOf(cells, name);
    if (known === null) {
      const names = Object.keys(cells[0]?.shape.axes ?? {});
      problems.push(usage(where, `there is no axis ${quote(name)}`, `name one of ${names.join(', ')}`));
      continue;
    }
    const wrong = values.filter((value) => !known.includes(value));
    problems.push(...wrong.map((value) => unknownValue(where, equals === -1 ? 'cell' : name, value, known)));
    const chosen = equals === -1 ? ids : (axes.get(name) ?? new Set());
    for (const value of values) chosen.add(value);
    if (equals !== -1) axes.set(name, chosen);
  }
  if (problems.length > 0) return failed(...problems);
  const selected = cells.filter(
    (cell) =>
      (ids.size === 0 || ids.has(targetId(cell))) &&
      [...axes].every(([axis, values]) => values.has(cell.shape.axes[axis] ?? '')),
  );
  if (selected.length > 0) return ok(selected);
  return failed(usage(where, `no cell is ${texts.join(' and ')}`, `the cells are ${cells.map(targetId).join(', ')}`));
}

function valuesOf(cells: readonly Cell[], axis: string): readonly string[] | null {
  const values = new Set(cells.flatMap((cell) => cell.shape.axes[axis] ?? []));
  return values.size === 0 ? null : [...values];
}

function unknownValue(where: string, what: string, value: string, known: readonly string[]): Problem {
  const near = nearest(value, known);
  const fix = near === null ? `expected one of ${known.join(', ')}` : `did you mean ${near}?`;
  return usage(where, `this release has no ${what} ${quote(value)}`, fix);
}

function usage(where: string, message: string, fix: string): Problem {
  return { code: 'USAGE', where, message, fix };
}
