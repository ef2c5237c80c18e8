/** An audit whose tags come off a service's own list: a hundred a request, and never believed where they accuse. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createHeadSnapshotSource } from '../../../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { dockerHubTagList } from '../../../src/adapters/tag-lists/docker-hub.ts';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { listedSnapshotSource } from '../../../src/adapters/tag-lists/listed-snapshot.ts';
import type { AuditReport } from '../../../src/audit/types.ts';
import { auditCommand, auditDefaults } from '../../../src/commands/audit.ts';
import { auditWorld } from '../../support/audit-world.ts';
import { daily, planned, smallConfig } from '../../support/history.ts';
import { startListServer, type ListAnswer } from '../../support/list-server.ts';
import { loadState, plannedState } from '../../support/registry-state.ts';

const config = { ...smallConfig, defaults: { python: { '1': '3.10' } } };
const facts = daily('1.0.0', '1.1.0', '1.1.1');
const right = plannedState(planned(config, facts));
const count = Object.keys(right.tags).length;

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
  const registries = createRegistries();
  for (const [path, tags] of [
    ['acme/right', right.tags],
    ['acme/stale', { ...right.tags, '1-latest': '1.0.0-python3.10' }],
  ] as const)
    await loadState(registries.open({ registry: registry.host, path }), { images: right.images, tags });
  await registries.close();
});
afterAll(() => registry.close());

interface Listed {
  readonly tag: string;
  readonly digest: string | undefined;
}

/** Audits with Docker Hub's list in front of the registry, ten tags a page. */
async function audit(
  path: string,
  change: (listed: readonly Listed[]) => readonly Listed[],
  instead: (page: number) => ListAnswer | null = () => null,
): Promise<{ readonly result: string; readonly report: AuditReport; readonly said: readonly string[] }> {
  const listed = change([...registry.tags(path)].map(([tag, digest]) => ({ tag, digest })));
  const pages = Math.ceil(listed.length / 10);
  const server = await startListServer((url) => {
    const page = Number(url.searchParams.get('page'));
    const other = instead(page);
    if (other !== null) return other;
    const next = page < pages ? `${server.url}${url.pathname}?page=${page + 1}` : null;
    const results = listed
      .slice((page - 1) * 10, page * 10)
      .map(({ tag, digest }) => ({ name: tag, digest, media_type: '', tag_last_pushed: '2024-05-06T07:08:09Z' }));
    return { body: { count: listed.length, next, previous: null, results } };
  });
  const said: string[] = [];
  const { world } = auditWorld({
    config,
    facts,
    snapshots: (reader) => {
      const repository = { registry: 'docker.io', path };
      const limits = { tries: 1, backoffMs: 1 };
      const list = dockerHubTagList({ repository, http: createHttp(), baseUrl: server.url, limits });
      return listedSnapshotSource(list, createHeadSnapshotSource(reader), {
        minTags: 1,
        say: (line) => said.push(line),
      });
    },
  });
  const common = { config: 'matrix.config.ts', releases: null, image: null, at: null, format: 'json' } as const;
  const options = { ...auditDefaults, ...common, repository: [`${registry.host}/${path}`], content: 'none' } as const;
  const { stdout, result } = await auditCommand(options, world);
  const report: AuditReport = JSON.parse(stdout);
  return { result, report, said };
}

const brief = ({ findings }: AuditReport): string[] => findings.map(({ kind, tag }) => `${kind} ${tag}`);

test('a healthy repository takes a request for each page and the tag list, and no HEAD', async () => {
  const { result, report } = await audit('acme/right', (listed) => listed);
  expect([result, brief(report), report.requests]).toEqual(['as-planned', [], Math.ceil(count / 10) + 1]);
});

test('a list that is behind costs GETs, and makes no false alarm', async () => {
  const old = registry.tags('acme/right').get('1.0.0-python3.10');
  const { result, report } = await audit('acme/right', (listed) =>
    listed.map((entry) => (entry.tag === '1-latest' ? { ...entry, digest: old } : entry)),
  );
  expect([result, brief(report)]).toEqual(['as-planned', []]);
  expect(report.requests).toBeGreaterThan(Math.ceil(count / 10) + 1);
});

test('what is wrong is told, and tags that are not on the list are asked for one by one', async () => {
  const { result, report } = await audit('acme/stale', (listed) => listed.slice(3));
  expect([result, brief(report)]).toEqual(['findings', ['stale 1-latest']]);
});

test('a list that is throttled for longer than anybody waits ends there; the registry is asked for the rest, and it is said', async () => {
  const { result, report, said } = await audit(
    'acme/right',
    (listed) => listed,
    (page) => (page === 2 ? { status: 429, headers: { 'retry-after': '3600' }, body: {} } : null),
  );
  expect([result, brief(report), said]).toEqual([
    'as-planned',
    [],
    ["Docker Hub's tag list ended after 10 tags: it answers 429"],
  ]);
  expect(report.requests).toBe(2 + 1 + (count - 10));
});
