import type { Owner } from './types.ts';

/** Whether two owners are one cell; `null` is nobody. */
export function isSameOwner(a: Owner | null, b: Owner | null): boolean {
  if (a === null || b === null) return a === b;
  const axes = Object.keys(a.axes);
  if (a.version !== b.version || axes.length !== Object.keys(b.axes).length) return false;
  return axes.every((axis) => a.axes[axis] === b.axes[axis]);
}
