/** The part of a release's text: what is there in each repository, what is not, and what nobody knows. */
import { expect, test } from 'vitest';
import { releaseText, type PageCell, type PageImage, type ReleasePage } from '../../src/report/release-text.ts';
import type { GridMove } from '../../src/report/move-grid.ts';
import { digestNamed } from '../support/digests.ts';
import { renderedLines } from '../support/rendered-lines.ts';

const there = (name: string): PageImage => ({ kind: 'there', digest: digestNamed(name) });
const cell = (python: string, at: readonly PageImage[], more: Partial<PageCell> = {}): PageCell => ({
  axes: { python },
  pinned: [`1.0.0-python${python}`],
  followed: [],
  sizes: [{ platform: 'linux/amd64', bytes: 50_000_000 }],
  at,
  ...more,
});
const unknown = { kind: 'unknown', because: 'no journal of its publish is in .tagwright' } as const;
const page = (more: Partial<ReleasePage>): ReleasePage => ({
  version: '1.0.0',
  withdrawn: null,
  repositories: ['docker.io/library/app', 'ghcr.io/acme/app'],
  cells: [],
  moved: unknown,
  ...more,
});
const whole = (made: ReleasePage): string => releaseText(made, Number.POSITIVE_INFINITY);

test('digests that differ, and what is not there or in doubt, are told repository by repository', () => {
  const cells = [
    cell('3.9', [there('a'), there('a')]),
    cell('3.10', [there('b'), { kind: 'doubt' }]),
    cell('3.11', [{ kind: 'absent' }, there('c')], { sizes: [] }),
  ];
  const text = whole(page({ cells }));
  const rows = text.split('\n').filter((line) => line.startsWith('| `docker.io/') || line.startsWith('| `ghcr.io/'));
  expect(rows).toEqual([
    `| \`docker.io/library/app:1.0.0-python3.9\` | \`${digestNamed('a')}\` |`,
    `| \`ghcr.io/acme/app:1.0.0-python3.9\` | \`${digestNamed('a')}\` |`,
    `| \`docker.io/library/app:1.0.0-python3.10\` | \`${digestNamed('b')}\` |`,
    '| `ghcr.io/acme/app:1.0.0-python3.10` | in doubt: run tagwright audit |',
    '| `docker.io/library/app:1.0.0-python3.11` | not there |',
    `| \`ghcr.io/acme/app:1.0.0-python3.11\` | \`${digestNamed('c')}\` |`,
  ]);
  expect(text).toContain('| `1.0.0-python3.11` | 3.11 | – |');
  expect(text).toContain('```sh\ndocker pull app:1.0.0-python3.9\ndocker pull ghcr.io/acme/app:1.0.0-python3.9\n```');
});

test('nothing is pulled from a repository that does not have it', () => {
  const cells = [cell('3.9', [{ kind: 'absent' }, there('a')])];
  expect(whole(page({ cells })).match(/^docker pull .*$/gm)).toEqual(['docker pull ghcr.io/acme/app:1.0.0-python3.9']);
});

const move = (tag: string, from: string | null): GridMove => ({
  tag,
  rule: 'major',
  from: from === null ? null : { owner: { version: from, axes: { python: '3.9' } }, digest: null },
  to: { owner: { version: '1.0.0', axes: { python: '3.9' } }, digest: digestNamed('a') },
});

test.each([
  ['the same in each', [[move('1', '0.9.0')], [move('1', '0.9.0')]], '▸ 1 convenience tag moved'],
  [
    'a repository that is new',
    [[move('1', '0.9.0')], [move('1', null)]],
    '▸ Convenience tags that moved, by repository',
  ],
  ['none', [[], []], 'No convenience tag moved.'],
])('what moved, %s', (_, byRepository, line) => {
  const cells = [cell('3.9', [there('a'), there('a')])];
  const text = whole(page({ cells, moved: { kind: 'known', byRepository } }));
  expect(renderedLines(text)).toContain(line);
  for (const moves of byRepository)
    for (const { from } of moves) expect(text).toContain(`| \`1\` | ${from?.owner?.version ?? 'new'} → 1.0.0 |`);
});

test('where tags came from is not made up', () => {
  const lines = renderedLines(whole(page({ cells: [cell('3.9', [there('a'), there('a')])] })));
  expect(lines).toContain(
    'Where its convenience tags pointed before is not known: no journal of its publish is in .tagwright.',
  );
});

test.each([
  ['坏了 💥', '坏了 💥'],
  ['سُحب بسبب خطأ', 'سُحب بسبب خطأ'],
  ['`x` | [y](http://z) @octocat', String.raw`\`x\` \| \[y\](http:&#8203;//z) @&#8203;octocat`],
])('withdrawn because of %s: said first, as text, and not offered', (reason, shown) => {
  const text = whole(page({ cells: [cell('3.9', [there('a'), there('a')])], withdrawn: reason }));
  expect(renderedLines(text)[1]).toBe(`**Withdrawn**: ${shown}. Pull another release.`);
  expect(text).not.toContain('docker pull');
});

test('of a hundred images with tags of 128 characters few lines stand open but their rows; less room cuts at a row', () => {
  const cells = Array.from({ length: 100 }, (_, index) =>
    cell(`3.${index}`, [there('a'), there('a')], { pinned: [`1.0.0-${String(index).padStart(122, 'x')}`] }),
  );
  const made = page({ cells });
  expect(cells[0]?.pinned[0]).toHaveLength(128);
  expect(renderedLines(whole(made))).toHaveLength(100 + 9);
  const cut = releaseText(made, 8000);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(8000);
  expect(cut).toMatch(
    / \|\n\n> \*\*Cut here\*\*: \d+ more lines .* The whole is in `docker\.io\/library\/app`, `ghcr\.io\/acme\/app`\.\n$/,
  );
});
