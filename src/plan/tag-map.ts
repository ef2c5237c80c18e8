/**
 * The one rule: every tag text with the cell that owns it.
 *
 * A pinned tag belongs to its cell. A convenience tag belongs to the candidate of the highest release among those that
 * may own: final, not excluded, not yanked, and built for that cell. Releases come in ascending order, so the last
 * candidate that may own is the owner; nothing else decides, neither an event nor what a registry holds.
 */
import type { ImageConfig, Rule } from '../config/types.ts';
import type { Release } from '../domain/release.ts';
import { buildOf } from './build-of.ts';
import type { Cell, CellShape, PinnedText } from './cell.ts';
import { convenienceRule, type ConvenienceTag, type MissingDefault } from './convenience-rule.ts';
import { releaseEligibility } from './eligibility.ts';
import type { ShapeFinder } from './shapes.ts';
import { valuesForRule, ruleTexts } from './text-maker.ts';

export interface TagMap {
  /** Releases ascending, then shapes in order. */
  readonly cells: readonly Cell[];
  /** Every want of a pinned text; a second want of one text is in `clashes`. */
  readonly pinned: ReadonlyMap<string, PinnedTag>;
  readonly clashes: readonly PinnedClash[];
  readonly convenience: readonly ConvenienceTag[];
  /** Rule and series without a default value for an axis. */
  readonly missingDefaults: readonly MissingDefault[];
  /** Releases whose revision is not known, and so have no tag of the rule. */
  readonly withoutRevision: readonly Release[];
  /** What no pinned rule names, of releases that are no pre-releases. */
  readonly untagged: readonly Pick<Cell, 'release' | 'shape'>[];
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

/** @param releases ascending, as `knownReleases` returns them */
export function resolveTags(image: ImageConfig, releases: readonly Release[], finder: ShapeFinder): TagMap {
  const pinnedRules = image.rules.filter((rule) => rule.kind === 'pinned').map(ruleTexts);
  const convenienceRules = image.rules.filter((rule) => rule.kind === 'convenience').map(convenienceRule);
  const cells: Cell[] = [];
  const pinned = new Map<string, PinnedTag>();
  const clashes: PinnedClash[] = [];
  const withoutRevision = new Set<Release>();
  const untagged: Pick<Cell, 'release' | 'shape'>[] = [];
  const shared = new Map<string, readonly string[]>();

  for (const release of releases) {
    const matrix = finder.matrixOf(release);
    const platforms = platformsOf(image, release, shared);
    const first = cells.length;
    const active = pinnedRules.flatMap(({ rule, textsOf }) => {
      if (!releaseEligibility(release, rule, image).may) return [];
      if (release.revision === null && rule.template.names.has('revision')) {
        withoutRevision.add(release);
        return [];
      }
      return [{ rule, texts: textsOf(matrix), values: valuesForRule(release, rule) }];
    });
    for (let index = 0; index < matrix.shapes.length; index += 1) {
      const shape = matrix.shapes[index];
      if (shape === undefined) break;
      const texts: PinnedText[] = [];
      for (const { rule, texts: own, values } of active)
        for (const { make } of own[index] ?? []) texts.push({ rule: rule.name, tag: make(values) });
      if (!isNamed(texts)) {
        if (!release.prerelease && !withoutRevision.has(release)) untagged.push({ release, shape });
        continue;
      }
      const cell: Cell = { release, shape, platforms: platforms(shape), pinned: texts };
      cells.push(cell);
      let at = 0;
      for (const { rule, texts: own } of active) {
        for (let left = own[index]?.length ?? 0; left > 0; left -= 1) {
          const tag = texts[at]?.tag ?? '';
          at += 1;
          const other = pinned.get(tag);
          if (other === undefined) pinned.set(tag, { rule, cell });
          else clashes.push({ tag, first: other, second: { rule, cell } });
        }
      }
    }
    for (const rule of convenienceRules) rule.offer(release, { cells, first, matrix, image });
  }
  return {
    cells,
    pinned,
    clashes,
    convenience: convenienceRules.flatMap((rule) => rule.tags(cells)),
    missingDefaults: convenienceRules.flatMap((rule) => rule.missing()),
    withoutRevision: [...withoutRevision],
    untagged,
  };
}

function isNamed(texts: readonly PinnedText[]): texts is [PinnedText, ...PinnedText[]] {
  return texts.length > 0;
}

/** @param shared lists that cells have in common */
function platformsOf(
  image: ImageConfig,
  release: Release,
  shared: Map<string, readonly string[]>,
): (shape: CellShape) => readonly string[] {
  const all = image.platforms
    .filter((entry) => entry.range === null || entry.range.includes(release.version))
    .map((entry) => entry.platform);
  return (shape) => {
    const own = buildOf(shape, image).platforms;
    const list = own === null ? all : all.filter((platform) => own.includes(platform));
    const key = list.join(' ');
    const known = shared.get(key);
    if (known === undefined) shared.set(key, list);
    return known ?? list;
  };
}

/** The rule of each convenience tag, by name. */
export function convenienceRules({ convenience }: Pick<TagMap, 'convenience'>): ReadonlyMap<string, string> {
  return new Map(convenience.map(({ tag, rule }) => [tag, rule.name]));
}
