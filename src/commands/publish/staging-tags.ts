/** Tags that jobs pushed parts of cells under: of no use once the cells are published. */
import type { CollectedParts } from '../../build/collect-records.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { RepositoryRun } from './repository-run.ts';

/**
 * Deletes those that are still there, if the registry can delete a tag without its manifest. What is left is reported and
 * is not a failure: the release is published.
 *
 * @throws {OutsideError} ABORTED
 */
export async function dropStagingTags(run: RepositoryRun, parts: CollectedParts): Promise<void> {
  const recorded = [...(parts.get(run.name)?.values() ?? [])].flat();
  const tags = recorded.flatMap(({ stagingTag }) => stagingTag ?? []).toSorted();
  if (tags.length === 0) return;
  const deleted: string[] = [];
  const left: string[] = [];
  for (const tag of tags) {
    const end = await dropTag(run, tag);
    if (end === 'deleted') deleted.push(tag);
    if (end === 'left') left.push(tag);
  }
  run.note({ staging: { deleted, left } });
}

async function dropTag({ registry, name, world }: RepositoryRun, tag: string): Promise<'deleted' | 'left' | 'absent'> {
  try {
    if ((await registry.head(tag, world.signal)) === null) return 'absent';
    return (await registry.deleteTag(tag, world.signal)) ? 'deleted' : 'left';
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    world.say(`${name}:${tag} was not deleted: ${error.message}`);
    return 'left';
  }
}
