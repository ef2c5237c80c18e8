import { expect, test } from 'vitest';
import { call, type CallSubject } from '../../../src/adapters/registry/call.ts';
import { WireFault } from '../../../src/adapters/http/wire.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const subject: CallSubject = {
  method: 'PUT',
  registry: 'ghcr.io',
  repository: 'acme/app',
  reference: 'ghcr.io/acme/app:1.0',
  consequence: 'Whether it took effect is unknown',
  refusal: 'Nothing was changed',
};
const limits = { tries: 5, deadlineMs: 60_000, backoffMs: 100, maxBackoffMs: 400 };
const passing = new WireFault('REGISTRY_UNREACHABLE', '503', { status: 503 });

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string; facts: object }> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutsideError)) throw new Error('expected an OutsideError', { cause: error });
  return { code: error.code, message: error.message, facts: error.facts };
}

test('a passing fault is tried again after a wait that doubles up to its maximum, half of it chance', async () => {
  const clock = createVirtualClock();
  let tries = 0;
  const result = await call(subject, { limits, clock, random: () => 0.5 }, undefined, async () => {
    tries += 1;
    if (tries < 5) throw passing;
    return 'done';
  });
  expect({ result, tries, sleeps: clock.sleeps }).toEqual({ result: 'done', tries: 5, sleeps: [75, 150, 300, 300] });
});

test('the tries used up: the error says what came back, how often and what is now unknown', async () => {
  const clock = createVirtualClock();
  const got = await failure(
    call(subject, { limits, clock, random: () => 0 }, undefined, () => Promise.reject(passing)),
  );
  expect(got).toEqual({
    code: 'REGISTRY_UNREACHABLE',
    message: 'PUT ghcr.io/acme/app:1.0: 503 after 5 tries. Whether it took effect is unknown',
    facts: {
      registry: 'ghcr.io',
      repository: 'acme/app',
      reference: 'ghcr.io/acme/app:1.0',
      method: 'PUT',
      status: 503,
      attempts: 5,
      durationMs: 50 + 100 + 200 + 200,
    },
  });
});

test('a refusal is final and says that nothing was changed, with what to do', async () => {
  const clock = createVirtualClock();
  const denied = new WireFault('REGISTRY_DENIED', '403', { status: 403, tries: 1, fix: 'log in' });
  const got = await failure(call(subject, { limits, clock, random: () => 0 }, undefined, () => Promise.reject(denied)));
  expect({ ...got, sleeps: clock.sleeps }).toMatchObject({
    code: 'REGISTRY_DENIED',
    message: 'PUT ghcr.io/acme/app:1.0: 403. Nothing was changed; log in',
    facts: { status: 403, attempts: 1, durationMs: 0 },
    sleeps: [],
  });
});

test('a refusal after a try that may have got through does not claim that nothing was changed', async () => {
  const clock = createVirtualClock();
  const faults = [passing, new WireFault('REGISTRY_REFUSED', '400', { status: 400, tries: 1 })];
  const attempt = (): Promise<never> => Promise.reject(faults.shift() ?? new Error('asked too often'));
  const got = await failure(call(subject, { limits, clock, random: () => 0 }, undefined, attempt));
  expect(got.message).toBe('PUT ghcr.io/acme/app:1.0: 400 after 2 tries. Whether it took effect is unknown');
});

test('no try begins that the deadline would not let end: a wait beyond it is not begun', async () => {
  const clock = createVirtualClock();
  const deadlines: number[] = [];
  const startMs = clock.nowMs();
  const slow = (deadlineMs: number): Promise<never> => {
    deadlines.push(deadlineMs - startMs);
    return clock.sleep(400).then(() => Promise.reject(passing));
  };
  const got = await failure(
    call(subject, { limits: { ...limits, deadlineMs: 1000 }, clock, random: () => 0.99 }, undefined, slow),
  );
  expect({ deadlines, facts: got.facts }).toMatchObject({
    deadlines: [1000, 1000],
    facts: { attempts: 2, durationMs: 400 + 99.5 + 400 },
  });
});

test('interrupted before, during a try and between tries', async () => {
  const clock = createVirtualClock();
  const settings = { limits, clock, random: () => 0 };
  const before = await failure(call(subject, settings, AbortSignal.abort(), () => Promise.resolve('never')));
  expect(before.code).toBe('ABORTED');

  const during = new AbortController();
  const attempt = (): Promise<never> => {
    during.abort();
    return Promise.reject(new Error('socket gone'));
  };
  expect(await failure(call(subject, settings, during.signal, attempt))).toMatchObject({
    code: 'ABORTED',
    message: 'PUT ghcr.io/acme/app:1.0: interrupted. Whether it took effect is unknown',
    facts: { attempts: 1, status: null },
  });

  const between = new AbortController();
  const waiting = call(subject, settings, between.signal, () => Promise.reject(passing));
  setImmediate(() => between.abort());
  expect((await failure(waiting)).code).toBe('ABORTED');
});

test('what is no fault of the wire is not tried again and not dressed up', async () => {
  const clock = createVirtualClock();
  const bug = new TypeError('a bug');
  await expect(call(subject, { limits, clock, random: () => 0 }, undefined, () => Promise.reject(bug))).rejects.toBe(
    bug,
  );
});

test('tries that were refused or never got through have changed nothing, however many they were', async () => {
  const clock = createVirtualClock();
  const faults = [
    new WireFault('REGISTRY_UNREACHABLE', 'connection refused', { isUnsent: true }),
    new WireFault('REGISTRY_THROTTLED', '429', { status: 429 }),
    new WireFault('REGISTRY_DENIED', '403', { status: 403, tries: 1 }),
  ];
  const attempt = (): Promise<never> => Promise.reject(faults.shift() ?? new Error('asked too often'));
  const got = await failure(call(subject, { limits, clock, random: () => 0 }, undefined, attempt));
  expect(got.message).toBe('PUT ghcr.io/acme/app:1.0: 403 after 3 tries. Nothing was changed');
});
