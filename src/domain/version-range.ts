/**
 * Range texts, read once for every scheme: terms joined by spaces or commas (all must hold), sets of terms by `||`.
 *
 * A range is a stretch of the scheme's order and nothing else. PEP 440 and npm both hide pre-releases from ranges, so
 * that a candidate is not installed by accident; here a range says which matrix a release is built with, and a candidate
 * needs one too. So `>=2.7.10` holds 2.12.0rc1, and `<3` holds 3.0.0rc1, which comes before 3.0.0. To cut between two
 * series with their candidates, write the lowest version of the upper one: `<3.dev0` (PEP 440), `<3.0.0-0` (semver).
 */
import {
  above,
  below,
  complementSpans,
  everything,
  intersectSpans,
  spansInclude,
  uniteSpans,
} from './version-spans.ts';
import type { Comparison, Span, Version, VersionRange } from './version.ts';

/** Reads one term; an empty `operator` is a bare operand. `null` where the scheme has no such term. */
export type TermReader = (operator: string, operand: string) => readonly Span[] | null;

const operatorPattern = /^(?<operator>[=!<>~^]*)(?<operand>.*)$/s;
const gapAfterOperator = /(?<=[=!<>~^])\s+/g;

/** @returns `null` where a term cannot be read, or where there is none (write `*` for everything) */
export function readRange(text: string, readTerm: TermReader, compare: Comparison): VersionRange | null {
  let spans: readonly Span[] = [];
  for (const set of text.split('||')) {
    let together = everything;
    for (const term of set
      .replaceAll(gapAfterOperator, '')
      .trim()
      .split(/\s*,\s*|\s+/)) {
      const read = readTermOrAll(term, readTerm);
      if (read === null) return null;
      together = intersectSpans(together, read, compare);
    }
    spans = uniteSpans(spans, together, compare);
  }
  return rangeOf(text, spans, compare);
}

/** A range of spans that are known. */
export function rangeOf(text: string, spans: readonly Span[], compare: Comparison): VersionRange {
  return { text, spans, includes: (version) => spansInclude(spans, version, compare) };
}

/** The spans of `<operator> bound` for the operators that are the order itself; `null` for any other. */
export function orderSpans(operator: string, bound: Version, compare: Comparison): readonly Span[] | null {
  switch (operator) {
    case '':
    case '==':
      return [{ from: below(bound), to: above(bound) }];
    case '!=':
      return complementSpans([{ from: below(bound), to: above(bound) }], compare);
    case '>=':
      return [{ from: below(bound), to: null }];
    case '<=':
      return [{ from: null, to: above(bound) }];
    case '>':
      return [{ from: above(bound), to: null }];
    case '<':
      return [{ from: null, to: below(bound) }];
    default:
      return null;
  }
}

/** Compares number by number; the shorter one is filled up with zeros. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function readTermOrAll(term: string, readTerm: TermReader): readonly Span[] | null {
  if (term === '*') return everything;
  const { operator = '', operand = '' } = operatorPattern.exec(term)?.groups ?? {};
  return operand === '' ? null : readTerm(operator, operand);
}
