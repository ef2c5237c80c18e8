/**
 * Two publishes of one release whose pushes crossed: a cell's pinned tags stand on two builds of it. Registries have no
 * compare-and-swap, so it is made good, by a rule that both runs come to alike; whoever put the last of the tags looks
 * after that, so none is left behind.
 */
import { targetId } from '../../build/targets.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Cell } from '../../plan/cell.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { fits } from './fitting.ts';
import type { LaneRun } from './lane-run.ts';
import { whereStands } from './stands.ts';

/**
 * Brings every pinned tag of the cell to the image that counts, which is the run's own from then on.
 *
 * @returns its digest; `null` where a tag stands on something that is no build of this cell
 */
export async function agree(run: LaneRun, cell: Cell, project: Project, world: World): Promise<Digest | null> {
  const own = run.digests.get(cell) ?? null;
  const digest = await countingDigest(run, cell, project, world);
  const manifest = digest === null ? null : await run.lane.registry.manifest(digest, world.signal);
  if (digest === null || manifest === null) return null;
  for (const { tag } of cell.pinned) {
    const now = await whereStands(run.lane.registry, tag, [digest, own, null], world.signal);
    if (now === digest) continue;
    if (now !== own && now !== null && !(await fits(run, cell, now, project))) return null;
    const entry = { step: 'copy' as const, cell: targetId(cell), tag, from: digest, digest };
    await run.lane.journal.write({ ...entry, state: 'begin' });
    await run.lane.registry.putManifest(tag, manifest, world.signal);
    await run.lane.journal.write({ ...entry, state: 'done' });
  }
  if (digest !== own) {
    world.say(`${run.lane.name}: another publish of this release pushed ${targetId(cell)} too; its ${digest} counts`);
    run.digests.set(cell, digest);
    run.copied.add(cell);
  }
  return digest;
}

/**
 * What a convenience tag has moved to since this run looked, for it is published; else what the last of the pinned tags,
 * put last, stands on.
 */
async function countingDigest(run: LaneRun, cell: Cell, project: Project, world: World): Promise<Digest | null> {
  const own = run.digests.get(cell) ?? null;
  const then = new Map(run.moves.map(({ move }) => [move.tag, move.from?.digest ?? null]));
  const moving = project.tags.convenience.filter(({ owner }) => owner === cell).map(({ tag }) => tag);
  const last = cell.pinned.at(-1)?.tag;
  for (const tag of last === undefined ? moving : [...moving, last]) {
    const now = await whereStands(run.lane.registry, tag, [own, null], world.signal);
    if (now === null || now === then.get(tag)) continue;
    if (now === own || (await fits(run, cell, now, project))) return now;
  }
  return null;
}
