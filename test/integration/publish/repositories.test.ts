/** One image in two repositories, on two registries: one build, one digest; each moves for itself, and one may be down. */
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { startFaultProxy, type FaultProxyOptions } from '../../support/fault-proxy.ts';
import { daily } from '../../support/history.ts';
import { conveniences, place, type Place } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally, type Published } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryProcess } from '../../support/registry-process.ts';

let second: RegistryProcess;
beforeAll(async () => {
  second = await startRegistry();
});
afterAll(() => second.stop());

interface Two {
  readonly at: Place;
  /** The second registry, as it is reached. */
  readonly host: string;
  readonly tags: () => Promise<readonly [Record<string, string>, Record<string, string>]>;
  readonly publish: (version: string, more?: TwoOptions) => Promise<Published>;
}

interface TwoOptions {
  readonly hosts?: readonly string[];
  readonly mayBuild?: boolean;
}

/** Builds that differ each time, so that one digest in both is one build. */
async function two(options: Omit<FaultProxyOptions, 'upstream'> = {}): Promise<Two> {
  const at = await place(inject('registryHost'));
  const proxy = await startFaultProxy({ upstream: second.host, ...options });
  onTestFinished(() => proxy.close());
  return {
    at,
    host: proxy.host,
    tags: () => Promise.all([at.tags(), readTags(second.host, at.path)]),
    publish: (version, { hosts = [at.host, proxy.host], mayBuild = true } = {}) => {
      const refuse = (): never => {
        throw new Error('nothing may be built');
      };
      const releases = version === '1.0.0' ? ['1.0.0'] : ['1.0.0', '1.0.1'];
      const world = publishWorld({
        facts: daily(...releases),
        standIn: { reproducible: false },
        registries: { limits: { backoffMs: 5, maxBackoffMs: 20, deadlineMs: 5_000 } },
        ...(mayBuild ? {} : { builder: refuse }),
      });
      const repositories = hosts.map((host) => `${host}/${at.path}`);
      return publish(publishOptions(version, repositories, at.journal), world);
    },
  };
}

const whole = { cells: { built: 4 }, moves: { moved: 10 } };
const tallies = (published: Published): unknown[] =>
  published.report.repositories.map((_, index) => tally(published, index));

test('one build for both: the same digest under every tag, moved in each', async () => {
  const { publish: run, tags } = await two();
  expect(tallies(await run('1.0.0'))).toEqual([whole, whole]);
  const [first] = await tags();
  expect(tallies(await run('1.0.1'))).toEqual([whole, whole]);
  const [here, there] = await tags();
  expect(there).toEqual(here);
  expect(Object.keys(here)).toHaveLength(2 * 8 + 10);
  for (const tag of Object.keys(conveniences(first))) expect([tag, here[tag] === first[tag]]).toEqual([tag, false]);
});

