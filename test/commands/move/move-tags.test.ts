import { describe, expect, test } from 'vitest';
import { deleteTags, moveTags } from '../../../src/commands/move/move-tags.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import type { Move } from '../../../src/plan/types.ts';
import type { MoveResult } from '../../../src/moves/move-result.ts';
import { outsideError } from '../../support/errors.ts';
import { fakeRegistry, fault, type FakeRegistry } from '../../support/fake-registry.ts';
import { openWith, moveWorld, type JournaledRepository, type MoveWorld } from '../../support/open-repository.ts';

const owner = (version: string) => ({ version, axes: { python: '3.10' } });

function move(tag: string, from: Digest | null, to: Digest): Move {
  return {
    kind: from === null ? 'create' : 'move',
    tag,
    from: from === null ? null : { owner: owner('1.0.0'), digest: from },
    to: { owner: owner('1.0.1'), digest: to },
    because: 'a test',
  };
}

interface Scene {
  readonly registry: FakeRegistry;
  readonly world: MoveWorld;
  readonly open: JournaledRepository;
  readonly old: Digest;
  readonly fresh: Digest;
  readonly other: Digest;
  readonly moves: readonly Move[];
  readonly run: (waitMs?: number) => Promise<MoveResult[]>;
}

/** Three tags on the old image, to be moved to the new one. */
async function scene(): Promise<Scene> {
  const registry = fakeRegistry();
  const old = registry.push('old');
  const [fresh, other] = [registry.push('new'), registry.push('other')];
  const tags = ['1.0', '1', 'latest'];
  for (const tag of tags) registry.stands.set(tag, old);
  const world = moveWorld();
  const open = await openWith(registry, world);
  const moves = tags.map((tag) => move(tag, old, fresh));
  return {
    registry,
    world,
    open,
    old,
    fresh,
    other,
    moves,
    run: (waitMs = 60_000) => moveTags({ ...open, waitMs }, moves),
  };
}

const states = (results: readonly MoveResult[]): Record<string, string> =>
  Object.fromEntries(
    results.map(({ move: { tag }, state, detail }) => [tag, detail === null ? state : `${state}: ${detail}`]),
  );

describe('moving', () => {
  test('puts the very bytes under each tag in turn, recorded before and after, read right before the PUT', async () => {
    const { registry, open, old, fresh, run } = await scene();
    const children = [...registry.manifests.values()].filter(({ digest }) => digest !== old);
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'moved', latest: 'moved' });
    expect(Object.fromEntries(registry.stands)).toEqual({ '1.0': fresh, '1': fresh, latest: fresh });
    expect(registry.calls.filter((call) => !call.includes('sha256:'))).toEqual([
      'HEAD 1.0',
      'PUT 1.0',
      'HEAD 1',
      'PUT 1',
      'HEAD latest',
      'PUT latest',
    ]);
    expect(children.length).toBeGreaterThan(0);
    const begun = (tag: string) => ({
      step: 'move',
      state: 'begin',
      tag,
      from: { owner: owner('1.0.0'), digest: old },
      to: { owner: owner('1.0.1'), digest: fresh },
    });
    const done = (tag: string) => ({ step: 'move', state: 'done', tag, digest: fresh, how: 'moved' });
    expect(await open.entries()).toEqual([
      { step: 'begin', schema: 1, command: 'publish', repository: open.name, version: '1.2.3' },
      ...['1.0', '1', 'latest'].flatMap((tag) => [begun(tag), done(tag)]),
    ]);
  });

  test('what is there already is done, with nothing written to the registry', async () => {
    const { registry, open, fresh, run } = await scene();
    registry.stands.set('1', fresh);
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'already', latest: 'moved' });
    expect(registry.calls).not.toContain('PUT 1');
    expect(await open.entries()).toContainEqual({
      step: 'move',
      state: 'done',
      tag: '1',
      digest: fresh,
      how: 'already',
    });
  });

  test('a tag that was absent is created', async () => {
    const { registry, open, fresh } = await scene();
    registry.stands.delete('latest');
    expect(states(await moveTags({ ...open, waitMs: 0 }, [move('latest', null, fresh)]))).toEqual({ latest: 'moved' });
    expect(registry.stands.get('latest')).toBe(fresh);
  });

  test('one that somebody else moved stops the moving: nothing is put over it, and nothing after it', async () => {
    const { registry, open, old, fresh, other, run } = await scene();
    registry.stands.set('1', other);
    const detail = `it is ${other} now, and was ${old} when this run planned: another run moved it`;
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': `raced: ${detail}`, latest: 'planned' });
    expect(Object.fromEntries(registry.stands)).toEqual({ '1.0': fresh, '1': other, latest: old });
    expect((await open.entries()).slice(-2)).toEqual([
      expect.objectContaining({ step: 'move', state: 'begin', tag: '1' }),
      { step: 'move', state: 'not done', tag: '1', reason: detail },
    ]);
  });

  test('one that came to be, and one that went, since it was planned', async () => {
    for (const [then, now] of [
      ['old', null],
      [null, 'other'],
    ] as const) {
      const { registry, open, old, fresh, other } = await scene();
      if (now === null) registry.stands.delete('1');
      else registry.stands.set('1', other);
      const results = await moveTags({ ...open, waitMs: 0 }, [move('1', then === null ? null : old, fresh)]);
      const [was, is] = [then === null ? 'absent' : old, now === null ? 'absent' : other];
      expect(states(results)).toEqual({
        '1': `raced: it is ${is} now, and was ${was} when this run planned: another run moved it`,
      });
    }
  });

  test('a HEAD that lies is confirmed by the body before anything is made of it', async () => {
    const { registry, run, fresh, other } = await scene();
    let lies = 1;
    registry.stale = (tag) => (tag === '1' && registry.calls.at(-1) === 'HEAD 1' && lies-- > 0 ? other : undefined);
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'moved', latest: 'moved' });
    expect(registry.calls).toContain('GET 1');
    expect(registry.stands.get('1')).toBe(fresh);
  });
});

