import { OutsideError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { isDone } from '../../moves/move-result.ts';
import { whereTagPoints } from '../move/where-tag-points.ts';
import { doneCells, doneDigest, type RepositoryRun } from './repository-run.ts';

/**
 * The end of a publish: every tag of the release read once more, those that did not have to move included. Nothing is
 * waited for; what lags was reported when it was moved.
 *
 * @throws {OutsideError} PINNED_RACED or TAG_RACED if somebody changed one meanwhile, TAG_UNKNOWN if it cannot be read
 */
export async function checkPublished(run: RepositoryRun, release: Release): Promise<void> {
  const { registry, name, project, progress, world } = run;
  if (!progress.moves.every(isDone)) return;
  const pinned = doneCells(run).flatMap(([cell, digest]) =>
    cell.pinned.map(({ tag }) => ({ tag, digest, code: 'PINNED_RACED' as const })),
  );
  const convenience = project.tags.convenience.flatMap(({ tag, owner }) => {
    const digest = owner?.release === release ? doneDigest(run, owner) : null;
    return digest === null ? [] : [{ tag, digest, code: 'TAG_RACED' as const }];
  });
  const expected = [...pinned, ...convenience];
  const source = await world.snapshots(registry);
  const { tags } = await source.read(
    expected.map(({ tag }) => tag),
    world.signal,
  );
  for (const { tag, digest, code } of expected) {
    const seen = tags.get(tag);
    if (seen?.kind === 'unknown')
      throw new OutsideError('TAG_UNKNOWN', `${name}:${tag}, at the end: ${seen.reason}`, { tag });
    if (seen?.kind !== 'present' || seen.descriptor.digest === digest) continue;
    const now = await whereTagPoints(registry, tag, [digest], world.signal);
    if (now === digest) continue;
    const message = `${name}:${tag} is ${now ?? 'absent'} at the end of this run, which left it on ${digest}: another run is at work`;
    throw new OutsideError(code, message, { tag, expected: digest, actual: now });
  }
}
