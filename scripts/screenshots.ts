/**
 * The pictures of the three pages in docs/: `npm run screenshots`. Prefect's real facts, and a registry in which some tags
 * went wrong, as the tests have it; light, 1280 wide. Needs Chromium (`TAGWRIGHT_CHROMIUM` says where).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { auditPage } from '../src/report/page/audit.ts';
import { pageHtml } from '../src/report/page/page.ts';
import { healthy } from '../test/support/audit-case.ts';
import { prefect, shownOf, troubledRegistry } from '../test/support/audit-page.ts';
import { openBrowser } from '../test/support/browser.ts';
import { releasePage, tagPage } from '../test/support/pages.ts';

/** What has to be chosen has a command of some thirty words, which no picture is for. */
const seen = new Map(troubledRegistry());
for (const tag of ['2.20.21-python3.10', 'v2.13.0-python3.10']) {
  const right = healthy(prefect).get(tag);
  if (right === undefined) seen.delete(tag);
  else seen.set(tag, right);
}

const shots = [
  { name: 'audit', data: auditPage([shownOf(prefect, seen)]), height: 900 },
  { name: 'plan', data: releasePage(prefect, '2.20.25'), height: 760 },
  { name: 'explain', data: tagPage(prefect, '2-latest'), height: 760 },
];

const folder = await mkdtemp(join(tmpdir(), 'tagwright-shots-'));
const browser = await openBrowser();
try {
  for (const { name, data, height } of shots) {
    const file = join(folder, `${name}.html`);
    await writeFile(file, pageHtml(data));
    const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: 'light' });
    await page.goto(pathToFileURL(file).href);
    await page.locator('html[data-ready]').waitFor();
    await page.screenshot({ path: fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url)) });
    console.error(`docs/${name}.png`);
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
