/** Which convenience tags move, from what to what, and in which order. */
import type { ImageConfig } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import type { Release } from '../domain/release.ts';
import type { Seen } from '../domain/snapshot.ts';
import { becauseMove } from '../plan/because.ts';
import type { Cell } from '../plan/cell.ts';
import { byMoveOrder, ownerOf } from '../plan/plan.ts';
import type { ConvenienceTag } from '../plan/convenience-rule.ts';
import type { Move, Stand } from '../plan/types.ts';

/** What a digest is, where that is known. */
export interface StandsOn {
  /** The cell whose pinned tag has this digest, and the release of what is excluded or yanked too. */
  readonly cellOf: (digest: Digest) => Cell | null;
  /** The version that the image's own labels tell, for a digest that no pinned tag explains; `null` where they tell none. */
  readonly versionSaid: (digest: Digest) => string | null;
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
  /** Already where they should be, with the digest they stand on. */
  readonly settled: ReadonlyMap<string, Digest>;
  /** Tags the registry would not tell of; nothing moves while there is one. */
  readonly unknown: readonly { readonly tag: string; readonly reason: string }[];
  /** Moves to a lower release that nothing in the config explains. */
  readonly backward: readonly BackwardMove[];
}

export interface BackwardMove {
  readonly move: Move;
  /** The version it stands on, by its pinned tag or its own labels. */
  readonly stands: string;
}

/**
 * Compares plan and registry. A digest that nothing explains is moved like any other, and told; but where its labels
 * tell a higher release, the facts may be older than the registry, and the move counts as one backward.
 */
export function planMoves({ tags, seen, digestOf, standsOn }: MovesInput, image: ImageConfig): PlannedMoves {
  const moves: Move[] = [];
  const settled = new Map<string, Digest>();
  const unknown: { tag: string; reason: string }[] = [];
  const backward: BackwardMove[] = [];
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
      settled.set(tag.tag, digest);
      continue;
    }
    const before = from === null ? null : standsOn.cellOf(from);
    const said = from === null || before !== null ? null : standsOn.versionSaid(from);
    const move = moveOf(tag, owner, { before, said, from, digest });
    moves.push(move);
    const version = before === null ? said : before.release.version.text;
    if (version !== null && isUnexplainedStepBack(version, before, owner.release, image))
      backward.push({ move, stands: version });
  }
  return { moves, settled, unknown, backward };
}

interface Ends {
  readonly before: Cell | null;
  readonly said: string | null;
  readonly from: Digest | null;
  readonly digest: Digest | null;
}

function moveOf(tag: ConvenienceTag, owner: Cell, { before, said, from, digest }: Ends): Move {
  const stand: Stand | null = from === null ? null : { owner: before === null ? null : ownerOf(before), digest: from };
  const withdrawn = before !== null && before.release.yanked !== null ? before.release : null;
  return {
    kind: from === null ? 'create' : 'move',
    tag: tag.tag,
    from: stand,
    to: { owner: ownerOf(owner), digest },
    because:
      from !== null && before === null
        ? becauseUnexplained(owner, said)
        : becauseMove(tag.tag, owner, before, tag.rule.name, withdrawn),
  };
}

function becauseUnexplained(owner: Cell, said: string | null): string {
  const { text } = owner.release.version;
  const says = said === null ? '' : `, and says that it is ${said}`;
  return `it stands on a digest that no pinned tag explains${says}; ${text} owns it`;
}

/** A yank or an exclusion in the config explains a step back; anything else asks for `--allow-backward`. */
function isUnexplainedStepBack(stands: string, before: Cell | null, to: Release, image: ImageConfig): boolean {
  const from = before?.release.version ?? image.scheme.parse(stands);
  if (from === null || image.scheme.compare(from, to.version) <= 0) return false;
  const excluded = image.excludedReleases.some(
    (entry) => entry.version === stands || entry.range?.includes(from) === true,
  );
  const yanked = image.yanked.some((entry) => entry.version === stands) || (before?.release.yanked ?? null) !== null;
  return !excluded && !yanked;
}
