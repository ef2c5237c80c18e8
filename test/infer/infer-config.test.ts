/**
 * Configs inferred from the tag lists of real images. The newest release of each line is not in the list: it is one above
 * what the image has today, and the plan of the inferred config has to give it the very tags, image by image, that the
 * hand-written config gives it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { configOf, inferConfig, type InferredConfig } from '../../src/infer/infer-config.ts';
import { readTagList } from '../../src/infer/read-tag-list.ts';
import type { TagOfImage } from '../../src/infer/scheme-names.ts';
import { initFromRegistry } from '../support/init-from-registry.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const schemes = fileURLToPath(new URL('../schemes/', import.meta.url));

interface Fact {
  readonly version: string;
  readonly revision: string;
  readonly committedAt: string;
}

interface Owned {
  readonly owner: { readonly version: string } | null;
  readonly tags: readonly string[];
}

function tagsOf(image: string): TagOfImage[] {
  return readTagList(readFileSync(`${schemes}${image}/tags.txt`, 'utf8'), 'tags.txt');
}

function factsOf(image: string): Fact[] {
  return JSON.parse(readFileSync(`${schemes}${image}/releases.json`, 'utf8'));
}

/** One above the newest release of each line: `2.9.3` above 2.9.2, `19beta4` above 19beta3. */
function nextReleases(facts: readonly Fact[]): Fact[] {
  const lines = new Map<string, string>();
  for (const { version } of facts) {
    const numbers = (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.');
    const pre = /\d(?<word>a|b|beta|rc|\.dev)\d/i.exec(version)?.groups?.['word'] ?? '';
    lines.set(`${numbers.slice(0, Math.max(1, numbers.length - 1)).join('.')} ${pre}`, version);
  }
  return [...lines.values()].map((version, index) => ({
    version: version.replace(/\d+$/, (last) => String(Number(last) + 1)),
    revision: String(index).padStart(40, 'e'),
    committedAt: `2026-03-${String(index + 1).padStart(2, '0')}T00:00:00Z`,
  }));
}

async function ownedTags(config: string, releases: string): Promise<Owned[]> {
  const run = await runCli(['plan', '--offline', '--json', '--config', config, '--releases', releases]);
  expect(run).toMatchObject({ code: 0 });
  const plan: { tags: { tag: string; owner: { version: string } | null }[] } = JSON.parse(run.stdout);
  const owned = new Map<string, { owner: Owned['owner']; tags: string[] }>();
  for (const { tag, owner } of plan.tags) {
    const key = JSON.stringify(owner);
    const entry = owned.get(key) ?? { owner, tags: [] };
    entry.tags.push(tag);
    owned.set(key, entry);
  }
  return [...owned.values()];
}

async function place(
  inferred: InferredConfig,
  facts: readonly object[],
): Promise<{ config: string; all: string; list: string }> {
  const folder = await tempFolder({});
  const config = join(folder, 'matrix.config.json');
  const raw = { repository: 'docker.io/acme/app', source: { file: 'releases.json' }, ...configOf(inferred) };
  await writeFile(config, JSON.stringify(raw));
  await writeFile(join(folder, 'all.json'), JSON.stringify(facts));
  await writeFile(join(folder, 'list.json'), JSON.stringify(inferred.versions.map((version) => ({ version }))));
  return { config, all: join(folder, 'all.json'), list: join(folder, 'list.json') };
}

/** Rules of the hand-written config that give tags. */
async function rulesOf(config: string): Promise<number> {
  const run = await runCli(['plan', '--offline', '--json', '--config', config]);
  const plan: { tags: { rule: string }[] } = JSON.parse(run.stdout);
  return new Set(plan.tags.map(({ rule }) => rule)).size;
}

const exact = [
  'airflow',
  'golang',
  'home-assistant',
  'mysql',
  'nextcloud',
  'node',
  'php',
  'postgres',
  'python',
  'redis',
];

describe.each(exact)('%s', (image) => {
  test('the release that the list lacks gets exactly its tags, image by image', async () => {
    const next = nextReleases(factsOf(image));
    const versions = new Set(next.map(({ version }) => version));
    const at = await place(inferConfig(tagsOf(image)), [...factsOf(image), ...next]);
    const newest = (owned: readonly Owned[]): string[] =>
      owned
        .filter(({ owner }) => owner !== null && versions.has(owner.version))
        .map(({ tags }) => tags.toSorted().join(' '))
        .toSorted();
    const expected = newest(await ownedTags(`${schemes}${image}/matrix.config.ts`, at.all));
    expect(expected.length).toBeGreaterThan(0);
    expect(newest(await ownedTags(at.config, at.all))).toEqual(expected);
  });

  test('the list is explained, with nothing more, by few rules', async () => {
    const inferred = inferConfig(tagsOf(image));
    const at = await place(inferred, []);
    const planned = (await ownedTags(at.config, at.list)).flatMap(({ tags }) => tags);
    expect(planned.toSorted()).toEqual(
      tagsOf(image)
        .map(({ tag }) => tag)
        .toSorted(),
    );
    expect(inferred.rules.length).toBeLessThanOrEqual((await rulesOf(`${schemes}${image}/matrix.config.ts`)) + 2);
  });
});

/** Of a hundred tags, and what stays out: versions that no scheme reads, and defaults that depend on another value. */
const coverage: readonly { readonly image: string; readonly atLeast: number }[] = [
  { image: 'mariadb', atLeast: 100 },
  { image: 'ubuntu', atLeast: 100 },
  { image: 'eclipse-temurin', atLeast: 60 },
  { image: 'gradle', atLeast: 68 },
];

test.each(coverage)('$atLeast of 100 tags of $image are explained', async ({ image, atLeast }) => {
  const folder = await tempFolder({ 'tags.txt': readFileSync(`${schemes}${image}/tags.txt`, 'utf8') });
  const run = await initFromRegistry(folder, join(folder, 'tags.txt'));
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const { some = 0, all = 1 } = /(?<some>\d+) of (?<all>\d+) tags are explained/.exec(run.stdout)?.groups ?? {};
  expect((100 * Number(some)) / Number(all)).toBeGreaterThanOrEqual(atLeast);
  const plan = await runCli(['plan', '--offline', '--json', '--config', join(folder, 'matrix.config.ts')]);
  expect(plan).toMatchObject({ code: 0 });
});

test('no scheme is left out here', () => {
  const images = readdirSync(schemes).filter((name) => !name.includes('.'));
  expect([...exact, ...coverage.map(({ image }) => image)].toSorted()).toEqual(images.toSorted());
});

/** Words that go with some names of their images, and versions of which there are only builds. */
test.each([
  {
    name: 'a word goes with the names that it is seen with',
    lines: [
      '1.28.0 1.28 1.28.0-bookworm 1.28-bookworm',
      '1.28.0-alpine 1.28-alpine 1.28.0-alpine3.22 1.28-alpine3.22',
      '1.29.1 1.29 latest mainline 1.29.1-bookworm 1.29-bookworm bookworm',
      '1.29.1-alpine 1.29-alpine alpine mainline-alpine 1.29.1-alpine3.22 1.29-alpine3.22 alpine3.22',
    ],
    unexplained: [],
  },
  {
    name: 'builds of a version that is not out are no values',
    lines: ['12.0.4 12.0', '12.1.1 12.1 latest', '12.2.0-17567790421', '12.2.0-17142998006'],
    unexplained: ['12.2.0-17142998006', '12.2.0-17567790421'],
  },
])('$name', async ({ lines, unexplained }) => {
  const tags = readTagList(lines.join('\n'), 'tags.txt');
  const inferred = inferConfig(tags);
  const at = await place(inferred, []);
  const planned = new Set((await ownedTags(at.config, at.list)).flatMap((one) => one.tags));
  const given = tags.map(({ tag }) => tag);
  expect(given.filter((tag) => !planned.has(tag)).toSorted()).toEqual(unexplained);
  expect([...planned].filter((tag) => !given.includes(tag))).toEqual([]);
});
