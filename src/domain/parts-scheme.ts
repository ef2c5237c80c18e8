/**
 * Versions that are compared part by part, as the config says: `8u502-b07` by major, update and build. The parts are what
 * named groups of the config's pattern matched.
 */
import { calver } from './calver.ts';
import { pep440 } from './pep440.ts';
import { semver } from './semver.ts';
import { orderSpans, rangeOf, readRange, type TermReader } from './version-range.ts';
import { complementSpans } from './version-spans.ts';
import type { Comparison, Cut, Groups, Span, Version, VersionKind, VersionScheme } from './version.ts';

/** How a part is compared. `pre` marks what comes before the release without it: `rc1`, `beta.2`. */
export type PartKind = 'number' | 'text' | 'pre' | 'pep440' | 'semver' | 'calver';

export interface ComparedPart {
  readonly name: string;
  readonly as: PartKind;
}

/** One compared value. A part that is not there is below every one that is, but for `pre`, where it is above. */
interface Key {
  readonly rank: 'lowest' | 'absent' | 'there' | 'above' | 'highest';
  readonly is: number | string | Version | null;
}

const ranks: Readonly<Record<Key['rank'], number>> = { lowest: -2, absent: -1, there: 0, above: 1, highest: 2 };
const schemes: Readonly<Record<'pep440' | 'semver' | 'calver', VersionScheme>> = { pep440, semver, calver };
const versionKinds: readonly VersionKind[] = ['dev', 'pre', 'post'];

/**
 * @param parts in the order in which they are compared
 * @param match reads the groups out of a version's text, or out of its source's; `null` if it is of neither form
 */
