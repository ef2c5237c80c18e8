/**
 * Real git tags, each with its commit and its date, planned with a short config: no error, no warning that is open, and the
 * owners that a naive second implementation finds. `git-tags.json` names the repository each was read from in 2026.
 */
import { readFile } from 'node:fs/promises';
import { createJiti } from 'jiti';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ReleaseFact } from '../../src/domain/release.ts';
import type { TagMap } from '../../src/plan/tag-map.ts';
import { follow, plan } from '../support/follow-advice.ts';

interface History {
  readonly name: string;
  /** The numbers of a release, and what comes before it; `null` for any other text. */
  readonly release: RegExp;
  /** How many numbers the tags of series have. */
  readonly series?: readonly number[];
  readonly last: readonly string[];
}

const histories: readonly History[] = [
  { name: 'miniflux', release: /^v?(\d+)\.(\d+)\.(\d+)$/, last: ['latest 2.3.3', '2 2.3.3', '1 1.0.46'] },
  {
    name: 'docker-pi-hole',
    release: /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-(\d+))?$/,
    series: [1],
    last: ['latest 2026.07.2', '2022 2022.12.1', '3 3.3.1-1'],
  },
  { name: 'kustomize', release: /^kustomize\/v(\d+)\.(\d+)\.(\d+)$/, last: ['latest 5.8.1', '4 4.5.7'] },
  { name: 'changesets', release: /^@changesets\/cli@(\d+)\.(\d+)\.(\d+)$/, last: ['latest 3.0.1'] },
  { name: 'lychee', release: /^(?:lychee-)?v?(\d+)\.(\d+)\.(\d+)$/, last: ['latest 0.24.2', '0.15 0.15.1'] },
  { name: 'temporal', release: /^v?(\d+)\.(\d+)\.(\d+)$/, last: ['latest 1.31.2', '1.30 1.30.6'] },
  {
    name: 'node-red-docker',
    release: /^v?(\d+)\.(\d+)\.(\d+)(?:-(\d+))?$/,
    last: ['1.0 1.0.6-2', 'node-red-1.0.6 1.0.6-2', 'latest 5.0.4'],
  },
  {
    name: 'docker-sonarr',
    release: /^(\d+)\.(\d+)\.(\d+)\.(\d+)-ls(\d+)$/,
    last: ['latest 4.0.19.2979-ls316', 'version-4.0.19.2979 4.0.19.2979-ls316'],
  },
];

const tagRows = z.looseObject({ rows: z.array(z.tuple([z.string(), z.string(), z.string()])) });

async function factsOf(name: string): Promise<ReleaseFact[]> {
  const text = await readFile(new URL(`${name}/git-tags.json`, import.meta.url), 'utf8');
  return tagRows
    .parse(JSON.parse(text))
    .rows.map(([version, revision, committedAt]) => ({ version, revision, committedAt }));
}

async function configOf(name: string): Promise<{ raw: object; lines: number }> {
  const file = new URL(`${name}/matrix.config.ts`, import.meta.url);
  const jiti = createJiti(import.meta.url, {
    alias: { tagwright: new URL('../../src/index.ts', import.meta.url).pathname },
  });
  const raw = await jiti.import<object>(file.pathname, { default: true });
  return { raw, lines: (await readFile(file, 'utf8')).trimEnd().split('\n').length };
}

function owners(tags: TagMap): string[] {
  return tags.convenience.map(({ tag, owner }) => `${tag} ${owner?.release.version.text ?? 'nobody'}`).toSorted();
}

/** It knows numbers, and that the highest release owns what its numbers begin with. */
function naiveOwners(texts: readonly string[], release: RegExp, series: readonly number[]): string[] {
  const read = texts.flatMap((text) => {
    const match = release.exec(text);
    if (match === null) return [];
    const parts = match.slice(1).filter((part) => (part as string | undefined) !== undefined);
    return [{ text: text.slice(text.search(/\d/)), parts, order: match.slice(1).map((part) => Number(part ?? -1)) }];
  });
  const best = new Map<string, (typeof read)[number]>();
  for (const one of read) {
    for (const tag of [...series.map((count) => one.parts.slice(0, count).join('.')), 'latest']) {
      const other = best.get(tag);
      const place = one.order.findIndex((number, index) => number !== other?.order[index]);
      if (other === undefined || (place !== -1 && (one.order[place] ?? 0) > (other.order[place] ?? 0)))
        best.set(tag, one);
    }
  }
  return [...best].map(([tag, { text }]) => `${tag} ${text}`).toSorted();
}

describe.each(histories)('$name', ({ name, release, series = [2, 1], last }) => {
  test('plans without an error or an open warning, with the owners of a naive count', async () => {
    const facts = await factsOf(name);
    const { raw, lines } = await configOf(name);
    const { said, tags } = plan(raw, facts, 'texts');
    expect(said.filter(({ code }) => code !== 'TEXTS_IGNORED')).toEqual([]);
    expect(lines).toBeLessThan(25);
    const seen = owners(tags);
    expect(seen.filter((line) => !/^(?:node-red|version)-/.test(line))).toEqual(
      naiveOwners(
        facts.map(({ version }) => version),
        release,
        series,
      ),
    );
    expect(last.filter((line) => !seen.includes(line))).toEqual([]);
  });
});

describe('whoever follows what is printed, from the pattern that comes to mind first', () => {
  const first = {
    repository: 'docker.io/acme/app',
    source: { git: '.' },
    scheme: 'semver',
    tagPattern: String.raw`^v?(?<version>\d+\.\d+.*)$`,
    flavors: { standard: { dockerfile: 'Dockerfile' } },
    rules: { latest: { template: 'latest' } },
  };

  test.each([
    { name: 'miniflux', repository: 'docker.io/miniflux/miniflux', latest: 'latest 2.3.3' },
    { name: 'docker-pi-hole', repository: 'docker.io/pihole/pihole', latest: 'latest 2026.07.2' },
    { name: 'kustomize', repository: 'registry.k8s.io/kustomize', latest: 'latest 5.8.1' },
    { name: 'changesets', repository: 'ghcr.io/changesets/cli', latest: 'latest 3.0.1' },
    { name: 'lychee', repository: 'docker.io/lycheeverse/lychee', latest: 'latest 0.24.2' },
    { name: 'temporal', repository: 'docker.io/temporalio/server', latest: 'latest 1.31.2' },
    { name: 'node-red-docker', repository: 'docker.io/nodered/node-red', latest: 'latest 5.0.4' },
    { name: 'docker-sonarr', repository: 'docker.io/linuxserver/sonarr', latest: 'latest 4.0.19.2979-ls316' },
  ])('$name', async ({ name, repository, latest }) => {
    const { steps, tags } = follow({ ...first, repository }, await factsOf(name), 'texts');
    expect(owners(tags)).toContain(latest);
    expect(steps.length).toBeLessThan(40);
  });
});
