/** The bundle of the playground, as it runs in a browser's worker, against the command line on every config of this repository. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPlayground, configYaml, playgroundExamples } from '../../scripts/playground.ts';
import { nodePlanner, plannedFolders, playgroundPage, type NodePlanner } from '../support/playground.ts';
import { runCli } from '../support/run-cli.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let planner: NodePlanner;

beforeAll(async () => {
  planner = await nodePlanner();
}, 120_000);
afterAll(() => planner.close());

/** With files named as whoever is in their folder names them. */
async function cliPlan(folder: string, facts: string, more: readonly string[]): Promise<string> {
  const files = ['--config', `${folder}matrix.config.ts`, '--releases', `${folder}${facts}`];
  const run = await runCli(['plan', ...more, '--offline', '--json', ...files]);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  return run.stdout.replaceAll(folder, '');
}

test.each(plannedFolders())(
  '$folder $image: byte for byte the plan of the command line, of all releases and of the newest',
  { timeout: 60_000 },
  async ({ folder, facts, image }) => {
    const place = `${root}${folder}/`;
    const texts = {
      config: await configYaml(`${place}matrix.config.ts`),
      configFile: 'matrix.config.ts',
      releases: await readFile(`${place}${facts}`, 'utf8'),
      image,
      wantsJson: true,
    };
    const more = image === null ? [] : ['--image', image];
    const whole = await planner.ask(texts);
    expect(whole).toMatchObject({ kind: 'plan', json: await cliPlan(place, facts, more) });
    const [newest = ''] = whole.kind === 'plan' ? whole.releases : [];
    const one = await planner.ask({ ...texts, release: newest });
    expect(one).toMatchObject({ kind: 'plan', json: await cliPlan(place, facts, [newest, ...more]) });
  },
);

test('those are all of them', () => {
  const folders = plannedFolders().map(({ folder }) => folder);
  expect(folders.length).toBeGreaterThanOrEqual(34);
  expect(folders).toEqual(expect.arrayContaining(playgroundExamples.map(({ folder }) => folder)));
});

test('building it leaves what other builds wrote alone', async () => {
  const other = `${root}dist/of-another-build-${process.pid}`;
  await mkdir(`${root}dist`, { recursive: true });
  await writeFile(other, '');
  await buildPlayground();
  expect(existsSync(other)).toBe(true);
  await rm(other);
});

test('the page is under 400 kB compressed, and has its examples and licenses', async () => {
  const html = await playgroundPage();
  expect(gzipSync(html).length).toBeLessThan(400_000);
  for (const { name } of playgroundExamples) expect(html).toContain(`"name":"${name}"`);
  for (const name of ['zod', 'yaml', 're2js', 'handlebars', 'semver'])
    expect(html).toMatch(new RegExp(`^${name} \\d`, 'm'));
});
