import { describe, expect, test } from 'vitest';
import { pageHtml } from '../../src/report/page/page.ts';
import type { PageData } from '../../src/browser/page-data.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { axeViolations } from '../support/axe.ts';
import { openPages, overflow } from '../support/open-pages.ts';
import { diffPage, mapPage, releasePage, tagPage } from '../support/pages.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

const pages = openPages();
const prefect = planned(prefectConfig, prefectFacts());
const latest = { latest: { template: 'latest{{suffix}}' } };

const views: readonly { readonly name: string; readonly data: PageData }[] = [
  { name: 'a release', data: releasePage(prefect, '2.20.25') },
  { name: 'the whole map', data: mapPage(prefect) },
  { name: 'a difference', data: diffPage(prefect, planned({ ...prefectConfig, rules: latest }, prefectFacts())) },
  { name: 'a tag', data: tagPage(prefect, '2-latest') },
  { name: 'nothing', data: mapPage(planned(smallConfig, [])) },
];

describe.each(views)('the page of $name', ({ data }) => {
  const html = pageHtml(data);

  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 768 },
    { scheme: 'light', width: 390 },
  ] as const)('has nothing against it from axe, $scheme at $width, and asks nobody', async (view) => {
    const { page, noise } = await pages.open(html, view);
    const first = page.locator('details.finding summary').first();
    if ((await first.count()) > 0) await first.click();
    expect(await axeViolations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(noise).toEqual([]);
  });
});

describe('the page of a release', () => {
  test('shows what moves, and each tag with its reason and links', async () => {
    const { page } = await pages.open(pageHtml(releasePage(prefect, '2.20.25')), {
      hash: 'docker.io/prefecthq/prefect:2-latest',
    });
    const row = page.locator('.finding[open]');
    await row.waitFor();
    expect(await row.locator('.ends').textContent()).toBe('2.20.24 → 2.20.25');
    expect(await row.locator('.links a').first().getAttribute('href')).toBe(
      'https://hub.docker.com/r/prefecthq/prefect/tags?name=2-latest',
    );
    await page.locator('.change details summary').first().click();
    expect(await page.locator('.change details[open] li').allTextContents()).toEqual([
      '2-python3.8',
      '2-python3.9',
      '2-python3.10',
      '2-python3.11',
      '2-python3.12',
    ]);
  });

  test('is searched through tags that no screen has yet', async () => {
    const { page } = await pages.open(pageHtml(mapPage(prefect)));
    await page.keyboard.press('/');
    await page.keyboard.type('2.0.0-python3.7');
    await expect.poll(() => page.locator('#found').textContent()).toBe('2 of 4294 rows');
    expect(await page.locator('.finding:visible .tag').allTextContents()).toEqual([
      '2.0.0-python3.7',
      '2.0.0-python3.7-conda',
    ]);
    expect(new URL(page.url()).hash).toBe('#?q=2.0.0-python3.7');
  });
});

test('the page of a tag shows only the releases that are asked for', async () => {
  const { page } = await pages.open(pageHtml(tagPage(prefect, '2-latest')));
  await page.locator('.chip[data-kind=excluded]').click();
  expect(await page.locator('.finding .tag').allTextContents()).toEqual(['2.82', '2.6.10', '2.6.9.post1']);
});

test('a map of 300 values of an axis scrolls by itself', async () => {
  const values = Array.from({ length: 300 }, (_, index) => `4.${index}`);
  const versions = Array.from({ length: 100 }, (_, index) => `1.${index}.0`);
  const config = { ...smallConfig, pythons: values, flavors: { standard: { dockerfile: 'Dockerfile' } } };
  const { page } = await pages.open(pageHtml(mapPage(planned(config, daily(...versions)))));
  expect(await overflow(page)).toBe(0);
  expect(await page.locator('.grid thead th[scope=col]').count()).toBe(301);
  expect(await page.locator('.grid td').count()).toBeLessThan(20_000);
  await page
    .locator('.scroll')
    .first()
    .evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await page.locator('.grid th[scope=row]', { hasText: /^1\.0minor$/ }).waitFor();
});

