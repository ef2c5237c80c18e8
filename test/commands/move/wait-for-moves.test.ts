import { describe, expect, test } from 'vitest';
import { finishJournal, waitForMoves } from '../../../src/commands/move/wait-for-moves.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import type { Move } from '../../../src/plan/types.ts';
import type { MoveResult } from '../../../src/moves/move-result.ts';
import { fakeRegistry, fault, type FakeRegistry } from '../../support/fake-registry.ts';
import { openWith, moveWorld, type JournaledRepository, type MoveWorld } from '../../support/open-repository.ts';

interface Scene {
  readonly registry: FakeRegistry;
  readonly world: MoveWorld;
  readonly open: JournaledRepository;
  readonly old: Digest;
  readonly fresh: Digest;
  readonly other: Digest;
  readonly moved: MoveResult;
}

/** `latest` has just been moved. */
async function scene(from: 'old' | 'nothing' = 'old'): Promise<Scene> {
  const registry = fakeRegistry();
  const [old, other] = [registry.push('old'), registry.push('other')];
  const fresh = registry.push('new', 'latest');
  const world = moveWorld();
  const move: Move = {
    kind: from === 'old' ? 'move' : 'create',
    tag: 'latest',
    from: from === 'old' ? { owner: null, digest: old } : null,
    to: { owner: null, digest: fresh },
    because: 'a test',
  };
  const moved: MoveResult = { move, state: 'moved', detail: null };
  return { registry, world, open: await openWith(registry, world), old, fresh, other, moved };
}

describe('settling', () => {
  const lags: { name: string; from?: 'nothing'; seconds: number; answer: (at: Scene) => Digest | null }[] = [
    { name: 'the old digest for 7 s', seconds: 7, answer: ({ old }) => old },
    { name: 'a 404 for 7 s, of a tag that was there before', seconds: 7, answer: () => null },
    { name: 'a 404 for 3 s, of a new tag', from: 'nothing', seconds: 3, answer: () => null },
    { name: 'nothing but the truth', seconds: 0, answer: ({ old }) => old },
  ];
  test.each(lags)('waits out $name, and says how long', async ({ from, seconds, answer }) => {
    const at = await scene(from ?? 'old');
    const until = at.world.clock.nowMs() + seconds * 1000;
    at.registry.stale = () => (at.world.clock.nowMs() < until ? answer(at) : undefined);
    const settled = await waitForMoves(at.open, [at.moved]);
    expect(settled.results).toEqual([at.moved]);
    expect(settled.waitedMs).toBeGreaterThanOrEqual(seconds * 1000);
    expect(settled.waitedMs).toBeLessThanOrEqual(seconds * 1000 + 2_000);
  });

  test.each([
    { name: 'the old digest', answer: (at: Scene) => at.old, said: (at: Scene): string => at.old },
    { name: 'a 404', answer: () => null, said: () => 'that it is absent' },
  ])('gives up at the bound on a registry that only answers $name: it was moved, and has not settled', async (row) => {
    const at = await scene();
    at.registry.stale = () => row.answer(at);
    const settled = await waitForMoves({ ...at.open, waitMs: 10_000 }, [at.moved]);
    const detail = `it was moved, and the registry still answers ${row.said(at)} after 10000 ms`;
    expect(settled).toEqual({
      results: [{ move: at.moved.move, state: 'unsettled', detail }],
      waitedMs: 10_000,
    });
  });

  test('a third digest is somebody else’s, and is told without waiting', async () => {
    const at = await scene();
    at.registry.stands.set('latest', at.other);
    const settled = await waitForMoves(at.open, [at.moved]);
    const detail = `it was moved, and is ${at.other} now: another run moved it on`;
    expect(settled).toEqual({ results: [{ move: at.moved.move, state: 'raced', detail }], waitedMs: 0 });
  });

  test('a tag that can no longer be read has not settled; that it was moved stays said', async () => {
    const at = await scene();
    at.registry.before = () => {
      throw fault('REGISTRY_UNREACHABLE', 'HEAD: connection refused');
    };
    const settled = await waitForMoves(at.open, [at.moved]);
    const detail = 'it was moved, and cannot be read back: HEAD: connection refused';
    expect(settled.results).toEqual([{ move: at.moved.move, state: 'unsettled', detail }]);
  });

  test('what was not moved is not asked for', async () => {
    const at = await scene();
    const results: MoveResult[] = [
      { ...at.moved, state: 'planned' },
      { ...at.moved, state: 'raced', detail: 'x' },
    ];
    expect((await waitForMoves(at.open, results)).results).toEqual(results);
    expect(at.registry.calls).toEqual([]);
  });
});

describe('the end of a journal', () => {
  test('a run that wrote nothing leaves none', async () => {
    const at = await scene();
    await finishJournal(at.open, { results: [], waitedMs: 0 });
    expect(at.open.journal.path()).toBeNull();
  });

  test('settled and finished', async () => {
    const at = await scene();
    await at.open.journal.write({ step: 'verified', cells: 1, waitedMs: 0 });
    await finishJournal(at.open, { results: [at.moved], waitedMs: 25 });
    expect((await at.open.entries()).slice(-2)).toEqual([{ step: 'settled', waitedMs: 25 }, { step: 'finished' }]);
  });

  test('stopped, by what went wrong rather than by what waits behind it', async () => {
    const at = await scene();
    await at.open.journal.write({ step: 'verified', cells: 1, waitedMs: 0 });
    const waiting: MoveResult = { ...at.moved, state: 'planned' };
    const raced: MoveResult = { ...at.moved, state: 'raced', detail: 'it is elsewhere' };
    await finishJournal(at.open, { results: [waiting, raced], waitedMs: 0 });
    expect((await at.open.entries()).at(-1)).toEqual({
      step: 'stopped',
      code: 'raced',
      reason: 'latest: it is elsewhere',
    });
  });
});
