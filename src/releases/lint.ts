/**
 * Lint of a history: what looks wrong in the releases that are known, each with its code, its rows and the config lines
 * that settle it. Warnings only; what makes tags collide is an error, and found with the tags.
 */
import type { ImageConfig, Rule } from '../config/types.ts';
import { groupBy } from '../domain/group-by.ts';
import { formatInstant, undated } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import type { KnownReleases } from './known-releases.ts';
import { findLeaps, leapWarning } from './leaps.ts';
import { withoutRebuilds } from './rebuilds.ts';
import { acceptLine, excludeLine, listed } from './settle.ts';

/** Every warning about the order, the dates and the revisions of known releases; see {@link settleWarnings}. */
export function lintHistory(all: KnownReleases, image: ImageConfig): Warning[] {
  const known = { ...all, releases: withoutRebuilds(all.releases) };
  const leaps = findLeaps(known, image);
  const beyond = new Set(leaps.flatMap((leap) => leap.releases));
  const settled = known.releases.filter((release) => !beyond.has(release));
  return [
    ...leaps.map(leapWarning),
    ...publishedTooEarly(known.releases),
    ...outOfOrder(settled),
    ...openingsOutOfOrder(settled),
    ...sharedRevisions(known.releases, image),
    ...seriesSpellings(known.releases, image),
  ];
}

/** `2024.08` and `2024.8`: one series of the order, and two tags. */
function seriesSpellings(releases: readonly Release[], image: ImageConfig): Warning[] {
  const named = image.rules.filter(({ kind }) => kind === 'convenience').map(({ template }) => template.names);
  const depths = ['major', 'minor', 'patch'].flatMap((name, place) =>
    named.some((names) => names.has(name)) ? [place + 1] : [],
  );
  return depths.flatMap((depth) => {
    const written = releases.filter(({ version, prerelease }) => !prerelease && version.parts.length >= depth);
    const series = groupBy(written, ({ version }) => version.numbers.slice(0, depth).join('.'));
    return [...series.values()].flatMap((group): Warning[] => {
      const bySpelling = groupBy(group, ({ version }) => version.parts[depth - 1] ?? '');
      if (bySpelling.size < 2) return [];
      const examples = [...bySpelling.values()]
        .map((alike) => alike[0]?.version ?? null)
        .filter((version) => version !== null);
      const versions = examples.map(({ text }) => text);
      return [
        {
          code: 'SERIES_SPELLINGS',
          message: `${examples.map(({ parts }) => parts.slice(0, depth).join('.')).join(' and ')} are one series, written in ${examples.length} ways (${versions.join(', ')}): each way has tags of its own`,
          versions,
          fix: `correct the source, or ${acceptLine('SERIES_SPELLINGS', versions[0] ?? '')}`,
        },
      ];
    });
  });
}

function publishedTooEarly(releases: readonly Release[]): Warning[] {
  return releases
    .filter(({ publishedAt, committedAt }) => publishedAt !== undated && publishedAt < committedAt)
    .map((release) => ({
      code: 'DATES_CONTRADICT',
      message: `${release.version.text} was published ${formatInstant(release.publishedAt)}, before its commit of ${formatInstant(release.committedAt)}`,
      versions: [release.version.text],
      fix: `correct the facts, or ${acceptLine('DATES_CONTRADICT', release.version.text)}`,
    }));
}

/** Inside one series (2.11) finals and their candidates come in order; post and development releases come when they like. */
function outOfOrder(releases: readonly Release[]): Warning[] {
  const ordered = releases.filter(({ version }) => version.kind === 'final' || version.kind === 'pre');
  const series = groupBy(ordered, ({ version }) => version.numbers.slice(0, -1).join('.'));
  return [...series.values()].flatMap(descents);
}

/** The first final of each series (2.11.0, 3.0.0) comes after those of the series below it. */
function openingsOutOfOrder(releases: readonly Release[]): Warning[] {
  const opens = (release: Release, place: number): boolean =>
    release.version.kind === 'final' &&
    !release.prerelease &&
    release.version.numbers.slice(place + 1).every((number) => number === 0);
  const minors = groupBy(
    releases.filter((release) => opens(release, 1)),
    ({ version }) => version.numbers[0] ?? 0,
  );
  const majors = releases.filter((release) => opens(release, 0));
  return [...[...minors.values()].flatMap(descents), ...descents(majors)];
}

/** Of releases that should have come out in this order, each that came out before a lower one. */
function descents(releases: readonly Release[]): Warning[] {
  const warnings: Warning[] = [];
  let latest: Release | null = null;
  for (const release of releases.filter(({ publishedAt }) => publishedAt !== undated)) {
    if (latest === null || release.publishedAt >= latest.publishedAt) {
      latest = release;
      continue;
    }
    // Two that own nothing are nobody's worry, in whatever order they came out.
    if (release.prerelease && latest.prerelease) continue;
    const [higher, lower] = [release.version.text, latest.version.text];
    warnings.push({
      code: 'DATES_CONTRADICT',
      message: `${higher} came out ${formatInstant(release.publishedAt)}, before the lower ${lower} (${formatInstant(latest.publishedAt)})`,
      versions: [higher, lower],
      fix: `correct the facts, exclude the one that is not a release, or ${acceptLine('DATES_CONTRADICT', higher)}`,
    });
  }
  return warnings;
}

/**
 * Two releases on one revision. Where both have the same revision tag that is an error, told with the tags; a candidate
 * and the final it became are one revision by intent.
 */
function sharedRevisions(releases: readonly Release[], image: ImageConfig): Warning[] {
  const byRevision = groupBy(
    releases.filter((release) => release.revision !== null),
    (release) => release.revision,
  );
  return [...byRevision].flatMap(([revision, group]): Warning[] => {
    const rows = withoutCandidates(group);
    if (rows.length < 2 || rows.every((row, index) => index === 0 || collides(rows[0], row, image.rules))) return [];
    const versions = rows.map((release) => release.version.text);
    const last = versions.at(-1) ?? '';
    return [
      {
        code: 'REVISION_SHARED',
        message: `${listed(versions)} are on one revision, ${revision}`,
        versions,
        fix: `${acceptLine('REVISION_SHARED', last)} if both were released; if one was not, ${excludeLine(last)}`,
      },
    ];
  });
}

function withoutCandidates(group: readonly Release[]): readonly Release[] {
  const numbers = (release: Release): string => release.version.numbers.join('.');
  const finals = new Set(group.filter((release) => release.version.kind === 'final').map(numbers));
  return group.filter(({ version }, index) => {
    const isCandidate = version.kind === 'pre' || version.kind === 'dev';
    const release = group[index];
    return !isCandidate || release === undefined || !finals.has(numbers(release));
  });
}

/** True where a pinned rule gives both the same text, so that the plan says it already. */
function collides(a: Release | undefined, b: Release, rules: readonly Rule[]): boolean {
  if (a === undefined || !overlap(a, b)) return false;
  return rules.some(({ kind, template, releases, range }) => {
    if (kind !== 'pinned' || !template.names.has('revision')) return false;
    if (['version', 'major', 'minor', 'patch'].some((name) => template.names.has(name))) return false;
    return [a, b].every(
      (release) => (releases === 'all' || !release.prerelease) && (range === null || range.includes(release.version)),
    );
  });
}

/** Whether some cell is built for both; without records, taken for granted. */
function overlap(a: Release, b: Release): boolean {
  const { builtFor } = b;
  if (a.builtFor === null || builtFor === null) return true;
  return Object.entries(a.builtFor).some(([flavor, pythons]) =>
    pythons.some((python) => builtFor[flavor]?.includes(python)),
  );
}
