import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { daily, smallConfig } from '../../support/history.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const dockerfile = 'ARG PYTHON\nFROM python:$PYTHON\nCOPY . /app\n';

async function project(more: object): Promise<string> {
  const folder = await tempFolder({
    'releases.json': JSON.stringify(daily('1.0.0')),
    Dockerfile: dockerfile,
    'conda.Dockerfile': dockerfile,
  });
  const config = {
    ...smallConfig,
    repository: `${registry.host}/acme/app`,
    source: { file: 'releases.json' },
    ...more,
  };
  await writeFile(join(folder, 'matrix.config.json'), JSON.stringify(config));
  return join(folder, 'matrix.config.json');
}

test('what a publish would be refused for is said once, whatever the flavor, and stops no plan', async () => {
  const config = await project({ context: { from: 'release' } });
  const { code, stderr } = await runCli(['plan', '1.0.0', '--config', config]);
  const said = stderr.split('\n').filter((line) => line.includes('would be refused'));
  expect([code, said]).toEqual([0, [expect.stringContaining('publish would be refused now: ')]]);
});

test('build --rebuild pushes the newest rebuild of the config, and refuses a version that has none', async () => {
  const again = { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}-b{{build}}' };
  const rules = { ...smallConfig.rules, again };
  const config = await project({
    rules,
    rebuilds: [2, 3].map((build) => ({ version: '1.0.0', build, on: '2024-02-01', reason: 'the base was fixed' })),
  });
  const build = (...more: readonly string[]): ReturnType<typeof runCli> =>
    runCli([
      'build',
      '1.0.0',
      '--builder',
      'stand-in',
      '--rebuild',
      '--config',
      config,
      '--journal',
      `${config}.j`,
      ...more,
    ]);
  const { code, stderr } = await build();
  expect([code, stderr]).toEqual([0, expect.anything()]);
  expect([...registry.tags('acme/app').keys()].toSorted()).toEqual(
    ['3.10', '3.10-conda', '3.9', '3.9-conda'].map((python) => `1.0.0-python${python}-b3`),
  );
  const refused = await runCli([
    'build',
    '1.0.0',
    '--builder',
    'stand-in',
    '--rebuild',
    '--config',
    await project({ rules }),
  ]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('the config has no rebuild of 1.0.0')]);
});
