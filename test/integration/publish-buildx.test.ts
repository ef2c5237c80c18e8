import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { createProjectFiles } from '../../src/adapters/files/project-files.ts';
import { publishCommand, publishDefaults, type PublishOptions } from '../../src/commands/publish/index.ts';
import type { Outcome, World } from '../../src/commands/world.ts';
import { realWorld } from '../../src/entry/world.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import shipped from '../../matrix.config.ts';
import { standInBases, standInWheels } from '../support/stand-in-bases.ts';

const run = promisify(execFile);
const host = inject('registryHost');
const repository = `${host}/two-releases/prefect`;
const root = resolve(import.meta.dirname, '../..');
const facts: ReleaseFact[] = JSON.parse(readFileSync(join(root, 'examples/prefect/releases.json'), 'utf8'));
/** Five of the eleven cells: each flavor, and the Python that the stand-in bases really have. */
const pythons = ['3.10', '3.11'];

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

/** The shipped config and the recorded facts, fewer Pythons, and stand-ins where images and wheels would be downloaded. */
function worldFor(version: string): World {
  const flavors = Object.entries(shipped.flavors ?? {}).map(([name, flavor]) => [
    name,
    { ...flavor, contexts: contexts[version] },
  ]);
  const known = facts.map((fact) => ({ ...fact, builtFor: fewer(fact) }));
  return {
    ...realWorld({ env: process.env, say: () => undefined, signal: new AbortController().signal }),
    loadConfig: () =>
      Promise.resolve({ raw: { ...shipped, flavors: Object.fromEntries(flavors) }, file: 'matrix.config.ts', root }),
    sources: () => [
      { name: 'releases.json', list: () => Promise.resolve({ kind: 'file', facts: known, partial: null, notes: [] }) },
    ],
    files: () => createProjectFiles(root),
  };
}

function fewer(fact: ReleaseFact): Record<string, string[]> {
  const flavors = Object.entries(fact.builtFor ?? {});
  return Object.fromEntries(
    flavors.map(([flavor, built]) => [flavor, built.filter((python) => pythons.includes(python))]),
  );
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
    expect(cells.map((cell) => cell.state)).toEqual(['built', 'built', 'built', 'built', 'built']);
    expect(moves).toHaveLength(13);
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
          ...['2.11', '2'].flatMap((series) =>
            ['3.10', '3.10-conda', '3.10-kubernetes', '3.11', '3.11-kubernetes'].map(
              (python) => `${series}-python${python}`,
            ),
          ),
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
      states: ['there', 'there', 'there', 'there', 'there'],
      moves: [],
      lags: [],
    });
  });

  test('2.10.21 after it, a backport: its own series alone', async () => {
    const { moves, lags } = read(await publish('2.10.21', { at: '2.11.5', builder: 'stand-in' }));
    expect(lags).toEqual([]);
    expect(moves.map((move) => move.tag)).toEqual(
      ['3.10', '3.10-conda', '3.10-kubernetes', '3.11', '3.11-kubernetes'].map((python) => `2.10-python${python}`),
    );
    expect(await skopeoDigest('2-latest')).toBe(await skopeoDigest('2.11.5-python3.10'));
  });
});
