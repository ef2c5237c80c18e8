import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/adapters/registry/digest-of.ts';
import { attachedTags, copyAttached } from '../../../src/commands/copy/copy-attached.ts';
import type { Digest, Manifest } from '../../../src/domain/digest.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { parseReferrers, referrersTag, type Referrer } from '../../../src/domain/referrers.ts';
import type { AttachedReport } from '../../../src/report/publish.ts';
import { fakeRegistry, fault, type FakeRegistry } from '../../support/fake-registry.ts';
import { moveWorld } from '../../support/open-repository.ts';
import { manifestOf } from '../../support/sample-images.ts';

interface Keeper extends FakeRegistry {
  /** Puts something there that hangs on `subject`, listed as this registry lists. */
  hang(name: string, subject: Digest): Manifest;
}

/** A registry in memory: with the referrers API, or with lists under tags. */
function keeper(path: string, hasApi: boolean): Keeper {
  const registry = fakeRegistry({ registry: '127.0.0.1:5000', path });
  const entryOf = ({ digest, mediaType, sizeBytes }: Manifest): Referrer['entry'] => ({
    mediaType,
    digest,
    size: sizeBytes,
    artifactType: 'application/x.sbom',
    annotations: { from: path },
  });
  const listed = (subject: Digest): Manifest[] =>
    [...registry.manifests.values()].filter(({ bytes }) => {
      const body: { subject?: { digest: string } } = JSON.parse(new TextDecoder().decode(bytes));
      return body.subject?.digest === subject;
    });
  return Object.assign(registry, {
    copyBlob: () => Promise.resolve(),
    referrers: (digest: Digest): Promise<Referrer[] | null> =>
      Promise.resolve(hasApi ? listed(digest).map((each) => ({ digest: each.digest, entry: entryOf(each) })) : null),
    hang: (name: string, subject: Digest): Manifest => {
      const artifact = artifactOf(name, subject);
      registry.manifests.set(artifact.digest, artifact);
      const list = listOf(registry, subject);
      if (!hasApi) putList(registry, subject, [...list, entryOf(artifact)]);
      return artifact;
    },
  });
}

function artifactOf(name: string, subject: Digest | null): Manifest {
  const empty = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(new Uint8Array()), size: 0 };
  const about = subject === null ? {} : { subject: { mediaType: mediaTypes.ociIndex, digest: subject, size: 1 } };
  const body = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: empty, layers: [], ...about };
  return manifestOf(mediaTypes.ociManifest, { ...body, annotations: { name } });
}

function listOf(registry: FakeRegistry, subject: Digest): Referrer['entry'][] {
  const digest = registry.stands.get(referrersTag(subject));
  const bytes = digest === undefined ? undefined : registry.manifests.get(digest)?.bytes;
  return bytes === undefined ? [] : (parseReferrers(bytes) ?? []).map(({ entry }) => entry);
}

function putList(registry: FakeRegistry, subject: Digest, manifests: readonly unknown[]): void {
  const index = manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
  registry.manifests.set(index.digest, index);
  registry.stands.set(referrersTag(subject), index.digest);
}

function copy(from: Keeper, to: Keeper, digests: readonly Digest[]): Promise<AttachedReport> {
  const world = { ...moveWorld(), digestOf };
  const { signal } = world;
  return copyAttached({ from, to, signal, world, waitMs: 5_000, tagsOf: attachedTags(from, signal) }, digests);
}

const ways = [
  { name: 'lists under tags, to lists under tags', from: false, to: false },
  { name: 'the API, to lists under tags', from: true, to: false },
  { name: 'lists under tags, to the API', from: false, to: true },
  { name: 'the API, to the API', from: true, to: true },
];

