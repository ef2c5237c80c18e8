/**
 * Stretches of a version order and their algebra. Ends are cuts between versions, just below or just above one, so that
 * `>=2`, `>2`, `<=2` and `<2` need no flags, and a stretch without an end has `null` there.
 */
import type { Comparison, Cut, Span, Version } from './version.ts';

export const everything: readonly Span[] = [{ from: null, to: null }];

export function below(version: Version): Cut {
  return { version, side: 'below' };
}

export function above(version: Version): Cut {
  return { version, side: 'above' };
}

/** True where some span holds the version; spans are few, so they are simply tried. */
export function spansInclude(spans: readonly Span[], version: Version, compare: Comparison): boolean {
  return spans.some(({ from, to }) => isAbove(version, from, compare) && !isAbove(version, to, compare, false));
}

/** What both hold. Inputs and result ascend and do not touch each other. */
export function intersectSpans(a: readonly Span[], b: readonly Span[], compare: Comparison): readonly Span[] {
  return a.flatMap((left) =>
    b.flatMap((right): Span[] => {
      const from = compareCuts(left.from, right.from, -1, compare) >= 0 ? left.from : right.from;
      const to = compareCuts(left.to, right.to, 1, compare) <= 0 ? left.to : right.to;
      return isEmpty(from, to, compare) ? [] : [{ from, to }];
    }),
  );
}

/** What either holds. */
export function uniteSpans(a: readonly Span[], b: readonly Span[], compare: Comparison): readonly Span[] {
  const sorted = [...a, ...b].toSorted((left, right) => compareCuts(left.from, right.from, -1, compare));
  const united: Span[] = [];
  for (const span of sorted) {
    const last = united.at(-1);
    const isApart =
      last === undefined || (last.to !== null && span.from !== null && isBefore(last.to, span.from, compare));
    if (isApart) united.push(span);
    else if (compareCuts(span.to, last.to, 1, compare) > 0)
      united[united.length - 1] = { from: last.from, to: span.to };
  }
  return united;
}

/** All that they do not hold. */
export function complementSpans(spans: readonly Span[], compare: Comparison): readonly Span[] {
  let rest = everything;
  for (const { from, to } of spans) {
    const lower: readonly Span[] = from === null ? [] : [{ from: null, to: from }];
    const upper: readonly Span[] = to === null ? [] : [{ from: to, to: null }];
    rest = intersectSpans(rest, [...lower, ...upper], compare);
  }
  return rest;
}

/** Ends as a person writes them: `>=2.7.10 <3`, `*`. */
export function describeSpan({ from, to }: Span): string {
  const lower = from === null ? '' : `${from.side === 'below' ? '>=' : '>'}${from.version.text}`;
  const upper = to === null ? '' : `${to.side === 'below' ? '<' : '<='}${to.version.text}`;
  return [lower, upper].filter((part) => part !== '').join(' ') || '*';
}

/** @param open what holds where there is no cut */
function isAbove(version: Version, cut: Cut | null, compare: Comparison, open = true): boolean {
  if (cut === null) return open;
  const difference = compare(version, cut.version);
  return cut.side === 'below' ? difference >= 0 : difference > 0;
}

/** @param open where a missing cut lies: -1 below everything, 1 above */
export function compareCuts(a: Cut | null, b: Cut | null, open: -1 | 1, compare: Comparison): number {
  if (a === null || b === null) return (a === null ? open : 0) - (b === null ? open : 0);
  const difference = compare(a.version, b.version);
  if (difference !== 0 || a.side === b.side) return difference;
  return a.side === 'below' ? -1 : 1;
}

function isBefore(a: Cut, b: Cut, compare: Comparison): boolean {
  return compareCuts(a, b, 1, compare) < 0;
}

function isEmpty(from: Cut | null, to: Cut | null, compare: Comparison): boolean {
  return from !== null && to !== null && !isBefore(from, to, compare);
}
