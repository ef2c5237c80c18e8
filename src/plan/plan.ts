/** From a tag map to the plan document, whole or of one release. */
import type { Several } from '../domain/several.ts';
import type { ImageConfig, Rule } from '../config/types.ts';
import { formatRepository } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import { becauseConvenience, becauseMove, becausePinned } from './because.ts';
import type { Cell } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import type { TagMap } from './tag-map.ts';
import type { Move, Owner, Plan, PlannedCell, PlannedTag } from './types.ts';

/** The whole tag map: every cell, pinned tags in their order, then convenience tags by rule and series. No moves. */
export function wholePlan(image: ImageConfig, tags: TagMap, warnings: readonly Warning[]): Plan {
  return {
    schema: 1,
    repository: repositoryOf(image),
    release: null,
    cells: tags.cells.map(plannedCell),
    tags: [...plannedPinned(tags, () => true), ...tags.convenience.map(plannedConvenience)],
    moves: [],
    warnings,
  };
}

/**
 * What publishing one release builds and moves, judged from facts alone.
 *
 * @param tags the tag map of all releases
 * @param before the tag map of the same releases less this one: where its convenience tags stand now. It takes as long
 *   as the other, and a backport may own none.
 */
export function releasePlan(
  image: ImageConfig,
  release: Release,
  tags: TagMap,
  before: () => TagMap,
  warnings: readonly Warning[],
): Plan {
  const owned = tags.convenience.filter((tag) => tag.owner?.release === release);
  const former = new Map(owned.length === 0 ? [] : before().convenience.map((tag) => [tag.tag, tag.owner]));
  return {
    schema: 1,
    repository: repositoryOf(image),
    release: release.version.text,
    cells: tags.cells.filter((cell) => cell.release === release).map(plannedCell),
    tags: [...plannedPinned(tags, (cell) => cell.release === release), ...owned.map(plannedConvenience)],
    moves: owned.toSorted(byMoveOrder).flatMap((tag) => moveOf(tag, former.get(tag.tag) ?? null, tags)),
    warnings,
  };
}

/**
 * The moves from one tag map to another, as a release that comes out or is withdrawn makes them.
 *
 * @param before where convenience tags stand now
 */
export function movesBetween(before: TagMap, after: TagMap): Move[] {
  const former = new Map(before.convenience.map((tag) => [tag.tag, tag.owner]));
  const moved = after.convenience.filter((tag) => !isSameCell(former.get(tag.tag) ?? null, tag.owner));
  return moved.toSorted(byMoveOrder).flatMap((tag) => moveOf(tag, former.get(tag.tag) ?? null, after));
}

function isSameCell(a: Cell | null, b: Cell | null): boolean {
  if (a === null || b === null) return a === b;
  return a.shape.rank === b.shape.rank && a.release.version.text === b.release.version.text;
}

/** The part of a release's plan that is about some of its cells. */
export function narrowPlan(plan: Plan, cells: readonly Cell[]): Plan {
  const wanted = new Set(cells.map((cell) => JSON.stringify(cell.shape.axes)));
  const isWanted = ({ axes }: { readonly axes: Owner['axes'] }): boolean => wanted.has(JSON.stringify(axes));
  return {
    ...plan,
    cells: plan.cells.filter(isWanted),
    tags: plan.tags.filter(({ owner }) => owner !== null && isWanted(owner)),
    moves: plan.moves.filter(({ to }) => to.owner !== null && isWanted(to.owner)),
  };
}

/** Plans as people read them: what is said of one repository is not said again of the next. */
export function shownPlans([first, ...others]: Several<Plan>): Several<Plan> {
  const isNew = (warning: Warning): boolean => !first.warnings.includes(warning);
  return [first, ...others.map((plan) => ({ ...plan, warnings: plan.warnings.filter(isNew) }))];
}

/** Most specific first, tags of a default last: a reader who follows the broadest tag sees the release complete. */
export function byMoveOrder(a: ConvenienceTag, b: ConvenienceTag): number {
  return moveRank(a) - moveRank(b);
}

/** Lower moves earlier. */
export function moveRank(tag: Pick<ConvenienceTag, 'rule'>): number {
  const isDefault = [...tag.rule.only.values()].includes('default') ? 1 : 0;
  return breadthOf(tag.rule) + isDefault * 4;
}

/** How much of a version a rule leaves open: 0, a release; 1, a minor series; 2, a major one; 3, all. */
export function breadthOf({ template: { names } }: Pick<Rule, 'template'>): 0 | 1 | 2 | 3 {
  if (names.has('version') || names.has('patch')) return 0;
  return names.has('minor') ? 1 : names.has('major') ? 2 : 3;
}

export function ownerOf(cell: Pick<Cell, 'release' | 'shape'>): Owner {
  return { version: cell.release.version.text, axes: cell.shape.axes };
}

/** A tag whose owners are all gone is no move: nothing takes its place. */
function moveOf(tag: ConvenienceTag, before: Cell | null, after: TagMap): Move[] {
  const { owner, rule } = tag;
  if (owner === null) return [];
  const yanked = after.cells.find(
    ({ release }) => release.version.text === before?.release.version.text && release.yanked !== null,
  );
  return [
    {
      kind: before === null ? 'create' : 'move',
      tag: tag.tag,
      from: before === null ? null : { owner: ownerOf(before), digest: null },
      to: { owner: ownerOf(owner), digest: null },
      because: becauseMove(tag.tag, owner, before, rule.name, yanked?.release ?? null),
    },
  ];
}

function repositoryOf(image: ImageConfig): string {
  return formatRepository(image.repositories[0]);
}

function plannedCell(cell: Cell): PlannedCell {
  return {
    version: cell.release.version.text,
    revision: cell.release.revision,
    axes: cell.shape.axes,
    platforms: cell.platforms,
    tags: cell.pinned.map((text) => text.tag),
  };
}

function plannedPinned(tags: TagMap, include: (cell: Cell) => boolean): PlannedTag[] {
  return [...tags.pinned].flatMap(([tag, pinned]) =>
    include(pinned.cell)
      ? [
          {
            tag,
            kind: 'pinned',
            rule: pinned.rule.name,
            owner: ownerOf(pinned.cell),
            frozen: false,
            because: becausePinned(pinned),
          },
        ]
      : [],
  );
}

function plannedConvenience(tag: ConvenienceTag): PlannedTag {
  return {
    tag: tag.tag,
    kind: 'convenience',
    rule: tag.rule.name,
    owner: tag.owner === null ? null : ownerOf(tag.owner),
    frozen: tag.frozen,
    because: becauseConvenience(tag),
  };
}