describe('a PUT that failed', () => {
  test('and took effect all the same is a move', async () => {
    const { registry, open, fresh, run } = await scene();
    registry.after = ({ method, reference }) => {
      if (method === 'PUT' && reference === '1') throw fault('REGISTRY_UNREACHABLE', 'PUT: the connection broke');
    };
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'moved', latest: 'moved' });
    expect(await open.entries()).toContainEqual({ step: 'move', state: 'done', tag: '1', digest: fresh, how: 'moved' });
  });

  test('and took effect, on a registry that answers with the old digest for a while, is a move', async () => {
    const { registry, world, run, old } = await scene();
    registry.after = ({ method, reference }) => {
      if (method !== 'PUT' || reference !== '1') return;
      const settled = world.clock.nowMs() + 3_000;
      registry.stale = (tag) => (tag === '1' && world.clock.nowMs() < settled ? old : undefined);
      throw fault('REGISTRY_TIMEOUT', 'PUT: no answer within 10 s');
    };
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'moved', latest: 'moved' });
  });

  const refusals = ['REGISTRY_REFUSED', 'REGISTRY_DENIED'] as const;
  test.each(refusals)('for good (%s) is read back once, and stops the moving', async (code) => {
    const { registry, world, open, old, fresh, run } = await scene();
    registry.before = ({ method, reference }) => {
      if (method === 'PUT' && reference === '1') throw fault(code, 'PUT 1: 400 "the tag is immutable"');
    };
    const detail = `PUT 1: 400 "the tag is immutable". Read back: it is ${old}`;
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': `failed: ${detail}`, latest: 'planned' });
    expect(Object.fromEntries(registry.stands)).toEqual({ '1.0': fresh, '1': old, latest: old });
    expect(world.clock.sleeps).toEqual([]);
    expect((await open.entries()).at(-1)).toEqual({ step: 'move', state: 'not done', tag: '1', reason: detail });
  });

  test('while somebody else moved the tag is told as theirs', async () => {
    const { registry, other, run } = await scene();
    registry.before = ({ method, reference }) => {
      if (method !== 'PUT' || reference !== '1') return;
      registry.stands.set('1', other);
      throw fault('REGISTRY_UNREACHABLE', 'PUT: reset');
    };
    expect(states(await run())['1']).toBe(`raced: PUT: reset. Read back: it is ${other}`);
  });

  test('and cannot be read back is unknown, and nothing is said of it but that', async () => {
    const { registry, open, run } = await scene();
    let isDown = false;
    registry.before = ({ method, reference }) => {
      isDown ||= method === 'PUT' && reference === '1';
      if (isDown) throw fault('REGISTRY_UNREACHABLE', `${method}: connection refused`);
    };
    expect(states(await run())).toEqual({
      '1.0': 'moved',
      '1': 'unknown: PUT: connection refused. Reading back failed too: HEAD: connection refused',
      latest: 'planned',
    });
    // The journal says that it may have happened.
    expect((await open.entries()).at(-1)).toMatchObject({ step: 'move', state: 'begin', tag: '1' });
  });

  test('before it was sent: nothing was changed, and what was done before is told', async () => {
    const { registry, run } = await scene();
    registry.before = ({ reference }) => {
      if (reference === '1') throw fault('REGISTRY_THROTTLED', 'HEAD 1: 429');
    };
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'failed: HEAD 1: 429', latest: 'planned' });
  });

  test('because the user interrupted it is no result: the run ends there', async () => {
    const { registry, open, run } = await scene();
    registry.before = ({ method }) => {
      if (method === 'PUT') throw fault('ABORTED', 'PUT: interrupted');
    };
    expect((await outsideError(run())).code).toBe('ABORTED');
    expect((await open.entries()).at(-1)).toMatchObject({ step: 'move', state: 'begin', tag: '1.0' });
  });
});

