import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { confirmTag, createHeadSnapshotSource } from '../../src/adapters/registry/head-snapshot.ts';
import {
  createRegistries,
  type RegistryClients,
  type RegistriesOptions,
} from '../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../src/adapters/registry/registry-client.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import type { Seen } from '../../src/domain/snapshot.ts';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions, type Faults } from '../support/fault-proxy.ts';
import { pushTags } from '../support/push-images.ts';
import type { SampleImage } from '../support/sample-images.ts';

/** Waits are short so that the rows are; how long they are is the business of the unit tests. */
const quick: RegistriesOptions = { limits: { backoffMs: 2, maxBackoffMs: 20 } };
const count = 200;
const path = `faults/${Date.now()}`;
let direct: RegistryClient;
let images: ReadonlyMap<string, SampleImage>;
const opened: RegistryClients[] = [];
const proxies: FaultProxy[] = [];

beforeAll(async () => {
  direct = open(inject('registryHost'));
  images = await pushTags(direct, count);
});
afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.close())));
afterAll(() => Promise.all(opened.map((registries) => registries.close())));

function open(host: string, options: RegistriesOptions = {}): RegistryClient {
  const registries = createRegistries(options);
  opened.push(registries);
  return registries.open({ registry: host, path });
}

async function behind(
  options: Omit<FaultProxyOptions, 'upstream'>,
): Promise<{ proxy: FaultProxy; client: RegistryClient }> {
  const proxy = await startFaultProxy({
    upstream: inject('registryHost'),
    retryAfter: () => '0',
    seed: 20,
    ...options,
  });
  proxies.push(proxy);
  // A short limit would take a busy machine for a silent registry, so only the silent ones get it.
  const limit = options.faults?.silent === undefined ? {} : { tryTimeoutMs: 400 };
  return { proxy, client: open(proxy.host, { ...quick, ...limit }) };
}

const mixed = (share: number): Faults => ({ reset: share, throttled: share, 'status-500': share, cut: share });
const rows: { name: string; faults: Faults }[] = [
  { name: 'no fault', faults: {} },
  { name: 'connection dropped, 10 %', faults: { reset: 0.1 } },
  { name: '429 with Retry-After, 10 %', faults: { throttled: 0.1 } },
  { name: '500, 10 %', faults: { 'status-500': 0.1 } },
  { name: '503, 10 %', faults: { 'status-503': 0.1 } },
  { name: 'body cut in half, 10 %', faults: { cut: 0.1 } },
  { name: 'wrong Docker-Content-Digest, 10 %', faults: { 'wrong-digest': 0.1 } },
  { name: 'body altered, header right, 10 %', faults: { altered: 0.1 } },
  { name: 'digest header absent, 10 %', faults: { 'no-digest': 0.1 } },
  { name: '200 with an HTML page, 10 %', faults: { html: 0.1 } },
  { name: 'slow answer, 10 %', faults: { slow: 0.1 } },
  { name: 'never answers, 10 %', faults: { silent: 0.1 } },
  { name: 'PUT applied and reply lost, 10 %', faults: { 'reply-lost': 0.1 } },
  { name: 'mixed, 13 %', faults: { ...mixed(0.026), 'status-503': 0.026 } },
  { name: 'mixed, 40 %', faults: mixed(0.1) },
  {
    name: 'everything at once, 40 %',
    faults: {
      ...mixed(0.04),
      'status-503': 0.04,
      'wrong-digest': 0.04,
      altered: 0.04,
      'no-digest': 0.04,
      html: 0.04,
      'reply-lost': 0.04,
    },
  },
];

interface Tally {
  right: number;
  unknown: number;
  wrong: number;
}

/** An answer is right, or says that it does not know, or is a lie. */
function tally(seen: ReadonlyMap<string, Seen>, expected: (tag: string) => Digest): Tally {
  const counts: Tally = { right: 0, unknown: 0, wrong: 0 };
  for (const [tag, answer] of seen) {
    if (answer.kind === 'unknown') counts.unknown += 1;
    else if (answer.kind === 'present' && answer.descriptor.digest === expected(tag)) counts.right += 1;
    else counts.wrong += 1;
  }
  return counts;
}

const topOf = (tag: string): SampleImage['top'] => {
  const image = images.get(tag);
  if (image === undefined) throw new Error(`${tag} was not pushed`);
  return image.top;
};

async function each(tags: Iterable<string>, run: (tag: string) => Promise<Seen>): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const pending = tags[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const tag of { [Symbol.iterator]: () => pending }) {
      seen.set(tag, await run(tag).catch(unknown));
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return seen;
}

function unknown(error: unknown): Seen {
  if (!(error instanceof OutsideError)) throw error;
  return { kind: 'unknown', reason: `${error.code} ${error.message}` };
}

