import { OutsideError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { isDone } from '../../publish/move-result.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import type { LaneRun } from './lane-run.ts';
import { whereStands } from './stands.ts';

/**
 * The end of a publish: every tag of the release read once more, those that did not have to move included. Nothing is
 * waited for; what lags was told when it was moved.
 *
 * @throws {OutsideError} PINNED_RACED or TAG_RACED where somebody changed one meanwhile, TAG_UNKNOWN where it cannot be read
 */
export async function checkPublished(run: LaneRun, project: Project, release: Release, world: World): Promise<void> {
  if (!run.moves.every(isDone)) return;
  const pinned = [...run.digests].flatMap(([cell, digest]) =>
    cell.pinned.map(({ tag }) => ({ tag, digest, code: 'PINNED_RACED' as const })),
  );
  const convenience = project.tags.convenience.flatMap(({ tag, owner }) => {
    const digest = owner?.release === release ? run.digests.get(owner) : undefined;
    return digest === undefined ? [] : [{ tag, digest, code: 'TAG_RACED' as const }];
  });
  const expected = [...pinned, ...convenience];
  const { tags } = await world.snapshots(run.lane.registry).read(
    expected.map(({ tag }) => tag),
    world.signal,
  );
  for (const { tag, digest, code } of expected) {
    const seen = tags.get(tag);
    if (seen?.kind === 'unknown')
      throw new OutsideError('TAG_UNKNOWN', `${run.lane.name}:${tag}, at the end: ${seen.reason}`, { tag });
    if (seen?.kind !== 'present' || seen.descriptor.digest === digest) continue;
    const now = await whereStands(run.lane.registry, tag, [digest], world.signal);
    if (now === digest) continue;
    const message = `${run.lane.name}:${tag} is ${now ?? 'absent'} at the end of this run, which left it on ${digest}: another run is at work`;
    throw new OutsideError(code, message, { tag, expected: digest, actual: now });
  }
}
