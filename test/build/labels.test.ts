import { expect, test } from 'vitest';
import { rootsAt } from '../../src/build/source.ts';
import { buildTarget } from '../../src/build/targets.ts';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { readImage } from '../../src/commands/read-project.ts';
import { digestNamed } from '../support/digests.ts';
import type { InspectedImage } from '../../src/domain/image.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { misfit } from '../../src/plan/expected-image.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { auditWorld } from '../support/audit-world.ts';

const prefix = 'org.opencontainers.image';

/** The labels of the first cell of a release. */
function labelsOf(config: Partial<MatrixConfig>): Readonly<Record<string, string>> {
  const { image, tags } = planned({ ...smallConfig, ...config }, daily('1.2.3'));
  const [cell] = tags.cells;
  if (cell === undefined) throw new Error('no cell');
  return buildTarget(cell, image, [], rootsAt('.')).labels;
}

test('the config adds labels, by image and by axis value, as templates over the cell', () => {
  const labels = { [`${prefix}.licenses`]: 'Apache-2.0', [`${prefix}.description`]: 'App' };
  const flavors = {
    standard: { dockerfile: 'Dockerfile', labels: { [`${prefix}.description`]: 'App {{version}} on {{python}}' } },
  };
  expect(labelsOf({ labels, flavors })).toMatchObject({
    [`${prefix}.licenses`]: 'Apache-2.0',
    [`${prefix}.description`]: 'App 1.2.3 on 3.9',
    [`${prefix}.version`]: '1.2.3',
    'io.tagwright.flavor': 'standard',
  });
});

const servers: { name: string; source: MatrixConfig['source']; page: string | undefined }[] = [
  { name: 'GitHub', source: { github: 'acme/app' }, page: 'https://github.com/acme/app' },
  {
    name: 'a server of their own',
    source: { github: 'acme/app', githubUrl: 'https://git.corp/api/v3' },
    page: 'https://git.corp/acme/app',
  },
  { name: 'no page that is known', source: { git: '.' }, page: undefined },
];
test.each(servers)('source: $name', ({ source, page }) => {
  expect(labelsOf({ source })[`${prefix}.source`]).toBe(page);
});

test('source: in a workflow of a server of their own, that server, as for the facts', async () => {
  const { world } = auditWorld({ config: { ...smallConfig, source: { github: 'acme/app' } }, facts: [] });
  const read = await readImage(
    { config: 'matrix.config.ts', image: null, repository: [] },
    { ...world, githubServer: 'https://git.corp' },
  );
  expect(read.image.sourceUrl).toBe('https://git.corp/acme/app');
});

test("source: the config's own word counts before", () => {
  const labels = { [`${prefix}.source`]: 'https://git.example/app' };
  expect(labelsOf({ source: { github: 'acme/app' }, labels })[`${prefix}.source`]).toBe('https://git.example/app');
});

test('labels that come from the facts are not for the config', () => {
  const names = [`${prefix}.version`, `${prefix}.base.name`, 'io.tagwright.python'];
  const read = readConfig({ ...smallConfig, labels: Object.fromEntries(names.map((name) => [name, 'x'])) }, 'c.ts');
  expect(read.ok ? [] : read.problems.map(({ code, where }) => `${code} ${where}`)).toEqual(
    names.map((name) => `CONFIG_INVALID c.ts labels.'${name}'`),
  );
});

test('an image is not judged by them: a description may change', () => {
  const { image, tags } = planned({ ...smallConfig, labels: { [`${prefix}.description`]: 'new' } }, daily('1.2.3'));
  const [cell] = tags.cells;
  if (cell === undefined) throw new Error('no cell');
  const labels = { ...buildTarget(cell, image, [], rootsAt('.')).labels, [`${prefix}.description`]: 'old' };
  const digest = digestNamed('a');
  const [platform = ''] = cell.platforms;
  const config = { platform, digest, labels, pythonVersion: null, created: null };
  const seen: InspectedImage = {
    digest,
    mediaType: mediaTypes.ociManifest,
    kind: 'image',
    platforms: [platform],
    configs: [config],
    attestations: 0,
    children: [],
    reason: null,
  };
  expect(misfit(cell, seen)).toEqual({ missingPlatforms: [], mislabelled: [], unlabelled: false });
});
