/** Which git tags are releases: what they begin with, how they are written, and the pattern that says it. */
import { clean } from '@renovatebot/pep440';
import type { Version, VersionScheme } from '../domain/version.ts';
import { passesFilters } from './triggers.ts';

export type SchemeName = 'pep440' | 'semver';

/** How the git tags of releases are written, as the newest of them is. */
export interface VersionShape {
  /** `v`, nothing, `server-v`; `null` where it is not known. */
  readonly prefix: string | null;
  /** Three numbers without leading zeros, which is what semver reads. */
  readonly isSemver: boolean;
  /** How many numbers; `null` where there is no git tag to see it by. */
  readonly parts: number | null;
}

const versionTag =
  /^(?<prefix>(?:.*[^0-9.])?)(?<numbers>\d+(?:\.\d+){1,3})(?<rest>(?:[-+._]?[A-Za-z][0-9A-Za-z.+-]*)?)$/;

interface ReadTag {
  readonly prefix: string;
  readonly numbers: readonly string[];
  readonly isFinal: boolean;
}

/** Longer ones are no versions, and would be read in the square of their length. */
const maxTag = 200;

function readTag(tag: string): ReadTag[] {
  const found = tag.length > maxTag ? undefined : versionTag.exec(tag)?.groups;
  if (found === undefined) return [];
  const isFinal = (found['rest'] ?? '') === '';
  return [{ prefix: found['prefix'] ?? '', numbers: (found['numbers'] ?? '').split('.'), isFinal }];
}

/**
 * @param gitTags oldest first
 * @param filters of the workflow; none let every git tag through
 */
export function shapeOf(gitTags: readonly string[], filters: readonly string[]): VersionShape {
  const passing = gitTags.filter((tag) => passesFilters(tag, filters)).flatMap(readTag);
  const finals = passing.filter(({ isFinal }) => isFinal);
  const counted = finals.length > 0 ? finals : passing;
  // A name before the version is a package's own, so a plain tag counts first.
  const newest = counted.findLast(({ prefix }) => /^v?$/i.test(prefix)) ?? counted.at(-1);
  if (newest === undefined) return { prefix: filterPrefix(filters), isSemver: true, parts: null };
  const { prefix, numbers } = newest;
  const isPadded = counted
    .filter((tag) => tag.prefix === prefix)
    .some((tag) => tag.numbers.some((number) => /^0\d/.test(number)));
  return { prefix, isSemver: numbers.length === 3 && !isPadded, parts: numbers.length };
}

