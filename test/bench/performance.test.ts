import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { figure } from '../../bench/figure.ts';
import { missesOf, performancePage, type Run } from '../../bench/table.ts';

/** The last run that was written down. */
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const run: Run = JSON.parse(readFileSync(`${docs}performance.json`, 'utf8'));

const whole = z.strictObject({
  name: z.string().min(1),
  value: z.number(),
  unit: z.string(),
  against: z.string(),
  ratio: z.number().nullable(),
  bound: z
    .string()
    .regex(/^(?:<|<=|>=) [\d.]+$/)
    .nullable(),
  ok: z.boolean(),
});

test('the page is of that run', () => {
  expect(readFileSync(`${docs}performance.md`, 'utf8')).toBe(performancePage(run));
});

test('the run has every part, and each of its figures is whole', () => {
  const names = run.parts.map(({ name }) => name);
  expect(names.filter((name) => name !== 'run')).toEqual([
    'start',
    'plan',
    'audit',
    'images',
    'moves',
    'page',
    'faults',
    'build',
  ]);
  const figures = run.parts.flatMap((part) => part.figures);
  expect(figures.map((each) => whole.parse(each))).toEqual(figures);
});

describe('a page', () => {
  const parts = (ok: boolean): Run['parts'] => [
    {
      name: 'start',
      title: 'Start-up',
      rounds: 1,
      seconds: 3,
      figures: [figure('--version', { value: ok ? 50 : 90, unit: 'ms' }, { name: 'node -e 0', value: 40 }, '<= 1.5')],
    },
  ];

  test('says how many bounds are missed, and which', () => {
    expect(performancePage({ ...run, parts: parts(true) })).toContain('All 1 bounds hold.');
    const page = performancePage({ ...run, parts: parts(false) });
    expect(page).toContain('1 of 1 bounds are missed.');
    expect(page).toContain('| --version | 90 ms | node -e 0, 40 ms | 2.25 | &lt;= 1.5 | MISS |');
    expect(missesOf({ parts: parts(false) })).toHaveLength(1);
  });
});
