import { describe, expect, test } from 'vitest';
import { withHostGate } from '../../../src/adapters/http/host-gate.ts';
import { retryAfterMs } from '../../../src/adapters/http/retry-after.ts';
import { WireFault, type WireRequest } from '../../../src/adapters/http/wire.ts';
import { scriptedTransport, toAnswer } from '../../support/scripted-transport.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('retryAfterMs', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  const rows: { name: string; headers: Record<string, string>; wait: number | null }[] = [
    { name: 'absent', headers: {}, wait: null },
    { name: 'seconds', headers: { 'retry-after': '5' }, wait: 5000 },
    { name: 'seconds with a fraction', headers: { 'retry-after': ' 0.5 ' }, wait: 500 },
    { name: 'a date by our clock', headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, wait: 7000 },
    {
      name: 'a date in the past',
      headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT', date: 'Thu, 01 Jan 2026 00:01:00 GMT' },
      wait: 0,
    },
    {
      name: 'a date by a clock an hour ahead',
      headers: { 'retry-after': 'Thu, 01 Jan 2026 01:00:09 GMT', date: 'Thu, 01 Jan 2026 01:00:00 GMT' },
      wait: 9000,
    },
    { name: 'neither', headers: { 'retry-after': 'soon' }, wait: null },
    { name: 'a negative number', headers: { 'retry-after': '-5' }, wait: null },
  ];
  test.each(rows)('$name', ({ headers, wait }) => {
    expect(retryAfterMs(toAnswer({ status: 429, headers }), nowMs)).toBe(wait);
  });
});

describe('withHostGate', () => {
  const request = (url: string, deadlineMs: number): WireRequest => ({
    method: 'HEAD',
    url,
    headers: {},
    maxBytes: 1,
    deadlineMs,
  });

  test('no call to that host goes out before its time; other hosts are not held up', async () => {
    const clock = createVirtualClock();
    const startMs = clock.nowMs();
    const sent: { url: string; atMs: number }[] = [];
    const { transport } = scriptedTransport(({ url }) => {
      sent.push({ url, atMs: clock.nowMs() - startMs });
      return sent.length === 1 ? { status: 429, headers: { 'retry-after': '5' } } : { status: 200 };
    });
    const gated = withHostGate(transport, clock, () => 0.5);
    const deadlineMs = startMs + 60_000;
    await gated(request('https://a.test/1', deadlineMs));
    await Promise.all(
      ['https://a.test/2', 'https://a.test/3', 'https://b.test/1'].map((url) => gated(request(url, deadlineMs))),
    );
    await gated(request('https://a.test/4', deadlineMs));
    expect(sent).toEqual([
      { url: 'https://a.test/1', atMs: 0 },
      { url: 'https://b.test/1', atMs: 0 },
      { url: 'https://a.test/2', atMs: 5100 },
      { url: 'https://a.test/3', atMs: 5100 },
      { url: 'https://a.test/4', atMs: 5100 },
    ]);
  });

  test('who waits while the time is put off waits on', async () => {
    const clock = createVirtualClock();
    const startMs = clock.nowMs();
    const jitter = [0, 0.5];
    const sentAt: number[] = [];
    const { transport } = scriptedTransport(() => {
      sentAt.push(clock.nowMs() - startMs);
      const seconds = ['2', '3'][sentAt.length - 1];
      return seconds === undefined ? { status: 200 } : { status: 503, headers: { 'retry-after': seconds } };
    });
    const gated = withHostGate(transport, clock, () => jitter.shift() ?? 0);
    const deadlineMs = startMs + 60_000;
    await gated(request('https://a.test/1', deadlineMs));
    await Promise.all([gated(request('https://a.test/2', deadlineMs)), gated(request('https://a.test/3', deadlineMs))]);
    expect(sentAt).toEqual([0, 2000, 5000]);
  });

  test('a time beyond the deadline ends the call at once, without a request', async () => {
    const clock = createVirtualClock();
    const { transport, requests } = scriptedTransport([{ status: 429, headers: { 'retry-after': '3600' } }]);
    const gated = withHostGate(transport, clock, () => 0);
    const deadlineMs = clock.nowMs() + 60_000;
    await gated(request('https://a.test/1', deadlineMs));
    const fault: unknown = await gated(request('https://a.test/2', deadlineMs)).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(WireFault);
    expect(fault).toMatchObject({
      code: 'REGISTRY_THROTTLED',
      message: 'a.test asks clients to wait another 3600 s',
      tries: 1,
    });
    expect({ sent: requests.length, sleeps: clock.sleeps }).toEqual({ sent: 1, sleeps: [] });
  });
});
