/** `--all-images` is what each image says alone, in one run that asks for what they share once. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { auditCommand, auditDefaults } from '../../src/commands/audit.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import type { Repository } from '../../src/domain/reference.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { bestOf, worstOf } from '../../src/commands/over-images.ts';
import type { Outcome } from '../../src/commands/world.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { auditWorld } from '../support/audit-world.ts';
import { daily, smallConfig } from '../support/history.ts';
import { layerOfTar, pushImage } from '../support/push-image.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const { repository: _one, ...shared } = smallConfig;
const facts = daily('1.0.0', '1.1.0');

function configFor(host: string): object {
  return {
    ...shared,
    source: { file: 'releases.json' },
    images: {
      api: { repository: `${host}/acme/api` },
      worker: { repository: `${host}/acme/worker`, rules: { latest: false } },
    },
  };
}

async function place(): Promise<{ config: string; registry: MemoryRegistry }> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(configFor(registry.host)),
    'releases.json': JSON.stringify(facts),
  });
  return { config: `${folder}/matrix.config.json`, registry };
}

interface Document {
  readonly repository: string;
  readonly checkedAt?: string;
  readonly requests?: number;
}

function documentIn({ stdout }: CliRun): Document & { readonly repositories?: readonly Document[] } {
  const document: Document & { repositories?: readonly Document[] } = JSON.parse(stdout);
  return document;
}

/** Without what differs from one run to the next. */
function lasting({ checkedAt: _at, requests: _asked, ...rest }: Document): object {
  return rest;
}

async function eachAlone(args: readonly string[]): Promise<readonly [CliRun, CliRun]> {
  return [await runCli([...args, '--image', 'api']), await runCli([...args, '--image', 'worker'])];
}

describe.each([
  { name: 'plan', args: ['plan', '--offline', '--json'], code: 0 },
  { name: 'plan against a registry', args: ['plan', '--json'], code: 0 },
  { name: 'audit', args: ['audit', '--json'], code: 1 },
])('$name', ({ args, code }) => {
  test('says of each image what is said of it alone', async () => {
    const { config, registry } = await place();
    const layers = [layerOfTar(new Uint8Array(512))];
    const at = { registryHost: registry.host, repository: 'acme/api', tag: '1.1.0-python3.10' };
    await pushImage(at, [{ architecture: 'amd64', layers, config: {} }]);
    const all = await runCli([...args, '--config', config, '--all-images']);
    const alone = await eachAlone([...args, '--config', config]);
    expect([all.code, all.stderr]).toEqual([code, alone.map(({ stderr }) => stderr).join('')]);
    expect(documentIn(all).repositories?.map(lasting)).toEqual(alone.map((run) => lasting(documentIn(run))));
  });
});

test.each([
  { name: 'protect', args: ['protect', '--json'] },
  { name: 'history', args: ['history', '--json'] },
  { name: 'explain', args: ['explain', '1-latest', '--offline', '--json'] },
])('$name has the documents of the images by their names', async ({ args }) => {
  const { config } = await place();
  const all = await runCli([...args, '--config', config, '--all-images']);
  const [api, worker] = await eachAlone([...args, '--config', config]);
  expect(all.code).toBe(0);
  expect(JSON.parse(all.stdout)).toEqual({
    schema: 1,
    images: { api: JSON.parse(api.stdout), worker: JSON.parse(worker.stdout) },
  });
});

test('texts stand under the names of the images', async () => {
  const { config } = await place();
  const all = await runCli(['history', '--config', config, '--all-images']);
  const [api, worker] = await eachAlone(['history', '--config', config]);
  expect(all.stdout).toBe(`image api\n\n${api.stdout}\nimage worker\n\n${worker.stdout}`);
});

test.each([
  { tag: '1-latest', code: 0 },
  { tag: 'nightly', code: 1 },
])('explain $tag ends with $code: one image that has the tag is enough', async ({ tag, code }) => {
  const { config } = await place();
  const run = await runCli(['explain', tag, '--offline', '--config', config, '--all-images']);
  expect(run.code).toBe(code);
  const alone = await eachAlone(['explain', tag, '--offline', '--config', config]);
  expect(alone.map((one) => one.code)).toEqual([code, 1]);
});

test.each(['acme/api', 'acme/worker'])('%s that cannot be read keeps no other from its report', async (unread) => {
  const { config, registry } = await place();
  const refuse = (): Promise<never> =>
    Promise.reject(new OutsideError('REGISTRY_DENIED', `GET ${unread}: 401`, { status: 401 }));
  const { world } = auditWorld({
    config: configFor(registry.host),
    facts,
    between: (open) =>
      open.repository.path === unread ? { ...open, head: refuse, manifest: refuse, tags: refuse } : open,
  });
  const outcome = await auditCommand(
    {
      ...auditDefaults,
      config,
      releases: null,
      repository: [],
      image: null,
      at: null,
      allImages: true,
      format: 'json',
    },
    world,
  );
  const { repositories }: { repositories: { repository: string; summary: { unknown: number; missing: number } }[] } =
    JSON.parse(outcome.stdout);
  expect(outcome.result).toBe('outside-failed');
  expect(repositories.map(({ summary }) => [summary.unknown > 0, summary.missing > 0])).toEqual(
    ['acme/api', 'acme/worker'].map((path) => [path === unread, path !== unread]),
  );
});

