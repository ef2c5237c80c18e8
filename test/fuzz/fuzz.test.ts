/**
 * Every reader against generated texts: no error but those that people may see, none over a second, memory bounded.
 * `FUZZ` is how many texts in all (`npm run test:fuzz` sets it), `FUZZ_SEED` which.
 */
import { expect, test } from 'vitest';
import { InputError, OutsideError } from '../../src/domain/errors.ts';
import { readers, type Reader } from './readers.ts';

const total = Number(process.env['FUZZ'] ?? 8_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

/** A small generator of numbers (mulberry32), so that a seed gives the same texts everywhere. */
function numbers(start: number): (below: number) => number {
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
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\\',
  '\u0000',
  '\u202E',
  '\n',
  '{{',
  '}}',
  '(?<a>',
  ')*',
  '+',
  '9'.repeat(40),
];
const values = ['null', '[]', '{}', '-1', '1e999', '""', 'true', '{"__proto__":{"a":1}}', '[[[[[[[[[]]]]]]]]]'];

/** Three in four are a sample with a few changes; the rest is built of pieces behind a sample's first characters. */
function generate({ samples }: Reader, next: (below: number) => number): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[next(list.length)];
  const sample = pick(samples) ?? '';
  if (next(4) === 0) {
    const start = sample.slice(0, 1 + next(8));
    return start + Array.from({ length: next(40) }, () => pick(pieces) ?? '').join('');
  }
  let text = sample;
  for (let change = 1 + next(4); change > 0; change -= 1) {
    const at = 1 + next(Math.max(1, text.length));
    const length = next(4) === 0 ? next(20) : next(2);
    const put =
      [pick(pieces), pick(values), text.slice(next(text.length + 1), next(text.length + 1)), ''][next(4)] ?? '';
    text = text.slice(0, at) + put + text.slice(at + length);
  }
  return next(200) === 0 ? text.repeat(1 + next(50)) : text;
}

test.each(readers)('$name', { timeout: 600_000 }, (reader) => {
  const next = numbers(seed);
  const count = Math.ceil(total / readers.length);
  let refusedAtOnce = 0;
  let slowestMs = 0;
  for (let index = 0; index < count; index += 1) {
    const text = generate(reader, next);
    const startMs = performance.now();
    try {
      if (!reader.read(text)) refusedAtOnce += 1;
    } catch (error) {
      if (!(error instanceof InputError || error instanceof OutsideError))
        throw new Error(`seed ${seed}, text ${index}: ${JSON.stringify(text.slice(0, 2000))}`, { cause: error });
    }
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
  }
  expect(refusedAtOnce).toBeLessThanOrEqual(count / 10);
  expect(slowestMs).toBeLessThan(1000);
});

test('memory stays under 200 MB', () => {
  expect(process.memoryUsage().heapUsed).toBeLessThan(200_000_000);
});
