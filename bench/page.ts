/**
 * What the pages weigh and how soon they are seen: the page of an audit of Prefect's 4,294 tags with eleven findings, and
 * the playground, both from disk in Chromium. `npm run bench:page [-- --rounds 7]`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildPlayground } from '../scripts/playground.ts';
import { pageOf, prefect, troubledRegistry } from '../test/support/audit-page.ts';
import { openBrowser } from '../test/support/browser.ts';
import { figure, limited, median, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';

const asked = partArguments({ rounds: 7 });
const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
const browser = await openBrowser();
try {
  const { html } = pageOf(prefect, troubledRegistry());
  const playground = await buildPlayground();
  const empty = await firstPaint('empty.html', '<!doctype html><title>empty</title><p>empty</p>');
  const peer = { name: 'a page of one word', value: empty };
  const ms = async (name: string, text: string): Promise<{ value: number; unit: string }> => ({
    value: await firstPaint(name, text),
    unit: 'ms',
  });
  const audit = await ms('audit.html', html);
  const figures: Figure[] = [
    limited('the page of an audit', { value: Buffer.byteLength(html) / 1e6, unit: 'MB' }, 1.5),
    limited('the page of an audit, first paint', audit, 1000),
    figure('the page of an audit, first paint', audit, peer),
    limited('the playground, compressed', { value: gzipSync(playground).length / 1000, unit: 'kB' }, 400),
    figure('the playground, first paint', await ms('playground.html', playground), peer),
  ];
  finishPart(asked, figures);
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}

/** Milliseconds from opening to the first text that is seen. */
async function firstPaint(name: string, html: string): Promise<number> {
  const file = join(folder, name);
  await writeFile(file, html);
  const times: number[] = [];
  for (let round = 0; round < asked.rounds; round += 1) {
    // What waits for the entry is evaluated in the page, whose own policy refuses that.
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(pathToFileURL(file).href);
    const entry = 'performance.getEntriesByName("first-contentful-paint")[0]';
    await page.waitForFunction(`${entry} !== undefined`);
    times.push(await page.evaluate<number>(`${entry}.startTime`));
    await page.close();
  }
  return median(times);
}
