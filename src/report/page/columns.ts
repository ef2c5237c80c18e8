/** Cells of an image as columns of a table: the first axis names them, the others name their groups. */
import type { GridColumn } from '../../browser/page-data.ts';
import { groupBy } from '../../domain/group-by.ts';

export interface Columns {
  /** Empty if there is one axis, or none. */
  readonly groups: readonly { readonly name: string; readonly span: number }[];
  readonly columns: readonly GridColumn[];
}

/** @param shapes axes of each column, those of one group next to each other */
export function columnsOf(shapes: readonly Readonly<Record<string, string>>[]): Columns {
  const [inner = '', ...outer] = Object.keys(shapes[0] ?? {});
  const names = shapes.map((shape) => outer.map((axis) => shape[axis] ?? '').join(' '));
  return {
    groups:
      outer.length === 0 ? [] : [...groupBy(names, (name) => name)].map(([name, own]) => ({ name, span: own.length })),
    columns: shapes.map((shape, index) => ({
      name: shape[inner] ?? 'image',
      first: index === 0 || names[index - 1] !== names[index],
    })),
  };
}
