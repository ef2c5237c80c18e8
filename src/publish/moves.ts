/** Which convenience tags move, from what to what, and in which order. */
import type { ImageConfig } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import type { Release } from '../domain/release.ts';
import type { Seen } from '../domain/snapshot.ts';
import { becauseMove } from '../plan/because.ts';
import type { Cell } from '../plan/cell.ts';
import { byMoveOrder, ownerOf } from '../plan/plan.ts';
import type { ConvenienceTag } from '../plan/tag-map.ts';
import type { Move, Stand } from '../plan/types.ts';

/** What a digest is, where that is known. */
export interface StandsOn {
  /** The cell whose pinned tag has this digest, and the release of what is excluded or yanked too. */
  cellOf(digest: Digest): Cell | null;
}

export interface MovesInput {
  /** Tags to bring to their owners. */
  readonly tags: readonly ConvenienceTag[];
  readonly seen: ReadonlyMap<string, Seen>;
  /** The digest of a cell's pinned tags; `null` where it is not built yet. */
  readonly digestOf: (cell: Cell) => Digest | null;
  readonly standsOn: StandsOn;
}

export interface PlannedMoves {
  /** Most specific first, tags of a default last. */
  readonly moves: readonly Move[];
  /** Already where they should be. */
  readonly settled: readonly string[];
  /** Tags the registry would not tell of; nothing moves while there is one. */
  readonly unknown: readonly { readonly tag: string; readonly reason: string }[];
  /** Moves to a lower release that nothing in the config explains. */
  readonly backward: readonly Move[];
}

/** Compares plan and registry. A digest that nothing explains is moved like any other, and told. */
export function planMoves({ tags, seen, digestOf, standsOn }: MovesInput, image: ImageConfig): PlannedMoves {
  const moves: Move[] = [];
  const settled: string[] = [];
  const unknown: { tag: string; reason: string }[] = [];
  const backward: Move[] = [];
  for (const tag of tags.toSorted(byMoveOrder)) {
    const { owner } = tag;
    const stands = seen.get(tag.tag) ?? { kind: 'unknown', reason: 'it was not read' };
    if (owner === null) continue;
    if (stands.kind === 'unknown') {
      unknown.push({ tag: tag.tag, reason: stands.reason });
      continue;
    }
    const digest = digestOf(owner);
    const from = stands.kind === 'absent' ? null : stands.descriptor.digest;
    if (from !== null && from === digest) {
      settled.push(tag.tag);
      continue;
    }
    const before = from === null ? null : standsOn.cellOf(from);
    const move = moveOf(tag, owner, { before, from, digest });
    moves.push(move);
    if (before !== null && isUnexplainedStepBack(before.release, owner.release, image)) backward.push(move);
  }
  return { moves, settled, unknown, backward };
}

interface Ends {
  readonly before: Cell | null;
  readonly from: Digest | null;
  readonly digest: Digest | null;
}

function moveOf(tag: ConvenienceTag, owner: Cell, { before, from, digest }: Ends): Move {
  const stand: Stand | null = from === null ? null : { owner: before === null ? null : ownerOf(before), digest: from };
  const withdrawn = before !== null && before.release.yanked !== null ? before.release : null;
  const because =
    from !== null && before === null
      ? `it stands on a digest that no release explains; ${owner.release.version.text} owns it`
      : becauseMove(tag.tag, owner, before, tag.rule.name, withdrawn);
  return {
    kind: from === null ? 'create' : 'move',
    tag: tag.tag,
    from: stand,
    to: { owner: ownerOf(owner), digest },
    because,
  };
}

/** A yank or an exclusion in the config explains a step back; anything else asks for `--allow-backward`. */
function isUnexplainedStepBack(from: Release, to: Release, image: ImageConfig): boolean {
  if (image.scheme.compare(from.version, to.version) <= 0) return false;
  const excluded = image.excludedReleases.some(
    (entry) => entry.version === from.version.text || entry.range?.includes(from.version) === true,
  );
  return from.yanked === null && !excluded;
}
