/** A push or a base that fails in passing is tried again, a few times; whatever else fails is not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createStandInBuilder } from '../../../src/adapters/stand-in/stand-in-builder.ts';
import type { Builder, BuiltTarget } from '../../../src/ports.ts';
import { daily } from '../../support/history.ts';
import {
  fourCells,
  publish,
  publishOptions,
  publishWorld,
  tally,
  type Published,
} from '../../support/publish-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const passing =
  'failed to push: unexpected status from PUT request to http://127.0.0.1/v2/a/manifests/1: 503 Service Unavailable';

interface Ran {
  readonly published: Published;
  /** How many targets each build had. */
  readonly builds: readonly number[];
  /** Pauses in seconds. */
  readonly pauses: readonly number[];
}

/** The first target fails with these words, as often as is said; the others are pushed. */
async function run(reason: string, times: number): Promise<Ran> {
  const builds: number[] = [];
  const pauses: number[] = [];
  const world = publishWorld({
    config: fourCells,
    facts: daily('1.0.0'),
    builder: (registries): Builder => {
      const standIn = createStandInBuilder(registries);
      return {
        name: 'buildx',
        build: async (targets, options) => {
          builds.push(targets.length);
          const [first, ...others] = targets;
          if (first === undefined || builds.length > times) return standIn.build(targets, options);
          const failed: BuiltTarget = { id: first.id, kind: 'failed', reason };
          return { targets: [failed, ...(await standIn.build(others, options)).targets] };
        },
      };
    },
  });
  const { clock } = world;
  const hurried = {
    nowMs: () => clock.nowMs(),
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms >= 5_000) pauses.push(ms / 1000);
      return ms >= 5_000 ? Promise.resolve() : clock.sleep(ms, signal);
    },
  };
  const path = `passing/app-${(count += 1)}`;
  const options = publishOptions('1.0.0', `${registry.host}/${path}`, await tempFolder());
  return { published: await publish(options, { ...world, clock: hurried }), builds, pauses };
}

test('once: it is built again alone, and the publish ends as if nothing had been', async () => {
  const { published, builds, pauses } = await run(passing, 1);
  expect([published.result, tally(published).cells, builds, pauses]).toEqual(['as-planned', { built: 4 }, [4, 1], [5]]);
});

test('for good: it is reported after the third try, and no convenience tag moves', async () => {
  const { published, builds, pauses } = await run(passing, 9);
  expect([published.result, tally(published).cells, builds, pauses]).toEqual([
    'outside-failed',
    { built: 3, lacking: 1 },
    [4, 1, 1],
    [5, 20],
  ]);
});

test('a step of the Dockerfile that fails is not tried again', async () => {
  const reason =
    'process "/bin/sh -c curl a" did not complete successfully: exit code: 7; it last said: connection refused';
  const { published, builds } = await run(reason, 9);
  expect([published.result, builds]).toEqual(['outside-failed', [4]]);
});

test('a push that the registry refuses is not tried again, and names the login that the builder needs', async () => {
  const reason = `failed to solve: failed to push ${registry.host}/a:1: unexpected status from HEAD request: 401 Unauthorized`;
  const { published, builds } = await run(reason, 9);
  expect([published.result, builds]).toEqual(['outside-failed', [4]]);
  expect(JSON.stringify(published.report)).toContain(
    `401 Unauthorized; the builder pushes with the logins of Docker: run docker login ${registry.host}`,
  );
});
