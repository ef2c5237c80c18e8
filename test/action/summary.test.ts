import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { maxJobs } from '../../src/build/job-matrix.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runStep, type ActionRun } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** The lines a reader sees before opening what is folded. */
function unfolded(summary: string): string[] {
  return summary
    .replaceAll(/<details><summary>(?<title>[^]*?)<\/summary>[^]*?<\/details>/g, '$<title>')
    .split('\n')
    .filter((line) => line !== '');
}

const prefect = { releases: 'examples/prefect/releases.json', config: 'matrix.config.ts' };

test('a whole history of thousands of tags is a few lines, and a fold', async () => {
  const run = await runStep({ event: 'schedule', inputs: { ...prefect, command: 'plan', offline: 'true' } });
  expect(run.code).toBe(0);
  expect(unfolded(run.summary).filter((line) => !line.startsWith('> **'))).toEqual([
    '### Tags of `docker.io/prefecthq/prefect`',
    '`2-latest` belongs to **2.20.25** (python 3.10, flavor standard).',
    expect.stringMatching(/^[\d,]+ cells, [\d,]+ pinned tags, [\d,]+ convenience tags, 0 moves\.$/),
    'Convenience tags and their owners',
  ]);
  expect(Buffer.byteLength(run.summary)).toBeLessThan(256 * 1024);
});

test('a release of a hundred tags is a grid of three rows with sizes, and every tag behind a fold', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const pythons = Array.from({ length: 12 }, (_, minor) => `3.${minor + 3}`);
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, pythons, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0')),
  });
  const given = { config: `${folder}/matrix.config.json`, repository: `${registry.host}/acme/app` };
  const inputs = { ...given, command: 'publish', version: '1.0.0', builder: 'stand-in', journal: `${folder}/journals` };
  const run = await runStep({ event: 'workflow_dispatch', inputs });
  expect([run.code, registry.tags('acme/app').size]).toEqual([0, 98]);
  const lines = unfolded(run.summary);
  expect(lines.slice(0, 3)).toEqual([
    '### `127.0.0.1:<port>/acme/app` 1.0.0: complete',
    'People who pull `1-latest` get **1.0.0** (python 3.14, flavor standard); the tag is new.',
    expect.stringMatching(/^24 cells built, 0 there before, 50 convenience tags moved\./),
  ]);
  expect(lines.at(-1)).toBe('Cells and their digests');
  const rows = lines.filter((line) => line.startsWith('| `'));
  expect(rows).toEqual([
    '| `1-latest` and 1 more | new → 1.0.0, <size> | new → 1.0.0, <size> |',
    '| `1-python3.3` to `1-python3.14` and 12 more | new → 1.0.0, <size> to <size> | new → 1.0.0, <size> to <size> |',
    '| `1.0-python3.3` to `1.0-python3.14` and 12 more | new → 1.0.0, <size> to <size> | new → 1.0.0, <size> to <size> |',
  ]);
  for (const tag of registry.tags('acme/app').keys()) expect(run.summary).toContain(`\`${tag}\``);
});

async function matrix(count: number): Promise<ActionRun> {
  const pythons = Array.from({ length: count }, (_, at) => `3.${at + 10}`);
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...smallConfig,
      pythons,
      platforms: ['linux/amd64', 'linux/arm64'],
      limits: { jobs: 5000 },
      source: { file: 'releases.json' },
    }),
    'releases.json': JSON.stringify(daily('1.0.0')),
  });
  const inputs = { command: 'matrix', version: '1.0.0', config: `${folder}/matrix.config.json` };
  return runStep({ event: 'workflow_dispatch', sha: revisionOf('1.0.0'), inputs });
}

test('a matrix of more builds than GitHub runs jobs shares jobs; of too many it is refused', async () => {
  const shared = await matrix(100);
  const { include }: { include: { only: string }[] } = JSON.parse(shared.outputs['matrix'] ?? '');
  expect([shared.code, include.length <= maxJobs]).toEqual([0, true]);
  expect(include.flatMap(({ only }) => only.split(','))).toHaveLength(400);

  const refused = await matrix(1100);
  expect([refused.code, refused.outputs]).toEqual([2, { result: 'bad-input' }]);
  expect(refused.log.split('\n').at(-1)).toMatch(
    /^::error title=MATRIX_TOO_LARGE::1\.0\.0: 4400 builds do not fit into 256 jobs of 16/,
  );
});
