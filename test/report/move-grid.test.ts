/** Moves as a grid: nothing is lost, and what moves together stands together. */
import { array, assert, constantFrom, option, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';
import { gridMarkdown } from '../../src/report/grid-markdown.ts';
import { broadestMove, endsOf, gridMoves, moveGrid, type GridMove } from '../../src/report/move-grid.ts';
import type { Owner, Stand } from '../../src/plan/types.ts';
import { releasePlan } from '../../src/plan/plan.ts';
import { daily, planned, smallConfig } from '../support/history.ts';

const digests = ['a', 'b'].flatMap((digit) => parseDigest(`sha256:${digit.repeat(64)}`) ?? []);
const owner = record<Owner>({
  version: constantFrom('1.0.0', '1.1.0'),
  axes: record({ python: constantFrom('3.9', '3.10'), flavor: constantFrom('standard', 'conda') }),
});
const stand = record<Stand>({ owner: option(owner), digest: option(constantFrom(...digests)) });
const move = record({ rule: constantFrom('minor', 'major'), from: option(stand), to: option(stand) });
const anyMoves = array(move, { maxLength: 24 }).map((moves): GridMove[] =>
  moves.map((made, index) => ({ ...made, tag: `tag-${index}` })),
);

test('every tag stands in the grid once, in a cell that says where it comes from and goes to', () => {
  assert(
    property(anyMoves, (moves) => {
      const grid = moveGrid(moves);
      const found = grid.rows.flatMap(({ rule, cells }) =>
        cells.flatMap((cell) => (cell?.tags ?? []).map((tag) => ({ tag, rule, ends: [cell?.from, cell?.to] }))),
      );
      const asked = moves.map((made) => ({ tag: made.tag, rule: made.rule, ends: [...endsOf(made)] }));
      expect(found.toSorted(byTag)).toEqual(asked.toSorted(byTag));
      expect(grid.rows.every(({ cells }) => cells.length === grid.columns.length)).toBe(true);
      expect(grid.tags).toBe(moves.length);
    }),
  );
});

function byTag(a: { readonly tag: string }, b: { readonly tag: string }): number {
  return a.tag < b.tag ? -1 : 1;
}

test('no two rows of a rule say the same', () => {
  assert(
    property(anyMoves, (moves) => {
      const rows = moveGrid(moves).rows.map(({ rule, cells }) =>
        JSON.stringify([rule, cells.map((cell) => cell && [cell.from, cell.to])]),
      );
      expect(new Set(rows).size).toBe(rows.length);
    }),
  );
});

const axes = (python: string, flavor: string): Owner['axes'] => ({ python, flavor });
const at = (version: string, python: string, flavor = 'standard', digest: Digest | null = null): Stand => ({
  owner: { version, axes: axes(python, flavor) },
  digest,
});

function release(): GridMove[] {
  const facts = daily('1.0.0', '1.0.1');
  const { image, known, tags } = planned(smallConfig, facts);
  const last = known.releases.at(-1);
  if (last === undefined) throw new Error('there is a release');
  return gridMoves(releasePlan(image, last, tags, () => planned(smallConfig, facts.slice(0, 1)).tags, []));
}

test('flavors stand across, the broadest rule first, and one cell holds what moves together', () => {
  const grid = moveGrid(release());
  const cell = (...tags: [string, ...string[]]) => ({ tags, from: '1.0.0', to: '1.0.1', bytes: null });
  expect(grid).toEqual({
    axis: 'flavor',
    columns: ['standard', 'conda'],
    tags: 10,
    rows: [
      { rule: 'latest', cells: [cell('1-latest'), cell('1-latest-conda')] },
      {
        rule: 'major',
        cells: [cell('1-python3.9', '1-python3.10'), cell('1-python3.9-conda', '1-python3.10-conda')],
      },
      {
        rule: 'minor',
        cells: [cell('1.0-python3.9', '1.0-python3.10'), cell('1.0-python3.9-conda', '1.0-python3.10-conda')],
      },
    ],
  });
  expect(broadestMove(release())?.tag).toBe('1-latest');
});

test('axes are told where they differ, an image that was replaced, a tag that is new or nobody owns', () => {
  const [before = null, after = null] = digests;
  const moves: GridMove[] = [
    { tag: 'a', rule: 'r', from: at('1.0.0', '3.9'), to: at('1.0.0', '3.10') },
    { tag: 'b', rule: 'r', from: at('1.0.0', '3.9', 'standard', before), to: at('1.0.0', '3.9', 'standard', after) },
    { tag: 'c', rule: 'r', from: null, to: at('1.0.0', '3.9') },
    { tag: 'd', rule: 'r', from: at('1.0.0', '3.9'), to: null },
  ];
  expect(gridMarkdown(moveGrid(moves)).split('\n').slice(2)).toEqual([
    '| `a` | 1.0.0 python 3.9 → 1.0.0 python 3.10 |',
    '| `b` | 1.0.0 → 1.0.0, another image |',
    '| `c` | new → 1.0.0 |',
    '| `d` | 1.0.0 → nobody |',
  ]);
});

test('sizes of what a cell holds are from the smallest image to the largest', () => {
  const moves = release();
  const weights = ({ to }: GridMove): number[] =>
    to?.owner?.axes['flavor'] === 'conda' ? [] : to?.owner?.axes['python'] === '3.9' ? [100e6, 90e6] : [120e6];
  const [, latest = '', major = ''] = gridMarkdown(moveGrid(moves, weights)).split('\n').slice(1);
  expect(latest).toBe('| `1-latest` and 1 more | 1.0.0 → 1.0.1, 120 MB | 1.0.0 → 1.0.1 |');
  expect(major).toContain('1.0.0 → 1.0.1, 90.0 MB to 120 MB');
});

test('of an axis with too many values none stands across', () => {
  const many = Array.from({ length: 300 }, (_, index) => ({
    tag: `1-${index}`,
    rule: 'major',
    from: at('1.0.0', '3.9', `flavor-${index}`),
    to: at('1.0.1', '3.9', `flavor-${index}`),
  }));
  const grid = moveGrid(many);
  expect([grid.axis, grid.columns, grid.rows.length]).toEqual([null, [''], 1]);
  expect(gridMarkdown(grid)).toContain('| `1-0` to `1-299` | 1.0.0 → 1.0.1 |');
});
