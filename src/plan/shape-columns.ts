import type { ImageConfig } from '../config/types.ts';
import type { Cell } from './cell.ts';

/** Axes of the shapes that some release has, the last axis outermost: flavors side by side, each with its Pythons. */
export function shapeColumns(
  image: Pick<ImageConfig, 'axes'>,
  cells: readonly Pick<Cell, 'shape'>[],
): readonly Readonly<Record<string, string>>[] {
  const axes = image.axes.toReversed();
  const places = new Map(
    axes.map(({ name, values }) => [name, new Map(values.map((value, place) => [value.name, place]))]),
  );
  const rank = (axis: string, value: string | undefined): number => places.get(axis)?.get(value ?? '') ?? -1;
  const shapes = new Map(cells.map(({ shape }) => [JSON.stringify(axes.map(({ name }) => shape.axes[name])), shape]));
  return [...shapes.values()]
    .toSorted((a, b) => {
      for (const { name } of axes) {
        const difference = rank(name, a.axes[name]) - rank(name, b.axes[name]);
        if (difference !== 0) return difference;
      }
      return a.rank - b.rank;
    })
    .map(({ axes: values }) => values);
}