describe('one registry is down', () => {
  const nobody = '127.0.0.1:9';

  test.each([
    { name: 'the second', order: ['here', 'down'] as const },
    { name: 'the first', order: ['down', 'here'] as const },
  ])('$name, from the start: the other is right; it is brought up later without a build', async ({ order }) => {
    const { at, host, publish: run, tags } = await two();
    await run('1.0.0', { hosts: [at.host] });
    const down = order.indexOf('down');
    const failed = await run('1.0.1', { hosts: order.map((which) => (which === 'here' ? at.host : nobody)) });
    expect([failed.result, tally(failed, 1 - down), failed.report.repositories[1 - down]?.lags]).toEqual([
      'outside-failed',
      whole,
      [],
    ]);
    expect(failed.report.repositories[down]?.lags.join('\n')).toMatch(
      new RegExp(`^(?:TAG_UNKNOWN|REGISTRY_UNREACHABLE) {2}.*${nobody}`),
    );
    const later = await run('1.0.1', { hosts: [at.host, host], mayBuild: false });
    expect([later.result, tallies(later)]).toEqual([
      'as-planned',
      [
        { cells: { there: 4 }, moves: {} },
        { cells: { copied: 4 }, moves: { moved: 10 } },
      ],
    ]);
    const [here, there] = await tags();
    const released = Object.entries(here).filter(([tag]) => !tag.startsWith('1.0.0-') && there[tag] !== undefined);
    expect(there).toEqual(Object.fromEntries(released));
    expect(Object.keys(there)).toHaveLength(8 + 10);
  });

  test('among its moves: the other is done, the report names what lags, and the next run moves the rest', async () => {
    let isDown = false;
    const applies: FaultProxyOptions['applies'] = ({ method, path }) => {
      if (method === 'PUT' && path.endsWith('/1-python3.9')) isDown = mayFail;
      return isDown;
    };
    let mayFail = false;
    const { host, publish: run, tags } = await two({ faults: { reset: 1 }, applies });
    await run('1.0.0');
    const [before] = await tags();
    mayFail = true;
    const failed = await run('1.0.1');
    isDown = mayFail = false;
    expect([failed.result, tally(failed, 0), failed.report.repositories[0]?.lags]).toEqual([
      'outside-failed',
      whole,
      [],
    ]);
    const states = failed.report.repositories[1]?.moves.map(({ state }) => state) ?? [];
    const moved = states.indexOf('unknown');
    // Those before it were moved, and could not be read back at the end.
    expect(states).toEqual([
      ...Array.from({ length: moved }, () => 'unsettled'),
      'unknown',
      ...Array.from({ length: 9 - moved }, () => 'planned'),
    ]);
    expect(failed.report.repositories[1]?.lags.join('\n')).toMatch(
      new RegExp(
        `TAG_UNKNOWN {2}${host}/.*:1-python3\\.9: .*\\nMOVE_WAITING {2}${9 - moved} convenience tags? (?:was|were)`,
      ),
    );
    const [here, there] = await tags();
    const lagging = Object.keys(here).filter((tag) => there[tag] !== here[tag]);
    expect(lagging).toHaveLength(10 - moved);
    for (const tag of lagging) expect([tag, there[tag]]).toEqual([tag, before[tag]]);
    const next = await run('1.0.1', { mayBuild: false });
    expect([next.result, tally(next, 0), tally(next, 1)]).toEqual([
      'as-planned',
      { cells: { there: 4 }, moves: {} },
      { cells: { there: 4 }, moves: { moved: 10 - moved } },
    ]);
    const [end, endThere] = await tags();
    expect([end, endThere]).toEqual([here, here]);
  });

  test.each([
    { name: 'the second', isFirst: false },
    { name: 'the first', isFirst: true },
  ])('$name, among the pushes: the other is done, and the next run copies what is not there', async ({ isFirst }) => {
    let pushes = 0;
    let mayFail = false;
    const applies: FaultProxyOptions['applies'] = ({ method, path }) => {
      if (method === 'PUT' && path.includes('/manifests/1.0.1-')) pushes += 1;
      return mayFail && pushes > 1;
    };
    const { at, host, publish: run, tags } = await two({ faults: { reset: 1 }, applies });
    const hosts = isFirst ? [host, at.host] : [at.host, host];
    await run('1.0.0', { hosts });
    const [before, beforeThere] = await tags();
    mayFail = true;
    const failed = await run('1.0.1', { hosts });
    mayFail = false;
    const [ours, theirs] = isFirst ? [1, 0] : [0, 1];
    expect([failed.result, tally(failed, ours), failed.report.repositories[ours]?.lags]).toEqual([
      'outside-failed',
      whole,
      [],
    ]);
    expect(failed.report.repositories[theirs]?.lags.join('\n')).toContain(host);
    const [here, there] = await tags();
    expect(conveniences(there)).toEqual(conveniences(beforeThere));
    expect(conveniences(here)).not.toEqual(conveniences(before));
    const next = await run('1.0.1', { hosts, mayBuild: false });
    expect([next.result, tally(next, ours)]).toEqual(['as-planned', { cells: { there: 4 }, moves: {} }]);
    expect(tally(next, theirs).moves).toEqual({ moved: 10 });
    expect(await tags()).toEqual([here, here]);
  });
});
