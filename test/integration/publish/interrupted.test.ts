import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { cliProject, startCli } from '../../support/cli-process.ts';
import { fakeDocker } from '../../support/fake-docker.ts';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { conveniences, place } from '../../support/publish-place.ts';

let proxy: FaultProxy | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy?.close();
});

const upstream = inject('registryHost');
const convenience = /\/manifests\/1(?:\.0)?-(?:python|latest)/;

describe('a publish that is interrupted', () => {
  const moments = [
    { at: 'while it pushes', signal: 'SIGINT', shows: ({ method }: Asked) => method === 'POST', moved: false },
    {
      at: 'while it moves',
      signal: 'SIGTERM',
      shows: ({ method, path }: Asked) => method === 'PUT' && convenience.test(path),
      moved: true,
    },
  ] as const;
  test.each(moments)('$at ends at once, and goes on from there', async ({ signal, shows, moved }) => {
    proxy = await startFaultProxy({ upstream, latencyMs: 40 });
    const { requests } = proxy;
    const at = await place(proxy.host);
    const undisturbed = await place(upstream);
    await undisturbed.publish('1.0.1');
    const expected = await undisturbed.tags();
    const { flags } = await cliProject();
    const args = ['publish', '1.0.1', ...flags, '--repository', at.repository, '--builder', 'stand-in'];

    const child = startCli(args);
    await vi.waitUntil(() => requests.filter(shows).length >= 2, { timeout: 60_000, interval: 5 });
    const startMs = Date.now();
    child.kill(signal);
    const { code, stderr, stdout } = await child.ended;
    const tookMs = Date.now() - startMs;

    expect({ code, stdout, inTime: tookMs < 3_000 }).toEqual({ code: 3, stdout: '', inTime: true });
    const [, pinned, moves, journal] =
      /: (\d+) pinned tags? put and (\d+) convenience tags? moved before the end, on record in (\S+\.jsonl); run the same command again to continue\nABORTED {2}/.exec(
        stderr,
      ) ?? [];
    expect({ stderr, journal }).toEqual({ stderr, journal: expect.any(String) });
    const tags = await at.tags();
    const there = Object.keys(tags).filter((tag) => !(tag in conveniences(tags)));
    const gone = Object.keys(conveniences(tags)).length;
    const all = Object.keys(conveniences(expected)).length;
    expect({ allPinned: there.length === 8, told: Number(pinned) <= there.length && Number(moves) <= gone }).toEqual({
      allPinned: moved,
      told: true,
    });
    // A convenience tag that moved shows that every pinned tag was there.
    expect(gone > 0 && gone < all).toBe(moved);

    const again = await startCli(args).ended;
    expect({ code: again.code, goesOn: again.stderr.includes(`going on with ${journal}`) }).toEqual({
      code: 0,
      goesOn: true,
    });
    expect(await at.tags()).toEqual(expected);
  });

  test('a second Ctrl-C ends it where the first is not heeded', async () => {
    const docker = await fakeDocker('trap \'\' TERM INT; echo begun >&2; touch "$folder/begun"; sleep 8 & wait; wait');
    const at = await place(upstream);
    const { flags } = await cliProject();
    const PATH = process.env['PATH'] ?? '';
    const child = startCli(['publish', '1.0.1', ...flags, '--repository', at.repository], { PATH });
    await vi.waitUntil(async () => (await docker.calls()).includes('bake'), { timeout: 60_000, interval: 20 });
    child.kill('SIGINT');
    const early = await Promise.race([
      child.ended,
      new Promise((resolve) => setTimeout(() => resolve('waits'), 1_000)),
    ]);
    expect(early).toBe('waits');
    const startMs = Date.now();
    child.kill('SIGINT');
    const { code, signal } = await child.ended;
    expect({ code, signal, inTime: Date.now() - startMs < 3_000 }).toEqual({
      code: null,
      signal: 'SIGINT',
      inTime: true,
    });
    expect(await at.tags()).toEqual({});
  });
});

type Asked = FaultProxy['requests'][number];
