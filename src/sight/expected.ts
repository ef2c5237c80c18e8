/** What the plan expects of a repository, ready to be looked up by tag, cell and candidate. */
import type { Release } from '../domain/release.ts';
import { candidateCells, type PlanImage, type PlanRule } from '../plan/candidates.ts';
import type { Cell, CellShape } from '../plan/cell.ts';
import { tagGrammar, type Grammar } from '../plan/grammar.ts';
import type { ConvenienceTag } from '../plan/convenience-rule.ts';
import { seriesLatestTags } from '../plan/series-latest.ts';
import type { TagMap } from '../plan/tag-map.ts';

/** A release that the plan leaves out, with the tags it would have had on its own. */
export interface LeftOutRelease {
  readonly tags: TagMap;
  /** Its tags go to no lower release without `--allow-backward`. */
  readonly holdsTags: boolean;
  /** For messages: `excluded: a typo of 2.8.2`, `left out by --at`. */
  readonly reason: string;
}

export interface ExpectedPinned {
  readonly kind: 'pinned';
  readonly tag: string;
  readonly rule: PlanRule;
  readonly cell: Cell;
}

export interface ExpectedConvenience {
  readonly kind: 'convenience';
  readonly tag: string;
  readonly rule: PlanRule;
  readonly owner: Cell | null;
  readonly frozen: boolean;
  readonly planned: ConvenienceTag;
}

export type ExpectedTag = ExpectedPinned | ExpectedConvenience;

/** A tag that a left-out release would have had. */
export interface LeftOutTag {
  readonly cell: Cell;
  readonly rule: PlanRule;
  readonly reason: string;
}

export interface Expected {
  readonly image: PlanImage;
  /** Convenience tags first, then pinned ones, as the plan orders them. */
  readonly tags: ReadonlyMap<string, ExpectedTag>;
  readonly cells: readonly Cell[];
  /** Pinned and convenience tags that only left-out releases would have. */
  readonly leftOut: ReadonlyMap<string, LeftOutTag>;
  readonly leftOutCells: ReadonlyMap<Cell, string>;
  /** Left-out releases, by version, that tags are not taken away from unasked. */
  readonly holding: ReadonlySet<string>;
  /** The rules read backwards. */
  readonly grammar: Grammar;
  /** The rules of `events` read backwards: tags of builds that are not releases. `null` if the config has none. */
  readonly eventGrammar: Grammar | null;
  /** True for `2-latest`, if only the former default of the rule `latest` explains it. */
  wasLatestOfSeries(tag: string): boolean;
  /** Cells that a convenience tag's rule gives its text to, left-out ones included. */
  candidates(tag: string): readonly Cell[];
  /** Convenience tags that a cell owns, as the plan orders them. */
  owned(cell: Cell): readonly string[];
  /** A release of the plan, or one that it leaves out. */
  release(version: string): Release | null;
  /** The cell of a release and its axes; `null` where the plan and what it leaves out have none. */
  cell(version: string, axes: Readonly<Record<string, string>>): Cell | null;
  /** What the cells with these axes have in common; `null` where no release had such a cell. */
  shape(axes: Readonly<Record<string, string>>): CellShape | null;
}

export function expectTags(image: PlanImage, tags: TagMap, leftOut: readonly LeftOutRelease[] = []): Expected {
  const expected = new Map<string, ExpectedTag>();
  for (const planned of tags.convenience) {
    const { tag, rule, owner, frozen } = planned;
    expected.set(tag, { kind: 'convenience', tag, rule, owner, frozen, planned });
  }
  for (const [tag, { rule, cell }] of tags.pinned) {
    expected.set(tag, { kind: 'pinned', tag, rule, cell });
  }
  const leftOutTags = leftOutTagsOf(leftOut, expected);
  const leftOutCells = new Map(leftOut.flatMap(({ tags: own, reason }) => own.cells.map((cell) => [cell, reason])));
  const everyCell = [...tags.cells, ...leftOutCells.keys()];
  const candidates = candidateCells(image, everyCell);
  const owned = new Map<Cell, string[]>();
  for (const { tag, owner } of tags.convenience)
    if (owner !== null) owned.set(owner, [...(owned.get(owner) ?? []), tag]);
  const releases = new Map(everyCell.map(({ release }) => [release.version.text, release]));
  const shapes = new Map(everyCell.map(({ shape }) => [cellKey('', shape.axes), shape]));
  const cells = new Map(everyCell.map((cell) => [cellKey(cell.release.version.text, cell.shape.axes), cell]));
  return {
    image,
    tags: expected,
    cells: tags.cells,
    leftOut: leftOutTags,
    leftOutCells,
    holding: new Set(
      leftOut.flatMap(({ tags: own, holdsTags }) =>
        holdsTags ? own.cells.map(({ release }) => release.version.text) : [],
      ),
    ),
    grammar: tagGrammar(image),
    eventGrammar: eventGrammar(image),
    wasLatestOfSeries: seriesLatestTags(image, tags.cells),
    candidates: (tag) => candidates.get(tag) ?? [],
    owned: (cell) => owned.get(cell) ?? [],
    release: (version) => releases.get(version) ?? null,
    cell: (version, axes) => cells.get(cellKey(version, axes)) ?? null,
    shape: (axes) => shapes.get(cellKey('', axes)) ?? null,
  };
}

function eventGrammar({ events, ...image }: PlanImage): Grammar | null {
  if (events === null) return null;
  return tagGrammar({ ...image, events, rules: [...events.moving, events.revision].map(({ rule }) => rule) });
}

export function cellKey(version: string, axes: Readonly<Record<string, string>>): string {
  return [
    version,
    ...Object.keys(axes)
      .toSorted()
      .map((axis) => `${axis}=${axes[axis] ?? ''}`),
  ].join(' ');
}

function leftOutTagsOf(
  leftOut: readonly LeftOutRelease[],
  expected: ReadonlyMap<string, ExpectedTag>,
): ReadonlyMap<string, LeftOutTag> {
  const found = new Map<string, LeftOutTag>();
  for (const { tags, reason } of leftOut) {
    const pinned = [...tags.pinned].map(([tag, { rule, cell }]) => ({ tag, rule, cell }));
    const convenience = tags.convenience.flatMap(({ tag, rule, owner }) =>
      owner === null ? [] : [{ tag, rule, cell: owner }],
    );
    for (const { tag, rule, cell } of [...pinned, ...convenience]) {
      if (!expected.has(tag) && !found.has(tag)) found.set(tag, { cell, rule, reason });
    }
  }
  return found;
}

/** The pinned tags of cells and the convenience tags that they own. */
export function tagsOfCells(cells: readonly Cell[], expected: Pick<Expected, 'owned'>): ReadonlySet<string> {
  return new Set(cells.flatMap((cell) => [...cell.pinned.map(({ tag }) => tag), ...expected.owned(cell)]));
}
