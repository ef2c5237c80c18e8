import { collectRecords, type CollectedParts, type RecordFile } from '../../build/collect-records.ts';
import { isPassFile } from '../../build/pass.ts';
import { readRecord } from '../../build/record.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { Release } from '../../domain/release.ts';
import { required, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { cellsOf } from './publishable.ts';

/** @throws {InputError} for a record that is none, was edited, or is of something else; see `collectRecords` */
export async function readRecords(
  folder: string,
  project: Project,
  release: Release,
  world: World,
): Promise<CollectedParts> {
  const sumOf = sumWith(world);
  const problems: Problem[] = [];
  const files: RecordFile[] = [];
  for (const { path, value } of await world.readRecords(folder)) {
    // Passes lie beside the records that they are of.
    if (isPassFile(value)) continue;
    const read = readRecord(value, path, sumOf);
    if (read.ok) files.push({ path, record: read.value });
    else problems.push(...read.problems);
  }
  if (problems.length > 0) throw new InputError(problems);
  const recorded = { version: release.version.text, revision: release.revision };
  const repositories = project.image.repositories.map(formatRepository);
  return required(collectRecords(files, recorded, cellsOf(project, release), repositories));
}

/** The digest of a text's bytes. */
export function sumWith(world: World): (text: string) => Digest {
  return (text) => world.digestOf(new TextEncoder().encode(text));
}
