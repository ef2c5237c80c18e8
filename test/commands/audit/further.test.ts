import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { auditCommand, auditDefaults, type AuditOptions } from '../../../src/commands/audit.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { AuditReport } from '../../../src/audit/types.ts';
import { auditWorld } from '../../support/audit-world.ts';
import { daily, planned, smallConfig } from '../../support/history.ts';
import { loadState, plannedState, type RegistryState, type StateImage } from '../../support/registry-state.ts';

const config = { ...smallConfig, pythons: ['3.10'], defaults: { python: { '1': '3.10' } } };
const facts = daily('1.0.0', '1.1.0');
const healthy = plannedState(planned(config, facts));

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

async function load(path: string, state: RegistryState): Promise<void> {
  const registries = createRegistries();
  onTestFinished(() => registries.close());
  await loadState(registries.open({ registry: registry.host, path }), state);
}

async function audit(path: string, options: Partial<AuditOptions>): Promise<AuditReport> {
  const { world } = auditWorld({ config, facts });
  const repository = [`${registry.host}/${path}`];
  const common = { config: 'matrix.config.ts', releases: null, repository, image: null, at: null };
  const { stdout } = await auditCommand({ ...common, ...auditDefaults, format: 'json', ...options }, world);
  const report: AuditReport = JSON.parse(stdout);
  return report;
}

/** The healthy state, each image saying what it was built on. */
function builtOn(base: (image: string) => Readonly<Record<string, string>>): RegistryState {
  const images: Record<string, StateImage> = {};
  for (const [name, image] of Object.entries(healthy.images)) {
    images[name] = { ...image, labels: { ...image.labels, ...base(name) } };
  }
  return { images, tags: healthy.tags };
}

describe('base images', () => {
  const baseLabels = (name: string, digest: string): Readonly<Record<string, string>> => ({
    'org.opencontainers.image.base.name': name,
    'org.opencontainers.image.base.digest': digest,
  });

  test('tells which owners point to what their base no longer is, and of which nothing is known', async () => {
    const python = `${registry.host}/library/python`;
    await load('library/python', { images: { slim: { platforms: ['linux/amd64'] } }, tags: { '3.10-slim': 'slim' } });
    const current = registry.tags('library/python').get('3.10-slim') ?? '';
    const old = `sha256:${'0'.repeat(64)}`;
    await load(
      'acme/bases',
      builtOn((image) => {
        if (image === '1.1.0-python3.10') return baseLabels(`${python}:3.10-slim`, old);
        if (image === '1.0.0-python3.10') return baseLabels(`${python}:3.10-slim`, current);
        if (image === '1.0.0-python3.10-conda') return baseLabels(`${python}:3.9-slim`, old);
        return {};
      }),
    );
    const { bases, notes } = await audit('acme/bases', { bases: true });
    expect({ bases, notes }).toEqual({
      bases: [
        {
          base: `${python}:3.10-slim`,
          builtOn: old,
          now: current,
          tags: ['1.1-python3.10', '1-python3.10', '1-latest'],
          version: '1.1.0',
          fix: `tagwright publish 1.1.0 --repository ${registry.host}/acme/bases --rebuild`,
        },
        {
          base: `${python}:3.9-slim`,
          builtOn: old,
          now: null,
          tags: ['1.0-python3.10-conda'],
          version: '1.0.0',
          fix: `tagwright publish 1.0.0 --repository ${registry.host}/acme/bases --rebuild`,
        },
      ],
      notes: ['3 convenience tags point to images that do not name the digest of their base'],
    });
  });

  test('a base that cannot be asked for is a note, and no finding', async () => {
    const nobody = '127.0.0.1:1/library/python:3.10-slim';
    await load(
      'acme/unreachable',
      builtOn(() => baseLabels(nobody, `sha256:${'0'.repeat(64)}`)),
    );
    const { world } = auditWorld({ config, facts, registries: { limits: { tries: 1 } } });
    const repository = [`${registry.host}/acme/unreachable`];
    const common = { config: 'matrix.config.ts', releases: null, repository, image: null, at: null };
    const outcome = await auditCommand({ ...common, ...auditDefaults, format: 'json', bases: true }, world);
    const report: AuditReport = JSON.parse(outcome.stdout);
    expect([report.bases, outcome.result]).toEqual([[], 'as-planned']);
    expect(report.notes.join('\n')).toMatch(
      /^whether 127\.0\.0\.1:1\/library\/python:3\.10-slim went on is not known: REGISTRY_UNREACHABLE/,
    );
  });

  test('needs the images to be read', async () => {
    await load('acme/unread', healthy);
    const { bases, notes } = await audit('acme/unread', { bases: true, content: 'none' });
    expect({ bases, notes }).toEqual({
      bases: undefined,
      notes: ['--bases reads labels, and --content none reads no image'],
    });
  });
});

test('tags that no plan has are listed with age, size and the command that deletes them', async () => {
  await load('acme/strays', {
    images: {
      ...healthy.images,
      old: { platforms: ['linux/amd64', 'linux/arm64'], created: '2023-05-06T07:08:09.123456789Z' },
    },
    tags: { ...healthy.tags, nightly: 'old', '1.0.0-python3.8': 'old', 'staging-7-x': '1.0.0-python3.10' },
  });
  const { strays, findings } = await audit('acme/strays', { unmanaged: true });
  const repository = `${registry.host}/acme/strays`;
  expect(strays?.map(({ sizeBytes, ...stray }) => ({ ...stray, hasSize: (sizeBytes ?? 0) > 100 }))).toEqual([
    {
      tag: '1.0.0-python3.8',
      kind: 'orphan',
      at: '2023-05-06T07:08:09Z',
      choices: [
        {
          do: 'edit',
          command: 'give 1.0.0 a cell of python 3.8, flavor standard in the config',
          because: 'if 1.0.0 should have this tag',
        },
        deletion(repository, '1.0.0-python3.8'),
      ],
      hasSize: true,
    },
    { tag: 'nightly', kind: 'unmanaged', at: '2023-05-06T07:08:09Z', choices: [], hasSize: true },
    {
      tag: 'staging-7-x',
      kind: 'unmanaged',
      at: null,
      choices: [deletion(repository, 'staging-7-x')],
      hasSize: true,
    },
  ]);
  expect(findings).toHaveLength(3);
});

test('nothing is said of the whole repository where its list was not read, or holds nothing', async () => {
  await load('acme/whole', healthy);
  expect((await audit('acme/whole', { unmanaged: true })).strays).toEqual([]);
  expect((await audit('acme/nowhere', { unmanaged: true, failOn: [] })).strays).toBe(undefined);
});
function deletion(repository: string, tag: string): object {
  return { do: 'run', command: `regctl tag delete ${repository}:${tag}`, because: 'if nobody needs it' };
}
