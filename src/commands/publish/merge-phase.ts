/**
 * Phase one where other jobs have built: the parts they recorded, put together under the full tag of their cell.
 *
 * Every part is read and compared with its record before the first of them is merged, so that a record that is wrong stops
 * the run before anything is written.
 */
import { lackingPlatforms, type CollectedParts, type RecordedPart } from '../../build/collect-records.ts';
import { droppedPlatforms, mergeParts, type MergePart } from '../../build/merge-parts.ts';
import { targetId } from '../../build/targets.ts';
import type { Manifest } from '../../domain/digest.ts';
import { InputError } from '../../domain/errors.ts';
import type { InspectedImage } from '../../domain/image.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import { required, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { copyBetween, decisionOf, putPinned, rightDigest } from './copy-phase.ts';
import { inEach, type LaneRun } from './lane-run.ts';
import { settle } from './settle.ts';

/** The job that recorded a part has read it back; what lags longer than this is gone. */
const partSettleMs = 5_000;

/** By repository, the manifest of each cell that is to be put under its full tag. */
export type Merges = ReadonlyMap<LaneRun, ReadonlyMap<Cell, Manifest>>;

/**
 * Reads the parts and puts the indexes together. Cells that lack a part in every repository go to `lacking`, with which.
 *
 * @throws {InputError} RECORD_INVALID where a part is not what its record says; PINNED_CONFLICT where a platform would be
 *   dropped that the full tag has
 */
export async function prepareMerges(
  runs: readonly LaneRun[],
  parts: CollectedParts,
  project: Project,
  settleMs: number,
  world: World,
): Promise<Merges> {
  const merges = new Map<LaneRun, Map<Cell, Manifest>>();
  const faults = new Map<LaneRun, Map<Cell, string>>();
  await inEach(runs, async (run) => {
    for (const { cell } of run.survey.filter(({ decision }) => decision.kind === 'build')) {
      if (runs.some((other) => rightDigest(other, cell) !== null)) continue;
      const found = await mergeOf(run, cell, parts.get(run.lane.name)?.get(cell) ?? [], project, settleMs, world);
      if (typeof found === 'string') note(faults, run, cell, found);
      else note(merges, run, cell, found);
    }
  });
  for (const [run, ofRun] of faults) {
    for (const [cell, reason] of ofRun) {
      const isElsewhere = runs.some((other) => merges.get(other)?.has(cell) === true);
      if (!isElsewhere) run.lacking.set(cell, { code: 'RECORD_MISSING', reason });
    }
  }
  for (const [run, ofRun] of merges) for (const cell of ofRun.keys()) run.merged.add(cell);
  return merges;
}

/** Puts each index under its full tag, then brings it to the repositories that have no parts of their own. */
export async function mergePinned(runs: readonly LaneRun[], merges: Merges, world: World): Promise<void> {
  for (const run of runs) run.merged.clear();
  await inEach(runs, async (run) => {
    for (const [cell, manifest] of merges.get(run) ?? []) {
      const decision = decisionOf(run, cell);
      if (decision?.kind !== 'build') continue;
      const tag = fullTag(cell);
      const entry = { step: 'push' as const, cell: targetId(cell), tag };
      await run.lane.journal.write({ ...entry, state: 'begin' });
      await putPinned(run, tag, manifest, decision.over, world);
      await run.lane.journal.write({ ...entry, state: 'done', digest: manifest.digest, how: 'merged' });
      run.digests.set(cell, manifest.digest);
      run.made.add(cell);
      run.merged.add(cell);
    }
  });
  await copyBetween(runs, world);
}

function note<T>(map: Map<LaneRun, Map<Cell, T>>, run: LaneRun, cell: Cell, value: T): void {
  const ofRun = map.get(run) ?? new Map<Cell, T>();
  ofRun.set(cell, value);
  map.set(run, ofRun);
}

/** @returns the manifest of the cell, or why there can be none */
async function mergeOf(
  run: LaneRun,
  cell: Cell,
  recorded: readonly RecordedPart[],
  project: Project,
  settleMs: number,
  world: World,
): Promise<Manifest | string> {
  const lacking = lackingPlatforms(cell, recorded);
  if (lacking.length > 0) return `no record of ${lacking.join(', ')}`;
  const parts: MergePart[] = [];
  for (const part of recorded) {
    const read = await readPart(run, cell, part, project, settleMs, world);
    if (typeof read === 'string') return read;
    parts.push(read);
  }
  await refuseDropped(run, cell);
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only.manifest;
  const { mediaType, bytes } = required(mergeParts(cell, parts));
  return { mediaType, bytes, digest: world.digestOf(bytes), sizeBytes: bytes.byteLength };
}

/** @returns the part as the registry has it, or what is wrong with it there */
async function readPart(
  run: LaneRun,
  cell: Cell,
  part: RecordedPart,
  project: Project,
  settleMs: number,
  world: World,
): Promise<MergePart | string> {
  const { value: image } = await settle(
    () => run.lane.inspect(part.digest),
    (found) => found !== null && found.reason === null,
    world.clock,
    Math.min(settleMs, partSettleMs),
    world.signal,
  );
  const manifest = image === null ? null : await run.lane.registry.manifest(part.digest, world.signal);
  const named = `${part.digest} of ${part.path}`;
  if (image === null || manifest === null) return `${named} is not in ${run.lane.name}: its job has to run again`;
  if (image.reason !== null) return `${named}: ${image.reason}`;
  refuseOther(part, image);
  const { mislabelled } = misfit(cell, project.image, image);
  if (mislabelled.length > 0) return `${named} is another image: ${mislabelled.join('; ')}`;
  return { manifest, platforms: image.platforms, from: part.path };
}

/** What a digest stands for cannot change: a record that tells it otherwise is wrong. */
function refuseOther(part: RecordedPart, image: InspectedImage): void {
  const says = `${part.platforms.toSorted().join(', ')} as ${part.mediaType} with ${part.attestations} attestations`;
  const is = `${image.platforms.join(', ')} as ${image.mediaType} with ${image.attestations} attestations`;
  if (says === is) return;
  const message = `records ${part.digest} as ${says}, and it is ${is}`;
  throw new InputError([{ code: 'RECORD_INVALID', where: part.path, message, fix: 'run that job again' }]);
}

/** A full tag that an interrupted push left behind is replaced, and nothing that it has is lost by that. */
async function refuseDropped(run: LaneRun, cell: Cell): Promise<void> {
  const decision = decisionOf(run, cell);
  const tag = fullTag(cell);
  const digest = decision?.kind === 'build' ? decision.over.get(tag) : undefined;
  const held = digest === undefined ? null : await run.lane.inspect(digest);
  const dropped = held === null ? [] : droppedPlatforms(held.platforms, cell);
  if (dropped.length === 0) return;
  const message = `${tag} has ${dropped.join(', ')}, which ${cell.platforms.join(', ')} would drop`;
  const fix = 'give the platform back to the config, or delete the tag by hand';
  throw new InputError([{ code: 'PINNED_CONFLICT', where: run.lane.name, message, fix }]);
}
