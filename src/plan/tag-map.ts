/**
 * The one rule: every tag text with the cell that owns it.
 *
 * A pinned tag belongs to its cell. A convenience tag belongs to the candidate of the highest release among those that
 * may own: final, not excluded, not yanked, and built for that cell. Releases come in ascending order, so the last
 * candidate that may own is the owner; nothing else decides, neither an event nor what a registry holds.
 */
import type { ImageConfig, Rule } from '../config/types.ts';
import type { Release } from '../domain/release.ts';
import type { Cell, CellShape, PinnedText } from './cell.ts';
import { shapesForRule } from './defaults.ts';
import type { ShapeFinder } from './shapes.ts';
import { releaseNamesOf, releaseValues, textMaker, type ReleaseValues, type TextMaker } from './text-maker.ts';

export interface TagMap {
  /** Releases ascending, then shapes in order. */
  readonly cells: readonly Cell[];
  /** Every want of a pinned text; two wants of one text are a mistake that `collisions` names. */
  readonly pinned: ReadonlyMap<string, PinnedTag>;
  readonly clashes: readonly PinnedClash[];
  readonly convenience: readonly ConvenienceTag[];
  /** Rule and series without a default value for an axis. */
  readonly missingDefaults: readonly MissingDefault[];
  /** Releases whose revision is not known, and so have no tag of the rule. */
  readonly withoutRevision: readonly Release[];
}

export interface PinnedTag {
  readonly rule: Rule;
  readonly cell: Cell;
}

/** One text wanted twice, by the cells and rules named. */
export interface PinnedClash {
  readonly tag: string;
  readonly first: PinnedTag;
  readonly second: PinnedTag;
}