/** What a workflow's filters of pushed git tags say; `null` where they leave it open. */
export function filterPrefix(filters: readonly string[]): string | null {
  const [filter, ...more] = filters.filter((text) => !text.startsWith('!'));
  if (filter === undefined || more.length > 0) return null;
  const found = /^(?<prefix>[^*?+[\]\d\\]*)(?<next>[^]*)$/.exec(filter)?.groups;
  const { prefix = '', next = '' } = found ?? {};
  if (/^(?:\d|\[[\d^]|\[0-9)/.test(next)) return prefix;
  return /^(?:.*[^A-Za-z])?v$/.test(prefix) && next !== '' ? prefix : null;
}

const shapes: Readonly<Record<SchemeName, string>> = {
  pep440: String.raw`\d+\.\d+\.\d+(?:(?:a|b|rc|\.dev|\.post)\d+)?`,
  semver: String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?`,
};

/** Of versions with another number of parts, or with leading zeros. */
const otherShape = String.raw`\d+(?:\.\d+)+(?:[-.]?(?:a|b|rc|alpha|beta|dev|post)[-.]?\d*)?`;

export function schemeOf(isPep440: boolean, { isSemver }: VersionShape): SchemeName {
  return isPep440 || !isSemver ? 'pep440' : 'semver';
}

/** A prefix of `null`: with or without a `v`. */
export function tagPattern(scheme: SchemeName, { prefix, isSemver }: VersionShape): string {
  const start = prefix === null ? 'v?' : prefix.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  return `^${start}(?<version>${isSemver ? shapes[scheme] : otherShape})$`;
}

/** What the pattern does not read, said where it matters: the newest git tags, or all of them. */
function unreadTags(gitTags: readonly string[], pattern: string): string[] {
  const read = new RegExp(pattern, 'u');
  const versions = gitTags.filter((tag) => /\d/.test(tag));
  const newest = versions.findLastIndex((tag) => read.test(tag));
  if (versions.length > 0 && newest === -1)
    return [`CHECK THIS: no git tag here is a release by this pattern; the newest is ${versions.at(-1) ?? ''}`];
  const isFinal = (tag: string): boolean => /^[\d.]+$/.test(read.exec(tag)?.groups?.['version'] ?? '-');
  const finals = versions.some(isFinal)
    ? []
    : [
        `CHECK THIS: every git tag here is a pre-release, such as ${versions[newest] ?? ''}, and owns no convenience tag`,
      ];
  const newer = versions.slice(newest + 1).filter((tag) => /\d+\.\d+/.test(tag));
  const missed =
    newer.length === 0
      ? []
      : [`newer than ${versions[newest] ?? ''}, and no release by it: ${newer.slice(-5).join(', ')}`];
  return versions.length === 0 ? [] : [...finals, ...missed];
}

/** What to look at in the git tags, as the pattern reads them. */
export function gitTagNotes(gitTags: readonly string[], pattern: string, scheme: VersionScheme): string[] {
  return [...unreadTags(gitTags, pattern), ...strayVersion(gitTags, pattern, scheme)];
}

/** The action writes a version of type=pep440 in its normal form, and `{{version}}` is the text of the git tag. */
export function rewrittenVersion(gitTags: readonly string[], pattern: string): string[] {
  const read = new RegExp(pattern, 'u');
  const texts = gitTags.flatMap((tag) => read.exec(tag)?.groups?.['version'] ?? []);
  const newest = texts.at(-1) ?? '';
  const normal = clean(newest);
  return normal === null || normal === newest
    ? []
    : [`CHECK THIS: the action writes ${newest} as ${normal}, and here {{version}} is ${newest}`];
}

/** As many lower finals since as no branch for old releases has. */
const manySince = 10;

/**
 * A final that is higher than all that came since: two numbers ahead of them, or alone in its series for long. It may be
 * a mistake, and owns `latest` until somebody says so.
 */
function strayVersion(gitTags: readonly string[], pattern: string, scheme: VersionScheme): string[] {
  const read = new RegExp(pattern, 'u');
  const finals = gitTags
    .flatMap((tag) => scheme.parse(read.exec(tag)?.groups?.['version'] ?? '') ?? [])
    .filter(({ kind }) => kind === 'final');
  const highest = finals.toSorted(scheme.compare).at(-1);
  const newest = finals.at(-1);
  if (highest === undefined || newest === undefined || highest === newest) return [];
  const majorOf = ({ numbers }: Version): number => numbers[0] ?? 0;
  const next = Math.max(...finals.map(majorOf).filter((major) => major !== majorOf(highest)), -1);
  const isAlone = finals.filter((version) => majorOf(version) === majorOf(highest)).length === 1;
  const since = finals.length - 1 - finals.lastIndexOf(highest);
  const isAhead = next >= 0 && majorOf(highest) - next > 1;
  if (!isAlone || !(isAhead || since >= manySince)) return [];
  return [
    `CHECK THIS: ${highest.text} is higher than ${newest.text}, which came later, and owns what moves: if it was not released, exclude: [{ version: '${highest.text}', reason: '…' }]`,
  ];
}

/** Git tags of finals with a name of their own before the version, each of which is a package's; said by its newest one. */
export function otherPackages(gitTags: readonly string[], { prefix }: VersionShape): string[] {
  const newest = new Map<string, string>();
  for (const tag of gitTags) {
    const [read] = readTag(tag);
    if (read?.isFinal === true && read.prefix !== prefix && !/^v?$/i.test(read.prefix)) newest.set(read.prefix, tag);
  }
  return [...newest].map(
    ([start, tag]) =>
      `CHECK THIS: git tags that begin with ${start} start it too, and are in no plan; the newest is ${tag}`,
  );
}

/** `match=v(\d.\d.\d)$` as an anchored pattern; `null` where it has no group, several, or cannot be read. */
export function matchPattern(match: string, scheme: SchemeName): string | null {
  const body = match.replace(/^\/(?<inner>.*)\/[a-z]*$/, '$<inner>');
  const groups = [...body.matchAll(/(?<!\\)\((?!\?)/g)];
  const [group, ...more] = groups;
  if (group === undefined || more.length > 0 || body.includes('|')) return null;
  const start = body.startsWith('^') ? '' : '^.*?';
  const end = body.endsWith('$') ? '' : '.*$';
  const named = `${body.slice(0, group.index)}(?<version>${body.slice(group.index + 1)}`;
  const pattern = `${start}${named}${end}`
    .replace('(?<version>.*)', `(?<version>${shapes[scheme]})`)
    .replace('.*.*$', '.*$');
  try {
    return new RegExp(pattern, 'u').source === pattern ? pattern : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
