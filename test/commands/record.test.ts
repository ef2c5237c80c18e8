/** Six ways in which other builders write down a push, and a publish of what they pushed, with no Docker to be found. */
import { targetId } from '../../src/plan/cell.ts';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { createStandInBuilder } from '../../src/adapters/stand-in/stand-in-builder.ts';
import { partTarget } from '../../src/build/part-target.ts';
import { rootsAt } from '../../src/build/source.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const platforms = ['linux/amd64', 'linux/arm64'] as const;
const versions = ['1.0.0', '1.0.1'];
const pythons = ['3.9', '3.10', '3.11'];

/** What a builder leaves behind: the text of its file, and whether the file says which cell. */
const inputs: Readonly<Record<string, (digest: Digest, id: string) => string | null>> = {
  '--digest': () => null,
  'the metadata of bake': (digest, id) =>
    JSON.stringify({
      'buildx.build.ref': 'a/b/c',
      [id]: { 'buildx.build.ref': 'a/b/d', 'containerimage.digest': digest },
    }),
  'the metadata of build-push-action': (digest) =>
    JSON.stringify({
      'containerimage.descriptor': { size: 1609 },
      'containerimage.digest': digest,
      'image.name': 'acme/app',
    }),
  "kaniko's --digest-file": (digest) => digest,
  "kaniko's --image-name-with-digest-file": (digest) => `acme/app@${digest}\nacme/other@${digest}\n`,
  "buildah's and podman's --digestfile": (digest) => `${digest}\n`,
};

interface Scene {
  readonly folder: string;
  readonly path: string;
  readonly push: (id: string, platform: string) => Promise<Digest>;
  readonly run: (...args: readonly string[]) => Promise<CliRun>;
}

let count = 0;

/** A config of three cells on two platforms, a builder that is not ours, and a PATH without Docker. */
async function scene(): Promise<Scene> {
  const path = `recorded/app-${(count += 1)}`;
  const flavors = { standard: { dockerfile: 'Dockerfile' } };
  const repository = `${registry.host}/${path}`;
  const config = { ...smallConfig, repository, pythons, flavors, platforms: [...platforms] };
  const folder = await tempFolder({
    'releases.json': JSON.stringify(daily(...versions)),
    'matrix.config.json': JSON.stringify({ ...config, source: { file: 'releases.json' } }),
  });
  const opened = createRegistries();
  onTestFinished(() => opened.close());
  const { image, tags } = planned(config, daily(...versions));
  const { cells } = tags;
  return {
    folder,
    path,
    push: async (id, platform) => {
      const cell = tags.cells.find((one) => targetId(one) === id);
      if (cell === undefined) throw new Error(`no cell ${id}`);
      const target = partTarget(cell, [platform], { image, cells }, null, rootsAt('.'));
      const [built] = (await createStandInBuilder(opened).build([target], { onProgress: () => undefined })).targets;
      if (built?.kind !== 'built') throw new Error('nothing was pushed');
      return built.digest;
    },
    run: (...args) => runCli([...args, '--config', join(folder, 'matrix.config.json')], { PATH: folder }),
  };
}

const idOf = (python: string, version = '1.0.1'): string =>
  `${version.replaceAll('.', '-')}_python-${python.replace('.', '-')}_flavor-standard`;

/** Every part of 1.0.1, each recorded from another kind of input. */
async function recordAll({ folder, push, run }: Scene): Promise<CliRun[]> {
  const parts = pythons.flatMap((python) => platforms.map((platform) => ({ id: idOf(python), platform })));
  await mkdir(join(folder, 'records'));
  const runs: CliRun[] = [];
  for (const [index, [, write]] of Object.entries(inputs).entries()) {
    const { id = '', platform = '' } = parts[index] ?? {};
    const digest = await push(id, platform);
    const text = write(digest, id);
    const file = join(folder, `pushed-${index}`);
    if (text !== null) await writeFile(file, text);
    const given = text === null ? ['--digest', digest] : ['--from', file];
    const record = join(folder, 'records', `${index}.json`);
    runs.push(await run('record', '--cell', id, '--platform', platform, ...given, '--record', record));
  }
  return runs;
}

const publish = (at: Scene): Promise<CliRun> =>
  at.run('publish', '1.0.1', '--from-records', join(at.folder, 'records'), '--journal', join(at.folder, 'journal'));

