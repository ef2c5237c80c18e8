/**
 * Prefect's own guide to its images has two tables of tags. `docs` writes them from the config, and is right where the guide
 * is not.
 *
 * @see https://github.com/PrefectHQ/prefect/blob/27ebde1c18ae2f53fc3c52aa184de45bade377df/docs/guides/docker.md
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Row {
  readonly tag: string;
  readonly release: string;
  readonly python: string;
}

/** Flavor to the rows of its table. */
async function tables(at: string): Promise<ReadonlyMap<string, readonly Row[]>> {
  const folder = await tempFolder({ 'README.md': '<!-- tagwright:tags -->\n<!-- /tagwright:tags -->\n' });
  const file = `${folder}/README.md`;
  const facts = ['--releases', 'examples/prefect/releases.json', '--at', at];
  const run = await runCli(['docs', file, ...facts, '--layout', 'tags', '--range', `>=${at.split('.', 2).join('.')}`]);
  expect(run).toMatchObject({ code: 0, stdout: `${file} written\n` });
  const [, ...parts] = (await readFile(file, 'utf8')).split(/^\*\*flavor /m);
  return new Map(
    parts.map((part) => {
      const rows = [...part.matchAll(/^\| `(?<tag>[^`]+)` \| (?<release>\S+) \| (?<python>\S+) \|$/gm)];
      return [
        part.slice(0, part.indexOf('**')),
        rows.map(({ groups }) => ({
          tag: groups?.['tag'] ?? '',
          release: groups?.['release'] ?? '',
          python: groups?.['python'] ?? '',
        })),
      ];
    }),
  );
}

/** As the guide has them, `2.X` with its number put in; what it writes as `sha-<hash>` is left out, for machines. */
function guide(series: string, suffix: string): readonly { readonly tag: string; readonly python: string }[] {
  const pythons = ['3.11', '3.10', '3.9', '3.8'];
  return [
    { tag: `2-latest${suffix}`, python: '3.10' },
    ...pythons.map((python) => ({ tag: `2-python${python}${suffix}`, python })),
    ...pythons.map((python) => ({ tag: `${series}-python${python}${suffix}`, python })),
  ];
}

const flavors = { standard: '', conda: '-conda' };

test.each(Object.entries(flavors))('at 2.13.0 the table of %s has every row of the guide', async (flavor, suffix) => {
  const rows = (await tables('2.13.0')).get(flavor) ?? [];
  const found = rows.map(({ tag, python }) => ({ tag, python }));
  expect(found).toEqual(expect.arrayContaining([...guide('2.13', suffix)]));
  expect(rows.map(({ release }) => release).every((release) => release === '2.13.0')).toBe(true);
  expect(rows[0]).toEqual({ tag: `2-latest${suffix}`, release: '2.13.0', python: '3.10' });
});

test('it is right where the guide is wrong: no conda with 3.11 at 2.11.5, 3.12 since 2.14.14, a third flavor', async () => {
  const [early, late] = [await tables('2.11.5'), await tables('2.20.25')];
  const tagsOf = (found: typeof early, flavor: string): string[] => (found.get(flavor) ?? []).map(({ tag }) => tag);
  // The guide tells of 2.11.5 as its example.
  expect(tagsOf(early, 'conda').filter((tag) => tag.includes('3.11'))).toEqual([]);
  expect(tagsOf(early, 'standard')).toContain('2-python3.11');
  for (const [flavor, suffix] of Object.entries(flavors)) {
    expect(tagsOf(late, flavor)).toEqual(expect.arrayContaining([`2-python3.12${suffix}`, `2.20-python3.12${suffix}`]));
  }
  expect([...late.keys()]).toEqual(['standard', 'conda', 'kubernetes']);
  expect(late.get('kubernetes')?.[0]).toEqual({ tag: '2-latest-kubernetes', release: '2.20.25', python: '3.10' });
});

test('its other layouts say the same: every tag of the table is in the list and in the table of images', async () => {
  const facts = ['--releases', 'examples/prefect/releases.json', '--range', '>=2.20'];
  const written: Record<string, string[]> = {};
  for (const layout of ['table', 'tags', 'list']) {
    const folder = await tempFolder({ 'a.md': '<!-- tagwright:tags -->\n<!-- /tagwright:tags -->\n' });
    expect((await runCli(['docs', `${folder}/a.md`, ...facts, '--layout', layout])).code).toBe(0);
    const text = await readFile(`${folder}/a.md`, 'utf8');
    written[layout] = [...text.matchAll(/`(?<tag>[^`]+)`/g)].map((match) => match[1] ?? '').toSorted();
  }
  expect(written['tags']).toEqual(written['table']);
  expect(written['list']).toEqual(written['table']);
  expect(written['table']).toHaveLength(3 + 15 + 15 + 15);
});

test("the guide's own table is the one that the plan gives: this project's docs --check", async () => {
  const facts = ['--releases', 'examples/prefect/releases.json', '--range', '>=2.20'];
  const run = await runCli(['docs', 'docs/guides/for-readers.md', ...facts, '--check']);
  expect(run).toEqual({ code: 0, stdout: 'docs/guides/for-readers.md unchanged\n', stderr: '' });
});
