/**
 * Prefect's own workflow at three releases, imported: the plan of its whole history against what the workflow would
 * have pushed, release by release in the order they came out. They differ where the workflow was wrong, and nowhere else.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfigModule } from '../../src/adapters/files/load-config-module.ts';
import { defineConfig } from '../../src/config/define-config.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configText } from '../../src/import/config-text.ts';
import { importWorkflow } from '../../src/import/import-workflow.ts';
import { fact, owners, planned, problemsOf, type DatedFact } from '../support/history.ts';
import { pushedTags, type ModelStep } from '../support/metadata-action.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';

const workflowShape = z.object({
  jobs: z.object({
    images: z.object({
      steps: z.array(
        z.looseObject({
          id: z.string().optional(),
          if: z.string().optional(),
          with: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
        }),
      ),
    }),
  }),
});

function sourceOf(release: string): string {
  return readFileSync(fileURLToPath(new URL(`workflows/prefect-${release}.yaml`, import.meta.url)), 'utf8');
}

/** The step that pushes releases, as the model takes it. */
function stepOf(release: string): ModelStep {
  const { steps } = workflowShape.parse(parse(sourceOf(release))).jobs.images;
  const step = steps.find(({ id }) => id === 'prod');
  const input = (name: string): string => String(step?.with?.[name] ?? '');
  return { tags: input('tags'), flavor: input('flavor'), condition: step?.if ?? '' };
}

/** The config that the import writes, loaded as any config is. */
async function loaded(source: string): Promise<MatrixConfig> {
  const { config, head } = importWorkflow({ source, file: 'docker-images.yaml', repository: null, gitTags: [] });
  const folder = await tempFolder({ 'matrix.config.ts': configText(config, head) });
  const virtualModules = { tagwright: { defineConfig } };
  return configSchema.parse(await loadConfigModule(`${folder}/matrix.config.ts`, { virtualModules }));
}

async function imported(release: string): Promise<MatrixConfig> {
  const config = await loaded(sourceOf(release));
  // What nobody can read off a workflow: three git tags that are no releases.
  const noReleases = (prefectConfig.exclude ?? []).filter((entry) => 'version' in entry);
  return { ...config, exclude: [...(config.exclude ?? []), ...noReleases] };
}

const noReleases: readonly string[] = ['2.82', '2.6.10', '2.6.9.post1'];

/** The 164 releases in the order they came out. */
const history = prefectFacts()
  .filter(({ version }) => !noReleases.includes(version))
  .toSorted((a, b) => Date.parse(a.committedAt) - Date.parse(b.committedAt));

const suffixes: Readonly<Record<string, string>> = { standard: '', conda: '-conda', kubernetes: '-kubernetes' };

/** Every tag of one run: a job for each cell that the release built. */
function runOf(step: ModelStep, { version, revision, builtFor }: DatedFact, latestTag: string): string[] {
  const prerelease = !/^[\d.]+$/.test(version);
  const release = { prerelease, tag_name: version };
  const github = {
    event_name: 'release',
    ref: `refs/tags/${version}`,
    ref_name: version,
    event: { release, inputs: {} },
  };
  return Object.entries(builtFor ?? {}).flatMap(([flavor, pythons]) =>
    pythons.flatMap((python) => {
      const matrix = { 'python-version': python, flavor: suffixes[flavor] ?? '', image: 'prefecthq/prefect' };
      const contexts = { github, env: { LATEST_TAG: latestTag }, matrix };
      return pushedTags(step, { gitTag: version, revision: revision ?? '', contexts });
    }),
  );
}

/**
 * Where the two differ: tag to the releases after which they did, each with the release the workflow left it on.
 *
 * @param isLatest whether GitHub calls a release its latest when it comes out
 */
function differences(
  step: ModelStep,
  config: MatrixConfig,
  facts: readonly DatedFact[],
  isLatest: (version: string) => boolean,
): Record<string, string[]> {
  const { image, known } = planned(config, facts);
  const pushed = new Map<string, string>();
  const found: Record<string, string[]> = {};
  let latestTag = '';
  for (const release of facts) {
    if (isLatest(release.version)) latestTag = release.version;
    for (const tag of runOf(step, release, latestTag)) pushed.set(tag, release.version);
    const soFar = known.releases.filter(({ publishedAt }) => publishedAt <= Date.parse(release.committedAt));
    const tags = resolveTags(image, soFar, shapeFinder(image, soFar, 'releases.json'));
    const plan = new Map<string, string>([...tags.pinned].map(([tag, { cell }]) => [tag, cell.release.version.text]));
    for (const [tag, owner] of Object.entries(owners(tags))) plan.set(tag, owner?.split(' ')[0] ?? 'nobody');
    for (const tag of new Set([...pushed.keys(), ...plan.keys()])) {
      if (pushed.get(tag) === plan.get(tag)) continue;
      (found[tag] ??= []).push(`${release.version}: on ${pushed.get(tag) ?? 'nothing'}`);
    }
  }
  return found;
}

/**
 * PrefectHQ/prefect#19535: from 2.20.19 on, 3.x releases were GitHub's latest.
 *
 * @see https://github.com/PrefectHQ/prefect/issues/19535
 */
