/** Texts that are of the shape and that the scheme cannot read: told together, with what would read or leave them out. */
import { releaseNames } from '../config/tag-template.ts';
import { literal } from '../domain/text.ts';
import type { ImageConfig } from '../config/types.ts';
import { calver } from '../domain/calver.ts';
import type { Problem } from '../domain/errors.ts';
import { pep440 } from '../domain/pep440.ts';
import { semver } from '../domain/semver.ts';
import { quote } from '../domain/tag.ts';
import type { VersionScheme } from '../domain/version.ts';
import { excludeLine, listed } from './settle.ts';

export interface UnreadableText {
  /** As its source writes it. */
  readonly source: string;
  /** What would be its version. */
  readonly text: string;
  readonly why: 'scheme' | 'extra';
  readonly where: string;
}

/** Few enough to be told one by one. */
const few = 3;

/**
 * @param read the texts of the versions that could be read
 */
export function unreadableProblems(
  unreadable: readonly UnreadableText[],
  read: readonly string[],
  image: ImageConfig,
  from: string,
): Problem[] {
  if (unreadable.length === 0) return [];
  const advice = adviceFor(unreadable, read, image);
  if (unreadable.length <= few) return unreadable.map((entry) => oneProblem(entry, advice, image));
  const texts = unreadable.map(({ source }) => quote(source));
  const message = `${texts.length} texts match tagPattern but ${faultOf(unreadable, image)}: ${listed(texts)}`;
  return [{ code: 'VERSION_UNREADABLE', where: from, message, fix: advice ?? general }];
}

const general =
  "let tagPattern match releases alone, or name the parts as groups of it and write how they compare: scheme: { GROUP: 'number' }";

function oneProblem(
  { source, text, why, where }: UnreadableText,
  advice: string | null,
  { scheme }: ImageConfig,
): Problem {
  const message =
    why === 'extra'
      ? `has ${extraOf(text, scheme)}, which no tag can hold`
      : `matches tagPattern but is not a ${scheme.name} version`;
  return {
    code: 'VERSION_UNREADABLE',
    where,
    message,
    fix: `${advice === null ? 'correct it' : advice}, or exclude it: ${excludeLine(source)}`,
  };
}

function extraOf(text: string, scheme: VersionScheme): string {
  return scheme.parse(text)?.extra ?? '';
}

function faultOf(unreadable: readonly UnreadableText[], { scheme }: ImageConfig): string {
  if (unreadable.every(({ why }) => why === 'extra')) return 'have a part that no tag can hold';
  return `are not ${scheme.name} versions`;
}

/** The config lines that would do; `null` if there is no such simple way. */
function adviceFor(unreadable: readonly UnreadableText[], read: readonly string[], image: ImageConfig): string | null {
  const texts = unreadable.map(({ text }) => text);
  return (
    countedLines(texts, read, image) ??
    otherScheme([...read, ...texts], image) ??
    withoutMetadata(texts, read, image) ??
    narrowerPattern(texts, read, image)
  );
}

/** `+k3s1`, `-ls316` or `+20240101` behind the versions, or behind some of them: a part to compare. */
function countedLines(texts: readonly string[], read: readonly string[], image: ImageConfig): string | null {
  const found = texts.map(
    (text) =>
      /^(?<base>[^+]+)(?<sign>[+-])(?<word>(?:[A-Za-z](?:[A-Za-z0-9]*[A-Za-z])?\.?)?)\d{1,15}$/.exec(text)?.groups,
  );
  const [first] = found;
  const { sign = '', word = '' } = first ?? {};
  const isAlike = found.every((groups) => groups?.['sign'] === sign && groups['word'] === word);
  const prefix = simplePrefix(image);
  if (first === undefined || !isAlike || prefix === null || (sign === '-' && (word === '' || read.length > 0)))
    return null;
  const bases = [...found.map((groups) => groups?.['base'] ?? ''), ...read];
  const base = [image.scheme, pep440, calver].find((one) =>
    bases.every((text) => one.parse(text)?.extra === null),
  )?.name;
  if (base === undefined || !['pep440', 'semver', 'calver'].includes(base)) return null;
  const name = groupNamed(word.replace('.', ''));
  const counted = `${word.replace('.', String.raw`\.`)}(?<${name}>\\d+)`;
  const shape = bases.every((text) => /^\d[\d.]*$/.test(text)) ? String.raw`\d[\d.]*` : String.raw`\d[^+]*`;
  const whole = read.length > 0 && word !== '' ? { name: 'metadata', text: `(?<metadata>${counted})` } : null;
  const behind = `${sign === '+' ? String.raw`\+` : '-'}${whole?.text ?? counted}`;
  const pattern = `^${prefix}(?<base>${shape})${read.length > 0 ? `(?:${behind})?` : behind}$`;
  const lines = [
    `tagPattern: ${literal(pattern)}`,
    `version: '{{base}}-${whole === null ? `${word}{{${name}}}` : '{{metadata}}'}'`,
    `scheme: { base: '${base}', ${name}: 'number' }`,
  ];
  return `write ${lines.join(', ')}`;
}

