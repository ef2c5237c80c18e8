import { expect, test } from 'vitest';
import { cacheScopes } from '../../src/build/cache-scopes.ts';
import { fullTag } from '../../src/plan/cell.ts';
import { daily, planned, smallConfig } from '../support/history.ts';

const platforms = ['linux/amd64', 'linux/arm64'];
// The backport of 1.x came out last.
const { image, tags } = planned({ ...smallConfig, platforms }, daily('1.0.0', '2.0.0', '2.1.0', '1.1.0'));

function scopesOf(full: string, of?: readonly string[]): ReturnType<typeof cacheScopes> {
  const cell = tags.cells.find((candidate) => fullTag(candidate) === full);
  if (cell === undefined) throw new Error(`no cell ${full}`);
  return cacheScopes(cell, tags.cells, image, of);
}

const rows = [
  { full: '1.0.0-python3.9', before: null },
  { full: '2.0.0-python3.9', before: '1-1-0' },
  { full: '2.1.0-python3.9', before: '2-0-0' },
  { full: '1.1.0-python3.9', before: '1-0-0' },
];
test.each(rows)('$full falls back to the same cell of $before, by version and not by date', ({ full, before }) => {
  const [version = ''] = full.split('-');
  expect(scopesOf(full)).toEqual({
    own: `${version.replaceAll('.', '-')}_python-3-9_flavor-standard`,
    previous:
      before === null
        ? null
        : {
            scope: `${before}_python-3-9_flavor-standard`,
            reference: `registry.example/acme/app:${before.replaceAll('-', '.')}-python3.9`,
          },
  });
});

test('parts of a cell, built on several machines, do not overwrite each other', () => {
  expect(scopesOf('2.1.0-python3.10-conda', ['linux/arm64'])).toMatchObject({
    own: '2-1-0_python-3-10_flavor-conda_linux-arm64',
    previous: { scope: '2-0-0_python-3-10_flavor-conda_linux-arm64' },
  });
});
