/** The default value of an axis for a release: which Python `latest` means. */
import type { ImageConfig, Rule } from '../config/types.ts';
import type { Release } from '../domain/release.ts';
import { isInSeries } from '../domain/version.ts';
import type { CellShape } from './cell.ts';

/** What the config says of one axis for one release. */
export type DefaultValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'highest' }
  /** Nobody said. */
  | { readonly kind: 'missing' };

/** The longest series that the release is in decides; within it, the choice whose range has the release. */
export function defaultValue(image: ImageConfig, axis: string, release: Release): DefaultValue {
  const given = image.defaults.get(axis);
  if (given === undefined) return { kind: 'missing' };
  if (given.kind === 'highest') return { kind: 'highest' };
  const series = [...given.series.keys()]
    .filter((key) => isInSeries(release.version, key))
    .toSorted((a, b) => b.split('.').length - a.split('.').length)[0];
  const choices = series === undefined ? undefined : given.series.get(series);
  if (choices === undefined) return { kind: 'missing' };
  if (choices === 'highest') return { kind: 'highest' };
  const choice = choices.find((entry) => entry.range === null || entry.range.includes(release.version));
  return choice === undefined ? { kind: 'missing' } : { kind: 'value', value: choice.value };
}

/** The shapes of one release that a rule gives its tag to, and the axes it has no default for. */
export interface RuleShapes {
  readonly shapes: readonly CellShape[];
  readonly missing: readonly string[];
}

/** Applies a rule's `only` to the shapes of a release. */
export function shapesForRule(
  rule: Rule,
  shapes: readonly CellShape[],
  image: ImageConfig,
  release: Release,
): RuleShapes {
  let left = shapes;
  const missing: string[] = [];
  for (const [axis, only] of rule.only) {
    if (only !== 'default') {
      left = left.filter((shape) => only.includes(shape.axes[axis] ?? ''));
      continue;
    }
    const chosen = defaultValue(image, axis, release);
    if (chosen.kind === 'missing') {
      missing.push(axis);
      left = [];
    } else if (chosen.kind === 'value') left = left.filter((shape) => shape.axes[axis] === chosen.value);
    else left = highestOf(axis, left);
  }
  return { shapes: left, missing };
}

/** Of the shapes that differ in this axis alone, the one with the highest value (values are in ascending order). */
function highestOf(axis: string, shapes: readonly CellShape[]): readonly CellShape[] {
  const highest = new Map<string, CellShape>();
  for (const shape of shapes) {
    const others = JSON.stringify(Object.entries(shape.axes).filter(([name]) => name !== axis));
    highest.set(others, shape);
  }
  return [...highest.values()].toSorted((a, b) => a.rank - b.rank);
}
