import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { startFaultProxy, type Fault, type FaultProxy, type FaultProxyOptions } from './fault-proxy.ts';
import { pushImage } from './push-images.ts';
import { sampleImage } from './sample-images.ts';

const image = sampleImage('oci-index', 'one');
const other = sampleImage('oci-index', 'two');
const manifestType = { 'content-type': image.top.mediaType };
let upstream: MemoryRegistry;
const proxies: FaultProxy[] = [];

beforeEach(async () => {
  upstream = await startMemoryRegistry();
  const registries = createRegistries();
  const registry = registries.open({ registry: upstream.host, path: 'acme/app' });
  await pushImage(registry, '1.0', image);
  await pushImage(registry, 'other', other);
  await registries.close();
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await upstream.close();
});

async function start(options: Omit<FaultProxyOptions, 'upstream'>): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ upstream: upstream.host, ...options });
  proxies.push(proxy);
  return proxy;
}

interface Got {
  readonly status: number;
  readonly type: string | null;
  readonly digest: string | null;
  readonly body: string;
}

async function ask(proxy: FaultProxy, path: string, init: RequestInit = {}): Promise<Got | 'no answer'> {
  try {
    const answer = await fetch(`http://${proxy.host}${path}`, { signal: AbortSignal.timeout(1000), ...init });
    const body = await answer.text();
    const { headers, status } = answer;
    return { status, type: headers.get('content-type'), digest: headers.get('docker-content-digest'), body };
  } catch {
    return 'no answer';
  }
}

const right: Got = {
  status: 200,
  type: image.top.mediaType,
  digest: image.top.digest,
  body: Buffer.from(image.top.bytes).toString(),
};
const error = (status: number, code: string): Got => ({
  status,
  type: 'application/json',
  digest: null,
  body: JSON.stringify({ errors: [{ code, message: 'on purpose' }] }),
});

describe('each fault, to a GET', () => {
  const rows: { fault: Fault; got: Got | 'no answer' }[] = [
    { fault: 'throttled', got: { ...error(429, 'TOOMANYREQUESTS'), type: null } },
    { fault: 'status-500', got: error(500, 'UNKNOWN') },
    { fault: 'status-503', got: error(503, 'UNAVAILABLE') },
    { fault: 'reset', got: 'no answer' },
    { fault: 'cut', got: 'no answer' },
    { fault: 'slow', got: right },
    { fault: 'silent', got: 'no answer' },
    { fault: 'no-digest', got: { ...right, digest: null } },
    { fault: 'expired', got: right },
    { fault: 'missing', got: error(404, 'MANIFEST_UNKNOWN') },
    { fault: 'reply-lost', got: right },
    {
      fault: 'html',
      got: {
        status: 200,
        type: 'text/html',
        digest: null,
        body: '<!doctype html><title>Sign in to the network</title>',
      },
    },
  ];
  test.each(rows)('$fault', async ({ fault, got }) => {
    const proxy = await start({ faults: { [fault]: 1 }, slowMs: 30 });
    expect(await ask(proxy, '/v2/acme/app/manifests/1.0')).toEqual(got);
  });

  test('a digest of something else, and a body of which one byte is another', async () => {
    const lie = await ask(await start({ faults: { 'wrong-digest': 1 } }), '/v2/acme/app/manifests/1.0');
    if (lie === 'no answer') throw new Error('expected an answer');
    expect({ ...lie, digest: null }).toEqual({ ...right, digest: null });
    expect(lie.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(lie.digest).not.toBe(image.top.digest);
    const altered = await ask(await start({ faults: { altered: 1 } }), '/v2/acme/app/manifests/1.0');
    if (altered === 'no answer') throw new Error('expected an answer');
    expect({ ...altered, body: '' }).toEqual({ ...right, body: '' });
    const expected = Buffer.from(right.body);
    expect(Buffer.from(altered.body).filter((byte, index) => byte !== expected[index])).toHaveLength(1);
  });
});

test('a PUT whose answer is lost has taken effect', async () => {
  const proxy = await start({ faults: { 'reply-lost': 1 } });
  const put = { method: 'PUT', headers: manifestType, body: Buffer.from(other.top.bytes) };
  expect(await ask(proxy, '/v2/acme/app/manifests/1.0', put)).toBe('no answer');
  expect(upstream.tags('acme/app').get('1.0')).toBe(other.top.digest);
});

test('after a PUT the old answer, or 404, for a while; by digest never', async () => {
  for (const answer of ['old', '404'] as const) {
    const proxy = await start({ stale: { ms: 300, answer } });
    const tag = `stale-${answer}`;
    const put = (body: Uint8Array): RequestInit => ({ method: 'PUT', headers: manifestType, body: Buffer.from(body) });
    await fetch(`http://${upstream.host}/v2/acme/app/manifests/${tag}`, put(image.top.bytes));
    const startMs = Date.now();
    await ask(proxy, `/v2/acme/app/manifests/${tag}`, put(other.top.bytes));
    expect(await ask(proxy, `/v2/acme/app/manifests/${tag}`)).toEqual(
      answer === 'old' ? right : error(404, 'MANIFEST_UNKNOWN'),
    );
    expect(await ask(proxy, `/v2/acme/app/manifests/${other.top.digest}`)).toMatchObject({ status: 200 });
    await expect
      .poll(() => ask(proxy, `/v2/acme/app/manifests/${tag}`), { interval: 30 })
      .toMatchObject({ digest: other.top.digest });
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(300);
  }
});

test('only manifest requests fail, the share asked for, and the same ones in every run', async () => {
  const paths = Array.from({ length: 100 }, (_, index) => `/v2/acme/app/manifests/t${index}`);
  const faultsOf = async (order: readonly string[]): Promise<(Fault | null | undefined)[]> => {
    const proxy = await start({ seed: 7, faults: { 'status-500': 0.2, 'status-503': 0.2 } });
    const patient = { method: 'HEAD', signal: AbortSignal.timeout(60_000) };
    await Promise.all(['/v2/acme/app/tags/list', ...order].map((path) => ask(proxy, path, patient)));
    const faults = new Map(proxy.requests.map(({ path, fault }) => [path, fault]));
    expect(faults.get('/v2/acme/app/tags/list')).toBe(null);
    return paths.map((path) => faults.get(path));
  };
  const first = await faultsOf(paths);
  expect(await faultsOf(paths.toReversed())).toEqual(first);
  const failed = first.filter((fault) => fault !== null);
  expect(failed.length).toBeGreaterThan(25);
  expect(failed.length).toBeLessThan(55);
  expect(new Set(failed)).toEqual(new Set(['status-500', 'status-503']));
}, 60_000);

test('latency is added to every request', async () => {
  const proxy = await start({ latencyMs: 60 });
  const startMs = Date.now();
  expect(await ask(proxy, '/v2/')).toMatchObject({ status: 200 });
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(59);
});
