/** A tag that waits for a check cannot be pushed by the build itself: the digest has to be there before. */
import type { Check } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { Cell } from '../plan/cell.ts';
import { checksOf } from '../plan/checks-of.ts';

export function isBeforePinned({ before }: Check): boolean {
  return before === 'pinned';
}

/**
 * @param tags which of the cells' tags the build pushes
 * @returns a problem for the first check that such tags wait for, if there is one
 */
export function unchecked(
  cells: readonly Cell[],
  checks: readonly Check[],
  tags: 'pinned' | 'all' = 'pinned',
): readonly Problem[] {
  const wanted = cells.flatMap((cell) => checksOf(cell, checks));
  const first = wanted.find(isBeforePinned) ?? (tags === 'all' ? wanted[0] : undefined);
  if (first === undefined) return [];
  const [kind, fix] = isBeforePinned(first)
    ? [
        'pinned',
        'build with --push-by-digest and --record (in the Action tags: none), then publish with --from-records',
      ]
    : ['convenience', 'write tags: pinned, and let publish move the others'];
  const message = `${kind} tags wait for ${first.name}, and a build pushes them at once`;
  return [{ code: 'USAGE', where: `checks.${first.name}.before`, message, fix }];
}
