/** The lock file beside the config: read by every audit and publish, written where it is asked for. */
import { cellKey } from '../audit/expected.ts';
import { lockFile, lockText, readLock, updateLock, type Lock, type LockEntry } from '../audit/lock.ts';
import { InputError } from '../domain/errors.ts';
import { parseJsonObject } from '../domain/json.ts';
import type { PlanImage } from '../plan/candidates.ts';
import type { ProjectFiles } from '../ports.ts';
import { count } from '../report/words.ts';
import { required } from './read-project.ts';

/**
 * @param repository `registry/path`; a lock of another one counts for nothing here
 * @throws {InputError} LOCK_INVALID
 */
export async function readLockFile(files: ProjectFiles, repository: string): Promise<Lock | null> {
  const lock = await readAnyLockFile(files);
  return lock?.repository === repository ? lock : null;
}

/**
 * The lock, whatever repository it is of; `null` where there is none.
 *
 * @throws {InputError} LOCK_INVALID
 */
export async function readAnyLockFile(files: ProjectFiles): Promise<Lock | null> {
  const text = await files.read(lockFile);
  return text === null ? null : required(readLock(parseJsonObject(text), lockFile));
}

/**
 * Adds cells that are not recorded yet. What is recorded stays as it is: a tag that differs from it is drift, and is
 * settled by a person. The file is left alone where it has every cell already.
 *
 * @returns how many cells were added
 * @throws {InputError} LOCK_INVALID where the file is another repository's
 */
export async function addToLockFile(
  files: ProjectFiles,
  repository: string,
  entries: readonly LockEntry[],
  image: PlanImage,
): Promise<number> {
  const found = await readAnyLockFile(files);
  if (found !== null && found.repository !== repository) throw foreignLock(found, repository);
  const lock = found ?? { repository, entries: [] };
  const known = new Set(lock.entries.map((entry) => cellKey(entry.version, entry.axes)));
  const added = entries.filter((entry) => !known.has(cellKey(entry.version, entry.axes)));
  if (found === null || added.length > 0) await files.write(lockFile, lockText(updateLock(lock, added, image)));
  return added.length;
}

/** What {@link addToLockFile} came to, for a person. */
export function lockNote(added: number): string {
  return added === 0 ? `${lockFile} has every cell that is right` : `${count(added, 'cell')} added to ${lockFile}`;
}

export function foreignLock(lock: Lock, repository: string): InputError {
  const message = `it is the lock of ${lock.repository}, and this is ${repository}`;
  return new InputError([{ code: 'LOCK_INVALID', where: lockFile, message, fix: 'one lock is for one repository' }]);
}
