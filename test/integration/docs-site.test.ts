/** The documents as a site: built, walked link by link, and searched in a browser. */
import { execa } from 'execa';
import { createServer } from 'node:http';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { documents } from '../support/links.ts';
import { listenOnLoopback, type LoopbackServer } from '../support/loopback.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const base = '/tagwright/';
let site = '';
let said = '';
let server: LoopbackServer;
let browser: Browser;

beforeAll(async () => {
  site = await tempFolder({}, afterAll);
  const built = await execa('npm', ['run', 'docs:build', '--', '--outDir', site], { cwd: root, all: true });
  said = built.all;
  const listener = createServer(({ url = '/' }, response) => {
    const file = fileOf(url);
    const type = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }[extname(file ?? '')];
    response.writeHead(file === null ? 404 : 200, type === undefined ? {} : { 'content-type': type });
    response.end(file === null ? '' : readFileSync(file));
  });
  server = await listenOnLoopback(listener);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** What the address leads to, or `null`. */
function fileOf(address: string): string | null {
  const path = decodeURIComponent(new URL(address, 'http://site.test').pathname);
  if (!path.startsWith(base)) return null;
  const file = join(site, path.slice(base.length));
  const found = [file, join(file, 'index.html')].find((name) => existsSync(name) && statSync(name).isFile());
  return found ?? null;
}

function pages(): string[] {
  return readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
}

test('every document below docs is a page with its heading, and the list of them is the first', () => {
  const expected = documents(root).filter((name) => name.startsWith('docs/'));
  expect(expected.length).toBeGreaterThan(20);
  for (const name of expected) {
    const page = name === 'docs/guides/README.md' ? 'index.html' : name.slice('docs/'.length).replace(/md$/, 'html');
    const [, heading = ''] = /^# (.*)$/m.exec(readFileSync(join(root, name), 'utf8')) ?? [];
    const text = readFileSync(join(site, page), 'utf8').replaceAll(/<[^>]+>/g, '');
    expect({ page, text }).toMatchObject({ text: expect.stringContaining(heading.replaceAll('`', '')) });
  }
});

test('no page met an error while it was drawn, with which VitePress ends with 0 all the same', () => {
  expect(said).toContain('build complete');
  expect(said).not.toMatch(/error/i);
});

test('every link of the site to itself leads to a page and a heading, and its sidebar to each group', () => {
  const broken = pages().flatMap((page) => {
    const html = readFileSync(join(site, page), 'utf8');
    const links = [...html.matchAll(/ href="(?<href>[^"]+)"/g)].map(({ groups }) => groups?.['href'] ?? '');
    return links.filter((href) => !/^[a-z]+:/.test(href) && !leads(page, href)).map((href) => `${page}: ${href}`);
  });
  expect(broken).toEqual([]);
  const first = readFileSync(join(site, 'index.html'), 'utf8');
  for (const entry of ['Your first look', 'Troubleshooting by error code', 'Glossary'])
    expect(first).toContain(`>${entry}</`);
});

function leads(page: string, href: string): boolean {
  const url = new URL(href, `http://site.test${posix.join(base, page)}`);
  const file = fileOf(url.pathname);
  if (file === null) return false;
  const id = decodeURIComponent(url.hash.slice(1));
  return id === '' || readFileSync(file, 'utf8').includes(`id="${id}"`);
}

test('the playground is a page of the site, and plans there too', async () => {
  const page = await browser.newPage();
  await page.goto(`${server.url}${base}`);
  await page.locator('.VPNavBar a', { hasText: 'Playground' }).click();
  await page.locator('#tables .tag', { hasText: /^2-latest$/ }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`${base}playground.html`);
  await page.close();
});

test('what stands between two braces is shown as it is written', () => {
  const html = readFileSync(join(site, 'config.html'), 'utf8');
  expect(html).toContain('{{version}}');
});

test('the search finds a word, without a request to anybody else', async () => {
  const page = await browser.newPage();
  const elsewhere: string[] = [];
  const failures: string[] = [];
  const home = `${server.url}${base}`;
  page.on('request', (request) => {
    if (!request.url().startsWith(home) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => failures.push(error.message));
  await page.goto(home);
  // Keys are heard once Vue has taken over the page.
  await page.waitForFunction("document.querySelector('#app').__vue_app__ !== undefined");
  await page.keyboard.press('Control+k');
  await page.locator('.VPLocalSearchBox input').fill('backport');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname !== base);
  // The address changes before the page does.
  await page.locator('main', { hasText: /backport/i }).waitFor();
  expect([elsewhere, failures]).toEqual([[], []]);
});
