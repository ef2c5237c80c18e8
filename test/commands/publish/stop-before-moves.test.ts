/** Somebody looks at the moves before they are done: `publish --stop-before-moves`, then `apply --approved`. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { applyCommand } from '../../../src/commands/apply.ts';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import type { Outcome } from '../../../src/commands/world.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { daily, planned } from '../../support/history.ts';
import { problemsOf } from '../../support/publish-place.ts';
import { fourCells, publishOptions, publishWorld, type PublishWorld } from '../../support/publish-world.ts';
import { loadState, plannedState } from '../../support/registry-state.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

interface Scene {
  readonly world: PublishWorld;
  /** Convenience tags, by what they point to. */
  readonly moving: () => Readonly<Record<string, Digest | undefined>>;
  readonly publish: (more?: object) => Promise<Outcome>;
  readonly apply: (approved: string | null, plan?: string | null) => Promise<Outcome>;
  readonly file: string;
}

const convenience = ['1-latest', '1-python3.10', '1.0-python3.10'];

/** 1.0.0 is out, and 1.0.1 is to be. */
async function scene(): Promise<Scene> {
  const path = `approved/app-${(count += 1)}`;
  const opened = createRegistries();
  onTestFinished(() => opened.close());
  const before = plannedState(planned(fourCells, daily('1.0.0')));
  await loadState(opened.open({ registry: registry.host, path }), before);
  const folder = await tempFolder();
  const file = join(folder, 'moves.json');
  const world = publishWorld({ facts: daily('1.0.0', '1.0.1'), root: folder });
  const options = publishOptions('1.0.1', `${registry.host}/${path}`, join(folder, 'journal'));
  return {
    world,
    file,
    moving: () => Object.fromEntries(convenience.map((tag) => [tag, registry.tags(path).get(tag)])),
    publish: async (more = {}) => {
      const asked = { stopBeforeMoves: true, planOut: file, json: false, ...more };
      const outcome = await publishCommand({ ...options, ...asked }, world);
      for (const written of outcome.files ?? []) await writeFile(written.path, written.text);
      return outcome;
    },
    apply: (approved, plan = file) => applyCommand({ ...options, json: false, plan, approved }, world),
  };
}

async function hashOf(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}

test('pinned tags are pushed and verified, no convenience tag moves, and the moves are in a file with its hash', async () => {
  const { file, moving, publish } = await scene();
  const before = moving();
  const { result, stdout } = await publish({ writeLock: true, config: 'other.json' });
  const hash = await hashOf(file);
  expect([result, moving()]).toEqual(['as-planned', before]);
  expect(stdout).toContain('4 cells built, 10 convenience tags to move');
  expect(stdout).toMatch(
    new RegExp(`tagwright apply ${file} --config other\\.json --repository \\S+ --approved ${hash}\n`),
  );
  expect(stdout).not.toContain('lags');
  // Its pinned tags are final, and on record.
  expect(await readFile(join(file, '..', 'tags.lock.json'), 'utf8')).toContain('"1.0.1"');
});

test('the approved file is carried out, and nothing is left to do', async () => {
  const { world, file, moving, publish, apply } = await scene();
  await publish();
  expect((await apply(await hashOf(file))).result).toBe('as-planned');
  const after = moving();
  expect(new Set(Object.values(after)).size).toBe(1);
  world.builder = () => {
    throw new Error('nothing may be built');
  };
  const again = await publish({ stopBeforeMoves: false, planOut: null });
  expect([again.result, moving()]).toEqual(['as-planned', after]);
  expect(world.said.filter((line) => line.startsWith('going on'))).toEqual([]);
});

test('a file that was changed since is refused, and nothing moves', async () => {
  const { file, moving, publish, apply } = await scene();
  await publish();
  const before = moving();
  const hash = await hashOf(file);
  await writeFile(file, `${await readFile(file, 'utf8')} `);
  expect(await problemsOf(apply(hash))).toEqual([
    expect.objectContaining({ code: 'PLAN_FILE_NOT_APPROVED', message: expect.stringContaining(await hashOf(file)) }),
  ]);
  expect(await problemsOf(apply(`sha256:${'a'.repeat(64)}`))).toEqual([
    expect.objectContaining({ code: 'PLAN_FILE_NOT_APPROVED' }),
  ]);
  expect(moving()).toEqual(before);
});

test('flags that go with another one are refused by name', async () => {
  const { publish, apply } = await scene();
  const alone = { stopBeforeMoves: false };
  expect(await problemsOf(publish(alone))).toEqual([expect.objectContaining({ code: 'USAGE', where: '--plan-out' })]);
  const dry = { dryRun: true, planOut: null };
  expect(await problemsOf(publish(dry))).toEqual([
    expect.objectContaining({ code: 'USAGE', where: '--stop-before-moves' }),
  ]);
  expect(await problemsOf(apply('sha256:abc', null))).toEqual([
    expect.objectContaining({ code: 'USAGE', where: '--approved' }),
  ]);
});
