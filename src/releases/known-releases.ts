/**
 * Known releases: from facts as sources give them to releases in order.
 *
 * Everything wrong with them is collected; texts that are not releases of this image are counted and ignored where
 * the source holds other things too (git tags), and are mistakes where every row claims to be a release (a facts file).
 */
import type { ImageConfig, ReleaseExclusion, Rule } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { undated, type Instant } from '../domain/instant.ts';
import type { Release, ReleaseFact } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Warning } from '../domain/warning.ts';
import { endLines, unusedAttributes } from './attributes.ts';
import { markBeforeFinals } from './before-finals.ts';
import { sameTexts, sourceText, withoutTwins, type ReadRelease } from './equal-versions.ts';
import {
  halfExcluded,
  namedExclusions,
  isUnasked,
  newestDropped,
  newestExcluded,
  unusedExclusions,
  type ReadRow,
} from './exclusions.ts';
import { ignoredTexts, prefixWarnings, prereleaseFlags } from './lint-texts.ts';
import { misshapenProblems, type Misshapen } from './misshapen.ts';
import { readFact, readText } from './read-fact.ts';
import { rebuildText, unknownRebuilds, withRebuilds } from './rebuilds.ts';
import { unreadableProblems, type UnreadableText } from './unreadable.ts';

export interface FactsInput {
  readonly facts: readonly ReleaseFact[];
  /** For messages: the file or source. */
  readonly from: string;
  /** `rows`: each claims to be a release. `texts`: whatever a git repository holds. */
  readonly holds: 'rows' | 'texts';
  /** Those that have a release on a forge, and not only a git tag. */
  readonly onForge?: ReadonlySet<string>;
}

