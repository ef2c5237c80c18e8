import type { Digest } from '../../domain/digest.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { Project } from '../read-project.ts';
import type { LaneRun } from './lane-run.ts';

/** Whether an image is whole and says of itself that it is this cell: ours, or another publish's of the same release. */
export async function fits(run: LaneRun, cell: Cell, digest: Digest, project: Project): Promise<boolean> {
  const image = await run.lane.inspect(digest);
  if (image === null || image.reason !== null) return false;
  const { mislabelled, missingPlatforms, unlabelled } = misfit(cell, project.image, image);
  return mislabelled.length === 0 && missingPlatforms.length === 0 && !unlabelled;
}
