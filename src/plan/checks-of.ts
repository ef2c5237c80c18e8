import type { Check } from '../config/types.ts';
import type { Cell } from './cell.ts';

/** The checks that a cell has to pass. */
export function checksOf({ release, shape }: Cell, checks: readonly Check[]): readonly Check[] {
  return checks.filter(
    ({ range, axes }) =>
      (range === null || range.includes(release.version)) &&
      [...axes].every(([axis, values]) => {
        const value = shape.axes[axis];
        return value !== undefined && (values === '*' || values.includes(value));
      }),
  );
}
