/** Every release whose cell a rule gives one tag text to, whether it may own the tag or not, and why. */
import { isForBuild } from '../config/tag-template.ts';
import type { ImageConfig, Rule } from '../config/types.ts';
import { assertNever } from '../domain/errors.ts';
import { compareReleases, type Release } from '../domain/release.ts';
import { isInSeries } from '../domain/version.ts';
import type { ExcludedRelease, KnownReleases } from '../releases/known-releases.ts';
import { describeAxes, type CellShape } from './cell.ts';
import { mayOwn } from './convenience-rule.ts';
import { defaultValue } from './defaults.ts';
import { whyNotBuilt, whyNotPlanned, type NotBuilt, type ShapeFinder } from './shapes.ts';
import { releaseValues, ruleTexts } from './text-maker.ts';

export type Verdict =
  | 'owner'
  | 'lower'
  | 'pre-release'
  | 'post-release'
  | 'yanked'
  | 'excluded'
  | 'not-built'
  | 'no-default'
  | 'outside-rule';

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
  const { textOf } = ruleTexts(rule);
  const exclusions = new Map(known.excluded.map((entry) => [entry.release, entry]));
  const all = [...known.releases, ...exclusions.keys()].toSorted((a, b) => compareReleases(b, a, image.scheme));
  return all.flatMap((release) => {
    if (!isForBuild(rule, release.rebuild !== undefined)) return [];
    if (release.revision === null && rule.template.names.has('revision')) return [];
    const values = releaseValues(release, rule.revisionLength);
    const shapes = offered(rule, release, input).filter((shape) => textOf(shape)(values) === tag);
    const built = new Set(finder.shapesOf(release));
    const best = shapes.findLast((shape) => built.has(shape)) ?? shapes.at(-1);
    return best === undefined ? [] : [judge(release, best, rule, exclusions.get(release), image)];
  });
}

/** The shapes a rule is for, built or not: those of the default where it takes one value of an axis. */
function offered(rule: Rule, release: Release, { image, finder }: ExplainInput): readonly CellShape[] {
  let shapes = finder.all;
  for (const [axis, only] of rule.only) {
    const chosen = only === 'default' ? defaultValue(image, axis, release) : null;
    if (chosen?.kind === 'value') shapes = shapes.filter((shape) => shape.axes[axis] === chosen.value);
    if (only !== 'default') shapes = shapes.filter((shape) => only.includes(shape.axes[axis] ?? ''));
  }
  return shapes;
}

function judge(
  release: Release,
  shape: CellShape,
  rule: Rule,
  exclusion: ExcludedRelease | undefined,
  image: ImageConfig,
): Candidate {
  const made = (verdict: Verdict, because: string): Candidate => ({ release, shape, verdict, because });
  if (exclusion !== undefined) return made('excluded', `${exclusion.reason} (${exclusion.where})`);
  const notBuilt = whyNotBuilt(shape, release, image);
  if (notBuilt !== null) {
    const planned = notBuilt.kind === 'recorded' ? whyNotPlanned(shape, release, image) : null;
    return made('not-built', describeNotBuilt(planned ?? notBuilt, shape));
  }
  if (rule.range !== null && !rule.range.includes(release.version)) {
    return made('outside-rule', `the rule ${rule.name} is for ${rule.range.text}`);
  }
  if (rule.kind === 'pinned') {
    if (rule.releases === 'all' || !release.prerelease) return made('owner', 'its own tag');
    return made('pre-release', `the rule ${rule.name} is for finals`);
  }
  const lacking = [...rule.only].find(
    ([axis, only]) => only === 'default' && defaultValue(image, axis, release).kind === 'missing',
  );
  if (lacking !== undefined) return made('no-default', `there is no default ${lacking[0]} for it`);
  if (release.prerelease) return made('pre-release', describePreRelease(release));
  if (!mayOwn({ ...release, yanked: null }, image)) {
    return made('post-release', "post releases have pinned tags only (postReleases: 'pinned-only')");
  }
  if (release.yanked !== null) return made('yanked', `${release.yanked.reason} (${release.yanked.from})`);
  return made('owner', 'may own it');
}

function describePreRelease(release: Release): string {
  if (release.version.kind === 'dev') return 'a development release owns nothing';
  return release.version.kind === 'pre' ? 'a pre-release owns nothing' : 'its source calls it a pre-release';
}

/** `python 3.7 is for <2.10.20`. */
export function describeNotBuilt(why: NotBuilt, shape: CellShape): string {
  switch (why.kind) {
    case 'recorded':
      return `what was recorded of its build has no ${describeAxes(shape.axes)}`;
    case 'range':
      return `${why.axis} ${why.value} is for ${why.range}`;
    case 'excluded':
      return `${why.exclusion.reason} (${why.exclusion.where})`;
    default:
      return assertNever(why);
  }
}

/** `2`, `2.11`, or nothing where a rule is for all: the series that a tag's candidates share. */
export function seriesOf(rule: Rule, release: Release): string {
  const parts = ['major', 'minor', 'patch'];
  const count = parts.findLastIndex((part) => rule.template.names.has(part)) + 1;
  const series = release.version.numbers.slice(0, count).join('.');
  return count > 0 && isInSeries(release.version, series) ? series : '';
}
