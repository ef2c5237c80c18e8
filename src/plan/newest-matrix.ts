/** An image as the next release would be built: what is for the top of the version order, and no range any more. */
import type { AxisDefault, Choice, ImageConfig } from '../config/types.ts';
import { compareCuts } from '../domain/version-spans.ts';
import type { Cut, VersionRange, VersionScheme } from '../domain/version.ts';

/** The values, platforms, defaults and exclusions that a commit after all releases has. */
export function withNewestMatrix(image: ImageConfig): ImageConfig {
  const top = image.shape.range?.spans.at(-1)?.to ?? null;
  const isNow = (range: VersionRange | null): boolean => reaches(range, top, image.scheme);
  const now = <T extends { readonly range: VersionRange | null }>(entries: readonly T[]): T[] =>
    entries.filter(({ range }) => isNow(range)).map((entry) => ({ ...entry, range: null }));
  const axes = image.axes.map((axis) => ({ ...axis, values: now(axis.values) }));
  const defaults = [...image.defaults].map(([axis, given]): [string, readonly AxisDefault[]] => {
    const choices = now<Choice>(newestSeries(given)?.choices ?? []);
    return [axis, choices.length === 0 ? [] : [{ series: '', choices }]];
  });
  return {
    ...image,
    axes,
    platforms: now(image.platforms),
    aliases: image.aliases.map((alias) => ({ ...alias, choices: now(alias.choices) })),
    defaults: new Map(defaults),
    excludedCells: now(image.excludedCells.filter(({ version }) => version === null)),
  };
}

/** Whether a range holds what is right below `top`; `null` is no end. */
function reaches(range: VersionRange | null, top: Cut | null, { compare }: VersionScheme): boolean {
  if (range === null) return true;
  const last = range.spans.at(-1);
  if (last === undefined) return false;
  return (
    last.to === null ||
    (top !== null && compareCuts(last.to, top, 1, compare) >= 0 && startsBelow(last.from, top, compare))
  );
}

function startsBelow(from: Cut | null, top: Cut, compare: VersionScheme['compare']): boolean {
  return compareCuts(from, top, -1, compare) < 0;
}

/** The default of all series, or of the highest one. */
function newestSeries(given: readonly AxisDefault[]): AxisDefault | undefined {
  const numbers = ({ series }: AxisDefault): number[] => series.split('.').map(Number);
  const [highest] = given.toSorted((a, b) => {
    const [left, right] = [numbers(a), numbers(b)];
    const at = left.findIndex((number, index) => number !== right[index]);
    return at === -1 ? right.length - left.length : (right[at] ?? -1) - (left[at] ?? -1);
  });
  return given.find(({ series }) => series === '') ?? highest;
}
