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
import { compareNumbers, orderTest, readRange, type VersionTest } from './version-range.ts';
import type { Version, VersionScheme } from './version.ts';

/**
 * Strict: three numbers, no leading zeros and no leading `v`, which belongs to the name of a git tag.
 * Versions that differ in build metadata alone are equal.
 */
export const semver: VersionScheme = { name: 'semver', parse, compare, parseRange };

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
    return { text, kind: 'final', numbers: text.split('.').map(Number), components: 3, extra: null };
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
  return readRange(text, readTerm);
}

/**
 * npm's terms (`^1.2`, `~1.2.3`, `1.2.x`, `>=1.2`; a bare `1.2` is `1.2.x`), expanded by the library and compared by plain
 * order, and `==` and `!=` beside them. No hyphen ranges. `<3` is all that `>=3` is not, and `>1.2` all that `<=1.2` is
 * not, so that two ranges which meet leave no gap; npm's own `<3` is `<3.0.0-0`.
 */
function readTerm(operator: string, operand: string): VersionTest | null {
  const opposite = opposites.get(operator);
  if (opposite !== undefined) {
    const test = readTerm(opposite, operand);
    return test === null ? null : (version) => !test(version);
  }
  const term = `${operator === '==' ? '=' : operator}${operand}`;
  if (!npmOperators.has(operator) || !strictStart.test(operand) || validRange(term) === null) return null;
  const tests: VersionTest[] = [];
  for (const comparator of new Range(term).set[0] ?? []) {
    if (!(comparator.semver instanceof SemVer)) return () => true; // the library's "any", which `>=0` becomes
    const bound = toVersion(comparator.semver.version, comparator.semver);
    const test = orderTest(comparator.operator, bound, compare);
    if (test === null) return null;
    tests.push(test);
  }
  return tests.length === 0 ? null : (version) => tests.every((test) => test(version));
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
    components: 3,
    extra: parsed.build.length === 0 ? null : `+${parsed.build.join('.')}`,
  };
  parsedOf.set(version, parsed);
  return version;
}
