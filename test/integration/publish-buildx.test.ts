import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createProjectFiles } from '../../src/adapters/files/project-files.ts';
import { publishCommand, publishDefaults, type PublishOptions } from '../../src/commands/publish/index.ts';
import type { Outcome, World } from '../../src/commands/world.ts';
import { realWorld } from '../../src/entry/world.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import shipped from '../../matrix.config.ts';
import { dockerRun } from '../support/buildx.ts';
import { standInBases, standInWheels } from '../support/stand-in-bases.ts';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const host = inject('registryHost');
const repository = `${host}/two-releases/prefect`;
const root = resolve(import.meta.dirname, '../..');
const facts: ReleaseFact[] = JSON.parse(readFileSync(join(root, 'examples/prefect/releases.json'), 'utf8'));
/** Eleven cells; the stand-in bases really have one of the Pythons, and answer as the others. */
const pythons = ['3.8', '3.9', '3.10', '3.11'];
const suffixes = ['3.8', '3.9', '3.10'].flatMap((python) => [python, `${python}-conda`, `${python}-kubernetes`]);
const cellTags = [...suffixes, '3.11', '3.11-kubernetes'];

let journal = '';
const contexts: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  journal = await mkdtemp(join(tmpdir(), 'tagwright-journal-'));
  const bases = await standInBases(host, {
    bases: [...pythons.map((python) => `python:${python}-slim`), 'continuumio/miniconda3:26.5.3'],
  });
  for (const version of ['2.10.21', '2.11.4', '2.11.5']) {
    contexts[version] = { ...bases, wheels: await standInWheels(host, version) };
  }
});

/** The shipped config and the recorded facts, and stand-ins where images and wheels would be downloaded. */
function worldFor(version: string): World {
  const flavors = Object.entries(shipped.flavors ?? {}).map(([name, flavor]) => [
    name,
    { ...flavor, contexts: contexts[version] },
  ]);
  return {
    ...realWorld({ env: process.env, say: () => undefined, signal: new AbortController().signal }),
    loadConfig: () =>
      Promise.resolve({ raw: { ...shipped, flavors: Object.fromEntries(flavors) }, file: 'matrix.config.ts', root }),
    sources: () => [
      { name: 'releases.json', list: () => Promise.resolve({ kind: 'file', facts, partial: null, notes: [] }) },
    ],
    files: () => createProjectFiles(root),
  };
}

function publish(version: string, more: Partial<PublishOptions> = {}): Promise<Outcome> {
  const options: PublishOptions = {
    ...publishDefaults,
    config: 'matrix.config.ts',
    releases: 'releases.json',
    repository: [repository],
    image: null,
    at: version,
    version,
    json: true,
    journal,
    settleMs: 10_000,
    ...more,
  };
  return publishCommand(options, worldFor(version));
}

const report = z.object({
  repositories: z.tuple([
    z.object({
      cells: z.array(z.object({ tags: z.array(z.string()), digest: z.string(), state: z.string() })),
      moves: z.array(
        z.object({
          kind: z.string(),
          tag: z.string(),
          from: z.object({ owner: z.object({ version: z.string() }).nullable() }),
          to: z.object({ owner: z.object({ version: z.string() }), digest: z.string() }),
          state: z.string(),
        }),
      ),
      lags: z.array(z.string()),
    }),
  ]),
});

function read(outcome: Outcome): z.output<typeof report>['repositories'][0] {
  return report.parse(JSON.parse(outcome.stdout)).repositories[0];
}

/** What an independent client says. */
async function skopeoDigest(tag: string): Promise<string> {
  const { stdout } = await run('skopeo', [
    'inspect',
    '--no-tags',
    '--tls-verify=false',
    '--format',
    '{{.Digest}}',
    `docker://${repository}:${tag}`,
  ]);
  return stdout.trim();
}

