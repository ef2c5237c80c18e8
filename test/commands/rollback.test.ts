/** A rollback writes convenience tags and nothing else, whatever its journal says. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { rollbackCommand } from '../../src/commands/rollback.ts';
import type { Outcome, World } from '../../src/commands/world.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import type { Registry } from '../../src/ports.ts';
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
  readonly world: World;
  readonly tags: () => ReadonlyMap<string, Digest>;
  /** A rollback by a journal that says it moved these tags from the image of another. */
  readonly rollback: (
    moved: Readonly<Record<string, string>>,
    only?: readonly string[],
    how?: { readonly json?: boolean; readonly again?: boolean; readonly command?: 'publish' | 'apply' },
  ) => Promise<Outcome>;
}

/** 1.0.0 and 1.0.1 published; the facts at hand, or out of reach. */
async function scene(hasFacts: boolean): Promise<Scene> {
  const path = `rollback/app-${(count += 1)}`;
  const repository = { registry: registry.host, path };
  const facts = daily('1.0.0', '1.0.1', '1.1.0');
  const opened = createRegistries();
  onTestFinished(() => opened.close());
  await loadState(opened.open(repository), plannedState(planned(fourCells, facts)));
  const world: World = {
    ...publishWorld({ facts }),
    ...(hasFacts
      ? {}
      : {
          sources: () => [
            { name: 'github.com/acme/app', list: () => Promise.reject(new OutsideError('SOURCE_FAILED', 'no answer')) },
          ],
        }),
  };
  const tags = (): ReadonlyMap<string, Digest> => registry.tags(path);
  const journal = await tempFolder();
  const digestOf = (tag: string): Digest => tags().get(tag)!;
  // What the journal of a publish says that was taken back since.
  const left = digestOf('1.1.0-python3.10');
  return {
    world,
    tags,
    rollback: async (moved, only = [], { json = true, again = false, command } = {}) => {
      const name = `${registry.host}/${path}`;
      const at = '2026-01-01T00:00:00Z';
      const writer = await world.journals(journal).create(repository, '1.0.1');
      await writer.append({
        step: 'begin',
        schema: 1,
        command: command ?? 'publish',
        repository: name,
        version: '1.0.1',
        at,
      });
      for (const [tag, source] of Object.entries(moved)) {
        const from = { owner: null, digest: source.startsWith('sha256:') ? source : digestOf(source) };
        const owner = command === undefined ? null : { version: '1.0.1', axes: { python: '3.10', flavor: 'standard' } };
        const to = { owner, digest: again ? left : digestOf(tag) };
        await writer.append({ step: 'move', state: 'begin', tag, from, to });
        await writer.append({ step: 'move', state: 'done', tag, digest: to.digest, how: 'moved' });
      }
      await writer.append({ step: 'finished', at });
      await writer.close();
      return rollbackCommand({ ...publishOptions('', name, journal), file: writer.path, only, json }, world);
    },
  };
}

const full = '1.0.1-python3.10';
const old = '1.0.0-python3.10';

describe.each([
  { name: 'with facts', hasFacts: true },
  { name: 'without facts', hasFacts: false },
])('$name', ({ hasFacts }) => {
  test('a journal that names a pinned tag is refused as a whole, and --only puts the others back', async () => {
    const { tags, rollback } = await scene(hasFacts);
    const before = new Map(tags());
    const problems = await problemsOf(rollback({ '1-python3.10': old, [full]: old }));
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'TAG_NOT_CONVENIENCE',
        where: expect.stringMatching(new RegExp(` ${full}$`)),
        message: 'it is a pinned tag; rollback writes convenience tags only. Nothing was put back',
      }),
    ]);
    expect(tags()).toEqual(before);
    await expect(rollback({ '1-python3.10': old, [full]: old }, ['1-python3.10'])).resolves.toMatchObject({
      result: 'as-planned',
    });
    expect(tags()).toEqual(new Map(before).set('1-python3.10', before.get(old)!));
  });

  test('nor does it write a tag that is nobody’s, or belongs to an image by its digest', async () => {
    const { world, tags, rollback } = await scene(hasFacts);
    const opened = await world.registries([]);
    onTestFinished(() => opened.close());
    const at = opened.open({ registry: registry.host, path: `rollback/app-${count}` });
    const manifest = await at.manifest(full);
    const odd = ['nightly', `sha256-${'a'.repeat(64)}.sig`];
    for (const tag of odd) await at.putManifest(tag, manifest!);
    const before = new Map(tags());
    for (const tag of odd) {
      const problems = await problemsOf(rollback({ [tag]: old }));
      expect(problems.map(({ code }) => code)).toEqual(['TAG_NOT_CONVENIENCE']);
    }
    expect(tags()).toEqual(before);
  });
});

