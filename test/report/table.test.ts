import { expect, test } from 'vitest';
import { table } from '../../src/report/table.ts';

test('more rows than a call may have arguments, all in columns of one width', () => {
  const rows = Array.from({ length: 120_000 }, (_, index) => [`tag-${index}`, 'x']);
  const lines = table([{ title: 'tag' }, { title: 'is' }], rows).split('\n');
  expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([
    120_001,
    '  tag         is',
    '  tag-0       x',
    '  tag-119999  x',
  ]);
});
