/** What `apply` says of tags that it cannot put right, and of a plan file that asks for nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { applyCommand } from '../../src/commands/apply.ts';
import type { Outcome } from '../../src/commands/world.ts';
import type { PartialFacts } from '../../src/domain/release.ts';
import { daily, planned } from '../support/history.ts';
import { problemsOf } from '../support/publish-place.ts';
import { fourCells, publishOptions, publishWorld } from '../support/publish-world.ts';
import { loadState, plannedState } from '../support/registry-state.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

interface Scene {
  readonly repository: string;
  readonly folder: string;
  readonly said: readonly string[];
  readonly apply: (more?: object) => Promise<Outcome>;
}

const facts = daily('1.0.0', '2.0.0');

/** Everything as planned for 1.0.0 and 2.0.0; then the config changes, or what is known. */
async function scene(config: object = {}, partial: PartialFacts | null = null): Promise<Scene> {
  const path = `applied/app-${(count += 1)}`;
  const opened = createRegistries();
  onTestFinished(() => opened.close());
  await loadState(opened.open({ registry: registry.host, path }), plannedState(planned(fourCells, facts)));
  const folder = await tempFolder();
  const world = publishWorld({ config: { ...fourCells, ...config }, facts, root: folder });
  world.sources = () => [
    { name: 'releases.json', list: () => Promise.resolve({ kind: 'file', facts, partial, notes: [] }) },
  ];
  const repository = `${registry.host}/${path}`;
  const options = { ...publishOptions('', repository, join(folder, 'journal')), json: false, plan: null };
  return { repository, folder, said: world.said, apply: (more = {}) => applyCommand({ ...options, ...more }, world) };
}

test('a tag that nobody owns now is named with what deletes it, and is no success', async () => {
  const { repository, apply } = await scene({ yanked: [{ version: '2.0.0', reason: 'broken' }] });
  const { stdout, result } = await apply();
  expect(result).toBe('findings');
  expect(stdout).not.toContain('where it should');
  expect(stdout).toContain(`regctl tag delete ${repository}:2-latest`);
});

test('of partial facts that is not concluded, and what may be missing is said', async () => {
  const partial = { reason: 'only 1.x', fix: 'write all of them' };
  const { said, apply } = await scene({ yanked: [{ version: '2.0.0', reason: 'broken' }] }, partial);
  const { stdout, result } = await apply();
  expect(result).toBe('as-planned');
  expect(stdout).toContain('every convenience tag of the known releases points where it should');
  expect(said.join('\n')).toContain('SOURCE_INCOMPLETE');
});

test('a plan file without moves is called that', async () => {
  const { repository, folder, apply } = await scene();
  const file = join(folder, 'moves.json');
  await writeFile(file, JSON.stringify({ schema: 1, repository, release: null, moves: [] }));
  expect((await apply({ plan: file })).stdout).toBe(`${repository}: the plan file has no moves\n`);
  expect((await apply()).stdout).toBe(`${repository}: every convenience tag points where it should\n`);
});

test.each([
  ['{}', 'is no plan: it has no schema, no repository and no moves'],
  ['{"schema":2,"repository":"r","release":null,"moves":[]}', 'this tagwright reads schema 1'],
  ['{"schema":1,"repository":"r","release":null}', 'is missing'],
])('a plan file %s is refused in one plain sentence', async (text, message) => {
  const { folder, apply } = await scene();
  const file = join(folder, 'moves.json');
  await writeFile(file, text);
  expect(await problemsOf(apply({ plan: file }))).toEqual([
    expect.objectContaining({ code: 'PLAN_FILE_INVALID', message }),
  ]);
});

test('a hash without its prefix, or one that is none, is told from another file’s hash', async () => {
  const { repository, folder, apply } = await scene();
  const plan = join(folder, 'moves.json');
  await writeFile(plan, JSON.stringify({ schema: 1, repository, release: null, moves: [] }));
  const hex = 'a'.repeat(64);
  expect(await problemsOf(apply({ plan, approved: hex }))).toEqual([
    expect.objectContaining({ code: 'USAGE', where: '--approved', fix: `write --approved sha256:${hex}` }),
  ]);
  expect(await problemsOf(apply({ plan, approved: 'sha256:00' }))).toEqual([
    expect.objectContaining({ code: 'USAGE', where: '--approved' }),
  ]);
  expect(await problemsOf(apply({ plan, approved: `sha256:${hex}` }))).toEqual([
    expect.objectContaining({ code: 'PLAN_FILE_NOT_APPROVED' }),
  ]);
});
