import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type LoggedRequest,
  type MemoryRegistry,
  startMemoryRegistry,
} from '../../../src/adapters/memory-registry/memory-registry.ts';
import type { Manifest } from '../../../src/domain/digest.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { blobOf, manifestOf, type SampleImage, sampleImage, sampleKinds } from '../../support/sample-images.ts';

let registry: MemoryRegistry;
let log: LoggedRequest[] = [];

beforeEach(async () => {
  log = [];
  registry = await startMemoryRegistry({
    pageSize: 10,
    maxBodyBytes: 5_000_000,
    onRequest: (entry) => log.push(entry),
  });
});
afterEach(() => registry.close());

const request = (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://${registry.host}/v2/${path}`, { method, ...init });

async function putManifest(name: string, reference: string, manifest: Manifest, type = manifest.mediaType) {
  const body = Buffer.from(manifest.bytes);
  return request('PUT', `${name}/manifests/${reference}`, { headers: { 'content-type': type }, body });
}

async function push(name: string, reference: string, image: SampleImage): Promise<void> {
  for (const { digest, bytes } of image.blobs) {
    const sent = await request('POST', `${name}/blobs/uploads/?digest=${digest}`, { body: Buffer.from(bytes) });
    expect(sent.status).toBe(201);
  }
  for (const child of image.children) expect((await putManifest(name, child.digest, child)).status).toBe(201);
  expect((await putManifest(name, reference, image.top)).status).toBe(201);
}

async function errorOf(answer: Response): Promise<{ status: number; code: string }> {
  const body = z.object({ errors: z.array(z.object({ code: z.string() })) }).parse(await answer.json());
  return { status: answer.status, code: body.errors.map((error) => error.code).join() };
}

test.each(sampleKinds)('%s: what was put is read back byte for byte, by tag and by digest', async (kind) => {
  const image = sampleImage(kind, 'one');
  await push('acme/app', '1.0', image);
  for (const reference of ['1.0', image.top.digest, image.top.digest.replace(':', '%3A')]) {
    const got = await request('GET', `acme/app/manifests/${reference}`);
    const head = await request('HEAD', `acme/app/manifests/${reference}`);
    expect(Buffer.from(await got.arrayBuffer())).toEqual(Buffer.from(image.top.bytes));
    for (const answer of [got, head]) {
      expect({
        status: answer.status,
        type: answer.headers.get('content-type'),
        digest: answer.headers.get('docker-content-digest'),
        length: answer.headers.get('content-length'),
      }).toEqual({
        status: 200,
        type: image.top.mediaType,
        digest: image.top.digest,
        length: `${image.top.sizeBytes}`,
      });
    }
  }
  expect(registry.tags('acme/app')).toEqual(new Map([['1.0', image.top.digest]]));
});

test('a manifest is refused for what a strict registry refuses', async () => {
  const image = sampleImage('oci-index', 'one');
  await push('acme/app', '1.0', image);
  const other = sampleImage('oci-index', 'two');
  const child = image.children[0]!;
  const rows: { what: string; manifest: Manifest; type?: string; reference?: string; answer: object }[] = [
    { what: 'Content-Type of the other kind', manifest: child, type: mediaTypes.ociIndex, answer: invalid },
    { what: 'unknown Content-Type', manifest: child, type: 'application/json', answer: invalid },
    { what: 'an index whose children are not there', manifest: other.top, answer: blobUnknown },
    { what: 'an image whose blobs are not there', manifest: other.children[0]!, answer: blobUnknown },
    {
      what: 'no JSON',
      manifest: { ...manifestOf(mediaTypes.ociIndex, ''), bytes: Buffer.from('<p>') },
      answer: invalid,
    },
    {
      what: 'schema 1',
      manifest: manifestOf(mediaTypes.ociIndex, { schemaVersion: 1, manifests: [] }),
      answer: invalid,
    },
    {
      what: 'an index without manifests',
      manifest: manifestOf(mediaTypes.ociIndex, { schemaVersion: 2 }),
      answer: invalid,
    },
    {
      what: 'a Docker list that does not name its type',
      manifest: manifestOf(mediaTypes.dockerList, { schemaVersion: 2, manifests: [] }),
      answer: invalid,
    },
    {
      what: 'another size of a child',
      manifest: manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, manifests: [{ digest: child.digest, size: 1 }] }),
      answer: invalid,
    },
    {
      what: 'over 4 MiB',
      manifest: manifestOf(mediaTypes.ociIndex, { schemaVersion: 2, manifests: [], fill: 'x'.repeat(4 * 1024 * 1024) }),
      answer: { status: 413, code: 'SIZE_INVALID' },
    },
    {
      what: 'over what is taken at all',
      manifest: manifestOf(mediaTypes.ociIndex, { fill: 'x'.repeat(5_000_000) }),
      answer: { status: 413, code: 'SIZE_INVALID' },
    },
    {
      what: 'another digest than asked',
      manifest: child,
      reference: image.top.digest,
      answer: { status: 400, code: 'DIGEST_INVALID' },
    },
    { what: 'a bad digest', manifest: child, reference: 'sha256:12', answer: { status: 400, code: 'DIGEST_INVALID' } },
    { what: 'a bad tag', manifest: child, reference: '.hidden', answer: { status: 400, code: 'TAG_INVALID' } },
  ];
  for (const { what, manifest, type, reference, answer } of rows) {
    expect({ what, ...(await errorOf(await putManifest('acme/app', reference ?? 'x', manifest, type))) }).toEqual({
      what,
      ...answer,
    });
  }
  expect([...registry.tags('acme/app').keys()]).toEqual(['1.0']);
});

