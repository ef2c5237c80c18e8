import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { wholePlan } from '../../src/plan/plan.ts';
import { planMarkdown } from '../../src/report/plan-markdown.ts';
import { pageHtml } from '../../src/report/page/page.ts';
import { planPage } from '../../src/report/page/plan.ts';
import { daily, fact, planned, smallConfig } from '../support/history.ts';
import { diffPage, linesOf, mapPage, partOf, planOf, projectOf, releasePage, tagPage } from '../support/pages.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

const small = planned(smallConfig, daily('1.0.0', '1.0.1', '1.1.0'));
const prefect = planned(prefectConfig, prefectFacts());

describe('the page of a release', () => {
  const page = releasePage(small, '1.1.0');

  test('says first what people get, in the words of the Markdown', () => {
    const hero = partOf(page, 'hero', 'plan');
    expect(hero.title).toBe('Publishing 1.1.0: 4 images, 10 tags move');
    expect(hero.lines).toEqual([
      [
        'People who pull ',
        { code: '1-latest' },
        ' get ',
        { strong: '1.1.0' },
        ' (python 3.10, flavor standard)',
        ' instead of 1.0.1.',
      ],
    ]);
    expect(planMarkdown(planOf(small, '1.1.0'))).toContain(
      'People who pull `1-latest` get **1.1.0** (python 3.10, flavor standard) instead of 1.0.1.',
    );
  });

  test('has the axis across, rules down, and before and after in each cell', () => {
    const { columns, rows } = partOf(page, 'grid', 'moves');
    expect(columns.map(({ name }) => name)).toEqual(['standard', 'conda']);
    expect(rows.map(({ head, cells }) => [head, ...cells])).toEqual([
      [
        'latest',
        { from: '1.0.1', to: '1.1.0', tags: ['1-latest'] },
        { from: '1.0.1', to: '1.1.0', tags: ['1-latest-conda'] },
      ],
      [
        'major',
        { from: '1.0.1', to: '1.1.0', tags: ['1-python3.9', '1-python3.10'] },
        { from: '1.0.1', to: '1.1.0', tags: ['1-python3.9-conda', '1-python3.10-conda'] },
      ],
      [
        'minor',
        { from: 'new', to: '1.1.0', tags: ['1.1-python3.9', '1.1-python3.10'] },
        { from: 'new', to: '1.1.0', tags: ['1.1-python3.9-conda', '1.1-python3.10-conda'] },
      ],
    ]);
  });

  test('lists every tag, the widest first', () => {
    expect(linesOf(page, 'tags').slice(0, 8)).toEqual([
      'latest: 1-latest 1.0.1 → 1.1.0',
      'latest: 1-latest-conda 1.0.1 → 1.1.0',
      'major: 1-python3.9 1.0.1 → 1.1.0',
      'major: 1-python3.9-conda 1.0.1 → 1.1.0',
      'major: 1-python3.10 1.0.1 → 1.1.0',
      'major: 1-python3.10-conda 1.0.1 → 1.1.0',
      'minor: 1.1-python3.9 new → 1.1.0',
      'minor: 1.1-python3.9-conda new → 1.1.0',
    ]);
    expect(linesOf(page, 'tags')).toHaveLength(18);
  });
});

describe('the page of the whole map', () => {
  test('has series down, images across, and the release that owns each tag', () => {
    const { groups, columns, rows } = partOf(mapPage(prefect), 'grid', 'owners');
    expect(groups.map(({ name, span }) => `${name} ${span}`)).toEqual(['standard 6', 'conda 6', 'kubernetes 6']);
    expect(columns.map(({ name }) => name).slice(0, 6)).toEqual(['3.7', '3.8', '3.9', '3.10', '3.11', '3.12']);
    expect(rows.map(({ head }) => head).slice(0, 4)).toEqual(['2-latest', '2', '2.20', '2.19']);
    expect(rows[1]?.cells.slice(0, 2)).toEqual([
      { to: '2.10.19', tags: ['2-python3.7'], note: 'frozen' },
      { to: '2.20.25', tags: ['2-python3.8'] },
    ]);
  });

  test('links releases to their forge, and a tag to its registry', () => {
    const page = mapPage(prefect);
    expect(page.releases['2.20.25']).toBe('https://github.com/PrefectHQ/prefect/releases/tag/2.20.25');
    expect(partOf(page, 'list', 'tags').link?.before).toBe('https://hub.docker.com/r/prefecthq/prefect/tags?name=');
  });

  test('is under 1.5 MB for 4,294 tags', () => {
    expect(Buffer.byteLength(pageHtml(mapPage(prefect)))).toBeLessThan(1_500_000);
  });
});

