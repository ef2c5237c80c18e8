import * as library440 from '@renovatebot/pep440';
import * as fc from 'fast-check';
import librarySemver from 'semver';
import { describe, expect, test } from 'vitest';
import { pep440 } from '../../src/domain/pep440.ts';
import { semver } from '../../src/domain/semver.ts';
import type { Version, VersionRange, VersionScheme } from '../../src/domain/version.ts';
import { brokenRanges, versionOrders, versionRanges, versionReadings } from '../tables/versions.ts';

const schemes: Readonly<Record<'pep440' | 'semver', VersionScheme>> = { pep440, semver };

function read(scheme: VersionScheme, text: string): Version {
  const version = scheme.parse(text);
  if (version === null) throw new Error(`${text} is no ${scheme.name} version`);
  return version;
}

function readRange(scheme: VersionScheme, text: string): VersionRange {
  const range = scheme.parseRange(text);
  if (range === null) throw new Error(`${text} is no ${scheme.name} range`);
  return range;
}

describe('reading', () => {
  test.each(versionReadings)('$scheme $text', ({ scheme, text, reads }) => {
    expect(schemes[scheme].parse(text)).toEqual(reads === null ? null : { text, ...reads });
  });
});

describe('order', () => {
  test.each(versionOrders)('$scheme: $why', ({ scheme: name, ascending }) => {
    const scheme = schemes[name];
    const ranked = ascending.flatMap((texts, rank) => texts.map((text) => ({ rank, version: read(scheme, text) })));
    const seen = ranked.flatMap((a) =>
      ranked.map((b) => `${a.version.text} ${sign(scheme.compare(a.version, b.version))} ${b.version.text}`),
    );
    const expected = ranked.flatMap((a) =>
      ranked.map((b) => `${a.version.text} ${sign(a.rank - b.rank)} ${b.version.text}`),
    );
    expect(seen).toEqual(expected);
  });

  test('a version that was copied as plain data compares as before', () => {
    for (const [scheme, low, high] of [
      [pep440, '1!2.0rc1', '1!2.0+x'],
      [semver, '2.0.0-rc.1', '2.0.0-rc.2+x'],
    ] as const) {
      const copy = structuredClone(read(scheme, low));
      expect(scheme.compare(copy, structuredClone(read(scheme, high)))).toBeLessThan(0);
      expect(scheme.compare(copy, read(scheme, low))).toBe(0);
    }
  });
});

describe('ranges', () => {
  test.each(versionRanges)('$scheme $range', ({ scheme: name, range, holds, lacks }) => {
    const scheme = schemes[name];
    const found = readRange(scheme, range);
    expect(found.text).toBe(range);
    expect(holds.filter((version) => !found.includes(read(scheme, version)))).toEqual([]);
    expect(lacks.filter((version) => found.includes(read(scheme, version)))).toEqual([]);
  });

  test.each(brokenRanges)('$scheme refuses "$range"', ({ scheme, range }) => {
    expect(schemes[scheme].parseRange(range)).toBeNull();
  });
});

describe('laws', () => {
  const small = fc.nat({ max: 11 });
  const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });
  const pythonVersion = fc
    .record({
      epoch: fc.option(small, { freq: 8 }),
      numbers: fc.array(small, { minLength: 1, maxLength: 4 }),
      pre: maybe(fc.tuple(fc.constantFrom('a', 'b', 'rc', '-alpha.', '.beta', 'c', 'preview'), small)),
      post: maybe(small),
      dev: maybe(small),
      local: fc.option(fc.constantFrom('a', '1', 'a.1', '2.b', 'A'), { freq: 5 }),
    })
    .map(
      ({ epoch, numbers, pre, post, dev, local }) =>
        (epoch === null ? '' : `${epoch}!`) +
        numbers.join('.') +
        (pre === null ? '' : pre.join('')) +
        (post === null ? '' : `.post${post}`) +
        (dev === null ? '' : `.dev${dev}`) +
        (local === null ? '' : `+${local}`),
    );
  const identifier = fc.constantFrom('0', '1', '9', '10', 'rc', 'rc9', 'rc10', 'alpha', 'Beta', 'x-y');
  const semanticVersion = fc
    .record({
      numbers: fc.tuple(small, small, small),
      pre: maybe(fc.array(identifier, { minLength: 1, maxLength: 3 })),
      build: fc.option(identifier, { freq: 5 }),
    })
    .map(
      ({ numbers, pre, build }) =>
        numbers.join('.') + (pre === null ? '' : `-${pre.join('.')}`) + (build === null ? '' : `+${build}`),
    );

  test.each([
    { scheme: pep440, texts: pythonVersion },
    { scheme: semver, texts: semanticVersion },
  ])('$scheme.name: a total order', ({ scheme, texts }) => {
    const versions = texts.map((text) => read(scheme, text));
    const compare = (a: Version, b: Version): number => scheme.compare(a, b);
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(compare(a, a)).toBe(0);
        expect(sign(compare(a, b))).toBe(sign(-compare(b, a)));
        const isOrdered = compare(a, b) <= 0 && compare(b, c) <= 0;
        expect(isOrdered && compare(a, c) > 0).toBe(false);
        expect(compare(a, b) === 0 && sign(compare(a, c)) !== sign(compare(b, c))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('pep440: the same order as the library', () => {
    fc.assert(
      fc.property(pythonVersion, pythonVersion, (a, b) => {
        expect(sign(pep440.compare(read(pep440, a), read(pep440, b)))).toBe(sign(library440.compare(a, b)));
      }),
      { numRuns: 5000 },
    );
  });

  test('semver: the same order as the library', () => {
    fc.assert(
      fc.property(semanticVersion, semanticVersion, (a, b) => {
        expect(sign(semver.compare(read(semver, a), read(semver, b)))).toBe(sign(librarySemver.compare(a, b)));
      }),
      { numRuns: 5000 },
    );
  });

  test('pep440: for finals, the same ranges as the library', () => {
    const final = fc.array(small, { minLength: 2, maxLength: 3 }).map((numbers) => numbers.join('.'));
    const term = fc
      .tuple(fc.constantFrom('>=', '<=', '>', '<', '==', '!=', '~='), final)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(final, fc.array(term, { minLength: 1, maxLength: 3 }), (version, terms) => {
        const includes = readRange(pep440, terms.join(' ')).includes(read(pep440, version));
        expect(includes).toBe(library440.satisfies(version, terms.join(','), { prereleases: true }));
      }),
      { numRuns: 5000 },
    );
  });

  test('semver: for finals, the same ranges as the library', () => {
    const final = fc.tuple(small, small, small).map((numbers) => numbers.join('.'));
    const bound = fc.array(small, { minLength: 1, maxLength: 3 }).map((numbers) => numbers.join('.'));
    const term = fc
      .tuple(fc.constantFrom('', '=', '>=', '<=', '>', '<', '^', '~'), bound)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(final, fc.array(term, { minLength: 1, maxLength: 3 }), (version, terms) => {
        const includes = readRange(semver, terms.join(', ')).includes(read(semver, version));
        expect(includes).toBe(librarySemver.satisfies(version, terms.join(' ')));
      }),
      { numRuns: 5000 },
    );
  });
});

function sign(difference: number): '<' | '=' | '>' {
  if (difference === 0) return '=';
  return difference < 0 ? '<' : '>';
}
