/** Phase zero: each cell's pinned tags in each repository, judged. Reads only. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import type { Seen } from '../../domain/snapshot.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import { decidePinned, type PinnedPolicy, type PinnedSeen } from '../../publish/pinned-state.ts';
import { whereTagPoints } from '../move/where-tag-points.ts';
import { readLocked, type Locked } from './lock.ts';
import { inEach, type CellSurvey, type RepositoryRun } from './repository-run.ts';

/**
 * Judges the pinned tags of the cells, and notes what is to be done about them.
 *
 * @throws {InputError} PINNED_CONFLICT or PINNED_PARTIAL, for all that are wrong
 */
export async function surveyPinned(
  runs: readonly RepositoryRun[],
  cells: readonly Cell[],
  policy: PinnedPolicy,
): Promise<void> {
  await inEach(runs, async (run) => {
    run.begin(await surveyCells(run, cells, await readLocked(run), policy));
  });
  const problems = runs.flatMap((run) =>
    run.survey.flatMap(({ decision }): Problem[] =>
      decision.kind === 'refused'
        ? [{ code: decision.code, where: run.name, message: decision.reason, fix: decision.fix }]
        : [],
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
}

async function surveyCells(
  run: RepositoryRun,
  cells: readonly Cell[],
  locked: Locked,
  policy: PinnedPolicy,
): Promise<CellSurvey[]> {
  const { world, registry, inspect, past } = run;
  const tags = cells.flatMap((cell) => cell.pinned.map((text) => text.tag));
  const snapshot = await world.snapshots(registry).read(tags, world.signal);
  return pMap(
    cells,
    async (cell) => {
      const lock = locked(cell);
      const seen = await pMap(cell.pinned, ({ tag }) => pinnedSeen(run, cell, tag, snapshot.tags.get(tag)));
      const isElsewhere =
        lock !== null && seen.some(({ seen: at }) => at.kind !== 'present' || at.descriptor.digest !== lock);
      const evidence = {
        journal: cell.pinned.map(({ tag }) => past.digests.get(tag)).find((digest) => digest !== undefined) ?? null,
        lock,
        locked: isElsewhere ? await inspect(lock) : null,
        begun: cell.pinned.some((text) => past.pushing.has(text.tag)),
        published: await publishedOf(run, cell, seen),
      };
      return { cell, decision: decidePinned(seen, evidence, policy) };
    },
    { concurrency: 16 },
  );
}

/** Asked only if the pinned tags point to several images: which of them a convenience tag of the cell has moved to. */
async function publishedOf(
  { registry, project, world }: RepositoryRun,
  cell: Cell,
  seen: readonly PinnedSeen[],
): Promise<Digest | null> {
  const digests = new Set(seen.flatMap(({ seen: at }) => (at.kind === 'present' ? [at.descriptor.digest] : [])));
  if (digests.size < 2) return null;
  for (const { tag } of project.tags.convenience.filter(({ owner }) => owner === cell)) {
    const now = await whereTagPoints(registry, tag, [...digests], world.signal);
    if (now !== null && digests.has(now)) return now;
  }
  return null;
}

async function pinnedSeen(
  { registry, inspect, project, world }: RepositoryRun,
  cell: Cell,
  tag: string,
  found: Seen | undefined,
): Promise<PinnedSeen> {
  const seen: Seen = found ?? { kind: 'unknown', reason: 'it was not read' };
  if (seen.kind !== 'present') return { tag, seen, content: null };
  const image = await inspect(seen.descriptor.digest);
  if (image !== null) return { tag, seen, content: { image, misfit: misfit(cell, project.image, image) } };
  // A digest that is not there was made up by the header that named it: the body tells.
  const manifest = await registry.manifest(tag, world.signal);
  const hashed = manifest === null ? null : await inspect(manifest.digest);
  if (manifest === null || hashed === null) {
    const reason = `it names ${seen.descriptor.digest}, which is not there`;
    return { tag, seen: { kind: 'unknown', reason }, content: null };
  }
  const { bytes: _bytes, ...descriptor } = manifest;
  const content = { image: hashed, misfit: misfit(cell, project.image, hashed) };
  return { tag, seen: { kind: 'present', descriptor, hashed: true }, content };
}
