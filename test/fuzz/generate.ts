import type { Reader } from './reader.ts';

/** A small generator of numbers (mulberry32), so that a seed gives the same texts everywhere. */
export function numbers(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const pieces = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\\',
  '\u0000',
  '\u202E',
  '\uD800',
  '\r',
  '\n',
  '{{',
  '}}',
  '${{',
  '(?<a>',
  ')*',
  '+',
  '9'.repeat(40),
  'a'.repeat(2000),
  '['.repeat(3000),
  '{"a":'.repeat(200),
];
const values = ['null', '[]', '{}', '-1', '1e999', '""', 'true', '{"__proto__":{"a":1}}', '[[[[[[[[[]]]]]]]]]'];

export interface Generated {
  readonly text: string;
  /** A sample with a few changes, in its whole length. */
  readonly isMutated: boolean;
}

/** Three in four are a sample with a few changes; the rest is built of pieces behind a sample's first characters. */
export function generate({ samples, words = [] }: Reader, next: (below: number) => number): Generated {
  const pick = <T>(list: readonly T[]): T | undefined => list[next(list.length)];
  const sample = pick(samples) ?? '';
  const known = [...pieces, ...words, ...words];
  if (next(4) === 0) {
    const start = sample.slice(0, 1 + next(8));
    const rest = Array.from({ length: next(40) }, () => pick(known) ?? '').join('');
    return { text: start + rest, isMutated: false };
  }
  let text = sample;
  for (let change = 1 + next(4); change > 0; change -= 1) {
    const at = 1 + next(Math.max(1, text.length));
    const length = next(4) === 0 ? next(20) : next(2);
    const copied = text.slice(next(text.length + 1), next(text.length + 1));
    const put = [pick(known), pick(values), copied, '', swapped(text, at, next)][next(5)] ?? '';
    text = text.slice(0, at) + put + text.slice(at + length);
  }
  const isLong = next(200) === 0 && text.length < 100_000;
  return { text: isLong ? text.repeat(1 + next(20)) : text, isMutated: true };
}

/** One character of the text, a little changed: a digit for a digit, a letter for a letter. */
function swapped(text: string, at: number, next: (below: number) => number): string {
  const code = text.codePointAt(at) ?? 32;
  return String.fromCodePoint(Math.max(9, code + next(5) - 2));
}
