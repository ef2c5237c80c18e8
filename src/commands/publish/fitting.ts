import type { Digest } from '../../domain/digest.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { RepositoryRun } from './repository-run.ts';

/** Whether an image is whole and says of itself that it is this cell: ours, or another publish's of the same release. */
export async function fits({ inspect }: RepositoryRun, cell: Cell, digest: Digest): Promise<boolean> {
  const image = await inspect(digest);
  if (image === null || image.reason !== null) return false;
  const { mislabelled, missingPlatforms, unlabelled } = misfit(cell, image);
  return mislabelled.length === 0 && missingPlatforms.length === 0 && !unlabelled;
}