describe('what hangs on an image goes with it', () => {
  test.each(ways)('from $name: of the image, of its platforms, and of what hangs on it', async (way) => {
    const [from, to] = [keeper('here', way.from), keeper('there', way.to)];
    const image = from.push('image');
    const [child] = parseReferrers(from.manifests.get(image)!.bytes) ?? [];
    const sbom = from.hang('sbom', image);
    const signature = from.hang('signature of the sbom', sbom.digest);
    const ofChild = from.hang('sbom of a platform', child!.digest);
    const { copied, left } = await copy(from, to, [child!.digest, image]);
    expect(left).toEqual([]);
    expect(copied).toEqual([ofChild, sbom, signature].map(({ digest }) => `application/x.sbom ${digest}`));
    for (const [on, artifact] of [
      [image, sbom],
      [sbom.digest, signature],
      [child!.digest, ofChild],
    ] as const) {
      const found = (await to.referrers(on)) ?? listOf(to, on);
      expect(found.map(({ digest }) => digest)).toEqual([artifact.digest]);
      expect(to.manifests.get(artifact.digest)).toEqual(artifact);
    }
  });

  test('a list that is there is added to, entry by entry; what it has stays as it is', async () => {
    const [from, to] = [keeper('here', false), keeper('there', false)];
    const image = from.push('image');
    const theirs = to.hang('theirs', image);
    const both = from.hang('in both', image);
    to.hang('in both', image);
    const ours = from.hang('ours', image);
    const before = listOf(to, image);
    await copy(from, to, [image]);
    expect(listOf(to, image)).toEqual([...before, listOf(from, image)[1]]);
    expect(before.map(({ digest }) => digest)).toEqual([theirs.digest, both.digest]);
    expect(listOf(to, image)[2]).toMatchObject({ digest: ours.digest, annotations: { from: 'here' } });
  });

  test('tags of its digest go along, whatever they end in; those of other digests do not', async () => {
    const [from, to] = [keeper('here', false), keeper('there', false)];
    const [image, other] = [from.push('image'), from.push('other')];
    for (const suffix of ['.sig', '.att', '.sbom', '.0a1b.meta'])
      await from.putManifest(`${referrersTag(image)}${suffix}`, artifactOf(suffix, null));
    await from.putManifest(`${referrersTag(other)}.sig`, artifactOf('other', null));
    const { copied, left } = await copy(from, to, [image]);
    expect([copied.toSorted(), left]).toEqual([
      ['.0a1b.meta', '.att', '.sbom', '.sig'].map((suffix) => `${referrersTag(image)}${suffix}`),
      [],
    ]);
    expect([...to.stands.keys()].toSorted()).toEqual(copied.toSorted());
  });

  test("cosign's are found by name if the repository may not be listed", async () => {
    const [from, to] = [keeper('here', false), keeper('there', false)];
    const image = from.push('image');
    from.tags = () => Promise.reject(fault('REGISTRY_DENIED', 'GET tags: 403'));
    await from.putManifest(`${referrersTag(image)}.sig`, artifactOf('.sig', null));
    expect(await copy(from, to, [image])).toEqual({ copied: [`${referrersTag(image)}.sig`], left: [] });
  });

  test('nothing hangs on it: nothing is written', async () => {
    const [from, to] = [keeper('here', false), keeper('there', false)];
    expect(await copy(from, to, [from.push('image')])).toEqual({ copied: [], left: [] });
    expect(to.calls).toEqual([]);
  });
});

describe('what does not go along is reported, and the rest goes', () => {
  test('a tag that points to something else there stays as it is', async () => {
    const [from, to] = [keeper('here', false), keeper('there', false)];
    const image = from.push('image');
    const tag = `${referrersTag(image)}.sig`;
    const [ours, theirs] = [artifactOf('ours', null), artifactOf('theirs', null)];
    await from.putManifest(tag, ours);
    await to.putManifest(tag, theirs);
    const reason = `it points to ${theirs.digest} there, and to ${ours.digest} in the repository it is copied from`;
    expect(await copy(from, to, [image])).toEqual({ copied: [], left: [{ what: tag, reason }] });
    expect(to.stands.get(tag)).toBe(theirs.digest);
  });

  test('one that the registry refuses', async () => {
    const [from, to] = [keeper('here', true), keeper('there', false)];
    const image = from.push('image');
    const [refused, taken] = [from.hang('refused', image), from.hang('taken', image)];
    to.before = ({ method, reference }) => {
      if (method === 'PUT' && reference === refused.digest) throw fault('REGISTRY_REFUSED', 'PUT: 415');
    };
    expect(await copy(from, to, [image])).toEqual({
      copied: [`application/x.sbom ${taken.digest}`],
      left: [{ what: `application/x.sbom ${refused.digest}`, reason: 'PUT: 415' }],
    });
    expect(listOf(to, image).map(({ digest }) => digest)).toEqual([taken.digest]);
  });

  test('one without a subject, to a registry that lists by subject', async () => {
    const [from, to] = [keeper('here', false), keeper('there', true)];
    const image = from.push('image');
    const odd = artifactOf('odd', null);
    from.manifests.set(odd.digest, odd);
    putList(from, image, [{ mediaType: odd.mediaType, digest: odd.digest, size: odd.sizeBytes }]);
    const { left } = await copy(from, to, [image]);
    expect(left).toEqual([
      { what: `the list of ${image}`, reason: `${odd.digest}: copied, and the registry does not list it for ${image}` },
    ]);
  });

  test('a fault that may pass ends the copy: the next run does it again', async () => {
    const [from, to] = [keeper('here', true), keeper('there', false)];
    const image = from.push('image');
    from.hang('sbom', image);
    to.before = () => {
      throw fault('REGISTRY_UNREACHABLE', 'PUT: connection refused');
    };
    await expect(copy(from, to, [image])).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });
});
