/** What a lock file and journals say, read as plain JSON. */
import { cellKey } from './base.ts';
import type { Journals } from './journals.ts';

export interface Journaled {
  readonly digests: ReadonlyMap<string, string>;
  readonly begun: ReadonlySet<string>;
}

interface LockText {
  readonly repository?: string;
  readonly releases?: readonly {
    readonly version: string;
    readonly cells: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly repositories?: readonly LockText[];
}

/** Cell to digest. */
export function lockOf(text: string | undefined, name: string): ReadonlyMap<string, string> {
  if (text === undefined) return new Map();
  const lock: LockText = JSON.parse(text);
  const own = (lock.repositories ?? [lock]).find(({ repository }) => repository === name);
  return new Map(
    (own?.releases ?? []).flatMap(({ version, cells }) =>
      cells.map((cell) => [cellKey(version, cell), String(cell['digest'])] as const),
    ),
  );
}

/** Of unfinished publishes: which digest each pinned tag was given, and which pushes began and were not seen to end. */
export function journalOf(journals: Journals, name: string): Journaled {
  const digests = new Map<string, string>();
  const begun = new Set<string>();
  for (const [path, entries] of journals) {
    if (!path.startsWith(`${name}/`) || entries.some(({ step }) => step === 'finished')) continue;
    for (const { step, state, tag, digest } of entries) {
      if (step !== 'push' && step !== 'copy') continue;
      if (state === 'begin' && step === 'push') begun.add(String(tag));
      if (typeof digest !== 'string' || state === 'begin') continue;
      begun.delete(String(tag));
      digests.set(String(tag), digest);
    }
  }
  return { digests, begun };
}
