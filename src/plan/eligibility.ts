/**
 * Who may own a tag, and why not: the one place that decides it. The rule, `explain`, the audit and the HTML page all
 * read it here. Whether the cell is the highest of those that may is the rule's business (`convenience-rule.ts`).
 */
import { isForBuild } from '../config/tag-template.ts';
import type { ImageConfig, Rule } from '../config/types.ts';
import { assertNever } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import { describeAxes, type CellShape } from './cell.ts';
import { hasDefault } from './matrix.ts';
import { whyNotBuilt, whyNotPlanned, type NotBuilt } from './shapes.ts';

export type Ineligible =
  | 'excluded'
  | 'not-built'
  | 'outside-rule'
  | 'pre-release'
  | 'final'
  | 'post-release'
  | 'no-default'
  | 'held'
  | 'ended'
  | 'yanked';

export type Eligibility =
  | { readonly may: true }
  | {
      readonly may: false;
      readonly code: Ineligible;
      /** In words that fit after `VERSION is CODE: `. */
      readonly because: string;
    };

/** What the plan leaves out, and who says so. */
export interface LeftOut {
  readonly reason: string;
  /** Place in the config. */
  readonly where: string;
}

const eligible: Eligibility = { may: true };

/**
 * Whether a cell may own the tags that a rule gives it.
 *
 * @param leftOut why the config excludes its release; `null` for a release of the plan
 */
export function eligibility(
  cell: { readonly release: Release; readonly shape: CellShape },
  rule: Rule,
  image: ImageConfig,
  leftOut: LeftOut | null = null,
): Eligibility {
  const { release, shape } = cell;
  if (leftOut !== null) return refused('excluded', `${leftOut.reason} (${leftOut.where})`);
  const notBuilt = whyNotBuilt(shape, release, image);
  if (notBuilt !== null) {
    const planned = notBuilt.kind === 'recorded' ? whyNotPlanned(shape, release, image) : null;
    return refused('not-built', describeNotBuilt(planned ?? notBuilt, shape));
  }
  return releaseEligibility(release, rule, image);
}

/** The part that is the same for every cell of a release. Of a yanked release, `yanked` is the reason if but for that it could own the tag. */
export function releaseEligibility(release: Release, rule: Rule, image: ImageConfig): Eligibility {
  if (!isForBuild(rule, release.rebuild !== undefined)) {
    const built = release.rebuild === undefined ? 'rebuilds' : 'releases as they came out';
    return refused('outside-rule', `the rule ${rule.name} is for ${built}`);
  }
  if (rule.range !== null && !rule.range.includes(release.version))
    return refused(
      'outside-rule',
      `the rule ${rule.name} is for ${rule.range.text}${rule.reason === null ? '' : ` (${rule.reason})`}`,
    );
  for (const name of image.attributeNames) {
    if (rule.template.names.has(name) && release.attributes?.[name] === undefined)
      return refused('outside-rule', `it has no attribute ${name}`);
  }
  for (const [name, wanted] of rule.where) {
    const value = release.attributes?.[name];
    if (value === undefined || !wanted.includes(value))
      return refused('outside-rule', `the rule ${rule.name} is for ${name} ${wanted.join(', ')}`);
  }
  const otherChannel = whyNotChannel(release, rule);
  if (otherChannel !== null) return otherChannel;
  if (rule.kind === 'pinned') return eligible;
  if (release.version.kind === 'post' && image.postReleases === 'pinned-only')
    return refused('post-release', "post releases have pinned tags only (postReleases: 'pinned-only')");
  if (release.hold !== undefined) return refused('held', `${release.hold.reason} (${release.hold.where})`);
  if (release.line !== undefined && release.publishedAt > release.line.eol)
    return refused(
      'ended',
      `its line had ended on ${formatInstant(release.line.eol).slice(0, 10)}, before it came out`,
    );
  if (release.yanked !== null) return refused('yanked', `${release.yanked.reason} (${release.yanked.from})`);
  for (const [axis, only] of rule.only) {
    if (only === 'default' && !hasDefault(image, axis, release))
      return refused('no-default', `there is no default ${axis} for it`);
  }
  return eligible;
}

function refused(code: Ineligible, because: string): Eligibility {
  return { may: false, code, because };
}

/** A rule's channel is whose tags it gives: `finals`, `pre` or `all`. */
function whyNotChannel(release: Release, rule: Rule): Eligibility | null {
  if (rule.releases === 'all') return null;
  if (rule.releases === 'finals') {
    if (!release.prerelease) return null;
    if (rule.fallback === 'pre' && release.isBeforeFinals === true && release.version.kind !== 'dev') return null;
    const because = rule.kind === 'pinned' ? `the rule ${rule.name} is for finals` : describePreRelease(release);
    return refused('pre-release', because);
  }
  if (!release.prerelease) {
    return rule.fallback === 'finals' ? null : refused('final', `the rule ${rule.name} is for pre-releases`);
  }
  if (release.version.kind !== 'dev' || rule.kind === 'pinned') return null;
  return refused('pre-release', 'a development release is no candidate of a final');
}

function describePreRelease(release: Release): string {
  if (release.version.kind === 'dev') return 'a development release owns nothing';
  return release.version.kind === 'pre' ? 'a pre-release owns nothing' : 'its source calls it a pre-release';
}

/** `python 3.7 is for <2.10.20`. */
function describeNotBuilt(why: NotBuilt, shape: CellShape): string {
  switch (why.kind) {
    case 'recorded':
      return `what was recorded of its build has no ${describeAxes(shape.axes)}`;
    case 'range':
      return `${why.axis} ${why.value} is for ${why.range}`;
    case 'where':
      return `${why.axis} ${why.value} goes with ${why.other} ${why.values.join(', ')}`;
    case 'excluded':
      return `${why.exclusion.reason} (${why.exclusion.where})`;
    default:
      return assertNever(why);
  }
}