const invalid = { status: 400, code: 'MANIFEST_INVALID' };
const blobUnknown = { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' };

test('an OCI manifest and index may leave their mediaType out', async () => {
  const image = sampleImage('oci-manifest', 'bare');
  await push('acme/app', '1.0', image);
  const manifest = manifestOf(mediaTypes.ociIndex, {
    schemaVersion: 2,
    manifests: [{ mediaType: image.top.mediaType, digest: image.top.digest, size: image.top.sizeBytes }],
  });
  expect((await putManifest('acme/app', 'bare', manifest)).status).toBe(201);
});

test('what is not there: repository, manifest, blob, path', async () => {
  await push('acme/app', '1.0', sampleImage('oci-manifest', 'one'));
  const digest = blobOf('nothing').digest;
  const rows = [
    { path: 'acme/other/manifests/1.0', answer: { status: 404, code: 'NAME_UNKNOWN' } },
    { path: 'acme/other/tags/list', answer: { status: 404, code: 'NAME_UNKNOWN' } },
    { path: 'acme/app/manifests/2.0', answer: { status: 404, code: 'MANIFEST_UNKNOWN' } },
    { path: `acme/app/manifests/${digest}`, answer: { status: 404, code: 'MANIFEST_UNKNOWN' } },
    { path: `acme/app/blobs/${digest}`, answer: { status: 404, code: 'BLOB_UNKNOWN' } },
    { path: 'acme/app/blobs/uploads/none', answer: { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' } },
    { path: 'Acme/app/tags/list', answer: { status: 400, code: 'NAME_INVALID' } },
    { path: 'acme/app/elsewhere', answer: { status: 404, code: 'NAME_UNKNOWN' } },
    { path: 'acme/app/tags/list?n=all', answer: { status: 400, code: 'PAGINATION_NUMBER_INVALID' } },
  ];
  for (const { path, answer } of rows)
    expect({ path, ...(await errorOf(await request('GET', path))) }).toEqual({ path, ...answer });
  expect(await errorOf(await request('POST', 'acme/app/manifests/1.0'))).toEqual({ status: 405, code: 'UNSUPPORTED' });
  expect((await request('GET', '')).status).toBe(200);
});

test('tags come a page at a time, by code unit, at most as many as the registry allows', async () => {
  const image = sampleImage('oci-manifest', 'one');
  await push('acme/app', 'first', image);
  const names = Array.from({ length: 24 }, (_, index) => `t${index}`);
  for (const name of names) await putManifest('acme/app', name, image.top);
  const pages: { tags: string[]; next: string | null }[] = [];
  let path: string | null = 'acme/app/tags/list?n=1000';
  while (path !== null) {
    const answer: Response = await request('GET', path);
    const { tags } = z.object({ tags: z.array(z.string()) }).parse(await answer.json());
    const next =
      /^<\/v2\/(?<path>[^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.groups?.['path'] ?? null;
    pages.push({ tags, next });
    path = next;
  }
  const sorted = ['first', ...names].sort();
  expect(pages).toEqual([
    { tags: sorted.slice(0, 10), next: `acme/app/tags/list?n=10&last=${sorted[9]}` },
    { tags: sorted.slice(10, 20), next: `acme/app/tags/list?n=10&last=${sorted[19]}` },
    { tags: sorted.slice(20), next: null },
  ]);
  const few: unknown = await (await request('GET', 'acme/app/tags/list?n=2&last=t1')).json();
  expect(few).toEqual({ name: 'acme/app', tags: sorted.slice(sorted.indexOf('t1') + 1).slice(0, 2) });
  expect(await (await request('GET', 'acme/app/tags/list?n=0')).json()).toEqual({ name: 'acme/app', tags: [] });
});

test('a tag is deleted alone, a digest with its tags', async () => {
  const image = sampleImage('oci-manifest', 'one');
  await push('acme/app', '1.0', image);
  for (const tag of ['1', 'latest']) await putManifest('acme/app', tag, image.top);
  expect((await request('DELETE', 'acme/app/manifests/1')).status).toBe(202);
  expect([...registry.tags('acme/app').keys()].sort()).toEqual(['1.0', 'latest']);
  expect(await errorOf(await request('DELETE', 'acme/app/manifests/1'))).toEqual({
    status: 404,
    code: 'MANIFEST_UNKNOWN',
  });
  expect((await request('DELETE', `acme/app/manifests/${image.top.digest}`)).status).toBe(202);
  expect(registry.tags('acme/app')).toEqual(new Map());
  expect(await (await request('GET', 'acme/app/tags/list')).json()).toEqual({ name: 'acme/app', tags: [] });
});

test('a blob is uploaded in chunks that follow one another, and only under its own digest', async () => {
  const { bytes, digest } = blobOf('0123456789');
  const begun = await request('POST', 'acme/app/blobs/uploads/');
  const location = begun.headers.get('location')!.replace('/v2/', '');
  expect(begun.status).toBe(202);
  const chunk = (from: number, to: number): RequestInit => ({
    headers: { 'content-range': `${from}-${to - 1}` },
    body: Buffer.from(bytes.slice(from, to)),
  });
  expect((await request('PATCH', location, chunk(0, 4))).headers.get('range')).toBe('0-3');
  expect((await request('PATCH', location, chunk(6, 8))).status).toBe(416);
  expect((await request('GET', location)).headers.get('range')).toBe('0-3');
  expect((await request('PATCH', location, chunk(4, 8))).status).toBe(202);
  const closed = await request('PUT', `${location}?digest=${digest}`, chunk(8, 10));
  expect({ status: closed.status, digest: closed.headers.get('docker-content-digest') }).toEqual({
    status: 201,
    digest,
  });
  expect(await (await request('GET', `acme/app/blobs/${digest}`)).text()).toBe('0123456789');
  expect((await request('HEAD', `acme/app/blobs/${digest}`)).headers.get('content-length')).toBe('10');

  const wrong = await request('POST', `acme/app/blobs/uploads/?digest=${digest}`, { body: 'other bytes' });
  expect(await errorOf(wrong)).toEqual({ status: 400, code: 'DIGEST_INVALID' });
  const given = (await request('POST', 'acme/app/blobs/uploads/')).headers.get('location')!.replace('/v2/', '');
  expect((await request('DELETE', given)).status).toBe(204);
  expect((await request('GET', given)).status).toBe(404);
  expect((await request('DELETE', `acme/app/blobs/${digest}`)).status).toBe(202);
  expect((await request('HEAD', `acme/app/blobs/${digest}`)).status).toBe(404);
});

test('a blob is mounted from another repository, and asked for where it cannot be', async () => {
  const { bytes, digest } = blobOf('shared');
  await request('POST', `acme/app/blobs/uploads/?digest=${digest}`, { body: Buffer.from(bytes) });
  const mounted = await request('POST', `acme/other/blobs/uploads/?mount=${digest}&from=acme/app`);
  expect(mounted.status).toBe(201);
  expect(await (await request('GET', `acme/other/blobs/${digest}`)).text()).toBe('shared');
  expect((await request('POST', `acme/third/blobs/uploads/?mount=${digest}&from=acme/none`)).status).toBe(202);
});

test('every request is logged with its answer, and a closed registry answers none', async () => {
  await request('GET', 'acme/app/tags/list?n=3');
  await request('HEAD', 'acme/app/manifests/1.0');
  expect(log).toEqual([
    { method: 'GET', path: '/v2/acme/app/tags/list?n=3', status: 404 },
    { method: 'HEAD', path: '/v2/acme/app/manifests/1.0', status: 404 },
  ]);
  const second = await startMemoryRegistry();
  await second.close();
  await expect(fetch(`http://${second.host}/v2/`)).rejects.toThrow(TypeError);
});