describe('nothing moves unless every manifest is there and whole', () => {
  const rows: { name: string; spoil: (at: Scene) => void; detail: (at: Scene) => string }[] = [
    {
      name: 'the manifest is gone',
      spoil: ({ registry, fresh }) => void registry.manifests.delete(fresh),
      detail: ({ fresh }) => `${fresh} is not there`,
    },
    {
      name: 'one of its images is gone',
      spoil: ({ registry, fresh }) => {
        const [child] = childrenOf(registry, fresh).slice(-1);
        registry.manifests.delete(child!);
      },
      detail: ({ registry, fresh }) =>
        `${fresh} is incomplete: linux/arm64 (${childrenOf(registry, fresh).at(-1)}) is missing`,
    },
    {
      name: 'it cannot be read',
      spoil: ({ registry, fresh }) => {
        registry.before = ({ method, reference }) => {
          if (method === 'GET' && reference === fresh) throw fault('REGISTRY_ANSWER', 'GET: larger than 4194304 bytes');
        };
      },
      detail: () => 'GET: larger than 4194304 bytes',
    },
  ];
  test.each(rows)('$name', async ({ spoil, detail }) => {
    const at = await scene();
    const expected = detail(at);
    spoil(at);
    const last = move('latest', at.old, at.other);
    const results = await moveTags({ ...at.open, waitMs: 0 }, [...at.moves.slice(0, 2), last]);
    expect(states(results)).toEqual({ '1.0': `failed: ${expected}`, '1': `failed: ${expected}`, latest: 'planned' });
    expect(at.registry.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
    expect(await at.open.entries()).toEqual([]);
  });

  test('a digest that is not there yet is waited for, within the bound', async () => {
    const { registry, world, fresh, run } = await scene();
    const manifest = registry.manifests.get(fresh)!;
    registry.manifests.delete(fresh);
    const there = world.clock.nowMs() + 5_000;
    registry.before = () => {
      if (world.clock.nowMs() >= there) registry.manifests.set(fresh, manifest);
    };
    expect(states(await run())).toEqual({ '1.0': 'moved', '1': 'moved', latest: 'moved' });
  });
});

describe('taking a tag away', () => {
  test('where the registry can', async () => {
    const { registry, open, old } = await scene();
    registry.canDelete = true;
    const back: Move = { ...move('latest', old, old), to: { owner: null, digest: null } };
    expect(states(await deleteTags(open, [back]))).toEqual({ latest: 'deleted' });
    expect(registry.stands.has('latest')).toBe(false);
    expect((await open.entries()).slice(1)).toEqual([
      expect.objectContaining({ step: 'move', state: 'begin', tag: 'latest', to: { owner: null, digest: null } }),
      { step: 'move', state: 'done', tag: 'latest', digest: old, how: 'deleted' },
    ]);
  });

  const rows: { name: string; spoil: (at: Scene) => void; expected: (at: Scene) => string }[] = [
    {
      name: 'is impossible where the registry cannot, and says so',
      spoil: () => undefined,
      expected: () =>
        'impossible: it did not exist before, and this registry cannot delete a tag alone; delete it by hand',
    },
    {
      name: 'is done where it is gone',
      spoil: ({ registry }) => registry.stands.clear(),
      expected: () => 'already',
    },
    {
      name: 'is not done to a tag that somebody moved',
      spoil: ({ registry, other }) => void registry.stands.set('latest', other),
      expected: ({ other }) => `raced: it is ${other} now: another run moved it`,
    },
    {
      name: 'fails where the registry refuses',
      spoil: ({ registry }) => {
        registry.before = ({ method }) => {
          if (method === 'DELETE') throw fault('REGISTRY_DENIED', 'DELETE: 403');
        };
      },
      expected: () => 'failed: DELETE: 403',
    },
  ];
  test.each(rows)('$name', async ({ spoil, expected }) => {
    const at = await scene();
    spoil(at);
    const back: Move = { ...move('latest', at.old, at.old), to: { owner: null, digest: null } };
    expect(states(await deleteTags(at.open, [back]))).toEqual({ latest: expected(at) });
  });
});

function childrenOf(registry: FakeRegistry, digest: Digest): Digest[] {
  const bytes = registry.manifests.get(digest)?.bytes;
  const index: { manifests: { digest: Digest }[] } = JSON.parse(new TextDecoder().decode(bytes));
  return index.manifests.map((entry) => entry.digest);
}