const notLatest = ['2.20.19', '2.20.20', '2.20.21', '2.20.22', '2.20.23', '2.20.24', '2.20.25'];
const wasLatest = (version: string): boolean => !notLatest.includes(version);
const latestTags = ['2-latest', '2-latest-conda', '2-latest-kubernetes'];
/** Pythons of 2.20.x, whose tags of the series should have moved. */
const seriesTags = ['3.8', '3.9', '3.10', '3.11', '3.12'].flatMap((python) =>
  ['', '-conda', '-kubernetes'].map((suffix) => `2-python${python}${suffix}`),
);
const standsStill = (releases: readonly string[]): string[] => releases.map((version) => `${version}: on 2.20.18`);

test.each([
  {
    workflow: '2.11.5',
    what: 'X-pythonY and 2-latest stood still from 2.20.19 on',
    wrong: [...latestTags, ...seriesTags].map((tag) => [tag, standsStill(notLatest)]),
  },
  {
    workflow: '2.20.25',
    what: 'X-pythonY stood still from 2.20.19 on; 2-latest did not any more',
    wrong: seriesTags.map((tag) => [tag, standsStill(notLatest)]),
  },
])('the rules of $workflow over the whole history: $what', { timeout: 120_000 }, async ({ workflow, wrong }) => {
  expect(history).toHaveLength(164);
  const config = await imported(workflow);
  expect(problemsOf(config, prefectFacts())).toEqual([]);
  expect(differences(stepOf(workflow), config, history, wasLatest)).toEqual(Object.fromEntries(wrong));
});

test(
  'had GitHub called every release its latest, there would be no difference at all',
  { timeout: 120_000 },
  async () => {
    expect(differences(stepOf('2.11.5'), await imported('2.11.5'), history, () => true)).toEqual({});
  },
);

const three = { standard: ['3.12', '3.13'], conda: ['3.12', '3.13'], kubernetes: ['3.12', '3.13'] };
const row = (version: string, day: string): DatedFact => fact(version, day, { builtFor: three });

/** A few releases of 3.x as they came out, on two Pythons for short; 3.3.8 is made up, as a backport. */
const short = [
  row('3.0.0rc1', '2024-06-20'),
  row('3.0.0', '2024-09-03'),
  row('3.3.7', '2025-04-25'),
  row('3.4.0', '2025-05-01'),
  row('3.4.1.dev1', '2025-05-06'),
  row('3.3.8', '2025-05-08'),
  row('3.4.1', '2025-05-09'),
];

async function prefect3(): Promise<MatrixConfig> {
  const { images, ...shared } = await imported('3.4.0');
  return { ...shared, ...images?.['prefect'], exclude: [] };
}

test('the rules of 3.4.0 differ nowhere while GitHub calls the highest release its latest', async () => {
  expect(differences(stepOf('3.4.0'), await prefect3(), short, (version) => version !== '3.3.8')).toEqual({});
});

test('a backport that GitHub calls its latest takes what is not its own, and the plan does not give it', async () => {
  const wrong = ['3.12', '3.13'].flatMap((python) =>
    Object.values(suffixes).map((suffix) => `3-python${python}${suffix}`),
  );
  const taken = [...wrong, ...Object.values(suffixes).map((suffix) => `3-latest${suffix}`)];
  expect(differences(stepOf('3.4.0'), await prefect3(), short, () => true)).toEqual(
    Object.fromEntries(taken.map((tag) => [tag, ['3.3.8: on 3.3.8']])),
  );
});

/**
 * A backport takes `latest`, and users are downgraded: with the usual rules, as many a service has them.
 *
 * @see https://github.com/docker/metadata-action/issues/80
 */
test('1.4.1 after 2.7.0: latest=auto gives it latest, and the plan does not', async () => {
  const patterns = ['{{version}}', '{{major}}.{{minor}}', '{{major}}'];
  const step: ModelStep = {
    tags: [...patterns.map((pattern) => `type=semver,pattern=${pattern}`), 'type=sha'].join('\n'),
  };
  const source = stringify({
    on: { push: { tags: ['v*'] } },
    jobs: { image: { steps: [{ uses: 'docker/metadata-action@v5', with: { images: 'acme/app', tags: step.tags } }] } },
  });
  const config = await loaded(source);
  const facts = [
    fact('v1.4.0', '2024-01-01', { revision: 'a'.repeat(40) }),
    fact('v2.7.0', '2024-02-01', { revision: 'b'.repeat(40) }),
    fact('v1.4.1', '2024-03-01', { revision: 'c'.repeat(40) }),
  ];
  const pushed = new Map(
    facts.flatMap(({ version, revision }) =>
      pushedTags(step, { gitTag: version, revision: revision ?? '', contexts: {} }).map((tag) => [
        tag,
        version.slice(1),
      ]),
    ),
  );
  const { tags } = planned(config, facts);
  const plan = new Map([
    ...[...tags.pinned].map(([tag, { cell }]): [string, string] => [tag, cell.release.version.text]),
    ...Object.entries(owners(tags)).map(([tag, owner]): [string, string] => [tag, owner?.split(' ')[0] ?? 'nobody']),
  ]);
  expect([...plan.keys()].toSorted()).toEqual([...pushed.keys()].toSorted());
  expect([...pushed].filter(([tag, version]) => plan.get(tag) !== version)).toEqual([['latest', '1.4.1']]);
  expect(plan.get('latest')).toBe('2.7.0');
});

test.each(['2.11.5', '2.20.25', '3.4.0'])('the config of %s, with its comments and in its order', async (release) => {
  const source = sourceOf(release);
  const { config, head } = importWorkflow({ source, file: 'docker-images.yaml', repository: null, gitTags: [] });
  await expect(configText(config, head)).toMatchFileSnapshot(`../golden/import/prefect-${release}.txt`);
});
