/**
 * Versions made of dates: `2024.08.1`, `2026-07-02`, `20260811.1`, `24.04-rc1`. Any count of numbers with zeros in front,
 * joined by `.`, `-` or `_`, and one word behind them for what comes before a final (`rc1`, `beta`, `nightly`) or after it
 * (`post1`, `hotfix2`). Numbers are compared as numbers; a missing one is lower than none written: `2024.08` is `2024.08.0`.
 *
 * @see https://calver.org
 */
import { pep440 } from './pep440.ts';
import { rangeOf } from './version-range.ts';
import type { Version, VersionScheme } from './version.ts';

export const calver: VersionScheme = { name: 'calver', hasPreReleases: true, parse, compare, parseRange, seriesRange };

const pattern = /^(?<numbers>\d{1,15}(?:[._-]\d{1,15}){0,9})(?:[._-]?(?<word>[a-z]+)[._-]?(?<count>\d{1,15})?)?$/i;
const operandPattern = /(?<![\w.-])\d[\w.-]*/g;

/** Each word as the one of PEP 440 that has its place in the order. */
const places: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['dev', 'nightly', 'snapshot'].map((word) => [word, '.dev'])),
  ...Object.fromEntries(['a', 'alpha', 'canary', 'edge', 'm', 'milestone', 'next', 'test'].map((word) => [word, 'a'])),
  ...Object.fromEntries(['b', 'beta'].map((word) => [word, 'b'])),
  ...Object.fromEntries(['rc', 'c', 'pre', 'preview'].map((word) => [word, 'rc'])),
  ...Object.fromEntries(['post', 'fix', 'hotfix', 'p', 'patch', 'r', 'rev'].map((word) => [word, '.post'])),
};

/** Kept beside the versions, which stay plain data. */
const orderOf = new WeakMap<Version, Version>();

function parse(text: string): Version | null {
  const order = pep440.parse(orderText(text) ?? '');
  if (order === null) return null;
  const { numbers = '' } = pattern.exec(text)?.groups ?? {};
  const version: Version = { ...order, text, parts: numbers.split(/[._-]/) };
  orderOf.set(version, order);
  return version;
}

/** The same version as PEP 440 writes it; `null` if it is none. A letter alone (`2019.12b`) could mean either side of it. */
function orderText(text: string): string | null {
  const { numbers, word, count } = pattern.exec(text)?.groups ?? {};
  if (numbers === undefined) return null;
  const joined = numbers.replaceAll(/[_-]/g, '.');
  if (word === undefined) return joined;
  const place = places[word.toLowerCase()];
  return place === undefined || (word.length === 1 && count === undefined) ? null : `${joined}${place}${count ?? 0}`;
}

function compare(a: Version, b: Version): number {
  return pep440.compare(asOrdered(a), asOrdered(b));
}

function asOrdered(version: Version): Version {
  return orderOf.get(version) ?? pep440.parse(orderText(version.text) ?? version.text) ?? version;
}

function parseRange(text: string): ReturnType<VersionScheme['parseRange']> {
  const range = pep440.parseRange(text.replaceAll(operandPattern, (operand) => orderText(operand) ?? operand));
  return range === null ? null : rangeOf(text, range.spans, compare);
}

function seriesRange(series: string): ReturnType<VersionScheme['seriesRange']> {
  const range = pep440.seriesRange(series);
  return range === null ? null : rangeOf(series, range.spans, compare);
}