export function partsScheme(parts: readonly ComparedPart[], match: (text: string) => Groups | null): VersionScheme {
  /** Kept beside the versions, which stay plain data. */
  const keysOf = new WeakMap<Version, readonly Key[]>();

  function parse(text: string, given?: Groups): Version | null {
    const groups = given ?? match(text);
    if (groups === null) return null;
    const keys = parts.flatMap((part) => keyOf(part, groups[part.name]) ?? []);
    if (keys.length < parts.length) return null;
    const version = { text, ...describe(parts, keys, groups), groups };
    keysOf.set(version, keys);
    return version;
  }

  function keysFor(version: Version): readonly Key[] {
    const known = keysOf.get(version) ?? keysOf.get(parse(version.text, version.groups) ?? version) ?? [];
    keysOf.set(version, known);
    return known;
  }

  function compare(a: Version, b: Version): number {
    const [left, right] = [keysFor(a), keysFor(b)];
    for (const [index, part] of parts.entries()) {
      const difference = compareKeys(left[index], right[index], part.as);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** A bound whose further parts are filled up, so that it lies below or above every version that begins like it. */
  function bound(text: string, keys: readonly Key[], rank: 'lowest' | 'highest', side: Cut['side']): Cut {
    const version: Version = { text, kind: 'final', numbers: [0, 0, 0], parts: [], extra: null };
    keysOf.set(version, [...keys, ...parts.slice(keys.length).map(() => ({ rank, is: null }))]);
    return { version, side };
  }

  const readTerm: TermReader = (operator, operand) => {
    const whole = parse(operand);
    if (whole !== null) return orderSpans(operator, whole, compare);
    const first = parts[0]?.as;
    if (first === 'pep440' || first === 'semver' || first === 'calver') {
      const range = schemes[first].parseRange(`${operator}${operand}`);
      const cut = (end: Cut | null): Cut | null =>
        end && bound(end.version.text, [{ rank: 'there', is: end.version }], fillers[end.side], end.side);
      return range === null ? null : range.spans.map(({ from, to }) => ({ from: cut(from), to: cut(to) }));
    }
    const texts = operand.replace(/\.\*$/, '').split('.');
    const keys = texts.flatMap((text, index) => (parts[index] ? (keyOf(parts[index], text) ?? []) : []));
    if (keys.length < texts.length) return null;
    const ends: Span = { from: bound(operand, keys, 'lowest', 'below'), to: bound(operand, keys, 'highest', 'above') };
    return spansOfPrefix(operator, ends, compare);
  };

  return {
    name: parts.map((part) => part.name).join(', '),
    isOfParts: true,
    hasPreReleases: parts.some(({ as }) => as !== 'number' && as !== 'text'),
    parse,
    compare,
    parseRange: (text) => readRange(text, readTerm, compare),
    seriesRange: (series) => {
      const spans = /^\d+(?:\.\d+)*$/.test(series) ? readTerm('==', `${series}.*`) : null;
      return spans === null ? null : rangeOf(series, spans, compare);
    },
  };
}

const fillers = { below: 'lowest', above: 'highest' } as const;

/** What `<operator> prefix` holds, of all versions that begin with the prefix. */
function spansOfPrefix(operator: string, ends: Span, compare: Comparison): readonly Span[] | null {
  switch (operator) {
    case '':
    case '=':
    case '==':
      return [ends];
    case '!=':
      return complementSpans([ends], compare);
    case '>=':
      return [{ from: ends.from, to: null }];
    case '>':
      return [{ from: ends.to, to: null }];
    case '<':
      return [{ from: null, to: ends.from }];
    case '<=':
      return [{ from: null, to: ends.to }];
    default:
      return null;
  }
}

/** `null` if the text is not what the part is compared as. */
function keyOf({ as }: ComparedPart, text: string | undefined): Key | null {
  if (text === undefined || text === '') return { rank: as === 'pre' ? 'above' : 'absent', is: null };
  if (as === 'text' || as === 'pre') return { rank: 'there', is: text };
  if (as === 'number') return /^\d{1,15}$/.test(text) ? { rank: 'there', is: Number(text) } : null;
  const version = schemes[as].parse(text);
  return version === null ? null : { rank: 'there', is: version };
}

function compareKeys(a: Key | undefined, b: Key | undefined, as: PartKind): number {
  if (a === undefined || b === undefined) return 0;
  if (typeof a.is === 'number' && typeof b.is === 'number') return a.is - b.is;
  if (typeof a.is === 'string' && typeof b.is === 'string')
    return as === 'pre' ? compareWords(a.is, b.is) : byCodeUnit(a.is, b.is);
  if (typeof a.is === 'object' && typeof b.is === 'object' && a.is !== null && b.is !== null)
    return as === 'pep440' || as === 'semver' || as === 'calver' ? schemes[as].compare(a.is, b.is) : 0;
  return ranks[a.rank] - ranks[b.rank];
}

/** `rc2` before `rc10`: digits as numbers, what is between them as text; the longer one is higher. */
function compareWords(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.toLowerCase().match(/\d+|[a-z]+/g) ?? []);
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index += 1) {
    const [x, y] = [left?.[index], right?.[index]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const isNumbers = /^\d/.test(x) && /^\d/.test(y);
    const difference = isNumbers ? Number(x) - Number(y) : byCodeUnit(x, y);
    if (difference !== 0) return difference;
  }
  return byCodeUnit(a, b);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The numbers in front, and what kind of release the parts make it. */
function describe(
  parts: readonly ComparedPart[],
  keys: readonly Key[],
  groups: Groups,
): Pick<Version, 'kind' | 'numbers' | 'parts' | 'extra'> {
  const numbers: number[] = [];
  const written: string[] = [];
  const versions = keys.flatMap(({ is }) => (typeof is === 'object' && is !== null ? [is] : []));
  for (const [index, { is }] of keys.entries()) {
    if (typeof is === 'string' || is === null) break;
    if (typeof is === 'object') {
      numbers.push(...is.numbers.slice(0, is.parts.length));
      written.push(...is.parts);
      break;
    }
    numbers.push(is);
    written.push(groups[parts[index]?.name ?? ''] ?? '');
  }
  while (numbers.length < 3) numbers.push(0);
  const hasPre = parts.some(({ as }, index) => as === 'pre' && keys[index]?.rank === 'there');
  const kind = versionKinds.find((wanted) => versions.some((version) => version.kind === wanted));
  const extra = versions.find((version) => version.extra !== null)?.extra ?? null;
  return { kind: hasPre && kind !== 'dev' ? 'pre' : (kind ?? 'final'), numbers, parts: written, extra };
}
