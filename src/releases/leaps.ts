/**
 * Leaps in the order: a release that skips more than one number of its series, and lower finals of that series that
 * came out after it. `2.82` among 2.8.1 and 2.9.0 is one: most likely a slip, and it would own `2-latest` for ever.
 *
 * A number that is skipped and never comes later is no leap, nor is a release that patches a lower series (a backport).
 */
import type { ImageConfig } from '../config/types.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Release } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import type { KnownReleases } from './known-releases.ts';
import { withoutRebuilds } from './rebuilds.ts';
import { acceptLine, excludeLine, listed, settles } from './settle.ts';

export interface Leap {
  /** `2` for a leap among 2.x; empty for one among majors. */
  readonly series: string;
  /** The releases beyond the leap, ascending; mostly one. */
  readonly releases: readonly Release[];
  /** The number before it, when it came out, and its own: 8 and 82. */
  readonly from: number;
  readonly to: number;
  /** Lower finals of the series that came out later, ascending. */
  readonly later: readonly Release[];
}

/** Every leap, series by series; lower finals are seen among all that are known, excluded ones aside. */
export function findLeaps(known: KnownReleases, image: ImageConfig): Leap[] {
  const finals = withoutRebuilds(known.releases).filter((release) => !release.prerelease);
  const depth = Math.max(0, ...finals.map((release) => release.version.numbers.length - 1));
  const leaps: Leap[] = [];
  for (let length = hasRuleAcrossMajors(image) ? 0 : 1; length <= depth; length += 1) {
    const series = groupBy(
      finals.filter((release) => release.version.numbers.length > length),
      (release) => release.version.numbers.slice(0, length).join('.'),
    );
    for (const [name, releases] of series) leaps.push(...leapsOf(name, releases, length));
  }
  return leaps;
}

/** Majors are one series only where some tag is for all of them. */
function hasRuleAcrossMajors(image: ImageConfig): boolean {
  return image.rules.some((rule) => rule.kind === 'convenience' && !rule.template.names.has('major'));
}

function leapsOf(series: string, releases: readonly Release[], place: number): Leap[] {
  if (cameOutInOrder(releases)) return [];
  const byNumber = [...groupBy(releases, (release) => release.version.numbers[place] ?? 0)].map(([number, group]) => ({
    number,
    group,
    first: group.reduce((first, { publishedAt }) => Math.min(first, publishedAt), Number.POSITIVE_INFINITY),
  }));
  return byNumber.flatMap(({ number, group, first }, index): Leap[] => {
    const lower = byNumber.slice(0, index);
    const from = lower.findLast((entry) => entry.first <= first)?.number;
    if (from === undefined || number - from <= 2) return [];
    const later = lower.flatMap((entry) => entry.group.filter((release) => release.publishedAt > first));
    return later.length === 0 ? [] : [{ series, releases: group, from, to: number, later }];
  });
}

/** No release came out after a higher one. */
function cameOutInOrder(releases: readonly Release[]): boolean {
  return releases.every(({ publishedAt }, index) => publishedAt >= (releases[index - 1]?.publishedAt ?? publishedAt));
}

/** Leaps that no `accept` line of the config settles. */
export function unsettledLeaps(known: KnownReleases, image: ImageConfig): Leap[] {
  return findLeaps(known, image).filter((leap) => {
    const versions = leap.releases.map((release) => release.version.text);
    return !image.accepted.some((entry) => settles(entry, { code: 'VERSION_LEAP', versions }, image));
  });
}

export function leapWarning(leap: Leap): Warning {
  const versions = leap.releases.map((release) => release.version.text);
  const [first = ''] = versions;
  const prefix = leap.series === '' ? '' : `${leap.series}.`;
  const of = leap.series === '' ? 'lower finals' : `lower finals of series ${leap.series}`;
  const skipped = leap.to - leap.from - 1;
  const later = leap.later.map((release) => release.version.text);
  const range = later.length === 1 ? (later[0] ?? '') : `${later[0]} to ${later.at(-1)}`;
  return {
    code: 'VERSION_LEAP',
    message: `${listed(versions)} skips ${skipped} numbers after ${prefix}${leap.from}, and ${later.length} ${later.length === 1 ? of.replace('finals', 'final') : of} came out later (${range}); a slip in the version would own the tags of its series for ever`,
    versions,
    fix: `${excludeLine(first)} if it is not a release, or ${acceptLine('VERSION_LEAP', first)}`,
  };
}
