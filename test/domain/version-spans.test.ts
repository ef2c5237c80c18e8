import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pep440 } from '../../src/domain/pep440.ts';
import { semver } from '../../src/domain/semver.ts';
import {
  complementSpans,
  describeSpan,
  intersectSpans,
  spansInclude,
  uniteSpans,
} from '../../src/domain/version-spans.ts';
import {
  isInSeries,
  type Span,
  type Version,
  type VersionRange,
  type VersionScheme,
} from '../../src/domain/version.ts';

const schemes: Readonly<Record<'pep440' | 'semver', VersionScheme>> = { pep440, semver };

function read(scheme: VersionScheme, text: string): Version {
  const version = scheme.parse(text);
  if (version === null) throw new Error(`${text} is not a version`);
  return version;
}

function rangeOf(scheme: VersionScheme, text: string): VersionRange {
  const range = scheme.parseRange(text);
  if (range === null) throw new Error(`${text} is no range`);
  return range;
}

const small = fc.nat({ max: 4 });
const worlds = [
  {
    scheme: pep440,
    texts: fc
      .tuple(small, small, fc.constantFrom('', '.dev1', 'a1', 'rc1', '.post1', '+x'))
      .map(([major, minor, rest]) => `${major}.${minor}${rest}`),
    operators: ['>=', '<=', '>', '<', '==', '!=', '~='],
  },
  {
    scheme: semver,
    texts: fc
      .tuple(small, small, fc.constantFrom('', '-0', '-rc.1', '+x'))
      .map(([major, minor, rest]) => `${major}.${minor}.0${rest}`),
    operators: ['>=', '<=', '>', '<', '==', '!=', '^', '~'],
  },
];

describe.each(worlds)('$scheme.name', { timeout: 60_000 }, ({ scheme, texts, operators }) => {
  const operand = texts.filter((text) => !text.includes('+'));
  const term = fc.tuple(fc.constantFrom(...operators), operand).map((parts) => parts.join(''));
  const rangeTexts = fc
    .array(fc.array(term, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((sets) => sets.map((terms) => terms.join(' ')).join(' || '));

  test('both, either and neither are what they say', () => {
    fc.assert(
      fc.property(rangeTexts, rangeTexts, texts, (first, second, text) => {
        const [a, b] = [rangeOf(scheme, first), rangeOf(scheme, second)];
        const version = read(scheme, text);
        const holds = (spans: readonly Span[]): boolean => spansInclude(spans, version, scheme.compare);
        expect(holds(intersectSpans(a.spans, b.spans, scheme.compare))).toBe(
          a.includes(version) && b.includes(version),
        );
        expect(holds(uniteSpans(a.spans, b.spans, scheme.compare))).toBe(a.includes(version) || b.includes(version));
        expect(holds(complementSpans(a.spans, scheme.compare))).toBe(!a.includes(version));
      }),
      { numRuns: 3000 },
    );
  });

  test('a set is the conjunction of its terms, and sets are alternatives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(term, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        texts,
        (sets, text) => {
          const version = read(scheme, text);
          const whole = rangeOf(scheme, sets.map((terms) => terms.join(' ')).join('||'));
          const expected = sets.some((terms) => terms.every((one) => rangeOf(scheme, one).includes(version)));
          expect(whole.includes(version)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a series is the versions whose numbers begin with it, candidates too', () => {
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 3 }), texts, (numbers, text) => {
        const series = numbers.join('.');
        const version = read(scheme, text);
        expect(scheme.seriesRange(series)?.includes(version)).toBe(isInSeries(version, series));
      }),
      { numRuns: 2000 },
    );
  });
});

const empty: { scheme: 'pep440' | 'semver'; range: string; spans: string[] }[] = [
  { scheme: 'pep440', range: '>=3 <2', spans: [] },
  { scheme: 'pep440', range: '>2 <2.0.0', spans: [] },
  { scheme: 'pep440', range: '>=3 <3.dev0', spans: [] },
  { scheme: 'pep440', range: '==2.7.* ==2.8.*', spans: [] },
  { scheme: 'pep440', range: '==2.7.1 !=2.7.1', spans: [] },
  { scheme: 'pep440', range: '>=2 <=2', spans: ['>=2 <=2'] },
  { scheme: 'pep440', range: '>=3 <2 || 1.5', spans: ['>=1.5 <=1.5'] },
  { scheme: 'pep440', range: '>=2 !=2.5', spans: ['>=2 <2.5', '>2.5'] },
  { scheme: 'pep440', range: '<3 || >=2', spans: ['*'] },
  { scheme: 'pep440', range: '==2.7.*', spans: ['>=2.7.dev0 <2.8.dev0'] },
  { scheme: 'semver', range: '^1.2.0 ^2.0.0', spans: [] },
  { scheme: 'semver', range: '<1.2 || ^1.2', spans: ['<2.0.0-0'] },
];

test.each(empty)('$scheme $range', ({ scheme, range, spans }) => {
  expect(rangeOf(schemes[scheme], range).spans.map(describeSpan)).toEqual(spans);
});
