/** `audit --keep` and `prune` on the command line: what they print, and what keeps a deletion from going on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startMemoryRegistry,
  type LoggedRequest,
  type MemoryRegistry,
} from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { Registry } from '../../src/ports.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { loadState, plannedState } from '../support/registry-state.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { blobOf, manifestOf, sampleImage } from '../support/sample-images.ts';
import { tempFolder } from '../support/temp-folder.ts';

let memory: MemoryRegistry;
let onRequest: (request: LoggedRequest) => void = () => undefined;
let count = 0;
beforeAll(async () => {
  memory = await startMemoryRegistry({ onRequest: (request) => onRequest(request) });
});
afterAll(() => memory.close());

const facts = daily('1.0.0', '1.0.1');

interface Scene {
  readonly path: string;
  readonly name: string;
  readonly registry: Registry;
  readonly run: (...args: readonly string[]) => Promise<CliRun>;
}

/** As planned, with an image of two platforms under a tag that nobody knows, and a signature of it. */
async function scene(more: object = {}): Promise<Scene> {
  const path = `acme/app-${(count += 1)}`;
  const registries = createRegistries();
  const registry = registries.open({ registry: memory.host, path });
  await loadState(registry, plannedState(planned(smallConfig, facts)));
  const old = sampleImage('oci-index', path);
  for (const blob of old.blobs) await registry.putBlob(blob.bytes, blob.digest);
  for (const child of old.children) await registry.putManifest(child.digest, child);
  await registry.putManifest('my-test', old.top);
  await sign(registry, old.top.digest);
  const folder = await tempFolder();
  const { repository: _own, ...shape } = smallConfig;
  const config = { repository: `${memory.host}/${path}`, source: { file: 'releases.json' }, ...shape, ...more };
  await writeFile(join(folder, 'releases.json'), JSON.stringify(facts));
  await writeFile(join(folder, 'matrix.config.json'), JSON.stringify(config));
  return {
    path,
    name: `${memory.host}/${path}`,
    registry,
    run: (...args) => runCli(['-C', folder, ...args]),
  };
}

/** As cosign 2 does it: an image of its own under a tag made of the digest. */
async function sign(registry: Registry, digest: string): Promise<void> {
  const config = blobOf(`signature of ${digest}`);
  await registry.putBlob(config.bytes, config.digest);
  const entry = { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.byteLength };
  const manifest = manifestOf(mediaTypes.ociManifest, { schemaVersion: 2, config: entry, layers: [] });
  await registry.putManifest(`${digest.replace(':', '-')}.sig`, manifest);
}

async function pushLabelled(registry: Registry, tag: string, labels: object): Promise<void> {
  const config = blobOf(JSON.stringify({ os: 'linux', architecture: 'amd64', config: { Labels: labels } }));
  await registry.putBlob(config.bytes, config.digest);
  const entry = { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.byteLength };
  await registry.putManifest(
    tag,
    manifestOf(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: entry,
      layers: [],
    }),
  );
}

