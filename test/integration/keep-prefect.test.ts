/**
 * Prefect's whole plan in a registry, images with one or two platforms, an attestation of each, and on every third an SBOM
 * and a signature: nothing that a walk of the test's own reaches is missing on the keep list, and `prune` lists none
 * of it.
 */
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { keepWith } from '../../src/commands/keep.ts';
import { readHolders } from '../../src/commands/keep/holdings.ts';
import { pruneWith } from '../../src/commands/prune.ts';
import type { Manifest } from '../../src/domain/digest.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { Registry } from '../../src/ports.ts';
import { planned } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { publishWorld } from '../support/publish-world.ts';
import { plannedState } from '../support/registry-state.ts';
import { blobOf, manifestOf } from '../support/sample-images.ts';

const path = 'prefecthq/prefect';
const accept = Object.values(mediaTypes).join(', ');
const platforms = ['amd64', 'arm64'];
let memory: MemoryRegistry;
let registry: Registry;
const registries = createRegistries();
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

beforeAll(async () => {
  memory = await startMemoryRegistry();
  registry = registries.open({ registry: memory.host, path });
});
afterAll(async () => {
  agent.destroy();
  await registries.close();
  await memory.close();
});

const entry = ({ mediaType, digest, sizeBytes }: Manifest): object => ({ mediaType, digest, size: sizeBytes });

/** All that one image is, each manifest its own; the blobs are shared. The index comes last. */
function imageOf(
  name: string,
  place: number,
  config: object,
): { readonly parts: readonly Manifest[]; readonly tags: ReadonlyMap<string, Manifest> } {
  const made = (what: string, more: object = {}): Manifest =>
    manifestOf(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config,
      layers: [],
      annotations: { name: `${name} ${what}` },
      ...more,
    });
  const own = platforms.slice(place % 2);
  const images = own.map((platform) => made(platform));
  const attestations = images.map((image) => made(`attestation of ${image.digest}`, { subject: entry(image) }));
  const top = manifestOf(mediaTypes.ociIndex, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    annotations: { name },
    manifests: [
      ...images.map((image, index) => ({ ...entry(image), platform: { os: 'linux', architecture: own[index] } })),
      ...attestations.map((attestation, index) => ({
        ...entry(attestation),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': images[index]?.digest,
        },
      })),
    ],
  });
  // Not on every image, so that all of it is read within half a minute.
  if (place % 3 !== 0) return { parts: [...images, ...attestations, top], tags: new Map([['', top]]) };
  const sbom = made('sbom', { subject: entry(top), artifactType: 'application/x.sbom' });
  // As a registry without lists of referrers has them: an index under the tag of the digest.
  const referrers = manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, note: name, manifests: [entry(sbom)] });
  const signature = made('signature');
  const attached = top.digest.replace(':', '-');
  return {
    parts: [...images, ...attestations, sbom, top],
    tags: new Map([
      ['', top],
      [attached, referrers],
      [`${attached}.sig`, signature],
    ]),
  };
}

async function load(): Promise<{ readonly pushed: ReadonlySet<string>; readonly loose: ReadonlySet<string> }> {
  const blob = blobOf('{"os":"linux","architecture":"amd64","config":{}}');
  await registry.putBlob(blob.bytes, blob.digest);
  const config = { mediaType: mediaTypes.ociConfig, digest: blob.digest, size: blob.bytes.byteLength };
  const { images, tags } = plannedState(planned(prefectConfig, prefectFacts()));
  const tagsOf = new Map<string, string[]>();
  for (const [tag, name] of Object.entries(tags)) tagsOf.set(name, [...(tagsOf.get(name) ?? []), tag]);
  for (let count = 0; count < 40; count += 1) tagsOf.set(`stray ${count}`, [`my-test-${count}`]);
  expect(Object.keys(tags)).toHaveLength(4294);
  expect(tagsOf.size).toBe(Object.keys(images).length + 40);
  const [pushed, loose] = [new Set<string>(), new Set<string>()];
  await pMap(
    tagsOf,
    async ([name, own], place) => {
      const image = imageOf(name, place, config);
      for (const part of image.parts) await registry.putManifest(part.digest, part);
      for (const [tag, manifest] of image.tags)
        for (const each of tag === '' ? own : [tag]) await registry.putManifest(each, manifest);
      const into = name.startsWith('stray') ? loose : pushed;
      for (const { digest } of [...image.parts, ...image.tags.values()]) into.add(digest);
    },
    { concurrency: 16 },
  );
  return { pushed, loose };
}

/** By plain requests: from each tag of the plan to what it lists, and to every tag that begins with a digest that was found. */
async function walk(roots: readonly string[]): Promise<ReadonlySet<string>> {
  const attached = new Map<string, string[]>();
  for (const tag of memory.tags(path).keys()) {
    if (!tag.startsWith('sha256-')) continue;
    const subject = tag.slice(0, 71);
    attached.set(subject, [...(attached.get(subject) ?? []), tag]);
  }
  const found = new Set<string>();
  let level: string[] = [...roots];
  while (level.length > 0) {
    const next = await pMap(
      level,
      async (reference) => {
        const { digest, body } = await manifestAt(reference);
        const { manifests = [] }: { manifests?: { digest: string }[] } = JSON.parse(body);
        if (found.has(digest)) return [];
        found.add(digest);
        return [...manifests.map((child) => child.digest), ...(attached.get(digest.replace(':', '-')) ?? [])];
      },
      { concurrency: 16 },
    );
    level = next.flat().filter((digest) => !found.has(digest));
  }
  return found;
}

/** Over connections that are kept: `fetch` takes twice as long for 17,000 requests. */
function manifestAt(reference: string): Promise<{ readonly digest: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const url = `http://${memory.host}/v2/${path}/manifests/${reference}`;
    get(url, { agent, headers: { accept } }, (answer) => {
      void text(answer).then((body) => {
        if (answer.statusCode === 200) resolve({ digest: String(answer.headers['docker-content-digest']), body });
        else reject(new Error(`${reference}: ${answer.statusCode ?? ''}`));
      }, reject);
    }).on('error', reject);
  });
}

test("0 digests of Prefect's 4,294 tags are missing on the keep list, and prune lists none of them", async () => {
  const { pushed, loose } = await load();
  const repository = `${memory.host}/${path}`;
  const options = { config: 'x', releases: null, repository: [repository], image: null, at: null, journal: '/nowhere' };
  const world = publishWorld({ config: prefectConfig, facts: prefectFacts() });
  const holders = await readHolders(options, world);
  const { stdout } = await keepWith(holders, { ...options, keep: 'text' }, world);
  const kept = new Set(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(repository.length + 1)),
  );
  const walked = await walk([...memory.tags(path).keys()].filter((tag) => !/^(?:sha256-|my-test)/.test(tag)));
  expect(walked.size).toBe(pushed.size);
  expect([...walked].filter((digest) => !kept.has(digest))).toEqual([]);
  expect([...kept].filter((digest) => !walked.has(digest))).toEqual([]);

  const listed = await pruneWith(holders, { ...options, delete: null, json: true }, world);
  const { repositories }: { repositories: { rows: { digest: string }[] }[] } = JSON.parse(listed.stdout);
  const rows = new Set((repositories[0]?.rows ?? []).map(({ digest }) => digest));
  expect([...rows].filter((digest) => walked.has(digest))).toEqual([]);
  expect([...loose].filter((digest) => !rows.has(digest))).toEqual([]);
  expect(rows.size).toBe(loose.size);
}, 300_000);
