/**
 * Which convenience tags move, from what to what, and in which order. The one answer for apply, publish, plan, audit and
 * `--plan-out`: plan and sight in, moves and what holds the others back out.
 */
import type { Digest } from '../domain/digest.ts';
import type { PartialSource } from '../domain/release.ts';
import { becauseBuild, becauseMove } from '../plan/because.ts';
import { describeCell, type Cell, type CellOrStandIn } from '../plan/cell.ts';
import { checksOf } from '../plan/checks-of.ts';
import { byMoveOrder, ownerOf } from '../plan/plan.ts';
import type { Move } from '../plan/types.ts';
import { struckText, takenBy, type CellImage } from '../sight/cell-image.ts';
import { cellKey, type ExpectedConvenience } from '../sight/expected.ts';
import type { Identity } from '../sight/identify.ts';
import { isShort } from '../sight/says.ts';
import type { Sight } from '../sight/sight.ts';
import { backwardHold, saidVersion, standingAt, type StandingPlace } from './backward.ts';
import type { HeldMove, Hold, Holds } from './hold.ts';
import { lastTagHold } from './last-tag.ts';
import { sizeHold } from './size-hold.ts';

export interface MovePolicy {
  readonly partial: readonly PartialSource[];
  /** `--allow-backward`: take tags away from releases that are higher, or that no source knows. */
  readonly allowBackward: boolean;
  /** Checks that digests have every pass of, besides those that the lock has. */
  readonly passed?: ReadonlyMap<Digest, ReadonlySet<string>>;
}

export type TagState =
  | { readonly kind: 'right'; readonly digest: Digest | null }
  /** No release may own it, and it is there. */
  | { readonly kind: 'ownerless'; readonly digest: Digest }
  | { readonly kind: 'move'; readonly move: Move }
  /** `move` is what would be done, its `to` without a digest where that is not known. */
  | { readonly kind: 'held'; readonly move: Move; readonly holds: Holds }
  /** The registry did not answer for the tag itself. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface PlannedMoves {
  readonly states: ReadonlyMap<string, TagState>;
  /** Most specific first, tags of a default last. */
  readonly moves: readonly Move[];
  readonly held: readonly HeldMove[];
  /** Already where they should be, with the digest they point to. */
  readonly settled: ReadonlyMap<string, Digest>;
  readonly unknown: readonly { readonly tag: string; readonly reason: string }[];
}

/** @param tags tags to bring to their owners; their pinned tags are part of what was read */
export function planMoves(tags: readonly ExpectedConvenience[], sight: Sight, policy: MovePolicy): PlannedMoves {
  const states = new Map<string, TagState>();
  const moves: Move[] = [];
  const held: HeldMove[] = [];
  const settled = new Map<string, Digest>();
  const unknown: { tag: string; reason: string }[] = [];
  // Moves are made in order, and the first that fails ends them: what an earlier one reaches has a tag.
  const reached = new Set<Digest>();
  for (const tag of tags.toSorted((a, b) => byMoveOrder(a.planned, b.planned))) {
    const state = stateOf(tag, { sight, policy, reached });
    states.set(tag.tag, state);
    if (state.kind === 'move') {
      moves.push(state.move);
      if (state.move.to.digest !== null) reached.add(state.move.to.digest);
    } else if (state.kind === 'held') held.push({ move: state.move, holds: state.holds });
    else if (state.kind === 'unknown') unknown.push({ tag: tag.tag, reason: state.reason });
    else if (state.kind === 'right' && state.digest !== null) settled.set(tag.tag, state.digest);
  }
  return { states, moves, held, settled, unknown };
}

interface Planning {
  readonly sight: Sight;
  readonly policy: MovePolicy;
  /** Images that a move before this one takes a tag to. */
  readonly reached: ReadonlySet<Digest>;
}

function stateOf(tag: ExpectedConvenience, planning: Planning): TagState {
  const { sight } = planning;
  const seen = sight.input.seen.get(tag.tag) ?? { kind: 'unknown', reason: 'it was not read' };
  if (seen.kind === 'unknown') return { kind: 'unknown', reason: seen.reason };
  const from = seen.kind === 'present' ? seen.descriptor.digest : null;
  const { owner } = tag;
  if (owner === null) return from === null ? { kind: 'right', digest: null } : { kind: 'ownerless', digest: from };
  const image = sight.image(owner);
  if (image.state === 'sound' && image.digest === from) return { kind: 'right', digest: from };
  const before = from === null ? null : standingAt(tag, from, sight);
  const move = moveOf(tag, owner, { before, from, to: image.state === 'sound' ? image.digest : null }, sight);
  const standing = before === null ? null : before.cell;
  const isUpward = standing === null || !isLower(owner, standing, sight);
  const target =
    targetHold(owner, image, sight) ??
    checkHold(owner, image, planning) ??
    (isUpward ? sizeHold(owner, image, sight) : null);
  const source = from === null ? [] : sourceHolds(tag, owner, { before, from }, planning);
  const [first, ...others] = target === null ? source : [target, ...source];
  return first === undefined ? { kind: 'move', move } : { kind: 'held', move, holds: [first, ...others] };
}

