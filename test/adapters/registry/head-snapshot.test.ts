import { describe, expect, test } from 'vitest';
import { confirmTag, confirmTags, createHeadSnapshotSource } from '../../../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { sampleImage } from '../../support/sample-images.ts';
import { scriptedTransport, type ScriptedAnswer, type ScriptedTransport } from '../../support/scripted-transport.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const { top } = sampleImage('oci-index', 'one');
const { bytes, ...descriptor } = top;
const headers = {
  'content-type': top.mediaType,
  'docker-content-digest': top.digest,
  'content-length': `${top.sizeBytes}`,
};
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${index}`);

function setup(
  answer: (tag: string, method: string) => ScriptedAnswer,
): ScriptedTransport & { client: RegistryClient } {
  const clock = createVirtualClock();
  const scripted = scriptedTransport(({ url, method }) => answer(url.replace(/^.*\//, ''), method));
  const registries = createRegistries({
    transport: scripted.transport,
    clock,
    alarm: clock.alarm,
    random: () => 0,
    env: {},
  });
  return { ...scripted, client: registries.open({ registry: 'registry.test', path: 'acme/app' }) };
}

/** How many tags got which answer; an unknown with its reason. */
function tally(snapshot: Snapshot): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const seen of snapshot.tags.values()) {
    const key = seen.kind === 'unknown' ? seen.reason : seen.kind;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('a snapshot by HEAD', () => {
  test('present, absent and unknown, in the order asked, each with its reason', async () => {
    const answers: Record<string, ScriptedAnswer> = {
      a: { status: 200, headers },
      b: { status: 404 },
      c: { status: 403 },
      d: { status: 500 },
    };
    const { client } = setup((tag) => answers[tag] ?? { status: 404 });
    const snapshot = await createHeadSnapshotSource(client).read(['d', 'a', 'b', 'c']);
    expect([...snapshot.tags]).toEqual([
      [
        'd',
        {
          kind: 'unknown',
          reason: 'REGISTRY_UNREACHABLE HEAD registry.test/acme/app:d: 500 after 10 tries. Existence unknown',
        },
      ],
      ['a', { kind: 'present', descriptor, hashed: false }],
      ['b', { kind: 'absent' }],
      [
        'c',
        {
          kind: 'unknown',
          reason:
            'REGISTRY_DENIED HEAD registry.test/acme/app:c: 403. Existence unknown; log in with a token that may pull',
        },
      ],
    ]);
    expect(snapshot.requests).toBe(14);
  });

  test('a registry that only fails is not asked for every tag', async () => {
    const { client, requests } = setup(() => ({ status: 401 }));
    const snapshot = await createHeadSnapshotSource(client, { concurrency: 4 }).read(names(500));
    expect(requests.length).toBeLessThan(30);
    const reasons = Object.keys(tally(snapshot)).filter((reason) => reason.startsWith('not asked'));
    expect(reasons).toEqual([
      expect.stringMatching(
        /^not asked: 20 tags in a row failed, last REGISTRY_DENIED HEAD registry\.test\/acme\/app:t\d+: 401\. /,
      ),
    ]);
    expect(tally(snapshot)[reasons[0] ?? '']).toBeGreaterThan(470);
    expect([...snapshot.tags.values()].every((seen) => seen.kind === 'unknown')).toBe(true);
  });

  test('failures with successes between them end nothing', async () => {
    const { client } = setup((tag) => (Number(tag.slice(1)) % 10 === 0 ? { status: 200, headers } : { status: 403 }));
    const snapshot = await createHeadSnapshotSource(client, { concurrency: 1 }).read(names(300));
    expect([...snapshot.tags.values()].filter((seen) => seen.kind === 'present')).toHaveLength(30);
    expect(Object.keys(tally(snapshot)).some((reason) => reason.startsWith('not asked'))).toBe(false);
  });

  test('stops before the quota is gone, if our requests are counted', async () => {
    let remaining = 60;
    const { client, requests } = setup(() => {
      remaining -= 1;
      return { status: 200, headers: { ...headers, 'ratelimit-remaining': `${remaining};w=21600` } };
    });
    const snapshot = await createHeadSnapshotSource(client, { concurrency: 2, quotaReserve: 10 }).read(names(100));
    const stopped = "not asked: 9 requests are left of the registry's rate limit; try again later, or log in";
    expect({ asked: requests.length, ...tally(snapshot) }).toEqual({ asked: 51, present: 51, [stopped]: 49 });
  });

  test('a quota that HEADs are not counted in does not stop it, however low', async () => {
    const { client } = setup(() => ({ status: 200, headers: { ...headers, 'ratelimit-remaining': '0;w=21600' } }));
    expect(tally(await createHeadSnapshotSource(client).read(names(100)))).toEqual({ present: 100 });
  });

  test('interrupted, what was not seen is unknown', async () => {
    const stop = new AbortController();
    const { client } = setup((tag) => {
      if (tag === 't5') stop.abort();
      return { status: 404 };
    });
    const snapshot = await createHeadSnapshotSource(client, { concurrency: 1 }).read(names(10), stop.signal);
    expect(tally(snapshot)).toEqual({
      absent: 5,
      'ABORTED HEAD registry.test/acme/app:t5: interrupted. Existence unknown': 1,
      'not asked: interrupted': 4,
    });
  });

  test('nothing to ask for', async () => {
    const { client } = setup(() => ({ status: 500 }));
    expect(await createHeadSnapshotSource(client).read([])).toEqual({ tags: new Map(), requests: 0 });
  });

  test('credentials that cannot be used are an error, not a thousand unknowns', async () => {
    const { transport } = scriptedTransport(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="x"' },
    }));
    const registries = createRegistries({
      transport,
      credentials: () => Promise.reject(new OutsideError('CREDENTIALS_FAILED', 'config.json: no JSON object')),
    });
    const client = registries.open({ registry: 'registry.test', path: 'acme/app' });
    await expect(createHeadSnapshotSource(client).read(names(3))).rejects.toThrow('config.json: no JSON object');
  });
});

describe('confirming', () => {
  test('a HEAD that lies is found out by the GET; so is a 404 that is none', async () => {
    const lie = { ...headers, 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    const { client } = setup((tag, method) => {
      if (method === 'GET') return { status: 200, headers, body: bytes };
      return tag === 'a' ? { status: 200, headers: lie } : { status: 404 };
    });
    const before = await createHeadSnapshotSource(client).read(['a', 'b']);
    expect(tally(before)).toEqual({ present: 1, absent: 1 });
    const after = await confirmTags(client, ['a', 'b']);
    const right = { kind: 'present', descriptor, hashed: true };
    expect([...after.tags]).toEqual([
      ['a', right],
      ['b', right],
    ]);
    expect(await confirmTag(client, 'a')).toEqual(right);
  });
});
