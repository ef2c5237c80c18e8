/**
 * Python's versions.
 *
 * @see https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
import { compare as compareTexts, parse as parseParts } from '@renovatebot/pep440';
import { InternalError } from './errors.ts';
import { compareNumbers, orderSpans, rangeOf, readRange } from './version-range.ts';
import { below, complementSpans, intersectSpans } from './version-spans.ts';
import type { Span, Version, VersionKind, VersionScheme } from './version.ts';

/**
 * Texts are read as the specification does, spellings such as `1.0-rc.1` and `1.0.post` included, with two exceptions:
 * a leading `v` belongs to the name of a git tag and is not part of the version here, and numbers end where a double stops being exact.
 */
export const pep440: VersionScheme = { name: 'pep440', hasPreReleases: true, parse, compare, parseRange, seriesRange };

/** What the order looks at beyond the numbers of a plain final version. */
interface Details {
  readonly epoch: number;
  /** Pre-release letter and number, post number, development number: compared in this order. */
  readonly phase: readonly number[];
  readonly hasLocal: boolean;
}

/** What the library reads; its own types leave out the nulls. */
interface Parts {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: Lettered | null;
  readonly post: Lettered | null;
  readonly dev: Lettered | null;
  readonly local: unknown;
}

type Lettered = readonly (string | number)[];

const plainPattern = /^\d{1,15}(?:\.\d{1,15}){0,9}$/;
const prefixPattern = /^(?<prefix>(?:\d{1,9}!)?\d{1,15}(?:\.\d{1,15})*)\.\*$/;
const extraPattern = /^(?<epoch>\d+!)?[^+]*(?<local>\+.*)?$/;
const releasePattern = /^\s*(?:\d+!)?(?<release>\d+(?:\.\d+)*)/;
const maxLength = 200;
const letterRanks: Readonly<Record<string, number>> = { a: 0, b: 1, rc: 2 };
/** A development build of a final comes before its pre-releases, a final after them. */
const beforePreReleases = -1;
const afterPreReleases = 3;

const withoutPost = -1;
/** Not `Infinity`, which gives no zero when subtracted from itself. */
const withoutDev = Number.MAX_VALUE;
const plainDetails: Details = { epoch: 0, phase: [afterPreReleases, 0, withoutPost, withoutDev], hasLocal: false };

/** Kept beside the versions, which stay plain data; a copied version is read again. */
const detailsOf = new WeakMap<Version, Details>();

function parse(text: string): Version | null {
  if (plainPattern.test(text)) return toVersion(text, text.split('.'), 'final', null);
  if (text.length > maxLength || /^v/i.test(text)) return null;
  const parts = readParts(text);
  if (parts === null || !hasExactNumbers(parts)) return null;
  const version = toVersion(text, partsOf(text), kindOf(parts), extraOf(text));
  detailsOf.set(version, toDetails(parts));
  return version;
}

function compare(a: Version, b: Version): number {
  if (isPlain(a) && isPlain(b)) return compareNumbers(a.numbers, b.numbers);
  const left = readDetails(a);
  const right = readDetails(b);
  const difference =
    left.epoch - right.epoch || compareNumbers(a.numbers, b.numbers) || compareNumbers(left.phase, right.phase);
  if (difference !== 0 || !(left.hasLocal || right.hasLocal)) return difference;
  return compareTexts(a.text, b.text);
}

function parseRange(text: string): ReturnType<VersionScheme['parseRange']> {
  return readRange(text, readTerm, compare);
}

function seriesRange(series: string): ReturnType<VersionScheme['seriesRange']> {
  const bound = parse(series);
  return bound === null || bound.kind !== 'final'
    ? null
    : rangeOf(series, prefixSpans(bound, bound.parts.length), compare);
}

