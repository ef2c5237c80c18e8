/** What the lock file records of a release that is published, and what a publish adds to it. */
import type { Digest } from '../../domain/digest.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { Cell } from '../../plan/cell.ts';
import { isDone } from '../../moves/move-result.ts';
import type { LockEntry } from '../../sight/lock.ts';
import { addToLockFile, foreignLock, lockNote, readLockFiles } from '../look/lock-file.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { doneCells, isComplete, noteFailure, type RepositoryRun } from './repository-run.ts';

/**
 * The repositories whose locks a publish adds to: those that the file names, or all of the image's if it is asked to begin
 * one.
 *
 * @param create `--write-lock`
 * @returns none if nothing is to be recorded
 * @throws {InputError} LOCK_INVALID, also if a lock is asked for and the one there is another image's
 */
export async function locksToWrite(project: Project, create: boolean, world: World): Promise<readonly string[]> {
  const locks = await readLockFiles(world.files(project.root));
  const names = project.image.repositories.map(formatRepository);
  const known = names.filter((name) => locks.some(({ repository }) => repository === name));
  if (create && locks.length > 0 && known.length === 0) throw foreignLock(locks, names);
  return create ? names : known;
}

/**
 * Adds the cells of a release whose pinned tags are all done. A file that cannot be written is a failure of each
 * repository: the release is out, and the next run adds it.
 *
 * @param runs those that are done
 * @param repositories as {@link locksToWrite} chose them
 */
export async function recordPublished(runs: readonly RepositoryRun[], repositories: readonly string[]): Promise<void> {
  const published = runs.filter((run) => repositories.includes(run.name));
  const [first] = published;
  if (first === undefined) return;
  const { project, world } = first;
  try {
    const additions = await Promise.all(
      published.map(async (run) => ({
        repository: run.name,
        entries: await Promise.all(doneCells(run).map(([cell, digest]) => entryOf(run, cell, digest))),
      })),
    );
    const added = await addToLockFile(world.files(project.root), additions, project.image);
    if (added > 0) world.say(`${additions.map(({ repository }) => repository).join(', ')}: ${lockNote(added)}`);
  } catch (error) {
    noteFailure(published, error);
  }
}

/** Pinned tags, moves and all. */
export function isPublished(run: RepositoryRun): boolean {
  return isComplete(run) && run.progress.moves.every(isDone);
}

async function entryOf({ inspect, progress }: RepositoryRun, cell: Cell, digest: Digest): Promise<LockEntry> {
  const image = await inspect(digest);
  const platforms = image === null || image.reason !== null ? null : image.platforms;
  const passes = [...(progress.passed.get(digest) ?? [])].toSorted();
  const entry = { version: cell.release.version.text, axes: cell.shape.axes, digest, platforms };
  return passes.length === 0 ? entry : { ...entry, passes };
}
