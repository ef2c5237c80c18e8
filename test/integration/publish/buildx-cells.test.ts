/** Publishes whose images are built by the real buildx: one cell of eight fails, and two repositories in one bake. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { createBuilder } from '../../../src/entry/builders.ts';
import { configOf, daily } from '../../support/history.ts';
import { conveniences, place, problemsOf, put, type Place } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally, type PublishWorldOptions } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryProcess } from '../../support/registry-process.ts';
import { standInBases } from '../../support/stand-in-bases.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { watchTags } from '../../support/watch-tags.ts';

const host = inject('registryHost');
let second: RegistryProcess;
let contexts: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  second = await startRegistry();
  contexts = await standInBases(host, {
    bases: ['3.8', '3.9', '3.10', '3.11'].map((python) => `python:${python}-slim`),
  });
});
afterAll(() => second.stop());

/** The cell that `broken` names fails at once, the others take their time: bake stops them. */
const dockerfile = `ARG PYTHON
FROM python:$PYTHON-slim
ARG PYTHON
ARG FLAVOR
COPY broken /broken
RUN test "$PYTHON $FLAVOR" != "$(cat /broken)" || { echo 'no wheel for this Python' >&2; exit 1; }
RUN sleep 1
COPY sick /sick
`;

/** In the image that is tested: the cell that `sick` names is built, and does not run. */
const smoke = 'test "{{python}} {{flavor}}" != "$(cat /sick)" || { echo "cannot start {{version}}" >&2; exit 1; }';

async function buildxWorld(
  pythons: readonly string[],
  build?: MatrixConfig['build'],
): Promise<{ root: string; config: MatrixConfig; world: PublishWorldOptions }> {
  const root = await tempFolder({ Dockerfile: dockerfile, broken: 'none', sick: 'none' });
  const flavor = { dockerfile: 'Dockerfile', contexts };
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    pythons: [...pythons],
    flavors: { standard: flavor, conda: { ...flavor, suffix: '-conda' } },
    defaults: { python: 'highest' },
    ...(build === undefined ? {} : { build, smoke }),
  };
  const builder: PublishWorldOptions['builder'] = (registries) =>
    createBuilder('buildx', configOf(config).build, root, registries);
  return { root, config, world: { root, config, builder } };
}

