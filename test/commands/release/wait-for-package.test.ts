import { describe, expect, test } from 'vitest';
import { waitForPackage } from '../../../src/commands/release/wait-for-package.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { PackageIndex } from '../../../src/ports.ts';
import { outsideError } from '../../support/errors.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

type Answer = boolean | OutsideError | 'hang';

const down = new OutsideError('SOURCE_FAILED', 'PyPI prefect: GET …: 503 Service Unavailable');

interface Scene {
  readonly wait: (boundMs: number) => Promise<boolean>;
  readonly clock: VirtualClock;
  readonly said: string[];
  /** Seconds since the start at which the index was asked. */
  readonly askedAt: number[];
  readonly stop: AbortController;
}

/** An index that answers with these, one after the other, the last for ever. */
function scene(...answers: readonly Answer[]): Scene {
  const clock = createVirtualClock();
  const start = clock.nowMs();
  const [said, askedAt]: [string[], number[]] = [[], []];
  const stop = new AbortController();
  const index: PackageIndex = {
    name: 'PyPI prefect',
    hasVersion: (version, signal) => {
      expect(version).toBe('2.20.25');
      const answer = answers[Math.min(askedAt.length, answers.length - 1)] ?? false;
      askedAt.push((clock.nowMs() - start) / 1000);
      if (typeof answer === 'boolean') return Promise.resolve(answer);
      if (answer instanceof OutsideError) return Promise.reject(answer);
      return new Promise((_, reject) => {
        const stopped = (): void => reject(new OutsideError('ABORTED', 'PyPI prefect: stopped'));
        if (signal?.aborted === true) stopped();
        else signal?.addEventListener('abort', stopped, { once: true });
      });
    },
  };
  const world = { clock, say: (line: string) => void said.push(line), signal: stop.signal };
  return { wait: (boundMs) => waitForPackage(index, '2.20.25', boundMs, world), clock, said, askedAt, stop };
}

const minuteMs = 60_000;

describe('waiting for a package', () => {
  test('that is there: one question, not a word', async () => {
    const at = scene(true);
    expect(await at.wait(20 * minuteMs)).toBe(false);
    expect({ askedAt: at.askedAt, said: at.said }).toEqual({ askedAt: [0], said: [] });
  });

  test('that comes: it asks at growing intervals, and says each wait', async () => {
    const at = scene(false, false, false, true);
    expect(await at.wait(20 * minuteMs)).toBe(true);
    expect(at.askedAt).toEqual([0, 5, 12.5, 23.75]);
    expect(at.said).toEqual([
      'PyPI prefect does not have 2.20.25 yet; asking again in 5s, for 20m at most',
      'PyPI prefect does not have 2.20.25 yet; asking again in 8s, for 19m 55s at most',
      'PyPI prefect does not have 2.20.25 yet; asking again in 11s, for 19m 48s at most',
      'PyPI prefect has 2.20.25 after 24s',
    ]);
  });

  test('that never comes: the last question is asked at the bound', async () => {
    const at = scene(false);
    const error = await outsideError(at.wait(3 * minuteMs));
    expect({ code: error.code, message: error.message }).toEqual({
      code: 'PACKAGE_NOT_THERE',
      message:
        'PyPI prefect does not have 2.20.25, asked 9 times in 3m; nothing was built or moved. Has its upload failed? Run this again once it is there',
    });
    expect(at.askedAt.at(-1)).toBe(180);
    const pauses = at.askedAt.slice(1).map((second, index) => second - (at.askedAt[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60);
  });

  test('with no time to wait: one question', async () => {
    const at = scene(false);
    const error = await outsideError(at.wait(0));
    expect(error.code).toBe('PACKAGE_NOT_THERE');
    expect({ askedAt: at.askedAt, said: at.said }).toEqual({ askedAt: [0], said: [] });
  });
});

describe('an index that fails', () => {
  test('and recovers is asked again', async () => {
    const at = scene(down, down, false, down, true);
    expect(await at.wait(20 * minuteMs)).toBe(true);
    expect(at.said[0]).toBe(`${down.message}; asking again in 5s, for 20m at most`);
  });

  test('five times in a row is given up on, with its own error', async () => {
    const at = scene(false, down);
    expect(await outsideError(at.wait(20 * minuteMs))).toBe(down);
    expect(at.askedAt).toHaveLength(6);
  });

  test('at the bound is not said to lack the version', async () => {
    const at = scene(false, down);
    expect(await outsideError(at.wait(5_000))).toBe(down);
    expect(at.askedAt).toEqual([0, 5]);
  });

  test('to answer at all is left at the bound', async () => {
    const at = scene('hang');
    const error = await outsideError(at.wait(2 * minuteMs));
    expect({ code: error.code, message: error.message }).toEqual({
      code: 'SOURCE_FAILED',
      message: 'PyPI prefect: no answer about 2.20.25 within 2m',
    });
    expect(at.askedAt).toEqual([0]);
  });
});

test.each([
  { when: 'between two questions', answers: [false] as const },
  { when: 'during a question', answers: ['hang'] as const },
])('an interrupt $when ends it', async ({ answers }) => {
  const at = scene(...answers);
  const waiting = outsideError(at.wait(20 * minuteMs));
  at.stop.abort();
  const error = await waiting;
  expect({ code: error.code, message: error.message }).toEqual({
    code: 'ABORTED',
    message: 'interrupted while waiting for 2.20.25 on PyPI prefect; nothing was built or moved',
  });
  expect(at.askedAt).toEqual([0]);
});

test('a mistake of ours is none of the index', async () => {
  const world = { clock: createVirtualClock(), say: () => undefined, signal: new AbortController().signal };
  const index: PackageIndex = { name: 'PyPI prefect', hasVersion: () => Promise.reject(new TypeError('a bug')) };
  await expect(waitForPackage(index, '1.0.0', minuteMs, world)).rejects.toThrow(TypeError);
});
