/** An audit that is interrupted, throttled or half answered: nothing unseen is `ok` or `missing`, and the exit code is 3. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { AuditReport } from '../../src/audit/types.ts';
import { auditCommand, auditDefaults, type AuditOptions } from '../../src/commands/audit.ts';
import { createRegistries, type RegistriesOptions } from '../../src/adapters/registry/registries.ts';
import { auditWorld } from '../support/audit-world.ts';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions } from '../support/fault-proxy.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { loadState, plannedState } from '../support/registry-state.ts';

const upstream = inject('registryHost');
const path = `audit/trouble-${process.pid}`;
const config = { ...smallConfig, platforms: ['linux/amd64', 'linux/arm64'] };
const facts = daily('1.0.0', '1.1.0', '1.1.1');
const right = plannedState(planned(config, facts));
const tags = { ...right.tags, '1-latest': '1.0.0-python3.10' };
const count = Object.keys(tags).length;

beforeAll(async () => {
  const registries = createRegistries();
  await loadState(registries.open({ registry: upstream, path }), { images: right.images, tags });
  await registries.close();
});

async function proxied(options: Omit<FaultProxyOptions, 'upstream'>): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ upstream, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

interface Audited {
  readonly result: string;
  readonly report: AuditReport;
  /** Kinds that some tag is of. */
  readonly kinds: readonly string[];
}

async function audit(
  { host }: FaultProxy,
  options: Partial<AuditOptions> = {},
  limits: RegistriesOptions['limits'] = { tries: 3, deadlineMs: 3_000, backoffMs: 5, maxBackoffMs: 50 },
): Promise<Audited> {
  const { world } = auditWorld({ config, facts, registries: limits === undefined ? {} : { limits } });
  const common = { config: 'matrix.config.ts', releases: null, repository: [`${host}/${path}`], image: null, at: null };
  const { stdout, result } = await auditCommand({ ...common, ...auditDefaults, format: 'json', ...options }, world);
  const report: AuditReport = JSON.parse(stdout);
  const kinds = Object.entries(report.summary).flatMap(([kind, number]) => (number > 0 ? [kind] : []));
  return { result, report, kinds };
}

describe('a registry that', () => {
  test('throttles for ever is asked a few times, and nothing is said of its tags', async () => {
    const proxy = await proxied({ faults: { throttled: 1 }, retryAfter: () => null, applies: () => true });
    const { result, report, kinds } = await audit(proxy);
    expect([result, kinds, report.summary.unknown]).toEqual(['outside-failed', ['unknown'], count]);
    expect(proxy.requests.length).toBeLessThan(count * 3 + 4);
    expect(report.requests).toBe(proxy.requests.length);
  });

  test('asks for more patience than there is, with the limits as they are, is left alone at once', async () => {
    const proxy = await proxied({ faults: { throttled: 1 }, retryAfter: () => '3600', applies: () => true });
    const began = Date.now();
    const { result, report, kinds } = await audit(proxy, {}, undefined);
    expect([result, kinds, report.summary.unknown]).toEqual(['outside-failed', ['unknown'], count]);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(proxy.requests.length).toBeLessThanOrEqual(2);
    expect(report.findings[0]?.because).toMatch(/asks clients to wait another 3\d\d\d s/);
  });

  test('cuts every body off: what HEADs say is counted, what they accuse is unknown', async () => {
    const proxy = await proxied({ faults: { cut: 1 } });
    const { result, report, kinds } = await audit(proxy, { content: 'none' });
    expect([result, kinds]).toEqual(['outside-failed', ['unknown', 'ok']]);
    expect(report.findings.find(({ tag }) => tag === '1-latest')).toMatchObject({
      kind: 'unknown',
      because: expect.stringMatching(
        /^the registry did not answer: it is said to point to sha256:.*could not be confirmed/,
      ),
    });
  });

  test('cuts every body off where images are looked into: no owner is called right', async () => {
    const { result, report } = await audit(await proxied({ faults: { cut: 1 } }), { content: 'all' });
    expect([result, report.summary.ok]).toEqual(['outside-failed', 0]);
  });

  test.each(['reset', 'status-503', 'silent'] as const)('answers half of what it is asked with %s', async (fault) => {
    // Without a second try each request is a coin: seen or not seen, and never taken for absent.
    const proxy = await proxied({ faults: { [fault]: 0.5 }, seed: 7 });
    const { result, report, kinds } = await audit(proxy, { content: 'none' }, { tries: 1, deadlineMs: 700 });
    expect([result, kinds.includes('ok'), kinds.includes('missing')]).toEqual(['outside-failed', true, false]);
    // The one tag that is wrong may be told, as stale or, where what it points to was not seen, as unexplained.
    const told = report.findings.filter(({ kind }) => kind !== 'unknown').map(({ tag }) => tag);
    expect(told.filter((tag) => tag !== '1-latest')).toEqual([]);
    expect(report.summary.unknown + report.summary.ok + told.length).toBe(count);
  });
});

test('interrupted by a signal, the program says what it did not see, and ends with 3', async () => {
  const { host, requests } = await proxied({ latencyMs: 150 });
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const args = ['audit', '--releases', 'examples/prefect/releases.json', '--repository', `${host}/${path}`, '--json'];
  const child = spawn(process.execPath, ['--import', 'jiti/register', 'src/cli.ts', ...args], { cwd: root });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const poll = setInterval(() => {
    if (requests.length <= 100) return;
    child.kill('SIGINT');
    clearInterval(poll);
  }, 10);
  await once(child, 'close');
  clearInterval(poll);
  expect([child.exitCode, child.signalCode]).toEqual([3, null]);
  const { summary, findings }: AuditReport = JSON.parse(stdout);
  // Of Prefect's tags none is there: those that were asked for are missing, and no other is.
  const asked = new Set(requests.map((request) => request.path.split('/').at(-1)));
  expect([summary.ok, summary.missing + summary.unknown]).toEqual([0, 4294]);
  expect(summary.unknown).toBeGreaterThan(3000);
  expect(findings.filter(({ kind, tag }) => kind === 'missing' && !asked.has(tag))).toEqual([]);
});