/** Of the image of 1.1.0, its convenience tags are left. */
async function withoutPinned(): Promise<Scene & { readonly repository: string }> {
  const made = await scene(true);
  const at = await open(made.world, `rollback/app-${count}`);
  const gone = [...made.tags()].filter(([, digest]) => digest === made.tags().get('1-latest')).map(([tag]) => tag);
  for (const tag of gone.filter((text) => /^(?:1\.1\.0|sha-)/.test(text))) await at.deleteTag(tag);
  return { ...made, repository: `${registry.host}/rollback/app-${count}` };
}

async function open(world: World, path: string): Promise<Registry> {
  const opened = await world.registries([]);
  onTestFinished(() => opened.close());
  return opened.open({ registry: registry.host, path });
}

test('an image that only convenience tags are left of keeps one, until it has its full tag back', async () => {
  const { repository, tags, rollback } = await withoutPinned();
  const digest = tags().get('1-latest')!;
  const moved = [...tags()].filter(([, other]) => other === digest).map(([tag]) => tag);
  expect(moved.length).toBeGreaterThan(1);
  const { result, stdout } = await rollback(Object.fromEntries(moved.map((tag) => [tag, old])), []);
  expect(result).toBe('findings');
  const waiting = JSON.parse(stdout).repositories[0].waiting;
  expect(waiting).toEqual([
    expect.objectContaining({
      hold: 'last-tag',
      fix: `crane tag ${repository}@${digest} 1.1.0-python3.10`,
      choices: [],
    }),
  ]);
  const still = [...tags()].filter(([, other]) => other === digest).map(([tag]) => tag);
  expect(still).toEqual([waiting[0].tag]);
});

test.each([
  ['publish', 'To make it last, say so in the config'],
  ['apply', 'The plan is as it was: the next publish or apply moves these tags again.'],
] as const)('how what was taken back of %s lasts', async (command, said) => {
  const { rollback } = await scene(true);
  const { stdout } = await rollback({ '1.0-python3.10': old }, [], { json: false, command });
  expect(stdout).toContain(said);
  expect(stdout.includes('yanked')).toBe(command === 'publish');
});

test('a release that was yanked already is not offered as a line', async () => {
  const { world, rollback } = await scene(true);
  const config = { ...fourCells, yanked: [{ version: '1.0.1', reason: 'broken' }] };
  world.loadConfig = () => Promise.resolve({ raw: config, file: 'matrix.config.ts', root: '/' });
  const { stdout } = await rollback({ '1.0-python3.10': old }, [], { json: false, command: 'publish' });
  expect(stdout).not.toContain('To make it last');
});

test('a second rollback says what is true of it: the tags are as the journal has them', async () => {
  const { rollback } = await scene(true);
  await rollback({ '1-python3.10': old }, [], { json: false });
  const { stdout } = await rollback({ '1-python3.10': old }, [], { json: false, again: true });
  expect(stdout).toMatch(/: every tag points to what the journal recorded already\n$/);
});

test('an image that the registry no longer has is named before anything is put back, with the command for the rest', async () => {
  const { tags, rollback } = await scene(true);
  const gone = `sha256:${'7'.repeat(64)}`;
  const before = new Map(tags());
  expect(await problemsOf(rollback({ '1-latest': gone, '1-python3.10': old }))).toEqual([
    {
      code: 'IMAGE_GONE',
      where: `${registry.host}/rollback/app-${count}:1-latest`,
      message: `it pointed to ${gone} before, which the registry no longer has. Nothing was put back`,
      fix: 'put back the others: --only 1-python3.10',
    },
  ]);
  expect(tags()).toEqual(before);
});

test('the convenience tags of a release that has been excluded since are put back', async () => {
  const { world, tags, rollback } = await scene(true);
  const config = { ...fourCells, exclude: [{ version: '1.1.0', reason: 'broken' }] };
  world.loadConfig = () => Promise.resolve({ raw: config, file: 'matrix.config.ts', root: '/' });
  await expect(rollback({ '1.1-python3.10': full })).resolves.toMatchObject({ result: 'as-planned' });
  expect(tags().get('1.1-python3.10')).toBe(tags().get(full));
});
