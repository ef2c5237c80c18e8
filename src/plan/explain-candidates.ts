/** Every release whose cell a rule gives one tag text to, whether it may own the tag or not, and why. */
import { isForBuild } from '../config/tag-template.ts';
import type { ImageConfig, Rule } from '../config/types.ts';
import { compareReleases, type Release } from '../domain/release.ts';
import { isInSeries } from '../domain/version.ts';
import type { ExcludedRelease, KnownReleases } from '../releases/known-releases.ts';
import type { CellShape } from './cell.ts';
import { eligibility, type Ineligible } from './eligibility.ts';
import type { ShapeFinder } from './shapes.ts';
import { valuesForRule, ruleTexts } from './text-maker.ts';

export type Verdict = 'owner' | 'lower' | Ineligible;

export interface Candidate {
  readonly release: Release;
  readonly shape: CellShape;
  /** `owner` for every one that may own; the caller knows which is the highest. */
  readonly verdict: Verdict;
  readonly because: string;
}

export interface ExplainInput {
  readonly image: ImageConfig;
  readonly known: KnownReleases;
  readonly finder: ShapeFinder;
}

/** Highest first. A release with no cell of that text at all is none. */
export function candidatesOf(rule: Rule, tag: string, input: ExplainInput): Candidate[] {
  const { image, known, finder } = input;
  const { textsOf } = ruleTexts(rule);
  const exclusions = new Map(known.excluded.map((entry) => [entry.release, entry]));
  const all = [...known.releases, ...exclusions.keys()].toSorted((a, b) => compareReleases(b, a, image.scheme));
  return all.flatMap((release) => {
    if (!isForBuild(rule, release.rebuild !== undefined)) return [];
    if (release.revision === null && rule.template.names.has('revision')) return [];
    const values = valuesForRule(release, rule);
    const texts = textsOf(finder.wholeMatrixOf(release));
    const shapes = finder.all.filter((_, index) => texts[index]?.some(({ make }) => make(values) === tag) === true);
    const built = new Set(finder.matrixOf(release).shapes);
    const best = shapes.findLast((shape) => built.has(shape)) ?? shapes.at(-1);
    return best === undefined ? [] : [judge(release, best, rule, exclusions.get(release), image)];
  });
}

function judge(
  release: Release,
  shape: CellShape,
  rule: Rule,
  exclusion: ExcludedRelease | undefined,
  image: ImageConfig,
): Candidate {
  const found = eligibility({ release, shape }, rule, image, exclusion ?? null);
  if (!found.may) return { release, shape, verdict: found.code, because: found.because };
  return { release, shape, verdict: 'owner', because: rule.kind === 'pinned' ? 'its own tag' : 'may own it' };
}

/** `2`, `2.11`, or nothing where a rule is for all: the series that a tag's candidates share. */
export function seriesOf(rule: Rule, release: Release): string {
  const parts = ['major', 'minor', 'patch'];
  const count = parts.findLastIndex((part) => rule.template.names.has(part)) + 1;
  const series = release.version.numbers.slice(0, count).join('.');
  return count > 0 && isInSeries(release.version, series) ? series : '';
}
