/** How an image's versions are read: which texts are releases, what is compared, and what templates may name. */
import { calver } from '../domain/calver.ts';
import type { Problem } from '../domain/errors.ts';
import { partsScheme, type ComparedPart } from '../domain/parts-scheme.ts';
import { compilePattern, type Pattern } from '../domain/pattern.ts';
import { pep440 } from '../domain/pep440.ts';
import { semver } from '../domain/semver.ts';
import { quote } from '../domain/tag.ts';
import type { VersionScheme } from '../domain/version.ts';
import { barePatterns } from './bare-patterns.ts';
import { unknownValue, type At } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedImage } from './schema.ts';
import { parseTagTemplate, type TagTemplate } from './tag-template.ts';
import type { VersionShape } from './types.ts';
import { matchShape } from './version-shape.ts';

export interface Versions {
  readonly scheme: VersionScheme;
  readonly shape: VersionShape;
}

/** It never goes back far, so that JavaScript's own engine, ten times as fast, takes time in proportion to the text too. */
const plainPattern = /^(?<version>\d+\.\d+\.\d+.*)$/;
const defaultPattern = plainPattern.source;
const groupPattern = /(?<!\\)\(\?<(?<name>[A-Za-z_$][\w$]*)>/g;
/** Names of a release that have a meaning besides their text. */
const taken = ['revision', 'date', 'build'];

export function readVersions(image: ParsedImage, at: At, problems: Problem[]): Versions {
  const sources = patternTexts(image);
  const groups = new Set(sources.flatMap((source) => groupsOf(source)));
  const template = readVersionTemplate(image.version, groups, at('version'), problems);
  const patterns = sources.map((source, index) =>
    readPattern(
      source,
      template,
      Array.isArray(image.tagPattern) ? at('tagPattern', index) : at('tagPattern'),
      problems,
    ),
  );
  for (const name of groups) {
    if (!taken.includes(name)) continue;
    const fix = `give the group another name, such as '${name}Number'`;
    problems.push({
      code: 'CONFIG_INVALID',
      where: at('tagPattern'),
      message: `a group cannot be called '${name}'; a template has that name already`,
      fix,
    });
  }
  const scheme = readScheme(image.scheme, { patterns, sources, template, groups }, at, problems);
  const names = new Set([...groups].filter((name) => name !== 'version'));
  const range = readRange(image.releases, scheme, at('releases'), problems);
  return { scheme, shape: { patterns, template, names, text: sources.join(' or '), range } };
}

function patternTexts({ tagPattern = defaultPattern }: ParsedImage): readonly string[] {
  const given = Array.isArray(tagPattern) ? tagPattern : [tagPattern];
  return given.map((pattern) => (typeof pattern === 'string' ? pattern : pattern.source));
}

function groupsOf(source: string): string[] {
  return [...source.matchAll(groupPattern)].flatMap((match) => match.groups?.['name'] ?? []);
}

function readPattern(source: string, template: TagTemplate | null, where: string, problems: Problem[]): Pattern {
  const needed = template === null ? 'version' : null;
  if (!source.startsWith('^') || !source.endsWith('$') || (needed !== null && !groupsOf(source).includes(needed))) {
    const fix = `write it like ^v(?<version>\\d+\\.\\d+\\.\\d+.*)$, or add version: '{{…}}' over its groups`;
    problems.push({
      code: 'CONFIG_INVALID',
      where,
      message: `${source} must be anchored and have a group named version`,
      fix,
    });
  }
  if (source === defaultPattern) return plainPattern;
  const compiled = compilePattern(source);
  if (compiled.ok) return compiled.pattern;
  const message = `${quote(source)} cannot be used: ${compiled.message}`;
  problems.push({ code: 'CONFIG_INVALID', where, message, fix: compiled.fix });
  return /^(?<version>)$/;
}

function readVersionTemplate(
  text: string | undefined,
  groups: ReadonlySet<string>,
  where: string,
  problems: Problem[],
): TagTemplate | null {
  if (text === undefined) return null;
  const parsed = parseTagTemplate(text, groups, where);
  if (parsed.ok) return parsed.value;
  problems.push(...parsed.problems);
  return null;
}

interface Readers {
  readonly patterns: readonly Pattern[];
  readonly sources: readonly string[];
  readonly template: TagTemplate | null;
  readonly groups: ReadonlySet<string>;
}

function readScheme(given: ParsedImage['scheme'], readers: Readers, at: At, problems: Problem[]): VersionScheme {
  if (given === undefined || given === 'pep440') return pep440;
  if (given === 'semver') return semver;
  if (given === 'calver') return calver;
  const parts = Object.entries(given).map(([name, as]): ComparedPart => ({ name, as }));
  for (const { name } of parts)
    if (!readers.groups.has(name))
      problems.push(unknownValue('group of tagPattern', name, [...readers.groups], at('scheme', name)));
  if (parts.length === 0)
    problems.push({
      code: 'CONFIG_INVALID',
      where: at('scheme'),
      message: 'compares nothing',
      fix: "name a group: { version: 'semver' }",
    });
  const shapes = [
    { patterns: readers.patterns, template: null },
    { patterns: barePatterns(readers.sources, readers.template, parts), template: null },
  ];
  return partsScheme(parts, (text) => shapes.flatMap((shape) => matchShape(text, shape) ?? [])[0]?.groups ?? null);
}
