/** The keep list of a real registry is what a walk of the test's own finds: indexes, attestations, referrers, signatures. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, inject, test } from 'vitest';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { keepCommand } from '../../src/commands/keep.ts';
import { pruneCommand } from '../../src/commands/prune.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { daily, planned } from '../support/history.ts';
import { fourCells, publishWorld } from '../support/publish-world.ts';
import { loadState, plannedState } from '../support/registry-state.ts';
import { sampleImage } from '../support/sample-images.ts';
import { tempFolder } from '../support/temp-folder.ts';

const accept = Object.values(mediaTypes).join(', ');

test('indexes of two platforms with attestations, an SBOM of an SBOM by oras, cosign tags: none is missing', async () => {
  const host = inject('registryHost');
  const path = `keep/app-${process.pid}`;
  const repository = `${host}/${path}`;
  const facts = daily('1.0.0', '1.0.1');
  const registries = createRegistries();
  const registry = registries.open({ registry: host, path });
  const state = plannedState(planned(fourCells, facts));
  const images = Object.fromEntries(
    Object.entries(state.images).map(([name, image]) => [name, { ...image, attestations: true }]),
  );
  await loadState(registry, { ...state, images });
  const full = (await registry.manifest('1.0.1-python3.10'))!;
  const { manifests }: { manifests: { digest: string }[] } = JSON.parse(new TextDecoder().decode(full.bytes));
  expect(manifests).toHaveLength(4);

  const folder = await tempFolder();
  await writeFile(join(folder, 'sbom.json'), '{}');
  const attach = async (digest: string): Promise<string> => {
    const at = `${repository}@${digest}`;
    const args = [
      'attach',
      '--plain-http',
      '--format',
      'json',
      '--artifact-type',
      'application/x.sbom',
      at,
      'sbom.json',
    ];
    const { stdout } = await execa('oras', args, { cwd: folder });
    const { digest: attached }: { digest: string } = JSON.parse(stdout);
    return attached;
  };
  const sbom = await attach(full.digest);
  const ofSbom = await attach(sbom);
  const ofChild = await attach(manifests[0]?.digest ?? '');
  const signature = sampleImage('oci-manifest', 'signature');
  for (const blob of signature.blobs) await registry.putBlob(blob.bytes, blob.digest);
  await registry.putManifest(`${full.digest.replace(':', '-')}.sig`, signature.top);
  const old = sampleImage('oci-index', 'old');
  for (const blob of old.blobs) await registry.putBlob(blob.bytes, blob.digest);
  for (const child of old.children) await registry.putManifest(child.digest, child);
  await registry.putManifest('my-test', old.top);
  const ofOld = await attach(old.top.digest);

  const options = { config: 'x', releases: null, repository: [repository], image: null, at: null, journal: folder };
  const world = publishWorld({ facts, root: folder });
  const { stdout } = await keepCommand({ ...options, keep: 'text' }, world);
  const keep = stdout.trimEnd().split('\n');
  const walked = await walk(host, path, Object.keys(state.tags));
  expect(keep).toEqual(walked.map((digest) => `${repository}@${digest}`));
  const named = [sbom, ofSbom, ofChild, signature.top.digest, ...manifests.map(({ digest }) => digest)];
  expect(named.filter((digest) => !walked.includes(digest))).toEqual([]);

  const listed = await pruneCommand({ ...options, delete: null, json: true }, world);
  const { repositories, confirm }: { repositories: { rows: { digest: string }[] }[]; confirm: string } = JSON.parse(
    listed.stdout,
  );
  const rows = (repositories[0]?.rows ?? []).map(({ digest }) => digest);
  expect(rows.filter((digest) => walked.includes(digest))).toEqual([]);
  expect([old.top, ...old.children].map(({ digest }) => digest).filter((digest) => !rows.includes(digest))).toEqual([]);
  expect(rows).toContain(ofOld);
  const [count, list = ''] = confirm.split(':');
  const done = await pruneCommand({ ...options, delete: { count: Number(count), list }, json: false }, world);
  expect([done.stdout, done.result]).toEqual([
    expect.stringContaining(`${rows.length} of ${rows.length}`),
    'as-planned',
  ]);
  expect(await walk(host, path, Object.keys(state.tags))).toEqual(walked);
  expect(await registry.manifest('my-test')).toBeNull();
  await registries.close();
}, 120_000);

/** By plain requests: from each tag to what it lists, and to every tag that begins with the digest of what was found. */
async function walk(host: string, path: string, roots: readonly string[]): Promise<readonly string[]> {
  const base = `http://${host}/v2/${path}`;
  const list: { tags: string[] } = JSON.parse(await (await fetch(`${base}/tags/list?n=1000`)).text());
  const found = new Set<string>();
  const visit = async (reference: string): Promise<void> => {
    const answer = await fetch(`${base}/manifests/${reference}`, { headers: { accept } });
    expect([reference, answer.status]).toEqual([reference, 200]);
    const digest = answer.headers.get('docker-content-digest') ?? '';
    if (found.has(digest)) return;
    found.add(digest);
    const { manifests = [] }: { manifests?: { digest: string }[] } = JSON.parse(await answer.text());
    for (const child of manifests) await visit(child.digest);
    for (const tag of list.tags.filter((each) => each.startsWith(digest.replace(':', '-')))) await visit(tag);
  };
  for (const root of roots) await visit(root);
  return [...found].toSorted();
}