/** A name that no template has a meaning for. */
function groupNamed(word: string): string {
  if (word === '') return 'number';
  return word in releaseNames || ['base', 'metadata', 'suffix'].includes(word) ? `${word}Number` : word;
}

/** What stands before the version in a pattern that has nothing else. */
function simplePrefix({ shape }: ImageConfig): string | null {
  if (shape.template !== null || shape.patterns.length > 1) return null;
  return /^\^(?<prefix>[^(]*)\(\?<version>/.exec(shape.text)?.groups?.['prefix'] ?? null;
}

/** `+abcdef1` of a commit cannot be compared: it is cut off, if every version stays one of its own. */
function withoutMetadata(texts: readonly string[], read: readonly string[], image: ImageConfig): string | null {
  const prefix = simplePrefix(image);
  if (prefix === null || !texts.every((text) => text.includes('+'))) return null;
  const versions = [...texts, ...read].flatMap((text) => image.scheme.parse(text.replace(/\+.*$/, '')) ?? []);
  const sorted = versions.toSorted((a, b) => image.scheme.compare(a, b));
  const isTwice = sorted.some((version, index) => {
    const before = sorted[index - 1];
    return before !== undefined && image.scheme.compare(before, version) === 0;
  });
  if (isTwice || versions.length < texts.length + read.length) return null;
  const pattern = String.raw`^${prefix}(?<version>\d[^+]*)(?:\+.*)?$`;
  return `to leave it out of tags, write tagPattern: ${literal(pattern)}`;
}

/** Another scheme that reads all of them, each as a version of its own. */
function otherScheme(texts: readonly string[], { scheme }: ImageConfig): string | null {
  const found = [pep440, semver, calver].find((other) => {
    if (other.name === scheme.name) return false;
    const versions = texts.flatMap((text) => other.parse(text) ?? []).toSorted((a, b) => other.compare(a, b));
    if (versions.length < texts.length || versions.some(({ extra }) => extra !== null)) return false;
    return versions.every(
      (version, index) => index === 0 || other.compare(versions[index - 1] ?? version, version) !== 0,
    );
  });
  return found === undefined ? null : `write scheme: '${found.name}', which reads all of them`;
}

const narrower = [
  String.raw`\d+\.\d+\.\d+`,
  String.raw`\d+(?:\.\d+)*`,
  String.raw`\d+\.\d+\.\d+(?:-?(?:alpha|beta|rc|a|b)[.-]?\d*)?`,
  String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?`,
];

/** A pattern that takes what is read and leaves the rest. */
function narrowerPattern(texts: readonly string[], read: readonly string[], { shape }: ImageConfig): string | null {
  const around = /^(?<before>\^[^(]*)\(\?<version>.*\)\$$/.exec(shape.text)?.groups?.['before'];
  if (around === undefined || read.length === 0 || shape.patterns.length > 1) return null;
  const inner = narrower.find((candidate) => {
    const pattern = new RegExp(`^${candidate}$`);
    return read.every((text) => pattern.test(text)) && !texts.some((text) => pattern.test(text));
  });
  if (inner === undefined) return null;
  const pattern = `${around}(?<version>${inner})$`;
  return `if they are not releases, write tagPattern: ${literal(pattern)}`;
}
