/** One convenience rule while releases come by in ascending order: who owns each of its texts, and who did before. */
import type { ImageConfig, Rule } from '../config/types.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Instant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import type { Cell } from './cell.ts';
import { releaseEligibility } from './eligibility.ts';
import { hasDefault, type Matrix } from './matrix.ts';
import { compareTexts, valuesForRule, ruleTexts, type ReleaseValues, type RuleText } from './text-maker.ts';

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
  /** The final that no pre-release is above, where the rule is for pre-releases and nobody owns the tag. */
  readonly overtaken: Release | null;
  /** Two cells of one release want it: the template does not tell them apart. */
  readonly tied: Cell | null;
  /** Axes whose value the tag calls by an alias, with the alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

export interface MissingDefault {
  readonly rule: Rule;
  readonly axis: string;
  readonly series: string;
  readonly releases: readonly Release[];
}

/** What is known about one convenience tag while releases come by. Cells are named by their place in `cells`, -1 for none. */
interface Entry {
  readonly tag: string;
  readonly text: RuleText;
  owner: number;
  previous: number;
  candidates: number;
  /** Cells of yanked releases since the owner. */
  withdrawn: number[];
}

/** The tags of one rule in one series: releases that agree in every version part the template uses. */
interface Group {
  readonly key: string;
  /** By the slot of the text. */
  readonly entries: (Entry | undefined)[];
  newest: Release | null;
  /** With `releases: 'pre'`: the highest final so far. */
  overtaken: Release | null;
  readonly lacking: Map<string, Release[]>;
}

/** The cells of one release, which are `cells` from `first` on. */
interface Offer {
  readonly cells: readonly Cell[];
  readonly first: number;
  readonly matrix: Matrix;
  readonly image: ImageConfig;
}

export interface ConvenienceRule {
  offer(release: Release, offer: Offer): void;
  tags(cells: readonly Cell[]): ConvenienceTag[];
  missing(): MissingDefault[];
}

export function convenienceRule(rule: Rule): ConvenienceRule {
  const { textsOf } = ruleTexts(rule);
  const finals: Rule = { ...rule, releases: 'finals' };
  const names = [...rule.template.names];
  const groups = new Map<string, Group>();

  function groupOf(values: ReleaseValues): Group {
    // A loop, for this is asked of every release: a list a release takes longer than all the rest of it.
    let key: string | null = null;
    for (const name of names) {
      const value = values[name];
      if (value !== undefined) key = key === null ? value : `${key}.${value}`;
    }
    key ??= '';
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { key, entries: [], newest: null, overtaken: null, lacking: new Map() };
    groups.set(key, group);
    return group;
  }

  function offer(release: Release, { cells, first, matrix, image }: Offer): void {
    const overtakes = rule.releases === 'pre' && releaseEligibility(release, finals, image).may;
    const found = releaseEligibility(release, rule, image);
    const owns = found.may || found.code === 'no-default';
    if (!found.may && !owns && !overtakes && found.code !== 'yanked') return;
    if (release.revision === null && rule.template.names.has('revision')) return;
    const values = valuesForRule(release, rule);
    const group = groupOf(values);
    if (overtakes) overtake(group, release);
    if (!owns && found.code !== 'yanked') return;
    if (owns && (cells.length > first || matrix.shapes.length === 0)) group.newest = release;
    if (!found.may && found.code === 'no-default') {
      for (const axis of lackingDefaults(rule, image, release))
        group.lacking.set(axis, [...(group.lacking.get(axis) ?? []), release]);
      return;
    }
    const texts = textsOf(matrix);
    let place = 0;
    for (let index = first; index < cells.length; index += 1) {
      while (matrix.shapes[place] !== cells[index]?.shape) place += 1;
      for (const text of texts[place] ?? []) enter(group, text, values, index, owns);
    }
  }

  return {
    offer,
    tags: (cells) => [...groups.values()].flatMap((group) => tagsOf(rule, group, cells)),
    missing: () =>
      [...groups.values()].flatMap((group) =>
        [...group.lacking]
          // Of a tag for all series the newest alone counts.
          .filter(([, releases]) => group.key !== '' || releases.at(-1) === group.newest)
          .map(([axis, releases]) => ({ rule, axis, series: group.key, releases })),
      ),
  };
}

/** One cell, at its place in the list of all, wants a tag. */
function enter(group: Group, text: RuleText, values: ReleaseValues, index: number, owns: boolean): void {
  const entry = (group.entries[text.slot] ??= {
    tag: text.make(values),
    text,
    owner: -1,
    previous: -1,
    candidates: 0,
    withdrawn: [],
  });
  if (!owns) {
    entry.withdrawn.push(index);
    return;
  }
  if (entry.withdrawn.length > 0) entry.withdrawn = [];
  entry.candidates += 1;
  entry.previous = entry.owner;
  entry.owner = index;
}

/** A final has come out above the pre-releases: none of them owns their tag any more. */
function overtake(group: Group, release: Release): void {
  group.overtaken = release;
  group.newest = null;
  for (const entry of group.entries) {
    if (entry === undefined) continue;
    if (entry.owner >= 0) entry.previous = entry.owner;
    entry.owner = -1;
    entry.candidates = 0;
    entry.withdrawn = [];
  }
}

function lackingDefaults(rule: Rule, image: ImageConfig, release: Release): string[] {
  return [...rule.only].flatMap(([axis, only]) =>
    only === 'default' && !hasDefault(image, axis, release) ? [axis] : [],
  );
}

/** Texts that are alike are one tag: the highest release's cell owns it, and a tie is told. */
function tagsOf(rule: Rule, group: Group, cells: readonly Cell[]): ConvenienceTag[] {
  const entries = group.entries.filter((entry) => entry !== undefined);
  const byText = groupBy(
    entries.toSorted((a, b) => compareTexts(a.text, b.text)),
    (entry) => entry.tag,
  );
  return [...byText].map(([tag, alike]) => {
    const owners = descending(alike.map((entry) => entry.owner));
    const former = descending(alike.flatMap((entry) => [entry.owner, entry.previous]));
    const [first = -1, second = -1] = owners;
    const owner = cells[first] ?? null;
    const runnerUp = cells[second] ?? null;
    const previous = former.find((index) => cells[index]?.release !== owner?.release) ?? -1;
    const line = group.key === '' ? undefined : owner?.release.line;
    const ended = line?.isOver === true ? line.eol : null;
    const withdrawn = descending(alike.flatMap((entry) => entry.withdrawn)).filter((index) => index > first);
    return {
      tag,
      rule,
      owner,
      previous: cells[previous] ?? null,
      candidates: alike.reduce((sum, entry) => sum + entry.candidates, 0),
      withdrawn: [...new Set(withdrawn.flatMap((index) => cells[index]?.release ?? []))],
      frozen: ended !== null || (owner !== null && owner.release !== group.newest),
      ended,
      newest: group.newest,
      overtaken: owner === null ? group.overtaken : null,
      tied: runnerUp !== null && runnerUp.release === owner?.release ? runnerUp : null,
      aliases: alike.find((entry) => entry.owner === first)?.text.aliases ?? {},
    };
  });
}

/** Places in the list of cells, without those that are none. */
function descending(indices: readonly number[]): number[] {
  return [...new Set(indices)].filter((index) => index >= 0).toSorted((a, b) => b - a);
}