test('six kinds of input are recorded, merged and published without Docker', async () => {
  const at = await scene();
  const runs = await recordAll(at);
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, '']));
  const published = await publish(at);
  expect([published.code, registry.tags(at.path).size]).toEqual([0, 3 * 4 + 1]);
});

test('cells that are there are published without Docker', async () => {
  const at = await scene();
  await recordAll(at);
  await publish(at);
  const again = await at.run('publish', '1.0.1', '--journal', join(at.folder, 'other'));
  expect([again.code, again.stderr.includes('docker')]).toEqual([0, false]);
});

test('a bake file whose targets are cells needs no --cell, and a record without a file is printed', async () => {
  const { folder, push, run } = await scene();
  const file = join(folder, 'metadata.json');
  const entries = await Promise.all(
    pythons.map(
      async (python) => [idOf(python), { 'containerimage.digest': await push(idOf(python), 'linux/amd64') }] as const,
    ),
  );
  await writeFile(file, JSON.stringify(Object.fromEntries(entries)));
  const { code, stdout } = await run('record', '--from', file);
  const record: { builds: { cell: string; platforms: string[] }[] } = JSON.parse(stdout);
  expect([code, record.builds.map(({ cell, platforms: of }) => [cell, of])]).toEqual([
    0,
    pythons.map((python) => [idOf(python), ['linux/amd64']]),
  ]);
});

test('a record of another release is refused by the publish, and nothing is written', async () => {
  const at = await scene();
  await recordAll(at);
  const digest = await at.push(idOf('3.9', '1.0.0'), 'linux/amd64');
  const record = join(at.folder, 'records', 'other.json');
  await at.run('record', '--cell', idOf('3.9', '1.0.0'), '--digest', digest, '--record', record);
  const published = await publish(at);
  expect([published.code, published.stderr.includes('records "1.0.0", and this publish is of 1.0.1')]).toEqual([
    2,
    true,
  ]);
  expect(registry.tags(at.path).size).toBe(0);
});

describe('refused', () => {
  const absent = `sha256:${'0'.repeat(64)}`;
  const cases = {
    'a digest that the registry lacks': { args: ['--digest', absent], says: `RECORD_INVALID  ${absent}: is not in` },
    'a digest of another cell': { args: ['--digest', 'OTHER'], says: 'is another image than 1.0.1 (python 3.9' },
    'a digest of another platform': {
      args: ['--digest', 'OWN', '--platform', 'linux/arm64'],
      says: 'is for linux/amd64, not for linux/arm64',
    },
    'a digest that is none': {
      args: ['--digest', 'latest'],
      says: 'DIGEST_INVALID  --digest: "latest" is not a digest',
    },
    'a cell that the config lacks': {
      cell: '1-0-1_python-3-8',
      args: ['--digest', absent],
      says: '"1-0-1_python-3-8" is not the id of a cell',
    },
    'a file without a digest': { args: ['--from', 'EMPTY'], says: 'has no containerimage.digest: was it pushed?' },
    'a file that is none of those': { args: ['--from', 'TEXT'], says: '"pushed" is not a digest' },
    'a digest and a file': {
      args: ['--from', 'TEXT', '--digest', absent],
      says: 'USAGE  record: what was pushed is given by --digest or by --from',
    },
    neither: { args: [], says: 'USAGE  record' },
    'a tag that is kept': {
      args: ['--digest', 'OWN', '--staging-tag', 'latest'],
      says: 'USAGE  --staging-tag: "latest" would be deleted',
    },
  };
  test.each(Object.entries(cases))('%s', async (_, given) => {
    const { folder, push, run } = await scene();
    const files = { EMPTY: join(folder, 'empty.json'), TEXT: join(folder, 'text') };
    await writeFile(files.EMPTY, '{ "default": {} }');
    await writeFile(files.TEXT, 'pushed\n');
    const own = await push(idOf('3.9'), 'linux/amd64');
    const known: Record<string, string> = { ...files, OWN: own, OTHER: await push(idOf('3.10'), 'linux/amd64') };
    const cell = 'cell' in given ? given.cell : idOf('3.9');
    const { code, stdout, stderr } = await run('record', '--cell', cell, ...given.args.map((arg) => known[arg] ?? arg));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(given.says);
  });
});
