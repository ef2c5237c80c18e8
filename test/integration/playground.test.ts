/** The playground in a browser, from disk: what people see, type, share, and what it does with bad input. */
import { execa } from 'execa';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { configYaml, playgroundExamples } from '../../scripts/playground.ts';
import { axeViolations } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { builtCli } from '../support/built-cli.ts';
import { playgroundPage } from '../support/playground.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let browser: Browser;
let url = '';

beforeAll(async () => {
  const file = join(await tempFolder({}, afterAll), 'playground.html');
  await writeFile(file, await playgroundPage());
  url = pathToFileURL(file).href;
  browser = await openBrowser();
}, 120_000);
afterAll(() => browser.close());

interface Opened {
  readonly page: Page;
  /** What the page asked for besides itself and its own worker, and what went wrong in it. */
  readonly noise: string[];
}

async function open(
  hash: string,
  view: { readonly scheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<Opened> {
  const page = await browser.newPage({
    viewport: { width: view.width ?? 1280, height: 900 },
    colorScheme: view.scheme ?? 'light',
  });
  onTestFinished(() => page.close());
  const noise: string[] = [];
  page.on('request', (request) => {
    const address = request.url();
    if (address.split('#')[0] !== url && !/^(?:blob:null|data:)/.test(address)) noise.push(address);
  });
  page.on('pageerror', (error) => noise.push(error.message));
  page.on('console', (message) => noise.push(message.text()));
  page.on('dialog', (dialog) => {
    noise.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`${url}#${hash}`);
  return { page, noise };
}

/** The page has answered what is in its fields. */
async function settled(page: Page): Promise<void> {
  await page.locator('#result[aria-busy=false]').waitFor();
}

/** As a person pastes: planning begins once the fingers rest. */
async function write(page: Page, field: 'config' | 'releases', text: string): Promise<void> {
  await page.locator('#result').evaluate((node) => node.removeAttribute('aria-busy'));
  await page.locator(`#${field}`).fill(text);
  await settled(page);
}

async function problems(page: Page): Promise<string[]> {
  return page.locator('#problems .problem').allInnerTexts();
}

async function downloaded(page: Page): Promise<string> {
  await page.locator('#document summary').click();
  await page.locator('#json:not(:empty)').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
  expect(download.suggestedFilename()).toBe('plan.json');
  return readFile(await download.path(), 'utf8');
}

const compared = playgroundExamples.filter(({ name }) => ['prefect', 'node', 'cuda', 'monorepo'].includes(name));

test.each(compared)('$name: what is downloaded is what the command below it prints', async (example) => {
  const { page, noise } = await open(`example=${example.name}`);
  await page.locator('#tables .tag').first().waitFor();
  const plan = await downloaded(page);
  const place = await tempFolder({}, onTestFinished);
  await writeFile(join(place, 'matrix.config.yaml'), await configYaml(`${root}${example.folder}/matrix.config.ts`));
  await copyFile(`${root}${example.folder}/${example.facts ?? 'releases.json'}`, join(place, 'releases.json'));
  const [program, ...args] = ((await page.locator('#command').textContent()) ?? '').split(' ');
  expect(program).toBe('tagwright');
  const run = await execa(process.execPath, [builtCli(), ...args], { cwd: place, stripFinalNewline: false });
  expect(plan).toBe(run.stdout);
  expect(noise).toEqual([]);
});

test('what most people pull comes first, and says why it points there', async () => {
  const { page } = await open('example=prefect');
  await page.locator('#tables .tag').first().click();
  expect(await page.locator('.explanation').innerText()).toContain(
    'docker.io/prefecthq/prefect:2-latest belongs to 2.20.25 python 3.10, flavor standard.',
  );
  await page.waitForURL(/#example=prefect&tag=2-latest$/);
  expect(await page.evaluate<boolean>('document.activeElement.matches(".tag[aria-expanded=true]")')).toBe(true);
});

test('everything is reached by keyboard: a tag, its reason, a release', async () => {
  const { page } = await open('example=cuda');
  await page.locator('#tables .tag').first().waitFor();
  const focused = (): Promise<string> =>
    page.evaluate<string>('document.activeElement.id || document.activeElement.className');
  const reached: string[] = [];
  for (let presses = 0; presses < 30 && reached.at(-1) !== 'tag'; presses += 1) {
    await page.keyboard.press('Tab');
    reached.push(await focused());
  }
  expect(reached).toEqual(
    expect.arrayContaining(['skip', 'theme', 'example', 'config', 'releases', 'copy-link', 'release', 'filter', 'tag']),
  );
  await page.keyboard.press('Enter');
  await page.locator('.explanation').waitFor();
  await page.locator('#release').focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('caption', { hasText: /^What publishing .* moves$/ }).waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('release');
});

test('a change is planned, and the address alone gives it to somebody else', async () => {
  const { page, noise } = await open('example=postgres');
  await page.locator('#tables .tag').first().waitFor();
  await write(page, 'config', 'repository: r.example/app\ndockerfile: Dockerfile\nrules: { sha: false }\n');
  await write(page, 'releases', '1.0.0\n1.1.0\n');
  expect(await page.locator('#example').inputValue()).toBe('');
  await page.locator('#release').selectOption('1.1.0');
  await page.waitForURL(/#text=[\w-]+&release=1\.1\.0$/);
  const address = page.url();
  const status = await page.locator('#status').textContent();
  expect(status).toMatch(/^r\.example\/app 1\.1\.0: 1 cell, 1 pinned tag, 3 convenience tags to move\. /);
  const other = await open(address.slice(address.indexOf('#') + 1));
  await settled(other.page);
  expect(await other.page.locator('#releases').inputValue()).toBe('1.0.0\n1.1.0\n');
  expect(await other.page.locator('tbody th code').allTextContents()).toEqual(['1.1', '1', 'latest']);
  expect([...noise, ...other.noise]).toEqual([]);
});

test.each([
  ['text=abc', /it was cut or changed on its way/],
  ['example=nosuch', /there is no example "nosuch", so another one is shown/],
])('an address that was cut or names nothing says so where a phone shows it: %s', async (hash, said) => {
  const { page } = await open(hash, { width: 390 });
  await page.locator('#problems .problem').waitFor();
  expect(await problems(page)).toEqual([expect.stringMatching(said)]);
  const isSeen = `(() => {
    const { top, bottom } = document.querySelector('#problems .problem').getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  })()`;
  await expect.poll(() => page.evaluate<boolean>(isSeen)).toBe(true);
});

test('a tag that is not in the plan can be asked about', async () => {
  const { page } = await open('example=cuda');
  await page.locator('#filter').fill('9-latest');
  await page.locator('button', { hasText: 'Why is 9-latest not a tag?' }).click();
  expect(await page.locator('#explained .explanation').innerText()).toContain('9-latest is not a tag of this image.');
});

test('of thousands of tags the first are drawn, and more on demand', async () => {
  const { page } = await open('example=prefect');
  await page.locator('.more button').click();
  expect(await page.locator('#tables .tag').count()).toBe(400);
  const focused = '[...document.querySelectorAll("#tables .tag")].indexOf(document.activeElement)';
  expect(await page.evaluate<number>(focused)).toBe(200);
});

describe('bad input is one clear message', () => {
  const axes = Object.fromEntries(
    ['a', 'b', 'c'].map((axis) => [axis, Array.from({ length: 27 }, (_, value) => `${axis}${value}`)]),
  );
  const limits = { tags: 1_000_000_000, jobs: 1_000_000_000 };
  const endless = { repository: 'r.example/app', dockerfile: 'Dockerfile', axes, limits, rules: { sha: false } };
  const many = Array.from({ length: 1000 }, (_, minor) => `1.${minor}.0`).join('\n');

  test.each([
    {
      name: 'twenty million cells',
      config: JSON.stringify(endless),
      releases: many,
      said: /^STOPPED\n+planning was stopped after 5 seconds\n/,
    },
    { name: 'a config of 5 MB', config: `repository: '${'a'.repeat(5_000_000)}'`, said: /at most 1\.0 MiB are read/ },
    { name: 'a script', config: "import x from 'y';\nexport default x;\n", said: /only JSON or YAML is read here/ },
    {
      name: 'a pattern that never ends elsewhere',
      config: String.raw`{"repository": "r.example/app", "dockerfile": "Dockerfile", "tagPattern": "^(?<version>(\\d+)+)+$"}`,
      releases: `${'1'.repeat(190)}!`,
      said: /^VERSION_SHAPE/,
    },
  ])('$name', async ({ config, releases, said }) => {
    const { page, noise } = await open('example=cuda');
    await page.locator('#tables .tag').first().waitFor();
    if (releases !== undefined) await write(page, 'releases', releases);
    const beganMs = performance.now();
    await write(page, 'config', config);
    expect(performance.now() - beganMs).toBeLessThan(20_000);
    expect(await problems(page)).toEqual([expect.stringMatching(said)]);
    expect(await page.locator('#planned').isVisible()).toBe(false);
    // The page goes on with what is right.
    await page.locator('#example').selectOption('node');
    await page.locator('#tables .tag').first().waitFor();
    expect(noise).toEqual([]);
  });

  test('markup in a config or a version stays text', async () => {
    const evil = '</script><img src=x onerror=alert(1)>';
    const { page, noise } = await open('example=cuda');
    await page.locator('#tables .tag').first().waitFor();
    await write(page, 'config', JSON.stringify({ [evil]: evil }));
    expect((await problems(page)).join('\n')).toContain(evil);
    await write(page, 'releases', evil);
    expect([await page.locator('img').count(), noise]).toEqual([0, []]);
  });
});

test.each([
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 390 },
  { scheme: 'dark', width: 390 },
] as const)('axe has nothing against it, and nothing overflows, $scheme at $width', async (view) => {
  const { page } = await open('example=prefect&tag=2-latest', view);
  await page.locator('.explanation').waitFor();
  await page.locator('#document summary').click();
  await page.locator('#json:not(:empty)').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate<number>(overflow)).toBe(0);
});
