import { describe, expect, test } from 'vitest';
import { createMemoryJournals } from '../../../src/adapters/journal/memory-journals.ts';
import { InputError } from '../../../src/domain/errors.ts';
import type { JournalStore } from '../../../src/ports.ts';
import { digestNamed } from '../../support/digests.ts';
import { outsideError } from '../../support/errors.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { openWith, moveWorld } from '../../support/open-repository.ts';

const registry = fakeRegistry();
const { repository } = registry;
const begin = {
  step: 'begin',
  schema: 1,
  command: 'publish',
  repository: '127.0.0.1:5000/acme/app',
  version: '1.2.3',
  at: '2026-01-01T00:00:00Z',
};
const digest = digestNamed('built');
const pushed = [
  { step: 'push', state: 'begin', cell: 'a', tag: '1.2.3-a' },
  { step: 'push', state: 'done', cell: 'a', tag: '1.2.3-a', digest, how: 'built' },
  { step: 'push', state: 'begin', cell: 'b', tag: '1.2.3-b' },
];

async function left(journals: JournalStore, ...entries: readonly object[]): Promise<string> {
  const writer = await journals.create(repository, '1.2.3');
  for (const entry of entries) await writer.append({ ...entry });
  await writer.close();
  return writer.path;
}

describe('what earlier runs left', () => {
  test('an unfinished journal is gone on with, without a question, and what it says is told', async () => {
    const journals = createMemoryJournals();
    const path = await left(journals, begin, ...pushed);
    const world = moveWorld();
    const open = await openWith(registry, world, { journals });
    expect(open.past).toEqual({ pushing: new Set(['1.2.3-b']), digests: new Map([['1.2.3-a', digest]]), unstated: [] });
    expect(world.said).toEqual([
      `going on with ${path} of 2026-01-01T00:00:00Z (it was cut off): 1 pinned tag recorded, 1 push not seen to end, 0 moves done`,
    ]);
    await open.journal.write({ step: 'verified', cells: 2, waitedMs: 0 });
    expect(open.journal.path()).toBe(path);
    expect((await open.entries()).slice(-2)).toEqual([
      { step: 'resumed' },
      { step: 'verified', cells: 2, waitedMs: 0 },
    ]);
  });

  test('of several, the last is gone on with, all are evidence, and all are finished with it', async () => {
    const journals = createMemoryJournals();
    const first = await left(journals, begin, ...pushed);
    const second = await left(journals, begin, { step: 'stopped', code: 'TAG_RACED', reason: 'latest: moved', at: '' });
    const world = moveWorld();
    const open = await openWith(registry, world, { journals });
    expect([...open.past.pushing]).toEqual(['1.2.3-b']);
    expect(world.said).toEqual([
      `going on with ${second} of 2026-01-01T00:00:00Z (it stopped: latest: moved): 0 pinned tags recorded, 0 moves done`,
    ]);
    await open.finishPast();
    expect((await journals.read(first)).entries.at(-1)).toEqual({
      step: 'finished',
      at: '2026-01-01T00:00:00Z',
      by: second,
    });
  });

  const ignored: { name: string; entries: object[] }[] = [
    { name: 'a finished one', entries: [begin, ...pushed, { step: 'finished', at: '' }] },
    { name: 'one of another repository', entries: [{ ...begin, repository: '127.0.0.1:5000/acme/other' }, ...pushed] },
    { name: 'one that was cut off before its first line', entries: [] },
  ];
  test.each(ignored)('$name is none of this run’s', async ({ entries }) => {
    const journals = createMemoryJournals();
    const path = await left(journals, ...entries);
    const world = moveWorld();
    const open = await openWith(registry, world, { journals });
    expect([open.past.pushing.size, open.past.digests.size, open.journal.path(), world.said]).toEqual([0, 0, null, []]);
    await open.journal.write({ step: 'verified', cells: 0, waitedMs: 0 });
    expect(open.journal.path()).not.toBe(path);
  });

  test('one that is no journal is refused', async () => {
    const journals = createMemoryJournals();
    const path = await left(journals, { step: 'dance' });
    const error: unknown = await openWith(registry, moveWorld(), { journals }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(error instanceof InputError ? error.problems[0]?.where : '').toBe(`${path}:1`);
  });
});

describe('two runs at once', () => {
  test('the second does nothing, and names the journal of the first', async () => {
    const journals = createMemoryJournals();
    const first = await openWith(registry, moveWorld(), { journals });
    await first.journal.write({ step: 'verified', cells: 0, waitedMs: 0 });
    const error = await outsideError(openWith(registry, moveWorld(), { journals }));
    expect([error.code, error.message]).toEqual([
      'RUN_IN_PROGRESS',
      `another run on 127.0.0.1:5000/acme/app (1.2.3) is at work and writes ${first.journal.path()}; nothing was done. Let it end, then run this again`,
    ]);
    await first.journal.close();
    await expect(openWith(registry, moveWorld(), { journals })).resolves.toMatchObject({
      name: '127.0.0.1:5000/acme/app',
    });
  });

  test('of two that saw nothing of each other, the one whose journal is the later gives way', async () => {
    const journals = createMemoryJournals();
    const [first, second] = [
      await openWith(registry, moveWorld(), { journals }),
      await openWith(registry, moveWorld(), { journals }),
    ];
    await first.journal.write({ step: 'verified', cells: 0, waitedMs: 0 });
    const error = await outsideError(second.journal.write({ step: 'verified', cells: 0, waitedMs: 0 }));
    expect(error.code).toBe('RUN_IN_PROGRESS');
    expect((await journals.find(repository, '1.2.3')).map(({ inUse, entries }) => [inUse, entries.length])).toEqual([
      [true, 2],
      [false, 2],
    ]);
  });
});

test('steps that run side by side are written one after the other', async () => {
  const open = await openWith(registry, moveWorld());
  const cells = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(cells.map((cell) => open.journal.write({ step: 'verified', cells: cell, waitedMs: 0 })));
  expect((await open.entries()).slice(1)).toEqual(
    cells.map((cell) => ({ step: 'verified', cells: cell, waitedMs: 0 })),
  );
});
