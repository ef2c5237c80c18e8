/**
 * Two publishes of one release whose pushes crossed: a cell's pinned tags point to two builds of it. Registries have no
 * compare-and-swap, so it is repaired, by a rule by which both runs choose the same image; the one that put the last of the
 * tags looks after that, so none is left behind.
 */
import type { Digest } from '../../domain/digest.ts';
import { type Cell, targetId } from '../../plan/cell.ts';
import { putJournaled } from '../move/put-journaled.ts';
import { whereTagPoints } from '../move/where-tag-points.ts';
import { fits } from './fitting.ts';
import { doneDigest, type RepositoryRun } from './repository-run.ts';

/**
 * Brings every pinned tag of the cell to the image that counts.
 *
 * @returns its digest; `null` if a tag points to something that is not a build of this cell
 */
export async function agree(run: RepositoryRun, cell: Cell): Promise<Digest | null> {
  const own = doneDigest(run, cell);
  const digest = await countingDigest(run, cell);
  if (digest === null || (await bringPinned(run, cell, digest)) === null) return null;
  if (digest !== own)
    run.world.say(`${run.name}: another publish of this release pushed ${targetId(cell)} too; its ${digest} counts`);
  return digest;
}

/**
 * Points every pinned tag of the cell to one of its builds, which is the run's own from then on.
 *
 * @returns the tags that did not point to it; `null` if it is gone, or one points to something that is not a build of the
 *   cell
 */
export async function bringPinned(run: RepositoryRun, cell: Cell, digest: Digest): Promise<readonly string[] | null> {
  const { registry, world } = run;
  const own = doneDigest(run, cell);
  const manifest = await registry.manifest(digest, world.signal);
  if (manifest === null) return null;
  const brought: string[] = [];
  for (const { tag } of cell.pinned) {
    const now = await whereTagPoints(registry, tag, [digest, own, null], world.signal);
    if (now === digest) continue;
    if (now !== own && now !== null && !(await fits(run, cell, now))) return null;
    const put = { cell, tag, from: digest, digest };
    await putJournaled(run, put, () => registry.putManifest(tag, manifest, world.signal));
    brought.push(tag);
  }
  if (digest !== own) run.set(cell, { kind: 'copied', digest });
  return brought;
}

/**
 * What a convenience tag has moved to since this run looked, for it is published; else what the last of the pinned tags,
 * put last, points to.
 */
async function countingDigest(run: RepositoryRun, cell: Cell): Promise<Digest | null> {
  const { project, progress, registry, world } = run;
  const own = doneDigest(run, cell);
  const then = new Map(progress.moves.map(({ move }) => [move.tag, move.from?.digest ?? null]));
  const moving = project.tags.convenience.filter(({ owner }) => owner === cell).map(({ tag }) => tag);
  const last = cell.pinned.at(-1)?.tag;
  for (const tag of last === undefined ? moving : [...moving, last]) {
    const now = await whereTagPoints(registry, tag, [own, null], world.signal);
    if (now === null || now === then.get(tag)) continue;
    if (now === own || (await fits(run, cell, now))) return now;
  }
  return null;
}
