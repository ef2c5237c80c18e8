import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { protections, type Protection } from '../../src/protect/protect.ts';
import { matchesFilter } from '../../src/protect/wildcards.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { tagSets } from '../tables/tag-sets.ts';

/** As each registry reads its own rules. */
function isFixed({ registry, setting, rules }: Protection, tag: string): boolean {
  switch (registry) {
    case 'Docker Hub':
    case 'GitLab':
      return rules.some((rule) => new RegExp(rule).test(tag));
    case 'Harbor':
      return rules.some((rule) => globPattern(rule).test(tag));
    case 'Amazon ECR': {
      const isMatched = rules.some((rule) => matchesFilter(rule, tag));
      return setting.includes(' IMMUTABLE_') ? !isMatched : isMatched;
    }
    case 'Azure Container Registry':
      throw new Error('Azure has no rules');
    default:
      throw new Error(`no reading of ${String(registry)}`);
  }
}

/** Doublestar's: `{a,b}`, `[0-9]` and `*`. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll('.', String.raw`\.`)
    .replaceAll('*', '.*')
    .replaceAll(/\{(?<all>[^}]*)\}/g, (_whole, all: string) => `(?:${all.replaceAll(',', '|')})`);
  return new RegExp(`^${source}$`);
}

/** Lists of what hangs on a digest, and cosign's own tags. */
const attached = `sha256-${'9f'.repeat(32)}`;

const prefect = (() => {
  const { tags } = planned(prefectConfig, prefectFacts());
  return { name: 'Prefect', pinned: [...tags.pinned.keys()], convenience: tags.convenience.map(({ tag }) => tag) };
})();

test.each([prefect, ...tagSets])('$name: every pinned tag is fixed, every convenience tag is free', (set) => {
  const { pinned, convenience } = set;
  for (const protection of protections(set)) {
    const { registry, rules, inTheWay } = protection;
    // Only Azure has no rules at all; elsewhere they say it, or the tags in the way are named.
    if (registry === 'Azure Container Registry') continue;
    expect({ registry, isAnswered: rules.length > 0 !== inTheWay.length > 0 }).toEqual({ registry, isAnswered: true });
    if (rules.length === 0) continue;
    const free = pinned.filter((tag) => !isFixed(protection, tag));
    const fixed = [...convenience, 'staging-4711-linux-arm64', attached, `${attached}.sig`].filter((tag) =>
      isFixed(protection, tag),
    );
    expect({ registry, free, fixed }).toEqual({ registry, free: [], fixed: [] });
  }
});

const schemesFolder = fileURLToPath(new URL('../schemes/', import.meta.url));
const schemes = readdirSync(schemesFolder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

test.each(schemes)('%s: all tags of the image, by the rules that the command prints', async (name) => {
  const options = ['--json', '--config', `${schemesFolder}${name}/matrix.config.ts`];
  const plan: { tags: { tag: string; kind: string }[] } = JSON.parse(
    (await runCli(['plan', '--offline', ...options])).stdout,
  );
  const report: { protections: Protection[] } = JSON.parse((await runCli(['protect', ...options])).stdout);
  const listed = readFileSync(`${schemesFolder}${name}/tags.txt`, 'utf8').split('\n');
  const tags = listed.flatMap((line) => (line.startsWith('#') ? [] : line.split(' '))).filter((tag) => tag !== '');
  const kinds = new Map(plan.tags.map(({ tag, kind }) => [tag, kind]));
  expect(tags.filter((tag) => !kinds.has(tag))).toEqual([]);
  const said = report.protections.filter(({ rules }) => rules.length > 0);
  expect(said.map(({ registry }) => registry)).toContain('Docker Hub');
  for (const protection of said) {
    const wrong = tags.filter((tag) => isFixed(protection, tag) !== (kinds.get(tag) === 'pinned'));
    expect({ registry: protection.registry, wrong }).toEqual({ registry: protection.registry, wrong: [] });
  }
});

test('the whole plan of Prefect, in two beginnings; ECR cannot say it', () => {
  expect(prefect.pinned.length + prefect.convenience.length).toBe(4294);
  const [hub, gitlab, ecr] = protections(prefect);
  expect(hub?.rules).toEqual([String.raw`^(?:\d+\.\d+\..*$|sha-.*$)`]);
  expect(gitlab?.rules).toEqual(hub?.rules);
  expect(ecr?.rules).toEqual([]);
  expect(ecr?.inTheWay.length).toBeGreaterThan(0);
});

test('limits: of ECR five filters of 128 characters and two wildcards, of GitLab five rules of 100, of Harbor fifteen', () => {
  for (const set of [prefect, ...tagSets]) {
    const [, gitlab, ecr, harbor] = protections(set);
    expect(ecr?.rules.length).toBeLessThanOrEqual(5);
    for (const rule of ecr?.rules ?? []) {
      expect(rule.length).toBeLessThanOrEqual(128);
      expect(rule.split('*').length - 1).toBeLessThanOrEqual(2);
    }
    expect(gitlab?.rules.length).toBeLessThanOrEqual(5);
    expect(Math.max(0, ...(gitlab?.rules ?? []).map((rule) => rule.length))).toBeLessThanOrEqual(100);
    expect(harbor?.rules.length).toBeLessThanOrEqual(15);
  }
});

test('versions and series that look alike are told apart by their texts', () => {
  const [hub] = protections({ pinned: ['1.0', '1.2'], convenience: ['1.1', '1'] });
  expect(hub?.rules).toEqual([String.raw`^(?:1\.0$|1\.2$)`]);
});

describe('an image with several repositories', () => {
  const repositories = ['registry.example/acme/app', 'quay.io/acme/app'];

  async function ask(...args: readonly string[]): Promise<string> {
    const folder = await tempFolder({
      'matrix.config.json': JSON.stringify({
        ...smallConfig,
        repository: repositories,
        source: { file: 'facts.json' },
      }),
      'facts.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    });
    return (await runCli([...args, '--config', `${folder}/matrix.config.json`])).stdout;
  }

  test('has each of them named by protect', async () => {
    expect(await ask('protect')).toMatch(/^registry\.example\/acme\/app, quay\.io\/acme\/app: \d+ pinned tags to fix/);
    expect(JSON.parse(await ask('protect', '--json'))).toMatchObject({ repository: repositories[0], repositories });
  });

  test('has each of them named by explain, without a registry too', async () => {
    expect((await ask('explain', '1-latest', '--offline')).replaceAll(/\s+/g, ' ')).toMatch(
      /^1-latest of registry\.example\/acme\/app and quay\.io\/acme\/app belongs to 1\.1\.0/,
    );
    expect(JSON.parse(await ask('explain', '1-latest', '--offline', '--json'))).toMatchObject({
      repository: repositories[0],
      registry: null,
      repositories: repositories.map((repository) => ({ repository, registry: null })),
    });
  });
});
