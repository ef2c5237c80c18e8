/** The cells of one release with what each is called: its own name on every axis, its aliases, and the defaults. */
import type { Choice, ImageConfig, Rule, Where } from '../config/types.ts';
import type { Release } from '../domain/release.ts';
import { isInSeries } from '../domain/version.ts';
import type { CellShape } from './cell.ts';

/** Releases that are built alike share one. */
export interface Matrix {
  readonly shapes: readonly CellShape[];
  /** What `{{axis}}` gives in tags of this shape: its own text first, then its aliases. */
  namesOf(shape: CellShape, axis: string): readonly string[];
  /** The shapes that have the default of an axis; none where nobody said what it is. */
  defaultsOf(axis: string): ReadonlySet<CellShape>;
}

/**
 * @param isBuilt which of the shapes the release was built for: of several values to choose from, one that is built
 */
export function matrixOf(
  shapes: readonly CellShape[],
  release: Release,
  image: ImageConfig,
  isBuilt: (shape: CellShape) => boolean = () => true,
): Matrix {
  const built = new Set(shapes.filter(isBuilt).map((shape) => keyOf(shape.axes)));
  const defaults = new Map<string, ReadonlySet<CellShape>>();

  function has(shape: CellShape, axis: string, choices: readonly Choice[]): boolean {
    const choice = choices.find(({ range, where }) => isIn(release, range) && fits(shape, where));
    if (choice === undefined) return false;
    if (choice.values === 'default') return defaultsOf(axis).has(shape);
    const [first] = choice.values;
    const chosen =
      choice.values.length === 1
        ? first
        : (choice.values.find((value) => built.has(keyOf({ ...shape.axes, [axis]: value }))) ?? first);
    return shape.axes[axis] === chosen;
  }

  function defaultsOf(axis: string): ReadonlySet<CellShape> {
    const known = defaults.get(axis);
    if (known !== undefined) return known;
    const choices = defaultChoices(image, axis, release);
    const found = new Set(shapes.filter((shape) => has(shape, axis, choices)));
    defaults.set(axis, found);
    return found;
  }

  return {
    shapes,
    defaultsOf,
    namesOf(shape, axis) {
      const own = shape.variables[axis] ?? '';
      const aliases = image.aliases.filter((alias) => alias.axis === axis && has(shape, axis, alias.choices));
      return [...new Set([own, ...aliases.map((alias) => alias.name)])];
    },
  };
}

/** The shapes that a rule gives tags to. */
export function shapesForRule(rule: Rule, matrix: Matrix): readonly CellShape[] {
  return [...rule.only].reduce<readonly CellShape[]>(
    (left, [axis, only]) =>
      only === 'default'
        ? left.filter((shape) => matrix.defaultsOf(axis).has(shape))
        : left.filter((shape) => only.includes(shape.axes[axis] ?? '')),
    matrix.shapes,
  );
}

/** Whether the config says what the default of an axis is for a release. */
export function hasDefault(image: ImageConfig, axis: string, release: Release): boolean {
  return defaultChoices(image, axis, release).some(({ range }) => isIn(release, range));
}

/** The longest series that the release is in decides. */
export function defaultChoices(image: ImageConfig, axis: string, release: Release): readonly Choice[] {
  const given = image.defaults.get(axis) ?? [];
  return given.find(({ series }) => series === '' || isInSeries(release.version, series))?.choices ?? [];
}

/** Two releases with one key choose alike between the same shapes. */
export function choiceKey(release: Release, image: ImageConfig): string {
  const bits = (choices: readonly Choice[]): string =>
    choices.map(({ range }) => (isIn(release, range) ? '1' : '0')).join('');
  const defaults = [...image.defaults.keys()].map((axis) => {
    const choices = defaultChoices(image, axis, release);
    return `${choices.map(({ values }) => String(values)).join(';')} ${bits(choices)}`;
  });
  return [...defaults, ...image.aliases.map((alias) => bits(alias.choices))].join(' ');
}

/** Whether a shape has one of the values that are asked for on every axis that is named. */
export function fits(shape: Pick<CellShape, 'axes'>, where: Where): boolean {
  for (const [axis, values] of where) if (!values.includes(shape.axes[axis] ?? '')) return false;
  return true;
}

function isIn(release: Release, range: Choice['range']): boolean {
  return range === null || range.includes(release.version);
}

function keyOf(axes: Readonly<Record<string, string>>): string {
  return Object.values(axes).join('\n');
}
