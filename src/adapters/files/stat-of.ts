import { lstatSync, statSync, type Stats } from 'node:fs';

/** What a path leads to; `null` where nothing is, or nobody may look. */
export function statOf(path: string): Stats | null {
  return unless(() => statSync(path, { throwIfNoEntry: false }));
}

/** What is at a path itself, a link too; `null` as above. */
export function linkStatOf(path: string): Stats | null {
  return unless(() => lstatSync(path, { throwIfNoEntry: false }));
}

function unless(look: () => Stats | undefined): Stats | null {
  try {
    return look() ?? null;
  } catch {
    return null;
  }
}
