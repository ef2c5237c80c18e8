/** A lock file's text, changed as a person would change it. */
import type { BaseCell } from './base.ts';

interface LockPart {
  readonly repository: string;
  releases: { readonly version: string; cells: Record<string, unknown>[] }[];
}

type LockFile = LockPart | { readonly repositories: readonly LockPart[] };

function partsOf(lock: LockFile): readonly LockPart[] {
  return 'repositories' in lock ? lock.repositories : [lock];
}

/** With one line more. @returns `null` where the file is other repositories', or has a line for the cell already */
export function withLockLine(
  text: string | undefined,
  repository: string,
  cell: BaseCell,
  digest: string,
): string | null {
  const empty = { schema: 1, repository, releases: [] };
  const lock: LockFile = text === undefined ? empty : JSON.parse(text);
  const part = partsOf(lock).find((candidate) => candidate.repository === repository);
  if (part === undefined) return null;
  const line = { ...cell.axes, digest };
  const known = part.releases.find(({ version }) => version === cell.version);
  if (known === undefined) part.releases.push({ version: cell.version, cells: [line] });
  else if (known.cells.some((entry) => isOf(entry, Object.values(cell.axes)))) return null;
  else known.cells.push(line);
  return JSON.stringify(lock, null, 2);
}

/**
 * Without the lines of the version and axis values among the words; where a repository is among them, of that one alone.
 *
 * @returns `null` where there is no such line
 */
export function withoutLockLines(text: string, words: ReadonlySet<string>): string | null {
  const lock: LockFile = JSON.parse(text);
  const parts = partsOf(lock);
  const named = parts.filter(({ repository }) => words.has(repository));
  let dropped = 0;
  for (const part of named.length > 0 ? named : parts) {
    for (const release of part.releases.filter(({ version }) => words.has(version))) {
      const kept = release.cells.filter((entry) => !isOf(entry, [...words]));
      dropped += release.cells.length - kept.length;
      release.cells = kept;
    }
    part.releases = part.releases.filter(({ cells }) => cells.length > 0);
  }
  return dropped === 0 ? null : JSON.stringify(lock, null, 2);
}

/** Each of the line's axis values is among the words. */
function isOf(
  { digest: _digest, platforms: _platforms, ...axes }: Record<string, unknown>,
  words: readonly string[],
): boolean {
  return Object.values(axes).every((value) => words.includes(String(value)));
}