describe('keep', () => {
  test('text has a line a digest, and nothing of what nobody holds', async () => {
    const { name, path, run } = await scene();
    const { code, stdout } = await run('audit', '--keep', 'text');
    expect(code).toBe(0);
    const tags = memory.tags(path);
    const loose = [...tags].filter(([tag]) => tag === 'my-test' || tag.startsWith('sha256-')).map(([, at]) => at);
    const held = [...new Set(tags.values())].filter((digest) => !loose.includes(digest));
    expect(stdout).toBe(
      held
        .toSorted()
        .map((digest) => `${name}@${digest}\n`)
        .join(''),
    );
  });

  test('each cleanup tool gets its own form', async () => {
    const { path, run } = await scene();
    const digests = [...(await run('audit', '--keep', 'text')).stdout.matchAll(/sha256:[0-9a-f]{64}/g)].map(String);
    expect((await run('audit', '--keep', 'ghcr')).stdout).toBe(`${digests.join(',')}\n`);
    expect(JSON.parse((await run('audit', '--keep', 'ecr')).stdout)).toEqual([
      { repositoryName: path, imageIds: digests.map((imageDigest) => ({ imageDigest })) },
    ]);
    const harbor: { rules: { tag_selectors: { pattern: string }[] }[] } = JSON.parse(
      (await run('audit', '--keep', 'harbor')).stdout,
    );
    const held = [...memory.tags(path).keys()].filter((tag) => tag !== 'my-test' && !tag.startsWith('sha256-'));
    expect(harbor.rules[0]?.tag_selectors[0]?.pattern).toBe(`{${held.toSorted().join(',')}}`);
    const gitlab: { container_expiration_policy_attributes: { name_regex_keep: string } } = JSON.parse(
      (await run('audit', '--keep', 'gitlab')).stdout,
    );
    const pattern = new RegExp(gitlab.container_expiration_policy_attributes.name_regex_keep);
    expect([...memory.tags(path).keys()].filter((tag) => pattern.test(tag)).toSorted()).toEqual(held.toSorted());
  });

  test('a flag of the other reports is refused by name', async () => {
    const { run } = await scene();
    const { code, stderr } = await run('audit', '--keep', 'text', '--at', '1.0.0', '--json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--json: audit --keep does not use it[^]*--at: audit --keep does not use it|--at[^]*--json/);
  });
});

/** What the list ends with. */
function confirmIn(stdout: string): string {
  return /tagwright prune --delete (?<confirm>\S+)/.exec(stdout)?.groups?.['confirm'] ?? '';
}

describe('prune', () => {
  test('as many others than were shown are not deleted', async () => {
    const { run, registry, path } = await scene();
    const confirm = confirmIn((await run('prune')).stdout);
    const top = await registry.manifest('my-test');
    await registry.deleteTag('my-test');
    await registry.putManifest('prod', top!);
    const before = new Map(memory.tags(path));
    const { code, stderr } = await run('prune', '--delete', confirm);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the list is another one than was shown')]);
    expect(memory.tags(path)).toEqual(before);
  });

  test.each([
    { what: 'a label of tagwright', labels: { 'io.tagwright.flavor': 'slim' } },
    { what: 'the version of a known release', labels: { 'org.opencontainers.image.version': '1.0.1' } },
  ])('an image with $what is held under whatever tag', async ({ labels }) => {
    const { run, registry } = await scene();
    await pushLabelled(registry, '1.0.1-slim', labels);
    const { stdout } = await run('prune');
    expect(stdout).not.toContain('1.0.1-slim');
    expect(stdout).toContain('my-test');
  });

  test('an image that says nothing of that is not', async () => {
    const { run, registry } = await scene();
    await pushLabelled(registry, 'their-own', { 'org.opencontainers.image.version': '7.0.0' });
    expect((await run('prune')).stdout).toContain('their-own');
  });

  test("a build's cache is held, and a signature of what has no tag here", async () => {
    const { run, registry } = await scene();
    const blob = blobOf('cache');
    await registry.putBlob(blob.bytes, blob.digest);
    const mediaType = 'application/vnd.buildkit.cacheconfig.v0';
    const entry = { mediaType, digest: blob.digest, size: blob.bytes.byteLength };
    const cache = manifestOf(mediaTypes.ociManifest, { schemaVersion: 2, config: entry, layers: [] });
    await registry.putManifest('buildcache-app-1.0.1', cache);
    const elsewhere = blobOf('an image of another repository').digest;
    await sign(registry, elsewhere);
    const { code, stdout } = await run('prune');
    expect(code).toBe(0);
    expect(stdout).not.toContain('buildcache');
    expect(stdout).not.toContain(elsewhere.replace(':', '-'));
    expect(confirmIn(stdout)).toMatch(/^4:/);
  });

  test('lists the tag, its platforms and its signature, and deletes them for their count alone', async () => {
    const { path, run, registry } = await scene();
    const { code, stdout } = await run('prune');
    expect(code).toBe(0);
    expect(stdout).toContain('4 manifests that nothing holds');
    expect(stdout).toMatch(/my-test .*no rule makes such a tag/);
    const confirm = confirmIn(stdout);
    expect(confirm).toMatch(/^4:/);
    const before = new Map(memory.tags(path));
    for (const other of [confirm.replace('4:', '3:'), '4:000000000000']) {
      const wrong = await run('prune', '--delete', other);
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('PRUNE_COUNT') });
    }
    expect(await run('prune', '--delete', '4')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"4" is not a valid value'),
    });
    expect(memory.tags(path)).toEqual(before);
    const done = await run('prune', '--delete', confirm);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('4 of 4 manifests deleted') });
    const left = [...before].filter(([tag]) => tag !== 'my-test' && !tag.startsWith('sha256-'));
    expect([...memory.tags(path)]).toEqual(left);
    for (const digest of new Set(left.map(([, at]) => at))) expect(await registry.manifest(digest)).not.toBeNull();
    expect((await run('prune')).stdout).toContain('nothing is left to delete');
  });

  test('a tag that may be an event’s is held', async () => {
    const { run } = await scene({
      pythons: ['3.9'],
      flavors: undefined,
      rules: undefined,
      dockerfile: 'Dockerfile',
      events: { branch: 'my-{{branch}}' },
    });
    const { code, stdout } = await run('prune');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('my-test') });
    expect(stdout).toMatch(
      /Kept: 1 tag of branches, pull requests or schedules\. `tagwright audit` lists those of closed/,
    );
  });

  test('a tag that is pushed to what is being deleted stops it', async () => {
    const { path, run, registry } = await scene();
    const child = (await registry.manifest('my-test'))!;
    const pushed: Promise<unknown>[] = [];
    onRequest = ({ method }) => {
      if (method === 'DELETE' && pushed.length === 0) pushed.push(pushAgain());
    };
    const parts: { manifests: { digest: string }[] } = JSON.parse(new TextDecoder().decode(child.bytes));
    const pushAgain = async (): Promise<unknown> => {
      const part = await registry.manifest(parts.manifests.at(-1)?.digest ?? '');
      return registry.putManifest('1.0.2-python3.9', part!);
    };
    const first = await run('prune', '--delete', confirmIn((await run('prune')).stdout));
    onRequest = () => undefined;
    await Promise.all(pushed);
    const { code, stdout } = first;
    expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining('is held now') });
    expect(await registry.manifest('1.0.2-python3.9')).not.toBeNull();
    expect(memory.tags(path).get('1.0.2-python3.9')).toBeDefined();
  });
});
