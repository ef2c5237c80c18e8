/** The lock file beside the config: read by every audit and publish, written where it is asked for. */
import { InputError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
import type { PlanImage } from '../../plan/candidates.ts';
import type { ProjectFiles } from '../../ports.ts';
import { count } from '../../report/words.ts';
import { cellKey } from '../../sight/expected.ts';
import { lockFile, locksText, readLocks, updateLock, type Lock, type LockEntry } from '../../sight/lock.ts';
import { formatRepository } from '../../domain/reference.ts';
import { required, type Project } from '../read-project.ts';
import type { World } from '../world.ts';

/**
 * @param repository `registry/path`; locks of other repositories do not count
 * @throws {InputError} LOCK_INVALID
 */
export async function readLockFile(files: ProjectFiles, repository: string): Promise<Lock | null> {
  return (await readLockFiles(files)).find((lock) => lock.repository === repository) ?? null;
}

/**
 * The locks of every repository that the file has; none if the file is missing.
 *
 * @throws {InputError} LOCK_INVALID
 */
export async function readLockFiles(files: ProjectFiles): Promise<readonly Lock[]> {
  const text = await files.read(lockFile);
  return text === null ? [] : required(readLocks(parseJsonObject(text), lockFile));
}

/** What is added to the lock of one repository. */
export interface LockAddition {
  readonly repository: string;
  readonly entries: readonly LockEntry[];
}

/**
 * Adds cells that are not recorded yet. What is recorded stays as it is: a tag that differs from it is drift, and a
 * person decides. The file is left alone where it has every cell already.
 *
 * @returns how many cells were added
 * @throws {InputError} LOCK_INVALID where the file is another image's
 */
export async function addToLockFile(
  files: ProjectFiles,
  additions: readonly LockAddition[],
  image: PlanImage,
): Promise<number> {
  const found = await readLockFiles(files);
  const names = additions.map(({ repository }) => repository);
  if (isForeign(found, names)) throw foreignLock(found, names);
  const locks = new Map(found.map((lock) => [lock.repository, lock]));
  let added = 0;
  for (const { repository, entries } of additions) {
    const lock = locks.get(repository) ?? { repository, entries: [] };
    const known = new Set(lock.entries.map((entry) => cellKey(entry.version, entry.axes)));
    const more = entries.filter(
      (entry) => !known.has(cellKey(entry.version, entry.axes)) || hasNewPasses(entry, lock.entries),
    );
    added += more.length;
    locks.set(repository, updateLock(lock, more, image));
  }
  if (found.length === 0 || added > 0) await files.write(lockFile, locksText([...locks.values()]));
  return added;
}

/** A digest that is recorded already, and has passed more since. */
function hasNewPasses(entry: LockEntry, known: readonly LockEntry[]): boolean {
  const key = cellKey(entry.version, entry.axes);
  const before = known.find((other) => cellKey(other.version, other.axes) === key);
  return before?.digest === entry.digest && (entry.passes ?? []).some((name) => before.passes?.includes(name) !== true);
}

/** What {@link addToLockFile} did, for a person. */
export function lockNote(added: number): string {
  return added === 0 ? `${lockFile} has every cell that is right` : `${count(added, 'cell')} added to ${lockFile}`;
}

/** A lock of other repositories protects nothing here, which is easily missed where an image was renamed. */
export async function sayForeignLock({ image, root }: Pick<Project, 'image' | 'root'>, world: World): Promise<void> {
  const locks = await readLockFiles(world.files(root));
  const names = image.repositories.map(formatRepository);
  if (!isForeign(locks, names)) return;
  const theirs = locks.map(({ repository }) => repository).join(', ');
  world.say(
    `warning LOCK_FOREIGN: ${lockFile} is the lock of ${theirs}, so nothing in ${names.join(', ')} is protected by it. If the image was renamed, rename it in that file too`,
  );
}

/** The file has locks, and none of a repository of the image. */
function isForeign(locks: readonly Lock[], names: readonly string[]): boolean {
  return locks.length > 0 && !locks.some(({ repository }) => names.includes(repository));
}

export function foreignLock(locks: readonly Lock[], names: readonly string[]): InputError {
  const theirs = locks.map(({ repository }) => repository).join(', ');
  const message = `it is the lock of ${theirs}, and this is ${names.join(', ')}`;
  return new InputError([
    {
      code: 'LOCK_INVALID',
      where: lockFile,
      message,
      fix: 'restore the lock of this image from git, or move this file away',
    },
  ]);
}
