/**
 * Semantic versions, with npm's range forms.
 *
 * @see https://semver.org/spec/v2.0.0.html
 */
import Range from 'semver/classes/range.js';
import SemVer from 'semver/classes/semver.js';
import readSemVer from 'semver/functions/parse.js';
import validRange from 'semver/ranges/valid.js';
import { InternalError } from './errors.ts';
import { compareNumbers, orderSpans, rangeOf, readRange } from './version-range.ts';
import { below, complementSpans, everything, intersectSpans } from './version-spans.ts';
import type { Span, Version, VersionScheme } from './version.ts';

/**
 * Strict: three numbers, no leading zeros and no leading `v`, which belongs to the name of a git tag.
 * Versions that differ in build metadata alone are equal.
 */
export const semver: VersionScheme = { name: 'semver', hasPreReleases: true, parse, compare, parseRange, seriesRange };

const plainPattern = /^(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})$/;
const npmOperators: ReadonlySet<string> = new Set(['', '=', '==', '>=', '<=', '^', '~']);
const opposites: ReadonlyMap<string, string> = new Map([
  ['!=', '=='],
  ['<', '>='],
  ['>', '<='],
]);
/** The library also reads ` v1.2.3 ` and `=1.2.3`. */
const strictStart = /^\d\S*$/;

/** Kept beside the versions, which stay plain data; a copied version is read again. */
const parsedOf = new WeakMap<Version, SemVer>();

function parse(text: string): Version | null {
  if (plainPattern.test(text)) {
    const parts = text.split('.');
    return { text, kind: 'final', numbers: parts.map(Number), parts, extra: null };
  }
  if (!strictStart.test(text)) return null;
  const parsed = readSemVer(text);
  return parsed === null ? null : toVersion(text, parsed);
}

function compare(a: Version, b: Version): number {
  const difference = compareNumbers(a.numbers, b.numbers);
  if (difference !== 0 || (a.kind === 'final' && b.kind === 'final')) return difference;
  if (a.kind === 'final') return 1;
  return b.kind === 'final' ? -1 : parsedVersion(a).comparePre(parsedVersion(b));
}

function parseRange(text: string): ReturnType<VersionScheme['parseRange']> {
  return readRange(text, readTerm, compare);
}

/** From the lowest pre-release of the series (`2.0.0-0`) to that of the next. */
function seriesRange(series: string): ReturnType<VersionScheme['seriesRange']> {
  const numbers = series.split('.').map(Number);
  const first = lowest(numbers);
  const next = lowest([...numbers.slice(0, -1), (numbers.at(-1) ?? 0) + 1]);
  if (!/^\d+(?:\.\d+){0,2}$/.test(series) || first === null || next === null) return null;
  return rangeOf(series, [{ from: below(first), to: below(next) }], compare);
}

function lowest(numbers: readonly number[]): Version | null {
  return parse(`${[...numbers, 0, 0].slice(0, 3).join('.')}-0`);
}

/**
 * npm's terms (`^1.2`, `~1.2.3`, `1.2.x`, `>=1.2`; a bare `1.2` is `1.2.x`), expanded by the library and compared by plain
 * order, and `==` and `!=` beside them. No hyphen ranges. `<3` is all that `>=3` is not, and `>1.2` all that `<=1.2` is
 * not, so that two ranges which meet leave no gap; npm's own `<3` is `<3.0.0-0`.
 */
function readTerm(operator: string, operand: string): readonly Span[] | null {
  const opposite = opposites.get(operator);
  if (opposite !== undefined) {
    const spans = readTerm(opposite, operand);
    return spans === null ? null : complementSpans(spans, compare);
  }
  const term = `${operator === '==' ? '=' : operator}${operand}`;
  if (!npmOperators.has(operator) || !strictStart.test(operand) || validRange(term) === null) return null;
  const comparators = new Range(term).set[0] ?? [];
  let together: readonly Span[] | null = comparators.length === 0 ? null : everything;
  for (const comparator of comparators) {
    if (!(comparator.semver instanceof SemVer)) return everything; // the library's "any", which `>=0` becomes
    const bound = toVersion(comparator.semver.version, comparator.semver);
    const spans = orderSpans(comparator.operator, bound, compare);
    together = together === null || spans === null ? null : intersectSpans(together, spans, compare);
  }
  return together;
}

function parsedVersion(version: Version): SemVer {
  const parsed = parsedOf.get(version) ?? readSemVer(version.text);
  if (parsed === null) throw new InternalError(`compared as a semantic version: ${version.text}`);
  parsedOf.set(version, parsed);
  return parsed;
}

function toVersion(text: string, parsed: SemVer): Version {
  const version: Version = {
    text,
    kind: parsed.prerelease.length === 0 ? 'final' : 'pre',
    numbers: [parsed.major, parsed.minor, parsed.patch],
    parts: [String(parsed.major), String(parsed.minor), String(parsed.patch)],
    extra: parsed.build.length === 0 ? null : `+${parsed.build.join('.')}`,
  };
  parsedOf.set(version, parsed);
  return version;
}
