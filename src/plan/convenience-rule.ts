/** One convenience rule while releases come by in ascending order: who owns each of its texts, and who did before. */
import type { ImageConfig, Rule } from '../config/types.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Instant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import type { Cell, CellShape } from './cell.ts';
import { shapesForRule } from './defaults.ts';
import { releaseEligibility } from './eligibility.ts';
import { releaseValues, ruleTexts, type ReleaseValues } from './text-maker.ts';

export interface ConvenienceTag {
  readonly tag: string;
  readonly rule: Rule;
  /** `null` where every release that could own it is yanked. */
  readonly owner: Cell | null;
  /** The owner before this one. */
  readonly previous: Cell | null;
  /** How many releases may own it. */
  readonly candidates: number;
  /** Yanked releases above the owner, highest first: it would be theirs. */
  readonly withdrawn: readonly Release[];
  /** The owner is right, and a higher final of the same series did not build this cell. */
  readonly frozen: boolean;
  /** When the line of the owner ended, if it did: nothing comes after it. */
  readonly ended: Instant | null;
  /** The newest final that agrees in every version part the template uses. */
  readonly newest: Release | null;
  /** Two cells of one release want it: the template does not tell them apart. */
  readonly tied: Cell | null;
}

export interface MissingDefault {
  readonly rule: Rule;
  readonly axis: string;
  readonly series: string;
  readonly releases: readonly Release[];
}

/** What is known of one convenience tag while releases come by. Cells are named by their place in `cells`, -1 for none. */
interface Entry {
  readonly tag: string;
  owner: number;
  previous: number;
  candidates: number;
  /** Cells of yanked releases since the owner. */
  withdrawn: number[];
}

/** The tags of one rule in one series: releases that agree in every version part the template uses. */
interface Group {
  readonly key: string;
  /** By the rank of the shape. */
  readonly entries: (Entry | undefined)[];
  newest: Release | null;
  readonly lacking: Map<string, Release[]>;
}

export interface ConvenienceRule {
  /** Offers the cells of one release, which are `cells` from `first` on. */
  offer(release: Release, cells: readonly Cell[], first: number, image: ImageConfig): void;
  tags(cells: readonly Cell[]): ConvenienceTag[];
  missing(): MissingDefault[];
}

export function convenienceRule(rule: Rule): ConvenienceRule {
  const { textOf } = ruleTexts(rule);
  const names = [...rule.template.names];
  const groups = new Map<string, Group>();

  function groupOf(values: ReleaseValues): Group {
    const key = names.flatMap((name) => values[name] ?? []).join('.');
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { key, entries: [], newest: null, lacking: new Map() };
    groups.set(key, group);
    return group;
  }

  function offer(release: Release, cells: readonly Cell[], first: number, image: ImageConfig): void {
    const found = releaseEligibility(release, rule, image);
    const owns = found.may || (found.code === 'no-default' && release.yanked === null);
    if (!owns && found.code !== 'yanked') return;
    if (release.revision === null && rule.template.names.has('revision')) return;
    const values = releaseValues(release, rule.revisionLength);
    const group = groupOf(values);
    if (owns) group.newest = release;
    const offered =
      rule.only.size === 0 ? null : onlyShapes(rule, cells.slice(first), image, release, owns ? group : null);
    for (let index = first; index < cells.length; index += 1) {
      const shape = cells[index]?.shape;
      if (shape === undefined || (offered !== null && !offered.has(shape))) continue;
      const entry = (group.entries[shape.rank] ??= {
        tag: textOf(shape)(values),
        owner: -1,
        previous: -1,
        candidates: 0,
        withdrawn: [],
      });
      if (!owns) {
        entry.withdrawn.push(index);
        continue;
      }
      if (entry.withdrawn.length > 0) entry.withdrawn = [];
      entry.candidates += 1;
      entry.previous = entry.owner;
      entry.owner = index;
    }
  }

  return {
    offer,
    tags: (cells) => [...groups.values()].flatMap((group) => tagsOf(rule, group, cells)),
    missing: () =>
      [...groups.values()].flatMap((group) =>
        [...group.lacking].map(([axis, releases]) => ({ rule, axis, series: group.key, releases })),
      ),
  };
}

function onlyShapes(
  rule: Rule,
  cells: readonly Cell[],
  image: ImageConfig,
  release: Release,
  group: Group | null,
): ReadonlySet<CellShape> {
  const found = shapesForRule(
    rule,
    cells.map((cell) => cell.shape),
    image,
    release,
  );
  for (const axis of found.missing) {
    if (group !== null) group.lacking.set(axis, [...(group.lacking.get(axis) ?? []), release]);
  }
  return new Set(found.shapes);
}

/** Shapes that the template does not tell apart share a text: the highest release's cell owns it, and a tie is told. */
function tagsOf(rule: Rule, group: Group, cells: readonly Cell[]): ConvenienceTag[] {
  const byText = groupBy(
    group.entries.filter((entry) => entry !== undefined),
    (entry) => entry.tag,
  );
  return [...byText].map(([tag, entries]) => {
    const owners = descending(entries.flatMap((entry) => [entry.owner, entry.previous])).filter((index) => index >= 0);
    const [first = -1, second = -1] = owners;
    const owner = cells[first] ?? null;
    const runnerUp = cells[second] ?? null;
    const previous = owners.find((index) => cells[index]?.release !== owner?.release) ?? -1;
    const line = group.key === '' ? undefined : owner?.release.line;
    const ended = line?.isOver === true ? line.eol : null;
    const withdrawn = descending(entries.flatMap((entry) => entry.withdrawn)).filter((index) => index > first);
    return {
      tag,
      rule,
      owner,
      previous: cells[previous] ?? null,
      candidates: entries.reduce((sum, entry) => sum + entry.candidates, 0),
      withdrawn: [...new Set(withdrawn.flatMap((index) => cells[index]?.release ?? []))],
      frozen: ended !== null || (owner !== null && owner.release !== group.newest),
      ended,
      newest: group.newest,
      tied: runnerUp !== null && runnerUp.release === owner?.release ? runnerUp : null,
    };
  });
}

function descending(indices: readonly number[]): number[] {
  return indices.toSorted((a, b) => b - a);
}
