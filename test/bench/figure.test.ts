import { describe, expect, test } from 'vitest';
import { figure, limited, median } from '../../bench/figure.ts';
import { figureLine } from '../../bench/table.ts';

const ms = (value: number): { value: number; unit: string } => ({ value, unit: 'ms' });
const bare = { name: 'node -e 0', value: 40 };

describe('a figure', () => {
  test('is a value, what it is held against, their ratio and its bound', () => {
    expect(figure('--version', ms(58.04), bare, '<= 1.5')).toEqual({
      name: '--version',
      value: 58,
      unit: 'ms',
      against: 'node -e 0, 40 ms',
      ratio: 1.45,
      bound: '<= 1.5',
      ok: true,
    });
  });

  test.each([
    { bound: '<= 1.5', value: 60, ok: true },
    { bound: '<= 1.5', value: 60.01, ok: false },
    { bound: '< 1.5', value: 60, ok: false },
    { bound: '>= 0.9', value: 36, ok: true },
    { bound: '>= 0.9', value: 35.99, ok: false },
    { bound: '<= 0', value: 0, ok: true },
    { bound: '<= 0', value: 1, ok: false },
  ] as const)('$value of 40, bound $bound: $ok', ({ bound, value, ok }) => {
    expect(figure('x', ms(value), bare, bound).ok).toBe(ok);
  });

  test('that could not be measured, or whose peer could not, is a miss', () => {
    expect(figure('x', ms(Number.NaN), null)).toMatchObject({ value: -1, ok: false });
    expect(figure('x', ms(1), { name: 'crane', value: Number.NaN }, '>= 4')).toMatchObject({ ratio: null, ok: false });
  });

  test('with a limit of its own is its share of that', () => {
    expect(limited('memory', { value: 80, unit: 'MB' }, 100)).toMatchObject({ ratio: 0.8, ok: true });
    expect(limited('memory', { value: 101, unit: 'MB' }, 100)).toMatchObject({ ok: false });
  });
});

test('the median of an even number of values is between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
});

test.each([
  [figure('--version', ms(58.04), bare, '<= 1.5'), 'ok    --version: 58 ms, 1.45 of node -e 0, 40 ms (<= 1.5)'],
  [figure('plan', ms(4210), bare, '<= 3'), 'MISS  plan: 4,210 ms, 105 of node -e 0, 40 ms (<= 3)'],
  [
    figure('wrong', { value: 1, unit: '' }, { name: 'answers', value: 4800 }),
    '      wrong: 1, 0.000208 of answers, 4,800',
  ],
  [figure('packed', { value: 1.234, unit: 'MB' }, null), '      packed: 1.23 MB'],
  [figure('x', ms(Number.NaN), bare, '<= 3'), 'MISS  x: not measured, no ratio of node -e 0, 40 ms (<= 3)'],
])('as a line: %o', (made, line) => {
  expect(figureLine(made)).toBe(line);
});
