/** Which git tags are releases: what they begin with, and the pattern that says it. */

export type SchemeName = 'pep440' | 'semver';

const shapes: Readonly<Record<SchemeName, string>> = {
  pep440: String.raw`\d+\.\d+\.\d+(?:(?:a|b|rc|\.dev|\.post)\d+)?`,
  semver: String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?`,
};

/** A tag that is a version, as some people write one. */
const versionTag = /^(?<prefix>v?)\d+\.\d+\.\d+/;

/** What most of the git tags that are versions begin with; `null` where there are none. */
export function tagPrefixOf(gitTags: readonly string[]): string | null {
  const prefixes = gitTags.flatMap((tag) => versionTag.exec(tag)?.groups?.['prefix'] ?? []);
  if (prefixes.length === 0) return null;
  return prefixes.filter((prefix) => prefix === 'v').length * 2 > prefixes.length ? 'v' : '';
}

/** What a workflow's filters of pushed git tags say; `null` where they leave it open. */
export function filterPrefix(filters: readonly string[]): string | null {
  const [filter, ...more] = filters.filter((text) => !text.startsWith('!'));
  if (filter === undefined || more.length > 0) return null;
  if (/^v(?=[\d[*])/.test(filter)) return 'v';
  return /^(?:[\d[]|\*\.\*)/.test(filter) ? '' : null;
}

/** @param prefix `null`: with or without a `v` */
export function tagPattern(scheme: SchemeName, prefix: string | null): string {
  return `^${prefix ?? 'v?'}(?<version>${shapes[scheme]})$`;
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
