/** Pages of reports in Chromium, as a person opens them from disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openBrowser } from './browser.ts';

export interface OpenedPage {
  readonly page: Page;
  readonly url: string;
  /** What the page asked for besides itself, and what went wrong in it. */
  readonly noise: string[];
}

export interface PageView {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly hash?: string;
  readonly scripts?: boolean;
}

/** One browser for the tests of a file. */
export function openPages(): { open(html: string, view?: PageView): Promise<OpenedPage> } {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), 'tagwright-page-'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { open: (html, view = {}) => openPage(browser, join(folder, 'page.html'), html, view) };
}

async function openPage(browser: Browser, file: string, html: string, view: PageView): Promise<OpenedPage> {
  await writeFile(file, html);
  const page = await browser.newPage({
    viewport: { width: view.width ?? 1280, height: 900 },
    colorScheme: view.scheme ?? 'light',
    javaScriptEnabled: view.scripts ?? true,
  });
  onTestFinished(() => page.close());
  const url = pathToFileURL(file).href;
  const noise: string[] = [];
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url && !request.url().startsWith('data:')) noise.push(request.url());
  });
  page.on('pageerror', (error) => noise.push(error.message));
  page.on('console', (message) => noise.push(message.text()));
  page.on('dialog', (dialog) => {
    noise.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(view.hash === undefined ? url : `${url}#${view.hash}`);
  return { page, url, noise };
}

/** By how many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
