/** The lock file beside the config: read by every audit, written where it is asked for. */
import { mainTag } from '../../audit/expected.ts';
import { lockFile, lockText, readLock, updateLock, type Lock, type LockEntry } from '../../audit/lock.ts';
import { cellKey } from '../../audit/expected.ts';
import { digestOf } from '../../audit/charge.ts';
import { InputError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
import type { ProjectFiles } from '../../ports.ts';
import { required } from '../read-project.ts';
import type { Look } from './look.ts';

/**
 * @param repository `registry/path`; a lock of another one counts for nothing here
 * @throws {InputError} LOCK_INVALID
 */
export async function readLockFile(files: ProjectFiles, repository: string): Promise<Lock | null> {
  const lock = await readAnyLock(files);
  return lock?.repository === repository ? lock : null;
}

/**
 * Adds what is right and not yet recorded. What is recorded stays as it is: a tag that differs from it is drift, and is
 * settled by a person.
 *
 * @returns how many cells were added
 * @throws {InputError} where the file is another repository's
 */
export async function writeLockFile(files: ProjectFiles, repository: string, look: Look): Promise<number> {
  const lock = (await readAnyLock(files)) ?? { repository, entries: [] };
  if (lock.repository !== repository) {
    const message = `it is the lock of ${lock.repository}, and this is ${repository}`;
    throw new InputError([{ code: 'LOCK_INVALID', where: lockFile, message, mend: 'one lock is for one repository' }]);
  }
  const known = new Set(lock.entries.map((entry) => cellKey(entry.version, entry.axes)));
  const entries = rightCells(look).filter((entry) => !known.has(cellKey(entry.version, entry.axes)));
  await files.write(lockFile, lockText(updateLock(lock, entries, look.input.expected.image)));
  return entries.length;
}

async function readAnyLock(files: ProjectFiles): Promise<Lock | null> {
  const text = await files.read(lockFile);
  return text === null ? null : required(readLock(parseJsonObject(text), lockFile));
}

/** Cells whose full tag was seen and has no finding. */
function rightCells({ audited, input }: Look): LockEntry[] {
  const accused = new Set(audited.findings.map(({ finding }) => finding.tag));
  return input.expected.cells.flatMap((cell): LockEntry[] => {
    const tag = mainTag(cell, input.expected.image);
    const digest = tag === null || accused.has(tag) ? null : digestOf(input.seen.get(tag));
    if (tag === null || digest === null || !input.inScope(tag)) return [];
    const content = input.contents.get(digest);
    const platforms = content?.kind === 'read' ? content.image.platforms : null;
    return [{ version: cell.release.version.text, axes: cell.shape.axes, digest, platforms }];
  });
}
