import { targetId } from '../../src/plan/cell.ts';
import { describe, expect, test } from 'vitest';
import { selectCells } from '../../src/build/select-cells.ts';
import { daily, planned, smallConfig } from '../support/history.ts';

const { cells } = planned(smallConfig, daily('1.0.0')).tags;
const ids = cells.map(targetId);

const chosen: { name: string; texts: string[]; expected: string[] }[] = [
  { name: 'none: all of them', texts: [], expected: ids },
  { name: 'an id', texts: ['1-0-0_python-3-10_flavor-conda'], expected: ['1-0-0_python-3-10_flavor-conda'] },
  {
    name: 'ids in one text, in the order of the release',
    texts: ['1-0-0_python-3-10_flavor-conda, 1-0-0_python-3-9_flavor-standard'],
    expected: ['1-0-0_python-3-9_flavor-standard', '1-0-0_python-3-10_flavor-conda'],
  },
  {
    name: 'an axis',
    texts: ['python=3.10'],
    expected: ['1-0-0_python-3-10_flavor-standard', '1-0-0_python-3-10_flavor-conda'],
  },
  { name: 'values of one axis, by comma or one by one', texts: ['python=3.9', 'python=3.10'], expected: ids },
  {
    name: 'two axes have to agree',
    texts: ['flavor=conda', 'python=3.9'],
    expected: ['1-0-0_python-3-9_flavor-conda'],
  },
  {
    name: 'an axis narrows ids',
    texts: [ids.join(','), 'flavor=conda'],
    expected: ['1-0-0_python-3-9_flavor-conda', '1-0-0_python-3-10_flavor-conda'],
  },
];

test.each(chosen)('$name', ({ texts, expected }) => {
  const result = selectCells(cells, texts, '--only');
  expect(result.ok ? result.value.map(targetId) : result.problems).toEqual(expected);
});

describe('what no cell has', () => {
  const known = `expected one of ${ids.join(', ')}`;
  const wrong: { name: string; texts: string[]; message: string; fix: string }[] = [
    {
      name: 'an axis',
      texts: ['pyton=3.9'],
      message: 'there is no axis "pyton"',
      fix: 'name one of python, flavor',
    },
    {
      name: 'a value, with the nearest',
      texts: ['flavor=coda'],
      message: 'this release has no flavor "coda"',
      fix: 'did you mean conda?',
    },
    { name: 'an id', texts: ['x'], message: 'this release has no cell "x"', fix: known },
    { name: 'nothing at all', texts: [''], message: 'this release has no cell ""', fix: known },
    {
      name: 'a combination',
      texts: ['1-0-0_python-3-9_flavor-conda', 'flavor=standard'],
      message: 'no cell is 1-0-0_python-3-9_flavor-conda and flavor=standard',
      fix: `the cells are ${ids.join(', ')}`,
    },
  ];
  test.each(wrong)('$name', ({ texts, message, fix }) => {
    expect(selectCells(cells, texts, '--only')).toEqual({
      ok: false,
      problems: [{ code: 'USAGE', where: '--only', message, fix }],
    });
  });
});