describe.each(rows)('$name', ({ faults }) => {
  test('200 tags are read: by GET, and by HEAD with every surprise confirmed', async () => {
    const { client } = await behind({ faults });
    const got = await each(images.keys(), (tag) => confirmTag(client, tag));
    expect(tally(got, (tag) => topOf(tag).digest)).toEqual({ right: count, unknown: 0, wrong: 0 });

    const heads = await createHeadSnapshotSource(client).read([...images.keys()]);
    const surprises = [...heads.tags].filter(
      ([tag, seen]) => seen.kind !== 'present' || seen.descriptor.digest !== topOf(tag).digest,
    );
    const confirmed = await each(
      surprises.map(([tag]) => tag),
      (tag) => confirmTag(client, tag),
    );
    expect(tally(new Map([...heads.tags, ...confirmed]), (tag) => topOf(tag).digest)).toEqual({
      right: count,
      unknown: 0,
      wrong: 0,
    });
  });

  test('200 tags are moved, each read back, and stand where the answer says', async () => {
    const { client } = await behind({ faults, seed: 21 });
    const prefix = `row-${rows.findIndex((row) => row.faults === faults)}-`;
    const expected = (tag: string): Digest => topOf(tag.replace(prefix, '')).digest;
    const claimed = await each(
      [...images.keys()].map((tag) => `${prefix}${tag}`),
      async (tag) => {
        // An error does not mean "not moved": what counts is what is read afterwards.
        await client.putManifest(tag, topOf(tag.replace(prefix, ''))).catch(unknown);
        return confirmTag(client, tag);
      },
    );
    expect(tally(claimed, expected)).toEqual({ right: count, unknown: 0, wrong: 0 });
    const actual = await createHeadSnapshotSource(direct).read([...claimed.keys()]);
    expect(tally(actual.tags, expected)).toEqual({ right: count, unknown: 0, wrong: 0 });
  });
});

test('a registry that always lies is unknown, never right and never absent', async () => {
  const lies: Faults[] = [
    { 'wrong-digest': 1 },
    { altered: 1 },
    { html: 1 },
    { cut: 1 },
    { silent: 1 },
    { 'status-500': 1 },
  ];
  for (const faults of lies) {
    const { client } = await behind({ faults });
    const seen = await confirmTag(client, 't0').catch(unknown);
    expect({ faults, kind: seen.kind }).toEqual({ faults, kind: 'unknown' });
  }
});

describe('Retry-After', () => {
  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString();
  test.each([
    { name: 'seconds', header: () => '2', pauseMs: 2000 },
    { name: 'a date', header: () => inSeconds(3), pauseMs: 2000 },
  ])('$name: no request of any call goes out before its time', async ({ header, pauseMs }) => {
    const proxy = await startFaultProxy({
      upstream: inject('registryHost'),
      retryAfter: header,
      faults: { throttled: 1 },
      applies: ({ path: asked }) => asked.endsWith('/t0') && proxy.requests.every((request) => request.fault === null),
    });
    proxies.push(proxy);
    const client = open(proxy.host, quick);
    const first = client.head('t0');
    await expect.poll(() => proxy.requests.length, { interval: 5 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const rest = ['t1', 't2', 't3'].map((tag) => client.head(tag));
    await Promise.all([first, ...rest]);
    const [throttled, ...later] = proxy.requests;
    expect(later).toHaveLength(4);
    for (const { atMs } of later) expect(atMs - (throttled?.atMs ?? 0)).toBeGreaterThanOrEqual(pauseMs);
  });

  test('an hour is longer than anyone waits: unknown at once', async () => {
    const { client, proxy } = await behind({ faults: { throttled: 1 }, retryAfter: () => '3600' });
    const startMs = Date.now();
    const snapshot = await createHeadSnapshotSource(client).read([...images.keys()]);
    expect(Date.now() - startMs).toBeLessThan(30_000);
    expect(tally(snapshot.tags, (tag) => topOf(tag).digest)).toEqual({ right: 0, unknown: count, wrong: 0 });
    expect(proxy.requests.length).toBeLessThanOrEqual(32);
  });
});

test('a change that has not got round yet: the old digest, then 404, then the new one; never anything else', async () => {
  for (const answer of ['old', '404'] as const) {
    const { client } = await behind({ stale: { ms: 400, answer } });
    const tag = `stale-${answer}`;
    await direct.putManifest(tag, topOf('t1'));
    await client.putManifest(tag, topOf('t2'));
    const seen: (string | null)[] = [];
    await expect
      .poll(
        async () => {
          const digest = (await client.manifest(tag))?.digest ?? null;
          seen.push(digest);
          return digest;
        },
        { interval: 50, timeout: 30_000 },
      )
      .toBe(topOf('t2').digest);
    expect(new Set(seen)).toEqual(new Set([answer === 'old' ? topOf('t1').digest : null, topOf('t2').digest]));
  }
});