interface Entry {
  readonly digest: string;
  readonly platform: { readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

async function indexOf(
  at: { readonly host: string; readonly path: string },
  reference: string,
): Promise<readonly Entry[]> {
  const answer = await fetch(`http://${at.host}/v2/${at.path}/manifests/${reference}`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  const { manifests }: { manifests: Entry[] } = JSON.parse(await answer.text());
  return manifests;
}

const attestationsOf = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ annotations }) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest');

/** Every manifest of the index can be fetched by its digest. */
async function isWhole(
  at: { readonly host: string; readonly path: string },
  entries: readonly Entry[],
): Promise<boolean> {
  const answers = await Promise.all(
    entries.map(({ digest }) =>
      fetch(`http://${at.host}/v2/${at.path}/manifests/${digest}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      }),
    ),
  );
  return answers.every(({ status }) => status === 200);
}

test('one cell of eight fails: nothing moves, the report is whole, the next run builds that one', async () => {
  const { root, config, world } = await buildxWorld(['3.8', '3.9', '3.10', '3.11']);
  const at: Place = await place(host);
  await at.publish('1.0.0', { config, facts: daily('1.0.0') });
  const before = conveniences(await at.tags());
  expect(Object.keys(before)).toHaveLength(18);
  await writeFile(join(root, 'broken'), '3.10 conda');
  const failed = await at.publish('1.0.1', world);
  expect([failed.result, tally(failed), failed.report.repositories[0]?.lags]).toEqual([
    'outside-failed',
    { cells: { built: 7, lacking: 1 }, moves: { planned: 18 } },
    [
      expect.stringMatching(
        /^BUILD_FAILED {2}1\.0\.1 \(python 3\.10, flavor conda\): process .* exit code: 1; it last said: no wheel for this Python$/,
      ),
      'MOVE_WAITING  18 convenience tags were not moved',
    ],
  ]);
  const between = await at.tags();
  expect(conveniences(between)).toEqual(before);

  // What dockerd of old left behind when a push was cut off: the tag on an attestation manifest.
  const full = '1.0.1-python3.10-conda';
  const [attestation] = attestationsOf(await indexOf(at, '1.0.1-python3.10'));
  await put(at, full, attestation?.digest ?? '');
  const elsewhere = { journal: await tempFolder() };
  expect(await problemsOf(at.publish('1.0.1', world, elsewhere))).toEqual([
    expect.objectContaining({
      code: 'PINNED_PARTIAL',
      message: `${full} (${attestation?.digest}) points to an attestation manifest, the rest of an interrupted push, and no journal here saw that push`,
    }),
  ]);
  await writeFile(join(root, 'broken'), 'none');
  const next = await at.publish('1.0.1', world);
  expect([next.result, tally(next)]).toEqual(['as-planned', { cells: { built: 1, there: 7 }, moves: { moved: 18 } }]);
  const after = await at.tags();
  const pinned = Object.keys(between).filter((tag) => before[tag] === undefined);
  for (const tag of pinned) expect([tag, after[tag]]).toEqual([tag, between[tag]]);
  expect(await isWhole(at, await indexOf(at, full))).toBe(true);
  expect(tally(await at.publish('1.0.1', world))).toEqual({ cells: { there: 8 }, moves: {} });
});

test('a smoke test that fails holds back the release before a tag is pushed', async () => {
  const { root, world } = await buildxWorld(['3.9', '3.10'], {});
  const at = await place(host);
  await writeFile(join(root, 'sick'), '3.10 conda');
  const held = await at.publish('1.0.1', world);
  expect([held.result, tally(held).cells, await at.tags()]).toEqual(['outside-failed', { lacking: 4 }, {}]);
});

test('two repositories in one bake: one digest in both, attestations kept by the move, no reader sees anything else', async () => {
  const { config, world } = await buildxWorld(['3.9', '3.10']);
  const at = await place(host);
  const there = { host: second.host, path: at.path };
  const both = [at.repository, `${there.host}/${there.path}`];
  await publish(publishOptions('1.0.0', both, at.journal), publishWorld({ config, facts: daily('1.0.0') }));
  const before = conveniences(await at.tags());
  const fullTags = ['3.9', '3.10'].flatMap((python) => [`1.0.1-python${python}`, `1.0.1-python${python}-conda`]);
  const watched = [...Object.keys(before), ...fullTags];
  const watches = [at, there].map((where) => watchTags(where.host, where.path, watched));
  const published = await publish(publishOptions('1.0.1', both, at.journal), publishWorld(world));
  const seen = await Promise.all(watches.map((watch) => watch.stop()));
  expect([published.result, tally(published, 0), tally(published, 1)]).toEqual([
    'as-planned',
    { cells: { built: 4 }, moves: { moved: 10 } },
    { cells: { built: 4 }, moves: { moved: 10 } },
  ]);
  const after = await at.tags();
  expect(await readTags(there.host, there.path)).toEqual(after);
  for (const watch of seen)
    expect(watch.seen).toEqual(Object.fromEntries(watched.map((tag) => [tag, [before[tag] ?? null, after[tag]]])));
  for (const where of [at, there]) {
    for (const tag of Object.keys(before)) {
      const entries = await indexOf(where, tag);
      const subjects = attestationsOf(entries).map(({ annotations }) => annotations?.['vnd.docker.reference.digest']);
      const images = entries.filter(({ platform }) => platform.architecture !== 'unknown').map(({ digest }) => digest);
      expect({ tag, subjects, isWhole: await isWhole(where, entries) }).toEqual({
        tag,
        subjects: images,
        isWhole: true,
      });
    }
  }
});