/** The operators of the specification but `===`; `2.82` alone is `==2.82`. */
function readTerm(operator: string, operand: string): readonly Span[] | null {
  const prefix = prefixPattern.exec(operand)?.groups?.['prefix'];
  const bound = parse(prefix ?? operand);
  if (bound === null) return null;
  if (prefix !== undefined) return readPrefixTerm(operator, prefixSpans(bound, bound.parts.length));
  if (operator !== '~=') return orderSpans(operator, bound, compare);
  if (bound.parts.length < 2) return null;
  return intersectSpans([{ from: below(bound), to: null }], prefixSpans(bound, bound.parts.length - 1), compare);
}

function readPrefixTerm(operator: string, spans: readonly Span[]): readonly Span[] | null {
  if (operator === '' || operator === '==') return spans;
  return operator === '!=' ? complementSpans(spans, compare) : null;
}

/** All versions whose first numbers are these: from the first development build of the prefix to that of the next. */
function prefixSpans(bound: Version, count: number): readonly Span[] {
  const { epoch } = readDetails(bound);
  const prefix = bound.numbers.slice(0, count);
  const next = [...prefix.slice(0, -1), (prefix.at(-1) ?? 0) + 1];
  return [{ from: below(firstOf(epoch, prefix)), to: below(firstOf(epoch, next)) }];
}

/** Nothing comes before `2.7.dev0` in 2.7. */
function firstOf(epoch: number, numbers: readonly number[]): Version {
  const text = `${epoch === 0 ? '' : `${epoch}!`}${numbers.join('.')}.dev0`;
  const version = parse(text);
  if (version === null) throw new InternalError(`no PEP 440 version: ${text}`);
  return version;
}

function toVersion(text: string, parts: readonly string[], kind: VersionKind, extra: string | null): Version {
  const numbers = parts.map(Number);
  while (numbers.length < 3) numbers.push(0);
  return { text, kind, numbers, parts, extra };
}

/** The release numbers as written. */
function partsOf(text: string): readonly string[] {
  return releasePattern.exec(text)?.groups?.['release']?.split('.') ?? [];
}

function isPlain(version: Version): boolean {
  return version.kind === 'final' && version.extra === null;
}

function readDetails(version: Version): Details {
  if (isPlain(version)) return plainDetails;
  const known = detailsOf.get(version);
  if (known !== undefined) return known;
  const parts = readParts(version.text);
  if (parts === null) throw new InternalError(`compared as a PEP 440 version: ${version.text}`);
  const details = toDetails(parts);
  detailsOf.set(version, details);
  return details;
}

function readParts(text: string): Parts | null {
  return parseParts(text);
}

function toDetails({ epoch, pre, post, dev, local }: Parts): Details {
  const isDevOfFinal = pre === null && post === null && dev !== null;
  const rank = isDevOfFinal ? beforePreReleases : afterPreReleases;
  const phase = [
    pre === null ? rank : (letterRanks[String(pre[0])] ?? rank),
    numberOf(pre) ?? 0,
    numberOf(post) ?? withoutPost,
    numberOf(dev) ?? withoutDev,
  ];
  return { epoch, phase, hasLocal: local !== null };
}

function numberOf(part: Lettered | null): number | null {
  return part === null ? null : Number(part[1] ?? 0);
}

function kindOf(parts: Parts): VersionKind {
  if (parts.dev !== null) return 'dev';
  if (parts.pre !== null) return 'pre';
  return parts.post === null ? 'final' : 'post';
}

/** Epoch and local part as written: `1!`, `+cu118`, `1! and +cu118`. */
function extraOf(text: string): string | null {
  const { epoch, local } = extraPattern.exec(text)?.groups ?? {};
  const found = [epoch, local].filter((part) => part !== undefined);
  return found.length === 0 ? null : found.join(' and ');
}

function hasExactNumbers(parts: Parts): boolean {
  const lettered = [parts.pre, parts.post, parts.dev].map((part) => numberOf(part) ?? 0);
  return [parts.epoch, ...parts.release, ...lettered].every(Number.isSafeInteger);
}
