/**
 * Facts that are one version. On one commit with one text after the pattern (`v2.3.3`, `2.3.3`) they are one release; with
 * two texts (`1.0`, `1.0.0`) the one that has a release on the forge is. On two commits nobody but a person can say.
 */
import type { ImageConfig } from '../config/types.ts';
import { InternalError, type Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Release } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import { excludeLine } from './settle.ts';

/** A release with what its fact said beside it. */
export interface ReadRelease {
  readonly release: Release;
  readonly isOnForge: boolean;
}

/** @param sorted ascending; those of one version stand together, and what cannot be told apart stays as it is */
export function withoutTwins(
  sorted: readonly ReadRelease[],
  image: ImageConfig,
  from: string,
  problems: Problem[],
): Release[] {
  const releases: Release[] = [];
  for (const equal of runs(sorted, image)) {
    const [only] = equal;
    if (equal.length === 1 && only !== undefined) {
      releases.push(only.release);
      continue;
    }
    const texts = groupBy(equal, ({ release }) => release.version.text);
    const onForge = [...texts.values()].filter((group) => group.some(({ isOnForge }) => isOnForge));
    const isOneCommit = equal.every(({ release }) => release.revision === equal[0]?.release.revision);
    const chosen = texts.size === 1 ? equal : onForge.length === 1 ? onForge[0] : undefined;
    const isOneText = new Set(equal.map(({ release }) => sourceText(release))).size < equal.length;
    if (isOneCommit && chosen !== undefined && !isOneText) releases.push(merged(chosen));
    else {
      for (const { release } of equal) releases.push(release);
      problems.push(duplicate(equal, image, from));
    }
  }
  return releases;
}

/** How the source writes it. */
export function sourceText({ sourceText: own, version }: Release): string {
  return own ?? version.text;
}

function runs(sorted: readonly ReadRelease[], image: ImageConfig): ReadRelease[][] {
  const all: ReadRelease[][] = [];
  for (const entry of sorted) {
    const last = all.at(-1);
    const before = last?.[0]?.release.version;
    const isEqual = before !== undefined && image.scheme.compare(before, entry.release.version) === 0;
    if (isEqual) last?.push(entry);
    else all.push([entry]);
  }
  return all;
}

/** One release of several facts: whichever came out first, and what any of them says against it. */
function merged(facts: readonly ReadRelease[]): Release {
  const releases = facts
    .map(({ release }) => release)
    .toSorted((a, b) => a.publishedAt - b.publishedAt || (sourceText(a) < sourceText(b) ? -1 : 1));
  const [first] = releases;
  if (first === undefined) throw new InternalError('a release of no fact');
  if (releases.length === 1) return first;
  const yanked = releases.find((release) => release.yanked !== null)?.yanked ?? null;
  const hold = releases.find((release) => release.hold !== undefined)?.hold;
  return {
    ...first,
    builtFor: releases.find((release) => release.builtFor !== null)?.builtFor ?? null,
    prerelease: releases.some((release) => release.prerelease),
    yanked,
    ...(hold === undefined ? {} : { hold }),
  };
}

/** How many examples are told. */
const mostExamples = 3;

/** Versions that the scheme tells apart, and whose text does not: their pinned tags would be one. */
export function sameTexts(releases: readonly Release[], { scheme, shape }: ImageConfig, from: string): Problem[] {
  const groups = [...groupBy(releases, ({ version }) => version.text).values()].filter((group) =>
    group.some(({ version }) => scheme.compare(version, group[0]?.version ?? version) !== 0),
  );
  const [first] = groups;
  if (first === undefined) return [];
  const examples = groups
    .slice(0, mostExamples)
    .map((group) => `${group.map(sourceText).join(' and ')} both give ${group[0]?.version.text ?? ''}`);
  const more = groups.length > mostExamples ? `, and ${groups.length - mostExamples} more` : '';
  const differing = [...shape.names].filter((name) => new Set(first.map((one) => one.version.groups?.[name])).size > 1);
  const written = `${shape.template?.text ?? '{{version}}'}${differing.map((name) => `-{{${name}}}`).join('')}`;
  return [
    {
      code: 'VERSION_DUPLICATE',
      where: from,
      message: `two releases have one text: ${examples.join('; ')}${more}`,
      fix: `name what tells them apart: version: '${written}'`,
    },
  ];
}

function duplicate(equal: readonly ReadRelease[], { scheme }: ImageConfig, from: string): Problem {
  const rows = equal
    .map(({ release }) => ({ text: sourceText(release), revision: release.revision ?? 'unknown' }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1));
  const texts = [...new Set(rows.map(({ text }) => text))];
  const commits = [...new Set(rows.map(({ revision }) => revision))];
  const where =
    commits.length === 1
      ? `both on commit ${commits[0]}`
      : rows.map(({ text, revision }) => `${text} on commit ${revision}`).join(', ');
  if (texts.length === 1)
    return {
      code: 'VERSION_DUPLICATE',
      where: from,
      message: `${quote(texts[0] ?? '')} is there twice: ${where}`,
      fix: 'correct the source; one text is one release',
    };
  const isCutOff = equal.every(({ release }) => !sourceText(release).endsWith(release.version.text));
  const apart =
    isCutOff || scheme.isOfParts === true
      ? ", or compare what tells them apart: a group of tagPattern in scheme: { version: '…', GROUP: 'number' } and in version"
      : '';
  return {
    code: 'VERSION_DUPLICATE',
    where: from,
    message: `${texts.join(' and ')} are the same version: ${where}`,
    fix: `keep one and exclude the other by its own text: ${texts.map(excludeLine).join(' or ')}${apart}`,
  };
}
