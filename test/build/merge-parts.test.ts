import { describe, expect, test } from 'vitest';
import { mergeParts, type MergePart } from '../../src/build/merge-parts.ts';
import { standInImage } from '../../src/adapters/stand-in/stand-in-image.ts';
import type { Manifest } from '../../src/domain/digest.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { Cell } from '../../src/plan/cell.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { manifestOf, sampleImage } from '../support/sample-images.ts';

const platforms = ['linux/amd64', 'linux/arm64'];
const cell = onlyCell();

function onlyCell(): Cell {
  const [found] = planned({ ...smallConfig, platforms }, daily('1.0.0')).tags.cells;
  if (found === undefined) throw new Error('the small config has no cell');
  return found;
}

/** An index of one platform with its attestation, as a job pushes it. */
function part(platform: string): MergePart {
  const none = { args: {}, labels: {}, contexts: {}, references: [], dockerfile: 'Dockerfile', context: '.' };
  const { manifest } = standInImage({ id: 'x', platforms: [platform], part: 'staging', ...none }, '');
  return { manifest, platforms: [platform], from: `${platform}.json` };
}

function listed({ bytes }: Pick<Manifest, 'bytes'>): { digest: string }[] {
  const index: { manifests: { digest: string }[] } = JSON.parse(new TextDecoder().decode(bytes));
  return index.manifests;
}

test('platforms in the order of the cell, then the attestation of each, their descriptors as they were', () => {
  const [amd64, arm64] = [part('linux/amd64'), part('linux/arm64')];
  const [image, attestation] = listed(amd64.manifest);
  const [otherImage, otherAttestation] = listed(arm64.manifest);
  const merged = mergeParts(cell, [arm64, amd64], {});
  expect(merged.ok && { mediaType: merged.value.mediaType, manifests: listed(merged.value) }).toEqual({
    mediaType: mediaTypes.ociIndex,
    manifests: [image, otherImage, attestation, otherAttestation],
  });
  expect(mergeParts(cell, [amd64, arm64], {})).toEqual(merged);
  expect([image, otherImage, attestation, otherAttestation].map((entry) => Object.keys(entry ?? {}))).toEqual([
    ['mediaType', 'digest', 'size', 'platform'],
    ['mediaType', 'digest', 'size', 'platform'],
    ['mediaType', 'digest', 'size', 'platform', 'annotations'],
    ['mediaType', 'digest', 'size', 'platform', 'annotations'],
  ]);
});

test('images that came without an index get the platform of their config; only Docker types make a Docker list', () => {
  const of = (kind: 'docker-manifest' | 'oci-manifest', platform: string): MergePart => ({
    manifest: sampleImage(kind, `${kind} ${platform}`).top,
    platforms: [platform],
    from: 'a.json',
  });
  const types = [
    [of('docker-manifest', 'linux/amd64'), of('docker-manifest', 'linux/arm64')],
    [of('docker-manifest', 'linux/amd64'), of('oci-manifest', 'linux/arm64')],
  ].map((parts) => {
    const merged = mergeParts(cell, parts, {});
    return merged.ok && { type: merged.value.mediaType, manifests: listed(merged.value), parts };
  });
  const expected = (mediaType: string, parts: readonly MergePart[]): object => ({
    type: mediaType,
    parts,
    manifests: parts.map(({ manifest }, index) => ({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.sizeBytes,
      platform: { os: 'linux', architecture: index === 0 ? 'amd64' : 'arm64' },
    })),
  });
  const [docker, mixed] = types;
  expect(types).toEqual([
    expected(mediaTypes.dockerList, (docker && docker.parts) || []),
    expected(mediaTypes.ociIndex, (mixed && mixed.parts) || []),
  ]);
});

test('the index says what all parts say of it, and what the cell is labelled with; a Docker list cannot', () => {
  const said = (annotations: object, platform: string): MergePart => {
    const made = part(platform);
    return { ...made, manifest: manifestOf(mediaTypes.ociIndex, { manifests: listed(made.manifest), annotations }) };
  };
  const parts = [said({ all: '1', one: '1', is: 'old' }, 'linux/amd64'), said({ all: '1', one: '2' }, 'linux/arm64')];
  const merged = mergeParts(cell, parts, { is: 'new' });
  const read = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
  expect(merged.ok && read(merged.value.bytes)).toMatchObject({ annotations: { all: '1', is: 'new' } });
  expect(mergeParts(cell, parts.toReversed(), { is: 'new' })).toEqual(merged);
  const docker = platforms.map((platform): MergePart => ({
    manifest: sampleImage('docker-manifest', platform).top,
    platforms: [platform],
    from: 'a.json',
  }));
  const list = mergeParts(cell, docker, { is: 'new' });
  expect(list.ok && read(list.value.bytes)).not.toHaveProperty('annotations');
});

test('what is neither an image nor of one is kept at the end', () => {
  const amd64 = part('linux/amd64');
  const extra = { mediaType: mediaTypes.ociManifest, digest: `sha256:${'e'.repeat(64)}`, size: 3 };
  const manifest = manifestOf(mediaTypes.ociIndex, { manifests: [extra, ...listed(amd64.manifest)] });
  const merged = mergeParts(cell, [{ ...amd64, manifest }, part('linux/arm64')], {});
  expect(
    merged.ok &&
      listed(merged.value)
        .map(({ digest }) => digest)
        .at(-1),
  ).toBe(extra.digest);
});

describe('nothing is dropped and nothing doubled', () => {
  const cases: { name: string; parts: MergePart[]; where: string; message: string }[] = [
    {
      name: 'a platform without a part',
      parts: [part('linux/arm64')],
      where: 'linux/arm64.json',
      message: 'no part of 1.0.0 (python 3.9, flavor standard) is for linux/amd64',
    },
    {
      name: 'a platform in two parts',
      parts: [part('linux/amd64'), part('linux/arm64'), part('linux/amd64')],
      where: 'linux/amd64.json, linux/arm64.json, linux/amd64.json',
      message: 'two parts of 1.0.0 (python 3.9, flavor standard) are for linux/amd64',
    },
    {
      name: 'a part that is no index and of no one platform',
      parts: [{ manifest: sampleImage('oci-manifest', 'x').top, platforms: [], from: 'x.json' }],
      where: 'x.json',
      message: `${sampleImage('oci-manifest', 'x').top.digest} is neither an index nor an image`,
    },
  ];
  test.each(cases)('$name', ({ parts, where, message }) => {
    expect(mergeParts(cell, parts, {})).toEqual({
      ok: false,
      problems: [{ code: 'RECORD_INVALID', where, message, fix: 'run the jobs of that cell again' }],
    });
  });
});