test('the page of a difference has counts before and after, and what becomes of every tag', () => {
  const after = planned({ ...smallConfig, pythons: ['3.9', '3.10', '3.11'] }, daily('1.0.0'));
  const page = diffPage(planned(smallConfig, daily('1.0.0')), after);
  expect(partOf(page, 'hero', 'diff').title).toBe('2 tags change, 8 appear');
  expect(partOf(page, 'grid', 'counts').rows.map(({ head, cells }) => [head, ...cells])).toEqual([
    ['latest', { from: '2', to: '2' }, { to: '2' }, 0, 0],
    ['major', { from: '4', to: '6' }, 0, { to: '2' }, 0],
    ['minor', { from: '4', to: '6' }, 0, { to: '2' }, 0],
    ['sha', { from: '4', to: '6' }, 0, { to: '2' }, 0],
    ['full', { from: '4', to: '6' }, 0, { to: '2' }, 0],
  ]);
  expect(linesOf(page, 'tags').slice(0, 4)).toEqual([
    'change: 1-latest 1.0.0 python 3.10 → 1.0.0 python 3.11',
    'change: 1-latest-conda 1.0.0 python 3.10 → 1.0.0 python 3.11',
    'appear: 1-python3.11 1.0.0',
    'appear: 1-python3.11-conda 1.0.0',
  ]);
});

test('the page of a tag says why each release lost it, highest first', () => {
  const page = tagPage(prefect, '2-latest');
  const rows = partOf(page, 'list', 'candidates').groups[0]?.rows ?? [];
  expect(rows).toHaveLength(167);
  expect(rows.slice(0, 3).map(({ tag, kind, say }) => [tag, kind, say])).toEqual([
    [
      '2.82',
      'excluded',
      'a typo of 2.8.2, on the same commit; it would own 2-latest for ever (matrix.config.ts exclude[1])',
    ],
    ['2.20.25', 'owner', 'the highest of those that may own it'],
    ['2.20.24', 'lower', 'lower than 2.20.25'],
  ]);
  expect(partOf(page, 'hero', 'tag').chips.map(({ name, count }) => `${count} ${name}`)).toEqual([
    '3 excluded',
    '1 owner',
    '163 lower',
  ]);
});

describe('a bad input', () => {
  test('a plan of nothing is a page that says so', () => {
    const made = planned(smallConfig, []);
    const page = mapPage(made);
    expect(partOf(page, 'hero', 'plan').title).toBe('A plan of nothing');
    const html = pageHtml(page);
    expect(html).toContain('There is nothing to show.');
    expect(html).toContain('No release gives a tag.');
  });

  test('a map of 300 values of an axis has 300 columns, and draws some of its cells', () => {
    const values = Array.from({ length: 300 }, (_, index) => `4.${index}`);
    const versions = Array.from({ length: 40 }, (_, index) => `1.${index}.0`);
    const made = planned(
      { ...smallConfig, pythons: values, flavors: { standard: { dockerfile: 'Dockerfile' } } },
      daily(...versions),
    );
    const page = mapPage(made);
    expect(partOf(page, 'grid', 'owners').columns).toHaveLength(300);
    expect((pageHtml(page).match(/<td/g) ?? []).length).toBeLessThan(6000);
  });

  test('tags of 128 characters are there whole', () => {
    const long = 'x'.repeat(128 - '1.0.0-'.length);
    const config = {
      ...smallConfig,
      flavors: { standard: { dockerfile: 'Dockerfile', suffix: `-${long}` } },
      pythons: ['3.9'],
      rules: { full: { template: '{{version}}{{suffix}}' }, sha: false, minor: false, major: false, latest: false },
    } satisfies MatrixConfig;
    const page = mapPage(planned(config, daily('1.0.0')));
    expect(linesOf(page, 'tags')).toEqual([`pinned: 1.0.0-${long} 1.0.0`]);
  });

  test('reasons in Chinese, Arabic and emoji stay what they are; a bidi override is shown as its number', () => {
    const reason = '撤回：镜像损坏 تم السحب بسبب خطأ ⚠️👩‍🚀 \u202Eevil';
    const made = planned({ ...smallConfig, yanked: [{ version: '1.0.1', reason }] }, daily('1.0.0', '1.0.1'));
    const html = pageHtml(tagPage(made, '1-latest'));
    expect(html).toContain('撤回：镜像损坏 تم السحب بسبب خطأ ⚠️👩‍🚀 \\u202eevil');
    expect(html).not.toContain('\u202E');
  });

  test('a history in which everything was withdrawn has tags of nobody', () => {
    const yanked = { reason: 'broken' };
    const made = planned(smallConfig, [
      fact('1.0.0', '2024-01-01', { yanked }),
      fact('1.0.1', '2024-01-02', { yanked }),
    ]);
    const page = mapPage(made);
    expect(linesOf(page, 'tags').slice(0, 3)).toEqual([
      'latest: 1-latest nobody',
      'latest: 1-latest-conda nobody',
      'major: 1-python3.9 nobody',
    ]);
    expect(pageHtml(tagPage(made, '1-latest'))).toContain('belongs to no release any more');
  });

  test('two repositories have parts of their own', () => {
    const plan = wholePlan(small.image, small.tags, []);
    const page = planPage([
      { plan, project: projectOf(small) },
      { plan: { ...plan, repository: 'ghcr.io/acme/app' }, project: projectOf(small) },
    ]);
    expect(page.nav.map(({ text }) => text)).toEqual(['registry.example/acme/app', 'ghcr.io/acme/app']);
    const ids = page.parts.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
