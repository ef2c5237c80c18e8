/** What somebody sees who pulls while a release is published, and a registry that is behind with what it shows. */
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { count } from '../../../src/domain/count.ts';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions } from '../../support/fault-proxy.ts';
import { daily } from '../../support/history.ts';
import { conveniences, place, type Place } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally, type Published } from '../../support/publish-world.ts';
import { watchTags } from '../../support/watch-tags.ts';

const host = inject('registryHost');
const quick = { limits: { backoffMs: 5, maxBackoffMs: 50 } };

async function behind(at: Place, options: Omit<FaultProxyOptions, 'upstream'>): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ upstream: at.host, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

const through = (proxy: FaultProxy, at: Place, more: object = {}): Promise<Published> =>
  publish(publishOptions('1.0.1', `${proxy.host}/${at.path}`, at.journal, more), publishWorld({ registries: quick }));

test('behind 150 ms of latency, a reader sees each convenience tag on its old digest, then on its new one', async () => {
  const at = await place(host);
  await at.publish('1.0.0', { facts: daily('1.0.0') });
  const before = conveniences(await at.tags());
  const proxy = await behind(at, { latencyMs: 150 });
  const watch = watchTags(at.host, at.path, Object.keys(before));
  expect(tally(await through(proxy, at))).toEqual({ cells: { built: 4 }, moves: { moved: 10 } });
  const { seen, rounds, unanswered } = await watch.stop();
  const after = conveniences(await at.tags());
  expect(seen).toEqual(Object.fromEntries(Object.keys(before).map((tag) => [tag, [before[tag], after[tag]]])));
  process.stderr.write(
    `a reader looked ${rounds} times at ${Object.keys(seen).length} convenience tags; ${unanswered} reads met a tag being written\n`,
  );
  expect(rounds).toBeGreaterThan(50);
});

describe('a registry that is behind', () => {
  test.each(['old', '404'] as const)('within the bound it is waited for, and how long is told: %s', async (answer) => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const proxy = await behind(at, { stale: { ms: 1_200, answer } });
    const published = await through(proxy, at, { settleMs: 20_000 });
    expect([published.result, tally(published), published.report.repositories[0]?.lags]).toEqual([
      'as-planned',
      { cells: { built: 4 }, moves: { moved: 10 } },
      [],
    ]);
    const { verifyMs, settleMs } = published.report.repositories[0] ?? { verifyMs: 0, settleMs: 0 };
    // A pinned tag is read right after its push, and the last tag that moves right after its move.
    expect({ verify: verifyMs > 500 && verifyMs < 8_000, settle: settleMs > 500 && settleMs < 8_000 }).toEqual({
      verify: true,
      settle: true,
    });
  });

  test('beyond the bound the tag has moved and has not settled; the next run finds it there', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = conveniences(await at.tags());
    const proxy = await behind(at, { stale: { ms: 60_000, answer: 'old', tags: /^1-latest$/ } });
    const late = await through(proxy, at, { settleMs: 700 });
    const after = conveniences(await at.tags());
    expect([late.result, tally(late)]).toEqual([
      'outside-failed',
      { cells: { built: 4 }, moves: { moved: 9, unsettled: 1 } },
    ]);
    expect(late.report.repositories[0]?.lags).toEqual([
      expect.stringMatching(
        new RegExp(
          `^TAG_NOT_SETTLED {2}.*:1-latest: it was moved, and the registry still answers ${before['1-latest']} after \\d+ ms$`,
        ),
      ),
    ]);
    expect(after['1-latest']).not.toBe(before['1-latest']);
    expect(tally(await at.publish('1.0.1'))).toEqual({ cells: { there: 4 }, moves: {} });
  });

  test('a pinned tag that does not show within the bound moves nothing', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = conveniences(await at.tags());
    const proxy = await behind(at, { stale: { ms: 60_000, answer: '404', tags: /^1\.0\.1-python3\.9$/ } });
    const late = await through(proxy, at, { settleMs: 500 });
    expect([late.result, tally(late)]).toEqual([
      'outside-failed',
      { cells: { built: 3, lacking: 1 }, moves: { planned: 10 } },
    ]);
    expect(late.report.repositories[0]?.lags[0]).toMatch(
      /^VERIFY_FAILED {2}1\.0\.1 \(python 3\.9, flavor standard\): 1\.0\.1-python3\.9 is absent after \d+ ms; it should be sha256:/,
    );
    expect(conveniences(await at.tags())).toEqual(before);
    expect(tally(await at.publish('1.0.1'))).toEqual({ cells: { there: 4 }, moves: { moved: 10 } });
  });

  test('is told from one that refuses: a tag that could not be moved is failed, not late, and those after it wait', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = conveniences(await at.tags());
    const applies: FaultProxyOptions['applies'] = ({ method, path }) =>
      method === 'PUT' && path.endsWith('/1-python3.9');
    const proxy = await behind(at, { faults: { 'status-500': 1 }, applies });
    const failed = await through(proxy, at);
    const { moves = [], lags = [] } = failed.report.repositories[0] ?? {};
    const order = moves.map(({ tag }) => tag);
    const failedAt = order.indexOf('1-python3.9');
    expect([failed.result, moves.map(({ state }) => state)]).toEqual([
      'outside-failed',
      order.map((_, index) => (index < failedAt ? 'moved' : index === failedAt ? 'failed' : 'planned')),
    ]);
    expect(lags).toEqual([
      expect.stringMatching(
        new RegExp(`^MOVE_FAILED {2}.*:1-python3\\.9: .*500.*Read back: it is ${before['1-python3.9']}$`),
      ),
      `MOVE_WAITING  ${count(order.length - failedAt - 1, 'convenience tag was', 'convenience tags were')} not moved`,
    ]);
    const now = conveniences(await at.tags());
    for (const tag of order.slice(failedAt)) expect([tag, now[tag]]).toEqual([tag, before[tag]]);
    expect((await at.publish('1.0.1')).result).toBe('as-planned');
  });
});