describe('100,000 tags', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => ({
    tag: `1.${Math.floor(index / 100)}.${index % 100}-python3.12`,
    kind: 'missing',
    from: 'absent',
    to: `1.${Math.floor(index / 100)}.${index % 100}`,
    because: `It is absent; the full tag of 1.${Math.floor(index / 100)}.${index % 100} (python 3.12, flavor standard).`,
  }));
  const group = {
    id: 'g',
    name: 'pinned',
    tone: '' as const,
    count: '100,000',
    note: '',
    folded: false,
    rows,
    more: '',
  };
  const list = {
    kind: 'list' as const,
    id: 'findings',
    title: 'Findings',
    lead: '',
    empty: '',
    link: null,
    prefix: 'r.example/app:',
  };
  const html = pageHtml({
    title: 'many',
    command: 'audit',
    nav: [{ id: 'findings', text: 'Findings' }],
    parts: [{ ...list, groups: [group] }],
    releases: {},
  });

  test('are opened, searched and walked to their end, and only what is seen is drawn', async () => {
    expect(Buffer.byteLength(html)).toBeLessThan(20_000_000);
    const { page, noise } = await pages.open(html);
    expect(await page.locator('.finding').count()).toBeLessThan(200);
    const searchMs = await page.evaluate<number>(`(async () => {
      const began = performance.now();
      const q = document.getElementById('q');
      q.value = '1.999.99-';
      q.dispatchEvent(new Event('input', { bubbles: true }));
      while (document.getElementById('found').textContent !== '1 of 100000 rows') await new Promise(requestAnimationFrame);
      return performance.now() - began;
    })()`);
    expect(searchMs).toBeLessThan(3000);
    expect(await page.locator('.finding .tag').allTextContents()).toEqual(['1.999.99-python3.12']);
    await page.locator('#q').press('Escape');
    await page.evaluate('location.hash = "r.example/app:1.999.99-python3.12"');
    await page.locator('.finding[open]').waitFor();
    expect(await page.locator('.finding[open] .tag').textContent()).toBe('1.999.99-python3.12');
    expect(await page.getByRole('listitem').last().getAttribute('aria-posinset')).toBe('100000');
    expect(await page.locator('.finding').count()).toBeLessThan(300);
    expect(noise).toEqual([]);
  });
});

test('hostile texts stay texts wherever a page has one', async () => {
  const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'\u202E';
  const seen = evil.replace('\u202E', '\\u202e');
  const row = {
    tag: evil,
    kind: evil,
    from: evil,
    to: evil,
    mark: evil,
    say: evil,
    because: evil,
    facts: [{ name: evil, text: evil, code: evil }],
    fix: evil,
    version: evil,
  };
  const group = {
    id: 'g',
    name: evil,
    tone: '' as const,
    count: evil,
    note: evil,
    folded: false,
    rows: Array.from({ length: 20 }, () => row),
    more: evil,
  };
  const data: PageData = {
    title: evil,
    command: evil,
    nav: [{ id: 'l', text: evil }],
    releases: { [evil]: 'https://x.example/' },
    parts: [
      {
        kind: 'hero',
        id: 'h',
        about: evil,
        href: '',
        tone: '',
        title: evil,
        lines: [[evil, { code: evil }, { strong: evil }]],
        chips: [{ name: evil, count: evil, note: evil, tone: '', kind: evil }],
      },
      { kind: 'steps', id: 's', title: evil, more: evil, steps: [{ command: evil, note: evil, choices: [] }] },
      {
        kind: 'list',
        id: 'l',
        title: evil,
        lead: evil,
        empty: evil,
        groups: [group],
        link: { site: evil, before: 'https://x.example/', after: '' },
        prefix: 'p:',
      },
      {
        kind: 'grid',
        id: 'm',
        title: evil,
        lead: evil,
        legend: 'map',
        caption: evil,
        corner: evil,
        groups: [{ name: evil, span: 2 }],
        columns: [
          { name: evil, first: true },
          { name: evil, first: false },
        ],
        prefix: 'p:',
        rows: [
          {
            head: evil,
            sub: evil,
            remark: evil,
            cells: [
              { state: evil, tag: evil, pills: [{ label: evil, place: 'strayed', tag: evil }] },
              { from: evil, to: evil, note: evil, tags: [evil, evil] },
            ],
          },
        ],
      },
      {
        kind: 'lanes',
        id: 'o',
        title: evil,
        lead: evil,
        years: [{ year: 2024, left: 3 }],
        versions: [evil],
        moments: [[evil, 4]],
        prefix: 'p:',
        rules: [
          {
            rule: evil,
            count: evil,
            wrong: evil,
            open: true,
            lanes: [{ tag: evil, takes: [[0, 0]], owner: evil, say: evil, row: true, wrong: true }],
          },
        ],
      },
      { kind: 'facts', id: 'f', title: evil, facts: [{ name: evil, text: evil, code: evil, copy: true }], links: [] },
      { kind: 'notes', id: 'n', title: evil, notes: [[evil]] },
    ],
  };
  const { page, noise } = await pages.open(pageHtml(data), { hash: 'o' });
  await page.locator('.track').focus();
  expect(await page.locator('#o-said').textContent()).toContain(seen);
  expect(await page.title()).toBe(seen);
  expect(await page.locator('h1').textContent()).toBe(seen);
  expect(await page.locator('.finding .tag').first().textContent()).toBe(seen);
  expect(await page.locator('img, iframe, object, [onerror]').count()).toBe(0);
  expect(await page.locator('script').count()).toBe(2);
  expect(noise).toEqual([]);
});