export interface ConvenienceTag {
  readonly tag: string;
  readonly rule: Rule;
  /** `null` where every release that could own it is yanked. */
  readonly owner: Cell | null;
  /** The owner before this one. */
  readonly previous: Cell | null;
  /** Candidates that may own, and those yanked. */
  readonly candidates: number;
  /** The owner is right, and a higher final of the same series did not build this cell. */
  readonly frozen: boolean;
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

/** True where a release may own convenience tags. */
export function mayOwn(release: Release, image: Pick<ImageConfig, 'postReleases'>): boolean {
  if (release.prerelease || release.yanked !== null) return false;
  return release.version.kind === 'final' || (release.version.kind === 'post' && image.postReleases === 'promote');
}

/** @param releases ascending, as `knownReleases` returns them */
export function resolveTags(image: ImageConfig, releases: readonly Release[], finder: ShapeFinder): TagMap {
  const pinnedRules = image.rules.filter((rule) => rule.kind === 'pinned').map(ruleTexts);
  const convenienceRules = image.rules.filter((rule) => rule.kind === 'convenience').map(convenienceRule);
  const cells: Cell[] = [];
  const pinned = new Map<string, PinnedTag>();
  const clashes: PinnedClash[] = [];
  const withoutRevision = new Set<Release>();

  for (const release of releases) {
    const shapes = finder.shapesOf(release);
    const platforms = platformsOf(image, release);
    const first = cells.length;
    const active = pinnedRules.flatMap(({ rule, textOf }) => {
      if (!hasPinned(rule, release)) return [];
      if (release.revision === null && rule.template.names.has('revision')) {
        withoutRevision.add(release);
        return [];
      }
      const only = rule.only.size === 0 ? null : new Set(shapesForRule(rule, shapes, image, release).shapes);
      return [{ rule, textOf, only, values: releaseValues(release, rule.revisionLength) }];
    });
    for (const shape of shapes) {
      const texts: PinnedText[] = [];
      const cell: Cell = { release, shape, platforms: platforms(shape), pinned: texts };
      cells.push(cell);
      for (const { rule, textOf, only, values } of active) {
        if (only !== null && !only.has(shape)) continue;
        const tag = textOf(shape)(values);
        texts.push({ rule: rule.name, tag });
        const other = pinned.get(tag);
        if (other === undefined) pinned.set(tag, { rule, cell });
        else clashes.push({ tag, first: other, second: { rule, cell } });
      }
    }
    for (const rule of convenienceRules) rule.offer(release, cells, first, image);
  }
  return {
    cells,
    pinned,
    clashes,
    convenience: convenienceRules.flatMap((rule) => rule.tags(cells)),
    missingDefaults: convenienceRules.flatMap((rule) => rule.missing()),
    withoutRevision: [...withoutRevision],
  };
}

/** Whether a pinned rule has a tag for this release at all. */
function hasPinned(rule: Rule, release: Release): boolean {
  if (rule.releases === 'finals' && release.prerelease) return false;
  return rule.range === null || rule.range.includes(release.version);
}

interface RuleTexts {
  readonly rule: Rule;
  readonly textOf: (shape: CellShape) => TextMaker;
}

function ruleTexts(rule: Rule): RuleTexts {
  const makers: (TextMaker | undefined)[] = [];
  return {
    rule,
    textOf: (shape) => (makers[shape.rank] ??= textMaker(rule.template, shape.variables)),
  };
}

function platformsOf(image: ImageConfig, release: Release): (shape: CellShape) => readonly string[] {
  const all = image.platforms
    .filter((entry) => entry.range === null || entry.range.includes(release.version))
    .map((entry) => entry.platform);
  return (shape) => {
    const own = image.flavors.get(shape.axes['flavor'] ?? '')?.platforms ?? null;
    return own === null ? all : all.filter((platform) => own.includes(platform));
  };
}

/** What is known of one convenience tag while releases come by. Cells are named by their place in `cells`, -1 for none. */
interface Entry {
  readonly tag: string;
  owner: number;
  previous: number;
  candidates: number;
}

/** The tags of one rule in one series: releases that agree in every version part the template uses. */
interface Group {
  readonly key: string;
  /** By the rank of the shape. */
  readonly entries: (Entry | undefined)[];
  newest: Release | null;
  readonly lacking: Map<string, Release[]>;
}

interface ConvenienceRule {
  /** Offers the cells of one release, which are `cells` from `first` on. */
  offer(release: Release, cells: readonly Cell[], first: number, image: ImageConfig): void;
  tags(cells: readonly Cell[]): ConvenienceTag[];
  missing(): MissingDefault[];
}

function convenienceRule(rule: Rule): ConvenienceRule {
  const { textOf } = ruleTexts(rule);
  const names = releaseNamesOf(rule.template);
  const groups = new Map<string, Group>();

  function groupOf(values: ReleaseValues): Group {
    const key = names.map((name) => values[name]).join('.');
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { key, entries: [], newest: null, lacking: new Map() };
    groups.set(key, group);
    return group;
  }

  function offer(release: Release, cells: readonly Cell[], first: number, image: ImageConfig): void {
    const owns = mayOwn(release, image);
    const couldOwn = owns || (release.yanked !== null && mayOwn({ ...release, yanked: null }, image));
    if (!couldOwn || (rule.range !== null && !rule.range.includes(release.version))) return;
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
      });
      entry.candidates += 1;
      if (!owns) continue;
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
  const byText = new Map<string, Entry[]>();
  for (const entry of group.entries) {
    if (entry !== undefined) byText.set(entry.tag, [...(byText.get(entry.tag) ?? []), entry]);
  }
  return [...byText].map(([tag, entries]) => {
    const owners = entries.flatMap((entry) => [entry.owner, entry.previous]).filter((index) => index >= 0);
    const [owner = null, second = null, ...rest] = owners
      .toSorted((a, b) => b - a)
      .flatMap((index) => cells[index] ?? []);
    const isTie = second !== null && second.release === owner?.release;
    return {
      tag,
      rule,
      owner,
      previous: [second, ...rest].find((cell) => cell !== null && cell.release !== owner?.release) ?? null,
      candidates: entries.reduce((sum, entry) => sum + entry.candidates, 0),
      frozen: owner !== null && owner.release !== group.newest,
      newest: group.newest,
      tied: isTie ? second : null,
    };
  });
}