describe('two successive releases of Prefect, built by buildx and published to a real registry', () => {
  test('2.11.4: every cell is built, every tag is new', { timeout: 600_000 }, async () => {
    const { cells, moves, lags } = read(await publish('2.11.4'));
    expect(lags).toEqual([]);
    expect(cells.map((cell) => cell.state)).toEqual(cellTags.map(() => 'built'));
    expect(moves).toHaveLength(2 * cellTags.length + 3);
    expect(new Set(moves.map((move) => `${move.kind} ${move.state}`))).toEqual(new Set(['create moved']));
  });

  test(
    '2.11.5: every convenience tag goes from 2.11.4 to 2.11.5, and skopeo agrees on every digest',
    { timeout: 600_000 },
    async () => {
      const { cells, moves, lags } = read(await publish('2.11.5'));
      expect(lags).toEqual([]);
      expect(
        moves.map((move) => `${move.tag} ${move.from.owner?.version} ${move.to.owner.version} ${move.state}`),
      ).toEqual(
        [
          ...['2.11', '2'].flatMap((series) => cellTags.map((python) => `${series}-python${python}`)),
          '2-latest',
          '2-latest-conda',
          '2-latest-kubernetes',
        ].map((tag) => `${tag} 2.11.4 2.11.5 moved`),
      );
      for (const cell of cells) {
        for (const tag of cell.tags) expect(await skopeoDigest(tag)).toBe(cell.digest);
      }
      for (const move of moves) expect(await skopeoDigest(move.tag)).toBe(move.to.digest);
      expect(await skopeoDigest('2-latest')).toBe(await skopeoDigest('2.11.5-python3.10'));
    },
  );

  test('2.11.5 again: nothing is built, nothing moves', async () => {
    const { cells, moves, lags } = read(await publish('2.11.5'));
    expect({ states: cells.map((cell) => cell.state), moves, lags }).toEqual({
      states: cellTags.map(() => 'there'),
      moves: [],
      lags: [],
    });
  });

  test('each of the eleven runs, and says its Prefect and its Python', { timeout: 300_000 }, async () => {
    for (const tag of cellTags) {
      const said = await dockerRun([], `${repository}:2.11.5-python${tag}`, 'prefect', 'version');
      expect(said).toContain('Version:             2.11.5\n');
      expect(said).toContain(`Python version:      ${tag.split('-')[0]}.`);
    }
  });

  test('conda is inside its environment in a command, a shell at a terminal, and what is executed later', async () => {
    const image = `${repository}:2-latest-conda`;
    const ask = ['command -v python', 'echo "$CONDA_DEFAULT_ENV"'].join('; ');
    const inside = '/opt/conda/envs/prefect/bin/python\nprefect\n';
    expect(await dockerRun([], image, 'sh', '-c', ask)).toBe(inside);
    expect(await dockerRun([], image, 'bash', '-i', '-c', ask)).toBe(inside);
    const { stdout } = await run('docker', ['run', '--detach', '--rm', '--network=none', image, 'sleep', '120']);
    const container = stdout.trim();
    onTestFinished(async () => void (await run('docker', ['kill', container])));
    expect((await run('docker', ['exec', container, 'sh', '-c', ask])).stdout).toBe(inside);
  });

  test.each([
    { way: 'a package', lines: ['RUN --mount=from=house,target=/house pip install --no-index -f /house prefect-aws'] },
    {
      way: 'requirements and flows',
      lines: [
        'COPY requirements.txt .',
        'RUN --mount=from=house,target=/house pip install --no-index -f /house -r requirements.txt',
        'ADD flows /opt/prefect/flows',
      ],
    },
  ])('an image is built on 2-latest with $way, as the guide of Prefect says', async ({ lines }) => {
    const folder = await tempFolder({
      Dockerfile: [`FROM ${repository}:2-latest`, ...lines, ''].join('\n'),
      'requirements.txt': 'prefect-aws==0.4.0\n',
      'flows/hello.py': 'import prefect, prefect_aws\nprint(prefect.__version__)\n',
    });
    const house = `--build-context=house=${contexts['2.11.5']?.['wheels']}`;
    const image = `${repository}:on-2-latest`;
    await run('docker', ['buildx', 'build', '--network=none', '--push', `--tag=${image}`, house, folder]);
    const flow =
      lines.length > 1 ? ['flows/hello.py'] : ['-c', 'import prefect, prefect_aws; print(prefect.__version__)'];
    expect(await dockerRun([], image, 'python', ...flow)).toBe('2.11.5\n');
  });

  test('2.10.21 after it, a backport: its own series alone', async () => {
    const { moves, lags } = read(await publish('2.10.21', { at: '2.11.5', builder: 'stand-in' }));
    expect(lags).toEqual([]);
    expect(moves.map((move) => move.tag)).toEqual(cellTags.map((python) => `2.10-python${python}`));
    expect(await skopeoDigest('2-latest')).toBe(await skopeoDigest('2.11.5-python3.10'));
  });
});
