/**
 * Known releases: from facts as sources give them to releases in order.
 *
 * Everything wrong with them is collected; texts that are no releases of this image are counted and ignored where
 * the source holds other things too (git tags), and are mistakes where every row claims to be a release (a facts file).
 */
import type { ConfigYank, ImageConfig, ReleaseExclusion } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { parseInstant } from '../domain/instant.ts';
import { isRevision, type Release, type ReleaseFact, type Yank } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Version } from '../domain/version.ts';
import type { Warning } from '../domain/warning.ts';
import { rebuildText, unknownRebuilds, withRebuilds } from './rebuilds.ts';
import { ignoredTexts, prefixWarnings, prereleaseFlags } from './lint-texts.ts';

export interface FactsInput {
  readonly facts: readonly ReleaseFact[];
  /** For messages: the file or source. */
  readonly from: string;
  /** `rows`: each claims to be a release. `texts`: whatever a git repository holds. */
  readonly holds: 'rows' | 'texts';
}

export interface KnownReleases {
  /** Ascending by the version scheme. Excluded ones are not among them. */
  readonly releases: readonly Release[];
  readonly excluded: readonly ExcludedRelease[];
  /** Texts that are no releases of this image, as they came. */
  readonly ignored: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

export interface ExcludedRelease {
  readonly release: Release;
  readonly reason: string;
  readonly where: string;
}

/** Reads facts into releases. Problems do not stop it: what can be read is returned, so that more can be found. */
export function knownReleases(input: FactsInput, image: ImageConfig): KnownReleases {
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  const excluded: ExcludedRelease[] = [];
  const releases: Release[] = [];
  const used = new Set<ReleaseExclusion>();
  const ignored: string[] = [];
  for (const [index, fact] of input.facts.entries()) {
    const where =
      input.holds === 'rows'
        ? `${input.from}[${index}] ${quote(fact.version)}`
        : `${input.from} ${quote(fact.version)}`;
    const read = readVersion(fact.version, image, input.holds, where);
    const isIt = (entry: { readonly version: string | null }): boolean =>
      entry.version !== null && (entry.version === fact.version || entry.version === read.version?.text);
    const named = image.excludedReleases.find(isIt);
    if (named !== undefined) used.add(named);
    if (read.kind === 'other' && named === undefined) {
      ignored.push(fact.version);
      continue;
    }
    if (named === undefined && read.kind !== 'other') problems.push(...read.problems);
    if (read.version === null) continue;
    const yank = readYank(fact, image.yanked.find(isIt), input.from, where, named === undefined ? problems : []);
    const release = readRelease(fact, read.version, yank, image, where, named === undefined ? problems : []);
    if (release === null) continue;
    const exclusion = named ?? image.excludedReleases.find((entry) => entry.range?.includes(release.version) === true);
    if (exclusion !== undefined) {
      used.add(exclusion);
      excluded.push({ release, reason: exclusion.reason, where: exclusion.where });
    } else if (read.version.extra === null) releases.push(release);
  }
  releases.sort((a, b) => image.scheme.compare(a.version, b.version));
  excluded.sort((a, b) => image.scheme.compare(a.release.version, b.release.version));
  problems.push(
    ...duplicates(releases, image, input.from),
    ...unknownYanks(image, input.facts, releases, excluded),
    ...unknownRebuilds(image, releases),
  );
  warnings.push(
    ...unusedExclusions(image, used),
    ...ignoredTexts(ignored, input.from),
    ...prefixWarnings(input.facts, image, input.from),
    ...prereleaseFlags(releases, input.from),
  );
  return { releases: withRebuilds(releases, image), excluded, ignored, problems, warnings };
}

type ReadVersion =
  | { readonly kind: 'release'; readonly version: Version; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly version: null; readonly problems: readonly Problem[] }
  /** No release of this image, and no claim to be one. */
  | { readonly kind: 'other'; readonly version: Version | null };

function readVersion(text: string, image: ImageConfig, holds: FactsInput['holds'], where: string): ReadVersion {
  const matched = image.shape.pattern.exec(text)?.groups?.['version'];
  const parsed = image.scheme.parse(matched ?? text);
  if (matched === undefined) {
    if (holds === 'texts') return { kind: 'other', version: parsed };
    const message = `is not of the shape ${image.shape.text}`;
    const problem: Problem = {
      code: 'VERSION_SHAPE',
      where,
      message,
      fix: `correct it, or exclude it: ${excludeLine(text)}`,
    };
    return parsed === null
      ? { kind: 'unreadable', version: null, problems: [problem] }
      : { kind: 'release', version: parsed, problems: [problem] };
  }
  if (parsed === null) {
    const message = `matches tagPattern but is no ${image.scheme.name} version`;
    return {
      kind: 'unreadable',
      version: null,
      problems: [
        { code: 'VERSION_UNREADABLE', where, message, fix: `correct it, or exclude it: ${excludeLine(text)}` },
      ],
    };
  }
  if (image.shape.range !== null && !image.shape.range.includes(parsed)) return { kind: 'other', version: parsed };
  const problems: Problem[] = [];
  if (parsed.extra !== null) {
    const message = `has ${parsed.extra}, which no tag can hold`;
    problems.push({ code: 'VERSION_UNREADABLE', where, message, fix: `exclude it: ${excludeLine(text)}` });
  }
  return { kind: 'release', version: parsed, problems };
}

function readRelease(
  fact: ReleaseFact,
  version: Version,
  yanked: Yank | null,
  image: ImageConfig,
  where: string,
  problems: Problem[],
): Release | null {
  const committedAt = parseInstant(fact.committedAt);
  const publishedAt = fact.publishedAt === undefined ? committedAt : parseInstant(fact.publishedAt);
  if (committedAt === null || publishedAt === null) {
    const bad = committedAt === null ? fact.committedAt : (fact.publishedAt ?? '');
    const fix = "write it with its offset, such as '2023-08-24T14:14:26-05:00'";
    problems.push({ code: 'INSTANT_INVALID', where, message: `${quote(bad)} is no instant`, fix });
  }
  if (!isRevision(fact.revision)) {
    problems.push({
      code: 'FACTS_INVALID',
      where,
      message: `revision ${quote(fact.revision)} is no git commit`,
      fix: 'expected 40 lower-case hex digits',
    });
  }
  if (committedAt === null || publishedAt === null) return null;
  return {
    version,
    revision: fact.revision,
    committedAt,
    publishedAt,
    builtFor: recordedFor(fact, image),
    prerelease: fact.prerelease === true || version.kind === 'pre' || version.kind === 'dev',
    yanked,
  };
}

/** Facts that several images share record the flavors of all; without one of this image's they are silent about it. */
function recordedFor({ builtFor }: ReleaseFact, image: ImageConfig): Release['builtFor'] {
  if (builtFor === undefined) return null;
  const flavors = Object.keys(builtFor);
  const own = flavors.filter((flavor) => !image.siblingFlavors.has(flavor));
  if (own.length === flavors.length) return builtFor;
  return own.length === 0 ? null : Object.fromEntries(own.map((flavor) => [flavor, builtFor[flavor] ?? []]));
}

/** The config's word comes first; what the source says is the other. */
function readYank(
  fact: ReleaseFact,
  configured: ConfigYank | undefined,
  from: string,
  where: string,
  problems: Problem[],
): Yank | null {
  if (configured !== undefined) return { reason: configured.reason, from: configured.where, since: configured.since };
  if (fact.yanked === undefined || fact.yanked === false) return null;
  if (fact.yanked === true) return { reason: 'no reason was given', from, since: null };
  const since = fact.yanked.since === undefined ? null : parseInstant(fact.yanked.since);
  if (fact.yanked.since !== undefined && since === null) {
    problems.push({
      code: 'INSTANT_INVALID',
      where: `${where} yanked.since`,
      message: `${quote(fact.yanked.since)} is no instant`,
    });
  }
  return { reason: fact.yanked.reason, from: fact.yanked.from ?? from, since };
}

/** Equal versions, written alike or not, are two rows that want one place in the order. */
function duplicates(releases: readonly Release[], image: ImageConfig, from: string): Problem[] {
  return releases.flatMap((release, index): Problem[] => {
    const previous = releases[index - 1];
    if (previous === undefined || image.scheme.compare(previous.version, release.version) !== 0) return [];
    const [a, b] = [previous.version.text, release.version.text].toSorted();
    const same = a === b ? `${a} is there twice` : `${a} and ${b} are the same version`;
    const revisions =
      previous.revision === release.revision
        ? 'of one revision'
        : `of revisions ${previous.revision} and ${release.revision}`;
    return [
      {
        code: 'VERSION_DUPLICATE',
        where: from,
        message: `${same}, ${revisions}`,
        fix: `keep one, or exclude the other: ${excludeLine(b ?? '')}`,
      },
    ];
  });
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
    .filter((yank: ConfigYank) => !known.has(yank.version))
    .map((yank) => ({
      code: 'YANK_UNKNOWN',
      where: yank.where,
      message: `no source knows a release ${quote(yank.version)}`,
      fix: 'yank a release that is out, or take the line away',
    }));
}

function unusedExclusions(image: ImageConfig, used: ReadonlySet<ReleaseExclusion>): Warning[] {
  return image.excludedReleases
    .filter((entry) => !used.has(entry))
    .map((entry) => ({
      code: 'EXCLUDE_UNUSED',
      message: `${entry.where} excludes ${entry.version ?? entry.range?.text ?? 'nothing'}, and no release is that`,
      versions: entry.version === null ? [] : [entry.version],
      fix: 'take the line away',
    }));
}

/** The config line that leaves a release out. */
export function excludeLine(version: string): string {
  return `exclude: [{ version: '${version}', reason: '…' }]`;
}
