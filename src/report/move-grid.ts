/**
 * Moves as a grid: one axis across, rules down, `before → after` in a cell for all tags that move together. Whoever draws
 * it, Markdown or a page, takes it from here.
 */
import { groupBy } from '../domain/group-by.ts';
import type { Owner, Plan, Stand } from '../plan/types.ts';
import { shortDigest } from './words.ts';

/** A tag that goes from one image to another. */
export interface GridMove {
  readonly tag: string;
  readonly rule: string;
  /** `null`: it was absent, or nobody owned it. */
  readonly from: Stand | null;
  /** `null`: nobody owns it now. */
  readonly to: Stand | null;
}

export interface MoveGrid {
  /** The axis across; `null` if there is one column for all tags. */
  readonly axis: string | null;
  /** Its values; one empty text without an axis. */
  readonly columns: readonly string[];
  /** The broadest rule first. */
  readonly rows: readonly GridRow[];
  /** How many tags there are in all cells. */
  readonly tags: number;
}

/** Tags of one rule that move alike in every column. */
export interface GridRow {
  readonly rule: string;
  /** A cell a column; `null` if no tag of the rule is there. */
  readonly cells: readonly (GridCell | null)[];
}

export interface GridCell {
  /** At least one. */
  readonly tags: readonly [string, ...string[]];
  /** Release, and axes if they tell the two ends apart; `null`: the tag is new. */
  readonly from: string | null;
  /** `null`: nobody owns it. */
  readonly to: string | null;
  /** What the images weigh, the least and the most of cells and platforms; `null` if no manifest was read. */
  readonly bytes: readonly [least: number, most: number] | null;
}

/** What the image weighs that a tag goes to, platform by platform; empty if that is not known. */
export type Weights = (move: GridMove) => readonly number[];

/** More columns are wider than a page. */
const mostColumns = 6;

/** @param moves most specific first, as a publish makes them */
export function moveGrid(moves: readonly GridMove[], weights: Weights = () => []): MoveGrid {
  const axis = axisAcross(moves);
  const valueOf = (move: GridMove): string => (axis === null ? '' : (axesOf(move)[axis] ?? ''));
  const columns = [...new Set(axis === null ? [''] : moves.map(valueOf))];
  const byRule = [...groupBy(moves, ({ rule }) => rule)].toReversed();
  const rows = byRule.flatMap(([rule, own]) => {
    const lines = groupBy(own, (move) =>
      JSON.stringify(Object.entries(axesOf(move)).filter(([name]) => name !== axis)),
    );
    const apart = [...lines.values()].map((line) =>
      columns.map((column) =>
        cellsOf(
          line.filter((move) => valueOf(move) === column),
          weights,
        ),
      ),
    );
    return together(apart).map((cells) => ({ rule, cells }));
  });
  return { axis, columns, rows, tags: moves.length };
}

/** Its moves, each with the rule of its tag. */
export function gridMoves({ moves, tags }: Pick<Plan, 'moves' | 'tags'>): GridMove[] {
  const rules = new Map(tags.map(({ tag, rule }) => [tag, rule]));
  return moves.map(({ tag, from, to }) => ({ tag, rule: rules.get(tag) ?? '', from, to }));
}

/** The move of the tag that most people follow; `null` if nothing moves. */
export function broadestMove(moves: readonly GridMove[]): GridMove | null {
  return broadest(moves, ({ to }) => to?.owner?.version ?? '');
}

/** Of tags in the order of their rules, and within a rule of their releases: the first of the last rule's last release. */
export function broadest<T extends { readonly rule: string }>(
  tags: readonly T[],
  versionOf: (tag: T) => string,
): T | null {
  const last = [...groupBy(tags, ({ rule }) => rule).values()].at(-1) ?? [];
  const highest = [...groupBy(last, versionOf).values()].at(-1);
  return highest?.[0] ?? null;
}

/** The last axis, if there is another one and it has a few values: a flavor is read alone. */
function axisAcross(moves: readonly GridMove[]): string | null {
  const axes = Object.keys(moves.map(axesOf).find((own) => Object.keys(own).length > 0) ?? {});
  const last = axes.at(-1);
  if (axes.length < 2 || last === undefined) return null;
  const values = new Set(moves.map((move) => axesOf(move)[last] ?? ''));
  return values.size >= 2 && values.size <= mostColumns ? last : null;
}

function axesOf({ from, to }: GridMove): Owner['axes'] {
  return to?.owner?.axes ?? from?.owner?.axes ?? {};
}

/** Of tags with one owner, under several names perhaps. */
function cellsOf(moves: readonly GridMove[], weights: Weights): readonly GridCell[] {
  const cells = groupBy(moves, (move) => JSON.stringify(endsOf(move)));
  return [...cells.values()].flatMap((alike) => {
    const [first, ...others] = alike;
    if (first === undefined) return [];
    const [from, to] = endsOf(first);
    const tags = [first.tag, ...others.map(({ tag }) => tag)] as const;
    return [{ tags, from, to, bytes: rangeOf(alike.flatMap(weights)) }];
  });
}

/** Lines whose cells say the same become one; a line of several ends in one column becomes several. */
function together(lines: readonly (readonly (readonly GridCell[])[])[]): (GridCell | null)[][] {
  const single = lines.flatMap((line) => {
    const height = Math.max(...line.map((cells) => cells.length));
    return Array.from({ length: height }, (_, at) => line.map((cells) => cells[at] ?? null));
  });
  const alike = groupBy(single, (line) => JSON.stringify(line.map((cell) => cell && [cell.from, cell.to])));
  return [...alike.values()].map((group) => group.reduce((all, line) => all.map((cell, at) => joined(cell, line[at]))));
}

function joined(cell: GridCell | null, other: GridCell | null | undefined): GridCell | null {
  if (cell === null || other === null || other === undefined) return cell;
  return {
    ...cell,
    tags: [...cell.tags, ...other.tags],
    bytes: rangeOf([...(cell.bytes ?? []), ...(other.bytes ?? [])]),
  };
}

function rangeOf(bytes: readonly number[]): GridCell['bytes'] {
  return bytes.length === 0 ? null : [Math.min(...bytes), Math.max(...bytes)];
}

/** Where a tag comes from and goes to, as a cell says it. Two ends of one release and the same axes are two images of it. */
export function endsOf({ from, to }: GridMove): readonly [string | null, string | null] {
  const differing = Object.keys({ ...from?.owner?.axes, ...to?.owner?.axes }).filter(
    (axis) => from?.owner && to?.owner && from.owner.axes[axis] !== to.owner.axes[axis],
  );
  const [before, after] = [from, to].map((stand) => (stand === null ? null : standOf(stand, differing)));
  const isSame = before !== null && before === after && from?.owner !== null;
  return [before ?? null, isSame ? `${after ?? ''}, another image` : (after ?? null)];
}

function standOf({ owner, digest }: Stand, axes: readonly string[]): string {
  if (owner === null) return digest === null ? 'an image' : shortDigest(digest);
  return [owner.version, ...axes.map((axis) => `${axis} ${owner.axes[axis] ?? ''}`)].join(' ');
}