export interface KnownReleases {
  /** Ascending by the version scheme. Excluded ones are not among them. */
  readonly releases: readonly Release[];
  readonly excluded: readonly ExcludedRelease[];
  /** Texts that are not releases of this image, as they came. */
  readonly ignored: readonly string[];
  /** What is known is known of this moment: the newest release's, or the one asked for. Never the clock's. */
  readonly moment: Instant;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

export interface ExcludedRelease {
  readonly release: Release;
  readonly reason: string;
  readonly where: string;
  /** It is the newest release of all, and nobody accepted that its tags go back to a lower one. */
  readonly holdsTags?: true;
}

/** Reads facts into releases. Problems do not stop it: what can be read is returned, so that more can be found. */
export function knownReleases(input: FactsInput, image: ImageConfig): KnownReleases {
  const { from } = input;
  const problems: Problem[] = [];
  const rows = input.facts.map((fact): ReadRow => ({ fact, read: readText(fact.version, image) }));
  const found = sortRows(rows, input, image, problems);
  const { excluded, used } = found;
  const ascending = found.read.toSorted((a, b) => image.scheme.compare(a.release.version, b.release.version));
  excluded.sort((a, b) => image.scheme.compare(a.release.version, b.release.version));
  const alone = withoutTwins(ascending, image, from, problems);
  const moment = alone.reduce((latest, { publishedAt }) => Math.max(latest, publishedAt), 0);
  const releases = markBeforeFinals(endLines(alone, moment));
  problems.push(
    ...sameTexts(alone, image, from),
    ...halfExcluded(excluded, releases, image),
    ...unknownYanks(image, input.facts, releases, excluded),
    ...unknownHolds(image, releases),
    ...unknownRebuilds(image, releases),
    ...unmadeRules(image, releases, from),
  );
  const dropped = newestDropped(excluded, releases, image);
  const warnings = [
    ...unusedExclusions(image, used),
    ...newestExcluded(dropped, releases),
    ...unusedAttributes(image, [...releases, ...excluded.map(({ release }) => release)]),
    ...ignoredTexts(found.ignored, found.isRead ? alone : null, image, from),
    ...prefixWarnings(input.facts, image, from),
    ...prereleaseFlags(releases, from),
  ];
  return {
    releases: withRebuilds(releases, image),
    excluded: excluded.map((entry) =>
      dropped.includes(entry) && isUnasked(entry, image) ? { ...entry, holdsTags: true } : entry,
    ),
    ignored: found.ignored.map(({ version }) => version),
    moment,
    problems,
    warnings,
  };
}

const dateNames: readonly string[] = ['date', 'year', 'month', 'day'];

/** Rules whose tags need what a row without `revision` or `committedAt` does not say. */
function unmadeRules(image: ImageConfig, releases: readonly Release[], from: string): Problem[] {
  const named = (rule: Rule, names: readonly string[]): boolean => names.some((name) => rule.template.names.has(name));
  return image.rules.flatMap((rule) => {
    const [dates, commits] = [named(rule, dateNames), named(rule, ['revision'])];
    const lacking = releases.filter(
      (release) => (dates && release.publishedAt === undated) || (commits && release.revision === null),
    );
    const [first] = lacking;
    if (first === undefined) return [];
    const what = commits && first.revision === null ? 'revision' : 'committedAt';
    const others = lacking.length === 1 ? '' : ` and ${lacking.length - 1} more`;
    const message = `rule ${rule.name} needs the ${what} of ${first.version.text}${others}, which ${from} does not say`;
    return [{ code: 'FACTS_INVALID', where: from, message, fix: `add it, or write rules: { ${rule.name}: false }` }];
  });
}

interface SortedRows {
  readonly read: ReadRelease[];
  readonly excluded: ExcludedRelease[];
  readonly ignored: ReleaseFact[];
  /** Every text of the shape could be read. */
  readonly isRead: boolean;
  readonly used: Set<ReleaseExclusion>;
}

/** Releases, what the config excludes, and what is not a release of this image. */
function sortRows(rows: readonly ReadRow[], input: FactsInput, image: ImageConfig, problems: Problem[]): SortedRows {
  const named = namedExclusions(rows, image, problems);
  const sorted: SortedRows = { read: [], excluded: [], ignored: [], used: new Set(named.values()), isRead: true };
  const unreadable: UnreadableText[] = [];
  const misshapen: Misshapen[] = [];
  let shaped = 0;
  for (const [index, row] of rows.entries()) {
    const { fact, read } = row;
    const where = `${input.from}${input.holds === 'rows' ? `[${index}]` : ''} ${quote(fact.version)}`;
    const exclusion = named.get(row);
    const isOther = read.kind === 'other' && (read.why === 'range' || input.holds === 'texts');
    if (isOther && exclusion === undefined) {
      sorted.ignored.push(fact);
      continue;
    }
    if (exclusion === undefined && read.kind === 'other') misshapen.push({ text: fact.version, where });
    if (exclusion === undefined && read.kind === 'unreadable')
      unreadable.push({ source: fact.version, text: read.text, why: 'scheme', where });
    if (read.version === null) continue;
    const found = exclusion === undefined ? problems : [];
    const release = readFact(fact, read.version, image, { from: input.from, where }, found);
    if (release === null) continue;
    const by = exclusion ?? image.excludedReleases.find((line) => line.range?.includes(release.version) === true);
    if (by !== undefined) {
      sorted.used.add(by);
      sorted.excluded.push({ release, reason: by.reason, where: by.where });
    } else if (read.version.extra !== null) {
      if (read.kind === 'release')
        unreadable.push({ source: fact.version, text: read.version.text, why: 'extra', where });
    } else {
      sorted.read.push({ release, isOnForge: input.onForge?.has(fact.version) === true });
      if (read.kind === 'release') shaped += 1;
    }
  }
  const texts = sorted.read.map(({ release }) => release.version.text);
  problems.push(
    ...misshapenProblems(misshapen, image, shaped, input.from),
    ...unreadableProblems(unreadable, texts, image, input.from),
  );
  return { ...sorted, isRead: unreadable.length === 0 };
}

function unknownYanks(
  image: ImageConfig,
  facts: readonly ReleaseFact[],
  releases: readonly Release[],
  excluded: readonly ExcludedRelease[],
): Problem[] {
  const known = new Set([
    ...facts.map((fact) => fact.version),
    ...image.rebuilds.map(rebuildText),
    ...[...releases, ...excluded.map((entry) => entry.release)].map((release) => release.version.text),
  ]);
  return image.yanked
    .filter((yank) => !known.has(yank.version))
    .map((yank) => ({
      code: 'YANK_UNKNOWN',
      where: yank.where,
      message: `no source knows a release ${quote(yank.version)}`,
      fix: 'yank a release that is out, or take the line away',
    }));
}

function unknownHolds(image: ImageConfig, releases: readonly Release[]): Problem[] {
  const known = new Set(releases.flatMap((release) => [release.version.text, sourceText(release)]));
  return image.holds
    .filter(({ version }) => !known.has(version))
    .map(({ version, where }) => ({
      code: 'HOLD_UNKNOWN',
      where,
      message: `no source knows a release ${quote(version)} that could be held`,
      fix: 'write the version as its source does, or delete the line',
    }));
}
