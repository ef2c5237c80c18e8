/** Tags that jobs pushed parts of cells under: of no use once the cells are published. */
import type { CollectedParts } from '../../build/collect-records.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { World } from '../world.ts';
import type { LaneRun } from './lane-run.ts';

/**
 * Deletes those that are still there, where the registry can delete a tag without its manifest. What is left is told and
 * is no failure: the release is published.
 *
 * @throws {OutsideError} ABORTED
 */
export async function dropStagingTags(run: LaneRun, parts: CollectedParts, world: World): Promise<void> {
  const recorded = [...(parts.get(run.lane.name)?.values() ?? [])].flat();
  const tags = recorded.flatMap(({ stagingTag }) => stagingTag ?? []).toSorted();
  if (tags.length === 0) return;
  const deleted: string[] = [];
  const left: string[] = [];
  for (const tag of tags) {
    const end = await dropTag(run, tag, world);
    if (end === 'deleted') deleted.push(tag);
    if (end === 'left') left.push(tag);
  }
  run.staging = { deleted, left };
}

async function dropTag({ lane }: LaneRun, tag: string, world: World): Promise<'deleted' | 'left' | 'absent'> {
  try {
    if ((await lane.registry.head(tag, world.signal)) === null) return 'absent';
    return (await lane.registry.deleteTag(tag, world.signal)) ? 'deleted' : 'left';
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    world.say(`${lane.name}:${tag} was not deleted: ${error.message}`);
    return 'left';
  }
}
