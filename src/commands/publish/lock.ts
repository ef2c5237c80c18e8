/** What the lock file records of a release that is published, and what a publish adds to it. */
import { cellKey } from '../../audit/expected.ts';
import type { LockEntry } from '../../audit/lock.ts';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { Cell } from '../../plan/cell.ts';
import { isDone } from '../../publish/move-result.ts';
import { addToLockFile, foreignLock, lockNote, readAnyLockFile } from '../lock-file.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { doneCells, isComplete, type RepositoryRun } from './repository-run.ts';

/** The digests that the lock file recorded for the cells of one repository. */
export type Locked = (cell: Cell) => Digest | null;

/** @throws {InputError} LOCK_INVALID */
export async function readLocked({ name, project, world }: RepositoryRun): Promise<Locked> {
  const lock = await readAnyLockFile(world.files(project.root));
  const entries = lock?.repository === name ? lock.entries : [];
  const digests = new Map(entries.map((entry) => [cellKey(entry.version, entry.axes), entry.digest]));
  return ({ release, shape }) => digests.get(cellKey(release.version.text, shape.axes)) ?? null;
}

/**
 * The repository whose lock a publish adds to: the one that the file names, or the image's first if it is asked to begin
 * one.
 *
 * @param create `--write-lock`
 * @returns `null` if nothing is to be recorded
 * @throws {InputError} LOCK_INVALID, also if a lock is asked for and the one there is another image's
 */
export async function lockToWrite(project: Project, create: boolean, world: World): Promise<string | null> {
  const lock = await readAnyLockFile(world.files(project.root));
  const names = project.image.repositories.map(formatRepository);
  if (lock === null) return create ? (names[0] ?? null) : null;
  if (names.includes(lock.repository)) return lock.repository;
  if (create) throw foreignLock(lock, names.join(', '));
  return null;
}

/**
 * Adds the cells of a release whose pinned tags are all done. A file that cannot be written is this repository's
 * failure: the release is out, and the next run adds it.
 *
 * @param runs those that are done
 * @param repository as {@link lockToWrite} chose it
 */
export async function recordPublished(runs: readonly RepositoryRun[], repository: string | null): Promise<void> {
  const run = runs.find(({ name }) => name === repository);
  if (run === undefined) return;
  const { name, project, world } = run;
  try {
    const entries = await Promise.all(doneCells(run).map(([cell, digest]) => entryOf(run, cell, digest)));
    const added = await addToLockFile(world.files(project.root), name, entries, project.image);
    if (added > 0) world.say(`${name}: ${lockNote(added)}`);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    run.note({ failure: { code: error.code, reason: error.message } });
  }
}

/** Pinned tags, moves and all. */
export function isPublished(run: RepositoryRun): boolean {
  return isComplete(run) && run.progress.moves.every(isDone);
}

async function entryOf({ inspect }: RepositoryRun, cell: Cell, digest: Digest): Promise<LockEntry> {
  const image = await inspect(digest);
  const platforms = image === null || image.reason !== null ? null : image.platforms;
  return { version: cell.release.version.text, axes: cell.shape.axes, digest, platforms };
}
