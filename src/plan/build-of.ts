import { mergeBuilds } from '../config/build-spec.ts';
import type { BuildSpec, ImageConfig } from '../config/types.ts';
import type { CellShape } from './cell.ts';

const known = new WeakMap<CellShape, BuildSpec>();

/** How the cells of a shape are built: what the image says, and what each of its axis values says on top. */
export function buildOf(shape: CellShape, image: ImageConfig): BuildSpec {
  const merged = known.get(shape);
  if (merged !== undefined) return merged;
  const values = image.axes.flatMap(({ name, values }) => {
    const value = values.find((candidate) => candidate.name === shape.axes[name]);
    return value === undefined ? [] : [[name, value.build] as const];
  });
  const build = mergeBuilds(image.build, values);
  known.set(shape, build);
  return build;
}
