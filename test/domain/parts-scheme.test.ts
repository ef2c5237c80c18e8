/** Versions compared part by part, and versions made of dates: order, ranges and kinds. */
import { describe, expect, test } from 'vitest';
import { calver } from '../../src/domain/calver.ts';
import { partsScheme, type ComparedPart } from '../../src/domain/parts-scheme.ts';
import type { Groups, Version, VersionScheme } from '../../src/domain/version.ts';

function scheme(pattern: RegExp, parts: readonly ComparedPart[]): VersionScheme {
  const match = (text: string): Groups | null => {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return null;
    return Object.fromEntries(
      Object.entries(groups).filter(([, value]) => (value as string | undefined) !== undefined),
    );
  };
  return partsScheme(parts, match);
}

const temurin = scheme(/^(?<major>\d+)(?:u|\.0\.)(?<update>\d+)(?:-b|_)(?<build>\d+)$/, [
  { name: 'major', as: 'number' },
  { name: 'update', as: 'number' },
  { name: 'build', as: 'number' },
]);
const k3s = scheme(/^(?<base>[^+]+)\+k3s(?<k3s>\d+)$/, [
  { name: 'base', as: 'semver' },
  { name: 'k3s', as: 'number' },
]);
const nodeRed = scheme(/^(?<base>\d+\.\d+\.\d+)(?:-(?<pre>beta\.\d+))?(?:-(?<image>\d+))?$/, [
  { name: 'base', as: 'semver' },
  { name: 'pre', as: 'pre' },
  { name: 'image', as: 'number' },
]);
const plantuml = scheme(/^1\.(?<year>\d{4})\.(?<number>\d+)(?<letter>[a-z]?)$/, [
  { name: 'year', as: 'number' },
  { name: 'number', as: 'number' },
  { name: 'letter', as: 'text' },
]);

const ascending: readonly { readonly what: string; readonly by: VersionScheme; readonly texts: readonly string[] }[] = [
  { what: 'Java builds', by: temurin, texts: ['8u402-b09', '8u502-b07', '8u502-b10', '11.0.9_2', '11.0.32_9'] },
  { what: 'k3s', by: k3s, texts: ['1.29.13-rc1+k3s1', '1.29.13+k3s1', '1.29.13+k3s2', '1.29.13+k3s10', '1.30.0+k3s1'] },
  {
    what: 'a second image of one version',
    by: nodeRed,
    texts: ['1.0.6-beta.2', '1.0.6-beta.2-1', '1.0.6-beta.10', '1.0.6', '1.0.6-1', '1.0.6-2', '1.0.6-10', '1.1.0'],
  },
  { what: 'a letter behind', by: plantuml, texts: ['1.2019.9', '1.2019.12', '1.2019.12a', '1.2019.12b', '1.2020.0'] },
  {
    what: 'dates',
    by: calver,
    texts: ['2024.08.dev3', '2024-08-rc1', '2024.08', '2024_08_1', '2024.08.01-2', '2024.10', '20260811', '20260811.1'],
  },
];

function read(by: VersionScheme, text: string): Version {
  const version = by.parse(text);
  if (version === null) throw new Error(`${text} is not read`);
  return version;
}

describe('order', () => {
  test.each(ascending)('$what', ({ by, texts }) => {
    const versions = texts.map((text) => read(by, text));
    const seen = versions.flatMap((a, i) => versions.map((b, j) => Math.sign(by.compare(a, b)) === Math.sign(i - j)));
    expect(seen).not.toContain(false);
    const copied = versions.map((version) => structuredClone(version)).toReversed();
    expect(copied.toSorted((a, b) => by.compare(a, b)).map(({ text }) => text)).toEqual(texts);
  });

  test('what a part cannot be is not read', () => {
    expect([calver.parse('2019.12b'), calver.parse('2024.08-fancy1'), k3s.parse('1.29+k3s1')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(calver.parse('2024.08.rc1')).toMatchObject({ kind: 'pre', parts: ['2024', '08'], numbers: [2024, 8, 0] });
    expect(nodeRed.parse('1.0.6-beta.2-1')).toMatchObject({ kind: 'pre', parts: ['1', '0', '6'] });
    expect(temurin.parse('8u502-b07')).toMatchObject({
      kind: 'final',
      parts: ['8', '502', '07'],
      numbers: [8, 502, 7],
    });
  });
});

const ranges: readonly {
  readonly by: VersionScheme;
  readonly range: string;
  readonly holds: readonly string[];
  readonly lacks: readonly string[];
}[] = [
  { by: temurin, range: '<11', holds: ['8u502-b07'], lacks: ['11.0.9_2'] },
  { by: temurin, range: '>8', holds: ['11.0.9_2'], lacks: ['8u502-b07'] },
  { by: temurin, range: '8', holds: ['8u402-b09', '8u502-b10'], lacks: ['11.0.9_2'] },
  { by: temurin, range: '!=8', holds: ['11.0.9_2'], lacks: ['8u402-b09'] },
  { by: temurin, range: '<=8.502', holds: ['8u502-b10', '8u402-b09'], lacks: ['11.0.9_2'] },
  { by: temurin, range: '>=8u502-b10 <12', holds: ['8u502-b10', '11.0.9_2'], lacks: ['8u502-b07'] },
  { by: temurin, range: '>=8 <8.502', holds: ['8u402-b09'], lacks: ['8u502-b07'] },
  { by: k3s, range: '>=1.29.13 <1.30', holds: ['1.29.13+k3s1', '1.29.14+k3s3'], lacks: ['1.30.0+k3s1'] },
  { by: k3s, range: '<=1.29.13', holds: ['1.29.13+k3s9'], lacks: ['1.29.14+k3s1'] },
  { by: k3s, range: '>1.29.13', holds: ['1.29.14+k3s1'], lacks: ['1.29.13+k3s9'] },
  { by: k3s, range: '1.29.13+k3s2', holds: ['1.29.13+k3s2'], lacks: ['1.29.13+k3s1'] },
  { by: calver, range: '>=2024-08 <2025', holds: ['2024.08', '2024_12_31'], lacks: ['2025.01', '2024.07'] },
  { by: calver, range: '==2024.08.*', holds: ['2024.08.1', '2024.8rc1'], lacks: ['2024.09'] },
];

describe('ranges', () => {
  test.each(ranges)('$range', ({ by, range, holds, lacks }) => {
    const found = by.parseRange(range);
    expect(holds.filter((text) => found?.includes(read(by, text)) !== true)).toEqual([]);
    expect(lacks.filter((text) => found?.includes(read(by, text)) !== false)).toEqual([]);
  });

  test('a series is what begins like it', () => {
    expect(temurin.seriesRange('8')?.includes(read(temurin, '8u502-b10'))).toBe(true);
    expect(k3s.seriesRange('1.29')?.includes(read(k3s, '1.30.0+k3s1'))).toBe(false);
    expect(calver.seriesRange('2024')?.includes(read(calver, '2024-12'))).toBe(true);
    expect([temurin.parseRange('~8'), temurin.parseRange('>=x'), k3s.seriesRange('x')]).toEqual([null, null, null]);
  });
});
