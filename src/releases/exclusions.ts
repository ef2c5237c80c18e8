/** Which facts the config excludes. A version names one fact: by its source's own text, or by its version if that is one. */
import type { ImageConfig, ReleaseExclusion } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { Release, ReleaseFact } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Warning } from '../domain/warning.ts';
import type { ExcludedRelease } from './known-releases.ts';
import type { ReadText } from './read-fact.ts';
import { acceptLine, excludeLine, settles, yankLine } from './settle.ts';

export interface ReadRow {
  readonly fact: ReleaseFact;
  readonly read: ReadText;
}

/** The line that names each excluded row. */
export function namedExclusions(
  rows: readonly ReadRow[],
  image: ImageConfig,
  problems: Problem[],
): ReadonlyMap<ReadRow, ReleaseExclusion> {
  const named = new Map<ReadRow, ReleaseExclusion>();
  for (const line of image.excludedReleases) {
    if (line.version === null) continue;
    const own = rows.filter(({ fact }) => fact.version === line.version);
    const meant = own.length > 0 ? own : rows.filter(({ read }) => read.version?.text === line.version);
    const texts = [...new Set(meant.map(({ fact }) => fact.version))].toSorted();
    if (texts.length > 1) problems.push(ambiguous(line, texts));
    for (const row of meant) named.set(row, line);
  }
  return named;
}

function ambiguous(line: ReleaseExclusion, texts: readonly string[]): Problem {
  return {
    code: 'EXCLUDE_AMBIGUOUS',
    where: line.where,
    message: `${quote(line.version ?? '')} means ${texts.map(quote).join(' and ')}`,
    fix: `name one by its source's own text: ${texts.map(excludeLine).join(' or ')}`,
  };
}

/** A line that drops one of two names of a release, which stays by the other. */
export function halfExcluded(
  excluded: readonly ExcludedRelease[],
  releases: readonly Release[],
  image: ImageConfig,
): Problem[] {
  return excluded.flatMap(({ release, where }): Problem[] => {
    const twin = releases.find(
      ({ version, revision }) => version.text === release.version.text && revision === release.revision,
    );
    if (twin === undefined || image.scheme.compare(twin.version, release.version) !== 0) return [];
    const [a, b] = [release, twin].map(({ sourceText, version }) => sourceText ?? version.text);
    const message = `${quote(a ?? '')} and ${quote(b ?? '')} are one release, on one commit, and only the first is excluded`;
    return [
      {
        code: 'EXCLUDE_AMBIGUOUS',
        where,
        message,
        fix: `delete the line to keep the release, or exclude both: ${excludeLine(b ?? '')}`,
      },
    ];
  });
}

export function unusedExclusions(image: ImageConfig, used: ReadonlySet<ReleaseExclusion>): Warning[] {
  return image.excludedReleases
    .filter((entry) => !used.has(entry))
    .map((entry) => ({
      code: 'EXCLUDE_UNUSED',
      message: `${entry.where} excludes ${entry.version ?? entry.range?.text ?? 'nothing'}, and no release is that`,
      versions: entry.version === null ? [] : [entry.version],
      fix: 'take the line away',
    }));
}

/** Excluded finals that are above every other final and came out last: their tags would go back to a lower release. */
export function newestDropped(
  excluded: readonly ExcludedRelease[],
  releases: readonly Release[],
  image: ImageConfig,
): readonly ExcludedRelease[] {
  const finals = releases.filter(({ prerelease, yanked }) => !prerelease && yanked === null);
  const next = finals.at(-1);
  if (next === undefined) return [];
  const last = finals.reduce((latest, { publishedAt }) => Math.max(latest, publishedAt), 0);
  return excluded.filter(
    ({ release }) =>
      !release.prerelease && image.scheme.compare(release.version, next.version) > 0 && release.publishedAt >= last,
  );
}

/** The lines that allow it: a warning that was accepted is a move that was asked for. */
export function isUnasked({ release }: ExcludedRelease, image: ImageConfig): boolean {
  const warning = { code: 'EXCLUDES_NEWEST', versions: [release.version.text] } as const;
  return !image.accepted.some((entry) => settles(entry, warning, image));
}

export function newestExcluded(dropped: readonly ExcludedRelease[], releases: readonly Release[]): Warning[] {
  const next = releases.findLast(({ prerelease, yanked }) => !prerelease && yanked === null);
  const highest = dropped.at(-1);
  if (next === undefined || highest === undefined) return [];
  const { release, reason, where } = highest;
  const { text } = release.version;
  return [
    {
      code: 'EXCLUDES_NEWEST',
      message: `${where} excludes ${text} (${reason}), the newest release: its tags would go back to ${next.version.text}, which needs --allow-backward`,
      versions: dropped.map((entry) => entry.release.version.text),
      fix: `if it was withdrawn, write ${yankLine(text)} instead; if that is meant, ${acceptLine('EXCLUDES_NEWEST', text)}`,
    },
  ];
}
