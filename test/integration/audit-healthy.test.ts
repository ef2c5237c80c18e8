/** All of Prefect's 2.x releases as they should be: no false alarm, and no request more than needed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditCommand, auditDefaults, type AuditOptions } from '../../src/commands/audit.ts';
import type { AuditReport } from '../../src/audit/types.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { auditWorld } from '../support/audit-world.ts';
import { planned } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { loadState, plannedState } from '../support/registry-state.ts';

const facts = prefectFacts();
let registry: MemoryRegistry;

beforeAll(async () => {
  registry = await startMemoryRegistry();
  const registries = createRegistries();
  const opened = registries.open({ registry: registry.host, path: 'prefecthq/prefect' });
  await loadState(opened, plannedState(planned(prefectConfig, facts)));
  await registries.close();
});
afterAll(() => registry.close());

test.each([
  { content: 'none', more: 0 },
  // Of each image that a convenience tag points to: its index where there is one, its manifests and configs.
  { content: 'owners', more: 1044 },
] as const)('4,294 tags, --content $content', async ({ content, more }) => {
  const { world } = auditWorld({ config: prefectConfig, facts, host: registry.host });
  const options: AuditOptions = {
    config: 'matrix.config.ts',
    releases: null,
    repository: [],
    image: null,
    at: null,
    ...auditDefaults,
    format: 'json',
    content,
  };
  const outcome = await auditCommand(options, world);
  const report: AuditReport = JSON.parse(outcome.stdout);
  expect(outcome.result).toBe('as-planned');
  expect([report.findings.map(({ kind }) => kind), report.summary.ok, report.notes]).toEqual([
    ['frozen', 'frozen', 'frozen', 'frozen', 'frozen', 'frozen'],
    4288,
    [],
  ]);
  // A HEAD a tag and five pages of the tag list; then the images of the owners, each digest once.
  expect(report.requests).toBe(4294 + 5 + more);
});