/** A tag that goes back, from a release that was withdrawn perhaps, goes back whatever the image weighs. */
function isLower(owner: Cell, from: CellOrStandIn, { input }: Sight): boolean {
  return input.expected.image.scheme.compare(owner.release.version, from.release.version) < 0;
}

function targetHold(owner: Cell, image: CellImage, sight: Sight): Hold | null {
  if (image.state === 'absent') {
    const taken = takenBy(image);
    if (taken !== null) return { kind: 'taken', because: struckText(taken) };
    return image.struck.some(({ why }) => why === 'part') ? { kind: 'incomplete' } : { kind: 'unpublished' };
  }
  if (image.state === 'doubt') return { kind: 'doubt', cell: owner, image };
  if (image.state === 'unknown') return { kind: 'unseen', reason: image.reason };
  return isShort(owner, image.digest, sight.input) ? { kind: 'incomplete' } : null;
}

/** A digest that somebody else has to look at first does not get a tag that people follow. */
function checkHold(owner: Cell, image: CellImage, { sight, policy }: Planning): Hold | null {
  if (image.state !== 'sound') return null;
  const { expected, lock } = sight.input;
  const wanted = checksOf(owner, expected.image.checks);
  if (wanted.length === 0) return null;
  const key = cellKey(owner.release.version.text, owner.shape.axes);
  const locked = lock?.entries.find((entry) => cellKey(entry.version, entry.axes) === key);
  const passed = new Set([
    ...(policy.passed?.get(image.digest) ?? []),
    ...(locked?.digest === image.digest ? (locked.passes ?? []) : []),
  ]);
  const lacking = wanted.flatMap(({ name }) => (passed.has(name) ? [] : [name]));
  return lacking.length === 0 ? null : { kind: 'unchecked', checks: lacking };
}

function sourceHolds(
  tag: ExpectedConvenience,
  owner: Cell,
  { before, from }: StandingPlace,
  { sight, policy, reached }: Planning,
): Hold[] {
  // A convenience tag of the cell's own stays there.
  const staying = (cell: Cell): readonly string[] =>
    sight.input.expected.owned(cell).filter((other) => other !== tag.tag);
  const lastTag = reached.has(from) ? null : lastTagHold(from, staying, sight);
  const holds = [backwardHold(tag, owner, { before, from }, { sight, ...policy }), lastTag];
  return holds.flatMap((hold) => hold ?? []);
}

interface Ends {
  readonly before: Identity | null;
  readonly from: Digest | null;
  readonly to: Digest | null;
}

function moveOf(tag: ExpectedConvenience, owner: Cell, { before, from, to }: Ends, sight: Sight): Move {
  const release = before?.cell?.release ?? null;
  const withdrawn = release !== null && release.yanked !== null ? release : null;
  const because =
    becauseBuild(owner.release, tag.rule.name) ??
    (from !== null && before === null
      ? becauseUnexplained(owner, from, sight)
      : before !== null && before.cell === owner
        ? `${describeCell(owner)} owns it, and its image is another one`
        : becauseMove(tag.tag, owner, before?.cell ?? null, tag.rule.name, withdrawn));
  return {
    kind: from === null ? 'create' : 'move',
    tag: tag.tag,
    from: from === null ? null : { owner: before?.owner ?? null, digest: from },
    to: { owner: ownerOf(owner), digest: to },
    because,
  };
}

function becauseUnexplained(owner: Cell, from: Digest, sight: Sight): string {
  const said = saidVersion(from, sight);
  const says = said === null ? '' : `, and says that it is ${said}`;
  return `it points to a digest that no pinned tag explains${says}; ${owner.release.version.text} owns it`;
}

/** Tags that wait for an answer of the registry: their own, or one that their move rests on. */
export function undecided({ unknown, held }: PlannedMoves): PlannedMoves['unknown'] {
  const unseen = held.flatMap(({ move, holds: [hold] }) =>
    hold.kind === 'unseen' ? [{ tag: move.tag, reason: hold.reason }] : [],
  );
  return [...unknown, ...unseen];
}

/** True for a move that only a flag or better facts allow: it refuses the whole command, before anything is written. */
export function isRefused({ holds }: HeldMove): boolean {
  return holds.every(({ kind }) => kind === 'backward' || kind === 'partial');
}
