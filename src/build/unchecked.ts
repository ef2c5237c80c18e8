/** A pinned tag that waits for a check cannot be pushed by the build itself: the digest has to be there before. */
import type { Check } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { Cell } from '../plan/cell.ts';
import { checksOf } from '../plan/checks-of.ts';

export function isBeforePinned({ before }: Check): boolean {
  return before === 'pinned';
}

/** @returns a problem for the first check that pinned tags of these cells wait for, if there is one */
export function unchecked(cells: readonly Cell[], checks: readonly Check[]): readonly Problem[] {
  const [first] = cells.flatMap((cell) => checksOf(cell, checks).filter(isBeforePinned));
  if (first === undefined) return [];
  const message = `pinned tags wait for ${first.name}, and a build pushes them at once`;
  const fix = 'build with --push-by-digest and --record, then publish with --from-records';
  return [{ code: 'USAGE', where: `checks.${first.name}.before`, message, fix }];
}
