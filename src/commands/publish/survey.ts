/** What a repository holds of one release: its pinned tags judged, its convenience tags located. Reads only. */
import pMap from 'p-map';
import { type Digest, isDigest } from '../../domain/digest.ts';
import type { Release } from '../../domain/release.ts';
import type { Seen } from '../../domain/snapshot.ts';
import type { Cell } from '../../plan/cell.ts';
import { misfit } from '../../plan/expected-image.ts';
import type { ConvenienceTag } from '../../plan/tag-map.ts';
import { cellsWanting } from '../../plan/wanting.ts';
import { decidePinned, type PinnedDecision, type PinnedPolicy, type PinnedSeen } from '../../publish/pinned-state.ts';
import { resolve, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import type { Inspector } from './inspector.ts';
import type { Registry } from '../../ports.ts';
import type { Lane } from './lane.ts';

export interface CellSurvey {
  readonly cell: Cell;
  readonly decision: PinnedDecision;
}

/** @returns what to do about the pinned tags of each cell */
export async function surveyCells(
  lane: Lane,
  cells: readonly Cell[],
  project: Project,
  policy: PinnedPolicy,
  world: World,
): Promise<CellSurvey[]> {
  const tags = cells.flatMap((cell) => cell.pinned.map((text) => text.tag));
  const snapshot = await world.snapshots(lane.registry).read(tags, world.signal);
  return pMap(
    cells,
    async (cell) => {
      const recorded = recordedDigest(lane, cell);
      const seen = await pMap(cell.pinned, ({ tag }) =>
        pinnedSeen(tag, snapshot.tags.get(tag), cell, recorded, lane.inspect, project),
      );
      const begun = cell.pinned.some((text) => lane.past.pushed.has(text.tag));
      const evidence = { recorded: recorded === null ? null : { digest: recorded, by: 'journal' as const }, begun };
      return { cell, decision: decidePinned(seen, evidence, policy) };
    },
    { concurrency: 16 },
  );
}

function recordedDigest(lane: Lane, cell: Cell): Digest | null {
  for (const { tag } of cell.pinned) {
    const digest = lane.past.digests.get(tag);
    if (digest !== undefined) return digest;
  }
  return null;
}

async function pinnedSeen(
  tag: string,
  found: Seen | undefined,
  cell: Cell,
  recorded: Digest | null,
  inspect: Inspector,
  project: Project,
): Promise<PinnedSeen> {
  const seen: Seen = found ?? { kind: 'unknown', reason: 'it was not read' };
  if (seen.kind !== 'present' || seen.descriptor.digest === recorded) return { tag, seen, content: null };
  const image = await inspect(seen.descriptor.digest);
  if (image === null)
    return {
      tag,
      seen: { kind: 'unknown', reason: `it names ${seen.descriptor.digest}, which is not there` },
      content: null,
    };
  return { tag, seen, content: { image, misfit: misfit(cell, project.image, image) } };
}

export interface TagSurvey {
  /** The convenience tags, and the full tags of their owners and of the owners before. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** Which cell a digest is, excluded and yanked releases included. */
  readonly cellOf: (digest: Digest) => Cell | null;
}

/**
 * Where convenience tags stand, and which cells the digests are. The likely ones are asked first; only a digest that
 * is none of them costs a look at every cell that could ever have had the tag.
 */
export async function surveyTags(
  registry: Registry,
  tags: readonly ConvenienceTag[],
  project: Project,
  world: World,
): Promise<TagSurvey> {
  const source = world.snapshots(registry);
  const likely = new Map(tags.flatMap((tag) => [tag.owner, tag.previous]).flatMap((cell) => fullTagOf(cell)));
  const snapshot = await source.read([...tags.map((tag) => tag.tag), ...likely.keys()], world.signal);
  const known = new Map<string, Cell>();
  addDigests(known, likely, snapshot.tags);
  const unexplained = tags.filter((tag) => {
    const seen = snapshot.tags.get(tag.tag);
    return seen?.kind === 'present' && !known.has(seen.descriptor.digest);
  });
  if (unexplained.length > 0) {
    const everyCell = [...project.tags.cells, ...excludedCells(project)];
    const possible = new Map(
      unexplained.flatMap((tag) => cellsWanting(tag.rule, tag.tag, everyCell)).flatMap((cell) => fullTagOf(cell)),
    );
    const more = await source.read([...possible.keys()], world.signal);
    addDigests(known, possible, more.tags);
  }
  return { seen: snapshot.tags, cellOf: (digest) => known.get(digest) ?? null };
}

function excludedCells(project: Project): readonly Cell[] {
  const releases: Release[] = project.known.excluded.map((entry) => entry.release);
  return resolve(project.config, project.image, releases, project.factsFrom).tags.cells;
}

function fullTagOf(cell: Cell | null): [string, Cell][] {
  const tag = cell?.pinned[0]?.tag;
  return cell === null || tag === undefined ? [] : [[tag, cell]];
}

function addDigests(known: Map<string, Cell>, cells: ReadonlyMap<string, Cell>, seen: ReadonlyMap<string, Seen>): void {
  for (const [tag, cell] of cells) {
    const found = seen.get(tag);
    if (found?.kind === 'present' && isDigest(found.descriptor.digest)) known.set(found.descriptor.digest, cell);
  }
}
