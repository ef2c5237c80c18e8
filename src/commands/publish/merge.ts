/**
 * Phase one if other jobs have built: the parts they recorded, put together under the full tag of their cell.
 *
 * Every part is read and compared with its record before the first of them is merged, so that a record that is wrong stops
 * the run before anything is written.
 */
import { count } from '../../domain/count.ts';
import { lackingPlatforms, type CollectedParts, type RecordedPart } from '../../build/collect-records.ts';
import { droppedPlatforms, mergeParts, type MergePart } from '../../build/merge-parts.ts';
import type { Manifest } from '../../domain/digest.ts';
import { InputError } from '../../domain/errors.ts';
import type { InspectedImage } from '../../domain/image.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import { labelsOf, misfit } from '../../plan/expected-image.ts';
import { putPinnedJournaled } from '../move/put-journaled.ts';
import { waitUntil } from '../move/wait.ts';
import { required } from '../read-project.ts';
import { copyBetween } from './copy.ts';
import { absentCells, inEach, overOf, rightDigest, type CellSurvey, type RepositoryRun } from './repository-run.ts';

/** The job that recorded a part has read it back; what lags longer than this is gone. */
const partWaitMs = 5_000;

/**
 * Reads the parts and puts the indexes together. Cells that lack a part in every repository are `lacking`, with which.
 *
 * @throws {InputError} RECORD_INVALID if a part is not what its record says; PINNED_CONFLICT if a platform would be
 *   dropped that the full tag has
 */
export async function prepareMerges(runs: readonly RepositoryRun[], parts: CollectedParts): Promise<void> {
  const faults: { readonly run: RepositoryRun; readonly cell: Cell; readonly reason: string }[] = [];
  await inEach(runs, async (run) => {
    for (const surveyed of absentCells(run)) {
      const { cell } = surveyed;
      if (runs.some((other) => rightDigest(other, cell) !== null)) continue;
      const found = await mergeOf(run, surveyed, parts.get(run.name)?.get(cell) ?? []);
      if (typeof found === 'string') faults.push({ run, cell, reason: found });
      else run.set(cell, { kind: 'mergeable', manifest: found });
    }
  });
  for (const { run, cell, reason } of faults) {
    const isElsewhere = runs.some((other) => other.stateOf(cell).kind === 'mergeable');
    if (!isElsewhere) run.set(cell, { kind: 'lacking', code: 'RECORD_MISSING', reason });
  }
}

/** Puts each index under its full tag, then brings it to the repositories that have no parts of their own. */
export async function mergePinned(runs: readonly RepositoryRun[]): Promise<void> {
  await inEach(runs, async (run) => {
    for (const surveyed of absentCells(run)) {
      const { cell } = surveyed;
      const state = run.stateOf(cell);
      if (state.kind !== 'mergeable') continue;
      const { manifest } = state;
      const { digest } = manifest;
      const put = { cell, tag: fullTag(cell), digest, from: null };
      await putPinnedJournaled(run, put, manifest, overOf(surveyed));
      run.set(cell, { kind: 'merged', digest });
    }
  });
  await copyBetween(runs);
}

/** @returns the manifest of the cell, or why there can be none */
async function mergeOf(
  run: RepositoryRun,
  surveyed: CellSurvey,
  recorded: readonly RecordedPart[],
): Promise<Manifest | string> {
  const { cell } = surveyed;
  const lacking = lackingPlatforms(cell, recorded);
  if (lacking.length > 0) return `no record of ${lacking.join(', ')}`;
  const parts: MergePart[] = [];
  for (const part of recorded) {
    const read = await readPart(run, cell, part);
    if (typeof read === 'string') return read;
    parts.push(read);
  }
  await refuseDropped(run, surveyed);
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only.manifest;
  const { image } = run.project;
  const { mediaType, bytes } = required(mergeParts(cell, parts, labelsOf(cell, image)));
  return { mediaType, bytes, digest: run.world.digestOf(bytes), sizeBytes: bytes.byteLength };
}

/** @returns the part as the registry has it, or what is wrong with it there */
async function readPart(
  { registry, inspect, name, world, waitMs }: RepositoryRun,
  cell: Cell,
  part: RecordedPart,
): Promise<MergePart | string> {
  const { value: image } = await waitUntil(
    () => inspect(part.digest),
    (found) => found !== null && found.reason === null,
    { world, waitMs: Math.min(waitMs, partWaitMs) },
  );
  const manifest = image === null ? null : await registry.manifest(part.digest, world.signal);
  const named = `${part.digest} of ${part.path}`;
  if (image === null || manifest === null) return `${named} is not in ${name}: its job has to run again`;
  if (image.reason !== null) return `${named}: ${image.reason}`;
  refuseOther(part, image);
  const { mislabelled } = misfit(cell, image);
  if (mislabelled.length > 0) return `${named} is another image: ${mislabelled.join('; ')}`;
  return { manifest, platforms: image.platforms, from: part.path };
}

/** The content of a digest cannot change: a record that differs is wrong. */
function refuseOther(part: RecordedPart, image: InspectedImage): void {
  const says = `${part.platforms.toSorted().join(', ')} as ${part.mediaType} with ${count(part.attestations, 'attestation')}`;
  const is = `${image.platforms.join(', ')} as ${image.mediaType} with ${count(image.attestations, 'attestation')}`;
  if (says === is) return;
  const message = `records ${part.digest} as ${says}, and it is ${is}`;
  throw new InputError([{ code: 'RECORD_INVALID', where: part.path, message, fix: 'run that job again' }]);
}

/** A full tag that an interrupted push left behind is replaced, and nothing that it has is lost by that. */
async function refuseDropped({ inspect, name }: RepositoryRun, surveyed: CellSurvey): Promise<void> {
  const { cell } = surveyed;
  const tag = fullTag(cell);
  const digest = overOf(surveyed).get(tag);
  const held = digest === undefined ? null : await inspect(digest);
  const dropped = held === null ? [] : droppedPlatforms(held.platforms, cell);
  if (dropped.length === 0) return;
  const message = `${tag} has ${dropped.join(', ')}, which ${cell.platforms.join(', ')} would drop`;
  const fix = 'give the platform back to the config, or delete the tag by hand';
  throw new InputError([{ code: 'PINNED_CONFLICT', where: name, message, fix }]);
}
