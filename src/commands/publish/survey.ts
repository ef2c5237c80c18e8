/** What a repository holds of one release: each cell's pinned tags, judged. Reads only. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import type { Seen } from '../../domain/snapshot.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import { decidePinned, type PinnedDecision, type PinnedPolicy, type PinnedSeen } from '../../publish/pinned-state.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import type { Lane } from './lane.ts';
import { whereStands } from './stands.ts';
import type { Recorded } from './recorded.ts';

export interface CellSurvey {
  readonly cell: Cell;
  readonly decision: PinnedDecision;
}

/** @returns what to do about the pinned tags of each cell */
export async function surveyCells(
  lane: Lane,
  cells: readonly Cell[],
  project: Project,
  locked: Recorded,
  policy: PinnedPolicy,
  world: World,
): Promise<CellSurvey[]> {
  const tags = cells.flatMap((cell) => cell.pinned.map((text) => text.tag));
  const snapshot = await world.snapshots(lane.registry).read(tags, world.signal);
  return pMap(
    cells,
    async (cell) => {
      const journal = recordedDigest(lane, cell);
      const lock = locked(cell);
      const seen = await pMap(cell.pinned, ({ tag }) =>
        pinnedSeen(lane, tag, snapshot.tags.get(tag), cell, project, world),
      );
      const isElsewhere =
        lock !== null && seen.some(({ seen: at }) => at.kind !== 'present' || at.descriptor.digest !== lock);
      const begun = cell.pinned.some((text) => lane.past.pushing.has(text.tag));
      const published = await publishedOf(lane, cell, seen, project, world);
      const evidence = { journal, lock, locked: isElsewhere ? await lane.inspect(lock) : null, begun, published };
      return { cell, decision: decidePinned(seen, evidence, policy) };
    },
    { concurrency: 16 },
  );
}

/** Asked only where the pinned tags stand on several images: which of them a convenience tag of the cell has moved to. */
async function publishedOf(
  lane: Lane,
  cell: Cell,
  seen: readonly PinnedSeen[],
  project: Project,
  world: World,
): Promise<Digest | null> {
  const digests = new Set(seen.flatMap(({ seen: at }) => (at.kind === 'present' ? [at.descriptor.digest] : [])));
  if (digests.size < 2) return null;
  for (const { tag } of project.tags.convenience.filter(({ owner }) => owner === cell)) {
    const now = await whereStands(lane.registry, tag, [...digests], world.signal);
    if (now !== null && digests.has(now)) return now;
  }
  return null;
}

function recordedDigest(lane: Lane, cell: Cell): Digest | null {
  for (const { tag } of cell.pinned) {
    const digest = lane.past.digests.get(tag);
    if (digest !== undefined) return digest;
  }
  return null;
}

async function pinnedSeen(
  lane: Lane,
  tag: string,
  found: Seen | undefined,
  cell: Cell,
  project: Project,
  world: World,
): Promise<PinnedSeen> {
  const seen: Seen = found ?? { kind: 'unknown', reason: 'it was not read' };
  if (seen.kind !== 'present') return { tag, seen, content: null };
  const image = await lane.inspect(seen.descriptor.digest);
  if (image !== null) return { tag, seen, content: { image, misfit: misfit(cell, project.image, image) } };
  // A digest that is not there was made up by the header that named it: the body tells.
  const manifest = await lane.registry.manifest(tag, world.signal);
  const hashed = manifest === null ? null : await lane.inspect(manifest.digest);
  if (manifest === null || hashed === null) {
    const reason = `it names ${seen.descriptor.digest}, which is not there`;
    return { tag, seen: { kind: 'unknown', reason }, content: null };
  }
  const { bytes: _bytes, ...descriptor } = manifest;
  const content = { image: hashed, misfit: misfit(cell, project.image, hashed) };
  return { tag, seen: { kind: 'present', descriptor, hashed: true }, content };
}
