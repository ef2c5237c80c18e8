/** What the lock file says of a release that is published, and what a publish adds to it. */
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
import { isComplete, type LaneRun } from './lane-run.ts';

/** The digests that the lock file recorded for the cells of one repository. */
export type Recorded = (cell: Cell) => Digest | null;

/** @throws {InputError} LOCK_INVALID */
export async function readRecorded(project: Project, world: World): Promise<(repository: string) => Recorded> {
  const lock = await readAnyLockFile(world.files(project.root));
  return (repository) => {
    const entries = lock?.repository === repository ? lock.entries : [];
    const digests = new Map(entries.map((entry) => [cellKey(entry.version, entry.axes), entry.digest]));
    return ({ release, shape }) => digests.get(cellKey(release.version.text, shape.axes)) ?? null;
  };
}

/**
 * The repository whose lock a publish adds to: the one that the file names, or the image's first where it is asked to
 * begin one.
 *
 * @param create `--write-lock`
 * @returns `null` where nothing is to be recorded
 * @throws {InputError} LOCK_INVALID, also where a lock is asked for and the one there is another image's
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
 * Adds the cells of a release that is published, moves and all. A file that cannot be written is this repository's
 * failure: the release is out, and the next run adds it.
 *
 * @param repository as {@link lockToWrite} chose it
 */
export async function recordPublished(
  runs: readonly LaneRun[],
  repository: string | null,
  project: Project,
  world: World,
): Promise<void> {
  const run = runs.find(({ lane }) => lane.name === repository);
  if (run === undefined || !isComplete(run) || !run.moves.every(isDone)) return;
  try {
    const entries = await Promise.all([...run.digests].map(([cell, digest]) => entryOf(run, cell, digest)));
    const added = await addToLockFile(world.files(project.root), run.lane.name, entries, project.image);
    if (added > 0) world.say(`${run.lane.name}: ${lockNote(added)}`);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    run.failure = { code: error.code, reason: error.message };
  }
}

async function entryOf(run: LaneRun, cell: Cell, digest: Digest): Promise<LockEntry> {
  const image = await run.lane.inspect(digest);
  const platforms = image === null || image.reason !== null ? null : image.platforms;
  return { version: cell.release.version.text, axes: cell.shape.axes, digest, platforms };
}
