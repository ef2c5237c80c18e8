/**
 * Two publishes of one release: the other one ended while this one was building, and what this one pushed replaced the
 * pinned tags that the other's convenience tags had moved to by then. A builder that pushes for itself cannot be kept
 * from it, so it is made good: the pinned tags go back to what was published, and this run stops.
 */
import pMap from 'p-map';
import { targetId } from '../../build/targets.ts';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import type { MoveResult } from '../../publish/move-result.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { fits } from './fitting.ts';
import type { LaneRun } from './lane-run.ts';
import { whereStands } from './stands.ts';

/**
 * @param before the moves as they were planned before anything was built
 * @throws {OutsideError} PINNED_RACED where a convenience tag has come to stand on another build of the same cell since
 */
export async function refuseOvertaken(
  run: LaneRun,
  before: readonly MoveResult[],
  project: Project,
  world: World,
): Promise<void> {
  const published = await publishedSince(run, before, project);
  const [first] = published;
  if (first === undefined) return;
  const restored = (
    await pMap(published, ([cell, digest]) => restore(run, cell, digest, world), { concurrency: 8 })
  ).flat();
  const [cell, digest] = first;
  const tag = fullTag(cell);
  const back = restored.length === 0 ? '' : ` ${restored.length} pinned tags that this run had pushed are back on it.`;
  const message = `${run.lane.name}:${tag}: another publish of this release ended while this one was building, and its image ${digest} is published.${back} Run this again: there is nothing left to build`;
  throw new OutsideError('PINNED_RACED', message, { tag, digest });
}

/** Cells that somebody else published since, with the digest their convenience tags stand on now. */
async function publishedSince(
  run: LaneRun,
  before: readonly MoveResult[],
  project: Project,
): Promise<ReadonlyMap<Cell, Digest>> {
  const then = new Map(before.map(({ move }) => [move.tag, move.from?.digest ?? null]));
  const owners = new Map(project.tags.convenience.map((tag) => [tag.tag, tag.owner]));
  const published = new Map<Cell, Digest>();
  for (const { move } of run.moves) {
    const cell = owners.get(move.tag) ?? null;
    const digest = move.from?.digest ?? null;
    if (cell === null || digest === null || digest === then.get(move.tag) || !run.made.has(cell)) continue;
    if (digest !== run.digests.get(cell) && (await fits(run, cell, digest, project))) published.set(cell, digest);
  }
  return published;
}

/** @returns the tags that were put back */
async function restore(run: LaneRun, cell: Cell, digest: Digest, world: World): Promise<string[]> {
  const { registry, journal } = run.lane;
  const ours = run.digests.get(cell) ?? null;
  const manifest = await registry.manifest(digest, world.signal);
  if (manifest === null) return [];
  const restored: string[] = [];
  for (const { tag } of cell.pinned) {
    if ((await whereStands(registry, tag, [ours, digest], world.signal)) !== ours) continue;
    const entry = { step: 'copy' as const, cell: targetId(cell), tag, from: digest, digest };
    await journal.write({ ...entry, state: 'begin' });
    await registry.putManifest(tag, manifest, world.signal);
    await journal.write({ ...entry, state: 'done' });
    restored.push(tag);
  }
  run.digests.set(cell, digest);
  return restored;
}
