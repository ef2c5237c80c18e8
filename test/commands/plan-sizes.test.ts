/** What images weigh, in the Markdown of a plan whose moves are still to be made. */
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { planCommand, type ReleaseRequest } from '../../src/commands/plan.ts';
import { daily } from '../support/history.ts';
import { publish, publishOptions, publishWorld } from '../support/publish-world.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('sizes are known where the images are there already, and stand in no JSON', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const at = [`${registry.host}/acme/app`];
  const folder = await tempFolder();
  const world = publishWorld({ facts: daily('1.0.0', '1.0.1') });
  const request: ReleaseRequest = {
    ...publishOptions('1.0.1', at, folder),
    kind: 'release',
    version: '1.0.1',
    revision: null,
    offline: false,
    with: [],
    yank: [],
    only: [],
    fromWorkingTree: true,
    format: 'markdown',
  };
  const row = async (): Promise<string> =>
    (await planCommand(request, world)).stdout.split('\n').find((line) => line.startsWith('| `1-latest`')) ?? '';
  expect(await row()).toBe('| `1-latest` and 1 more | new → 1.0.1 | new → 1.0.1 |');
  const stopped = { stopBeforeMoves: true, planOut: `${folder}/moves.json` };
  expect((await publish(publishOptions('1.0.1', at, folder, stopped), world)).result).toBe('as-planned');
  expect(await row()).toMatch(
    /^\| `1-latest` and 1 more \| new → 1\.0\.1, [\d.]+ k?B(?: to [\d.]+ k?B)? \| new → 1\.0\.1, [\d.]+ k?B(?: to [\d.]+ k?B)? \|$/,
  );
  const json = (await planCommand({ ...request, format: 'json' }, world)).stdout;
  expect(Object.keys(JSON.parse(json))).not.toContain('weights');
});
