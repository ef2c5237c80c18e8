/** Every incident of the gallery: its registry, audited, gives the report that lies beside it. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditCommand, auditDefaults, type AuditOptions } from '../src/commands/audit.ts';
import { loadConfigModule } from '../src/adapters/files/load-config-module.ts';
import { readFactsFile } from '../src/adapters/files/facts-file.ts';
import { startMemoryRegistry } from '../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../src/adapters/registry/registries.ts';
import { defineConfig } from '../src/config/define-config.ts';
import { readConfig } from '../src/config/normalize.ts';
import { auditWorld } from './support/audit-world.ts';
import { loadState, type RegistryState } from './support/registry-state.ts';

const gallery = fileURLToPath(new URL('../examples/incidents/', import.meta.url));

interface Incident {
  readonly name: string;
  readonly now: string;
  readonly options?: Partial<AuditOptions>;
  readonly report?: string;
  /** `kind tag` and the fix of it. */
  readonly findings: readonly (readonly [finding: string, fix: string | null])[];
  readonly result: 'findings' | 'as-planned';
}

const apply = 'tagwright apply';

const halfPublished = [
  'missing 2.6.5-python3.10',
  'missing sha-9fc2658ffb10814e5f2df5e6724b5be21f5f588c-python3.10',
  'missing 2.6.5-python3.10-conda',
  'missing sha-9fc2658ffb10814e5f2df5e6724b5be21f5f588c-python3.10-conda',
  'stale 2-latest',
  'stale 2-latest-conda',
  'stale 2-python3.10',
  'stale 2-python3.10-conda',
  'stale 2.6-python3.10',
  'stale 2.6-python3.10-conda',
].map((finding) => [finding, 'tagwright publish 2.6.5 --adopt'] as const);
const republish =
  'curl -fX DELETE -H "Authorization: Bearer $HUB_TOKEN" https://hub.docker.com/v2/repositories/apache/airflow/tags/2.1.2-python3.9/ && tagwright publish 2.1.2 --adopt';

const incidents: readonly Incident[] = [
  {
    name: 'latest-left-behind',
    now: '2025-11-24T12:00:00Z',
    findings: [
      ['stale 2-latest', apply],
      ['stale 2-latest-conda', apply],
    ],
    result: 'findings',
  },
  {
    name: 'latest-moved-alone',
    now: '2025-12-09T12:00:00Z',
    findings: [['stale 2-python3.10', apply]],
    result: 'findings',
  },
  {
    name: 'platform-lost',
    now: '2025-09-15T12:00:00Z',
    findings: [
      [
        'incomplete 2.20.21-python3.10',
        'crane tag docker.io/prefecthq/prefect@sha256:76a50bba5b7ad1b35d6c21fc3d57ed541ce864b3aa7cacc4669f427106c8fbc5 2.20.21-python3.10',
      ],
    ],
    result: 'findings',
  },
  {
    name: 'half-published',
    now: '2022-11-01T12:00:00Z',
    findings: halfPublished,
    result: 'findings',
  },
  {
    name: 'half-published',
    now: '2022-10-27T18:45:00Z',
    options: { grace: '2h' },
    report: 'report-within-grace.txt',
    findings: halfPublished,
    result: 'as-planned',
  },
  {
    name: 'v-in-the-tag',
    now: '2023-11-28T12:00:00Z',
    findings: [
      ['missing 2.14.6-python3.11', 'tagwright publish 2.14.6 --adopt'],
      [
        'orphan v2.14.6-python3.11',
        'curl -fX DELETE -H "Authorization: Bearer $HUB_TOKEN" https://hub.docker.com/v2/repositories/prefecthq/prefect/tags/v2.14.6-python3.11/',
      ],
    ],
    result: 'findings',
  },
  {
    name: 'backport-took-latest',
    now: '2025-03-10T12:00:00Z',
    findings: [
      ['stale latest', apply],
      ['stale v4', apply],
    ],
    result: 'findings',
  },
  {
    name: 'withdrawn-release',
    now: '2021-04-21T15:00:00Z',
    findings: [['ahead latest', apply]],
    result: 'findings',
  },
  {
    name: 'wrong-python',
    now: '2021-07-20T12:00:00Z',
    findings: [
      ['mislabelled latest-python3.9', republish],
      ['mislabelled 2.1.2-python3.9', republish],
    ],
    result: 'findings',
  },
  {
    name: 'retag-changed-digest',
    now: '2024-05-30T12:00:00Z',
    findings: [['drift latest', apply]],
    result: 'findings',
  },
];

describe('the gallery of incidents', () => {
  test.each(incidents)('$name $options', { timeout: 30_000 }, async (incident) => {
    const { name, now, options = {}, report = 'report.txt', findings, result } = incident;
    const table = await auditIncident(name, now, { ...options, format: 'table' });
    await expect(table.stdout).toMatchFileSnapshot(`${gallery}${name}/${report}`);
    const json = await auditIncident(name, now, { ...options, format: 'json' });
    const found: AuditJson = JSON.parse(json.stdout);
    const alarming = found.findings.filter(({ kind }) => kind !== 'frozen');
    expect([
      alarming.map(({ kind, tag, fix, choices }) => [
        `${kind} ${tag}`,
        fix ?? choices.map(({ command }) => command).join(' or '),
      ]),
      json.result,
    ]).toEqual([findings, result]);
  });

  test('has a story and a report for each', () => {
    const folders = readdirSync(gallery).toSorted();
    expect(folders).toEqual([...new Set(incidents.map(({ name }) => name))].toSorted());
    const docs = readFileSync(new URL('../docs/incidents.md', import.meta.url), 'utf8');
    for (const folder of folders) {
      expect(readFileSync(`${gallery}${folder}/README.md`, 'utf8')).toContain('https://github.com/');
      expect(docs).toContain(`examples/incidents/${folder}/`);
    }
  });
});

interface AuditJson {
  readonly findings: readonly {
    readonly kind: string;
    readonly tag: string;
    readonly fix: string | null;
    readonly choices: readonly { readonly command: string }[];
  }[];
}

async function auditIncident(name: string, now: string, options: Partial<AuditOptions>) {
  const folder = `${gallery}${name}/`;
  const virtualModules = { tagwright: { defineConfig } };
  const config = await loadConfigModule(`${folder}matrix.config.ts`, { virtualModules });
  const { facts } = await readFactsFile(`${folder}releases.json`).list();
  const state: RegistryState = JSON.parse(readFileSync(`${folder}registry.json`, 'utf8'));
  const read = readConfig(config, name);
  const path = read.ok ? read.value.images[0]?.repositories[0]?.path : undefined;
  if (path === undefined) throw new Error(`the config of ${name} is wrong: ${JSON.stringify(read)}`);

  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const registries = createRegistries();
  onTestFinished(() => registries.close());
  await loadState(registries.open({ registry: registry.host, path }), state);
  const { world } = auditWorld({ config, facts, now, host: registry.host });
  const common = { config: 'matrix.config.ts', releases: null, repository: [], image: null, at: null };
  return auditCommand({ ...common, ...auditDefaults, ...options }, world);
}
