/**
 * Where convenience tags stand, and which cells the digests are. Reads only. The likely cells are asked first; only a
 * digest that is none of them costs a look at every cell that could ever have had the tag, and only one that is none
 * of those a look into the image.
 */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { labelNames } from '../../domain/labels.ts';
import type { Release } from '../../domain/release.ts';
import type { Seen } from '../../domain/snapshot.ts';
import { candidateCells } from '../../plan/candidates.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import type { ConvenienceTag } from '../../plan/convenience-rule.ts';
import type { Registry } from '../../ports.ts';
import type { StandsOn } from '../../publish/moves.ts';
import { resolve, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import type { Inspector } from '../inspector.ts';

export interface TagSurvey extends StandsOn {
  /** The convenience tags, and the full tags of their owners and of the owners before. */
  readonly seen: ReadonlyMap<string, Seen>;
}

export interface Looking {
  readonly registry: Registry;
  readonly inspect: Inspector;
}

/** @throws {OutsideError} where an image that no pinned tag explains cannot be looked into */
export async function surveyTags(
  { registry, inspect }: Looking,
  tags: readonly ConvenienceTag[],
  project: Project,
  world: World,
): Promise<TagSurvey> {
  const source = world.snapshots(registry);
  const likely = new Map(tags.flatMap((tag) => [tag.owner, tag.previous]).flatMap((cell) => fullTagOf(cell)));
  const snapshot = await source.read([...tags.map((tag) => tag.tag), ...likely.keys()], world.signal);
  const known = new Map<Digest, Cell>();
  addDigests(known, likely, snapshot.tags);

  const unexplained = (): ConvenienceTag[] =>
    tags.filter((tag) => {
      const digest = digestOf(snapshot.tags.get(tag.tag));
      return digest !== null && !known.has(digest);
    });
  const odd = unexplained();
  if (odd.length > 0) {
    const everyCell = [...project.tags.cells, ...excludedCells(project)];
    const candidates = candidateCells(project.image, everyCell);
    const possible = new Map(odd.flatMap((tag) => candidates.get(tag.tag) ?? []).flatMap((cell) => fullTagOf(cell)));
    const more = await source.read([...possible.keys()], world.signal);
    addDigests(known, possible, more.tags);
  }
  const digests = new Set(unexplained().flatMap((tag) => digestOf(snapshot.tags.get(tag.tag)) ?? []));
  const said = new Map(
    await pMap(digests, async (digest) => [digest, await versionOf(digest, inspect)] as const, { concurrency: 8 }),
  );
  return {
    seen: snapshot.tags,
    cellOf: (digest) => known.get(digest) ?? null,
    versionSaid: (digest) => said.get(digest) ?? null,
  };
}

async function versionOf(digest: Digest, inspect: Inspector): Promise<string | null> {
  const image = await inspect(digest);
  return image?.configs.map((config) => config.labels[labelNames.version]).find((text) => text !== undefined) ?? null;
}

function excludedCells(project: Project): readonly Cell[] {
  const releases: Release[] = project.known.excluded.map((entry) => entry.release);
  return resolve(project.config, project.image, releases, project.factsFrom).tags.cells;
}

function fullTagOf(cell: Cell | null): [string, Cell][] {
  return cell === null ? [] : [[fullTag(cell), cell]];
}

function digestOf(seen: Seen | undefined): Digest | null {
  return seen?.kind === 'present' ? seen.descriptor.digest : null;
}

function addDigests(known: Map<Digest, Cell>, cells: ReadonlyMap<string, Cell>, seen: ReadonlyMap<string, Seen>): void {
  for (const [tag, cell] of cells) {
    const digest = digestOf(seen.get(tag));
    if (digest !== null) known.set(digest, cell);
  }
}