test('facts are listed once and one pool of connections serves all images', async () => {
  const { config, registry } = await place();
  const { world } = auditWorld({ config: configFor(registry.host), facts });
  const asked = { config: 0, sources: 0, listed: 0, registries: 0, closed: 0 };
  const counting = {
    ...world,
    loadConfig: (path: string) => {
      asked.config += 1;
      return world.loadConfig(path);
    },
    sources: async (...given: Parameters<typeof world.sources>) => {
      asked.sources += 1;
      const sources = await world.sources(...given);
      return sources.map((source) => ({
        ...source,
        list: (signal?: AbortSignal) => {
          asked.listed += 1;
          return source.list(signal);
        },
      }));
    },
    registries: async (insecure: readonly string[]) => {
      asked.registries += 1;
      const registries = await world.registries(insecure);
      return {
        open: (repository: Repository) => registries.open(repository),
        close: () => {
          asked.closed += 1;
          return registries.close();
        },
      };
    },
  };
  await auditCommand(
    { ...auditDefaults, config, releases: null, repository: [], image: null, at: null, allImages: true },
    counting,
  );
  expect(asked).toEqual({ config: 1, sources: 1, listed: 1, registries: 1, closed: 1 });
});

test.each([
  { args: ['audit', '--all-images', '--image', 'api'], where: '--image' },
  { args: ['audit', '--all-images', '--repository', 'registry.example.com/x'], where: '--repository' },
  { args: ['audit', '--all-images', '--plan-out', 'moves.json'], where: '--plan-out' },
  { args: ['audit', '--all-images', '--write-lock'], where: '--write-lock' },
  { args: ['plan', '1.1.0', '--all-images'], where: '--all-images' },
  { args: ['plan', '--all-images', '--diff', 'other.json'], where: '--all-images' },
])('$args is refused', async ({ args, where }) => {
  const { config } = await place();
  const run = await runCli([...args, '--config', config]);
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain(`USAGE  ${where}: `);
});

test.each<{ results: Outcome['result'][]; best: Outcome['result']; worst: Outcome['result'] }>([
  { results: ['findings', 'as-planned'], best: 'as-planned', worst: 'findings' },
  { results: ['findings', 'findings'], best: 'findings', worst: 'findings' },
  { results: ['as-planned', 'outside-failed'], best: 'outside-failed', worst: 'outside-failed' },
  { results: ['as-planned', 'as-planned'], best: 'as-planned', worst: 'as-planned' },
])('$results come to $best for a tag that is asked for, else to $worst', ({ results, best, worst }) => {
  expect([bestOf(results), worstOf(results)]).toEqual([best, worst]);
});

test('lines have the repository that they are of', async () => {
  const { config, registry } = await place();
  const lines = await runCli(['plan', '--offline', '--format', 'lines', '--config', config, '--all-images']);
  const alone = await eachAlone(['plan', '--offline', '--format', 'lines', '--config', config]);
  const named = alone.flatMap(({ stdout }, index) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => `${registry.host}/acme/${index === 0 ? 'api' : 'worker'} ${line}\n`),
  );
  expect(lines.stdout).toBe(named.join(''));
});

test('a warning names its image, and nothing that is another image of the config', async () => {
  const images = {
    api: { repository: 'registry.example/acme/api', tagPattern: String.raw`^api/v(?<version>\d+\.\d+\.\d+)$` },
    worker: { repository: 'registry.example/acme/worker', tagPattern: String.raw`^w@(?<version>\d+\.\d+\.\d+)$` },
  };
  const own = ['api/v1.0.0', 'w@0.4.0', 'w@0.5.0', 'w@0.6.0', 'junk'].map((version): ReleaseFact => ({
    version,
    revision: 'a'.repeat(40),
    committedAt: '2024-01-02T00:00:00Z',
  }));
  const { rules: _rules, ...others } = shared;
  const { world, said } = auditWorld({
    config: { ...others, rules: { sha: false }, images, source: { git: '.' } },
    facts: own,
  });
  const answer = { kind: 'git', facts: own, partial: null, notes: [] } as const;
  const ofGit = { ...world, sources: () => [{ name: 'git tags of .', list: () => Promise.resolve(answer) }] };
  const request = {
    kind: 'map',
    config: 'x',
    releases: null,
    repository: [],
    image: null,
    at: null,
    allImages: true,
  } as const;
  const { stdout } = await planCommand({ ...request, offline: true, with: [], yank: [], format: 'table' }, ofGit);
  const warned = `${said.join('\n')}\n${stdout}`.match(/TEXTS_IGNORED.*/g);
  expect(warned).toEqual([
    'TEXTS_IGNORED  git tags of .: one text is not a release of the image api: "junk"',
    'TEXTS_IGNORED  git tags of .: one text is not a release of the image worker: "junk"',
  ]);
});

test.each([['plan', '--offline'], ['audit'], ['history']])(
  'facts that one of the images cannot read are told with its name: %s',
  async (...command) => {
    const folder = await tempFolder({
      'matrix.config.json': JSON.stringify({
        ...configFor('127.0.0.1:1'),
        images: {
          api: { repository: '127.0.0.1:1/acme/api' },
          worker: { repository: '127.0.0.1:1/acme/worker', scheme: 'semver' },
        },
      }),
      // PEP 440 alone reads it.
      'releases.json': JSON.stringify(daily('1.0.0', '1.1.0.post1')),
    });
    const args = [...command, '--config', `${folder}/matrix.config.json`];
    const all = await runCli([...args, '--all-images']);
    const alone = await runCli([...args, '--image', 'worker']);
    expect([all.code, alone.code]).toEqual([2, 2]);
    expect(all.stderr).toContain('(image worker)');
    expect(all.stderr.replaceAll(' (image worker)', '')).toBe(alone.stderr);
  },
);
