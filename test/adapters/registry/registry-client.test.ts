import { describe, expect, test } from 'vitest';
import type { WireAnswer } from '../../../src/adapters/http/wire.ts';
import { listTags } from '../../../src/adapters/registry/tag-pages.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import type { Manifest } from '../../../src/domain/digest.ts';
import { InternalError, OutsideError } from '../../../src/domain/errors.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { blobOf, manifestOf, sampleImage } from '../../support/sample-images.ts';
import { scriptedTransport, type ScriptedTransport } from '../../support/scripted-transport.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const { top } = sampleImage('oci-index', 'one');
const repository = 'https://ghcr.io/v2/acme/app';
const manifestHeaders = { 'content-type': top.mediaType, 'docker-content-digest': top.digest };

function setup(script: Parameters<typeof scriptedTransport>[0]): ScriptedTransport & { client: RegistryClient } {
  const clock = createVirtualClock();
  const scripted = scriptedTransport(script);
  const registries = createRegistries({
    transport: scripted.transport,
    credentials: () => Promise.resolve({ credentials: null }),
    clock,
    alarm: clock.alarm,
    random: () => 0,
  });
  return { ...scripted, client: registries.open({ registry: 'ghcr.io', path: 'acme/app' }) };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof OutsideError)) throw new Error('expected an OutsideError', { cause: error });
  return `${error.code} ${error.message}`;
}

describe('reading', () => {
  test('all four types are accepted, whatever is asked for', async () => {
    const { client, requests } = setup(() => ({ status: 404 }));
    await client.head('1.0');
    await client.manifest(top.digest);
    const accept = [
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ].join(', ');
    expect(requests.map(({ method, url, headers }) => ({ method, url, headers }))).toEqual([
      { method: 'HEAD', url: `${repository}/manifests/1.0`, headers: { accept } },
      { method: 'GET', url: `${repository}/manifests/${top.digest}`, headers: { accept } },
    ]);
  });

  test('a HEAD that is not clear is settled by a GET', async () => {
    const { client, lines } = setup([
      { status: 200, headers: { 'content-type': top.mediaType } },
      { status: 200, headers: manifestHeaders, body: top.bytes },
      { status: 404, headers: { 'content-type': 'text/html' } },
      { status: 404, headers: { 'content-type': 'application/json' } },
    ]);
    expect(await client.head('1.0')).toEqual({
      mediaType: top.mediaType,
      digest: top.digest,
      sizeBytes: top.sizeBytes,
    });
    expect(await client.head('2.0')).toBe(null);
    expect(lines()).toEqual([
      `HEAD ${repository}/manifests/1.0`,
      `GET ${repository}/manifests/1.0`,
      `HEAD ${repository}/manifests/2.0`,
      `GET ${repository}/manifests/2.0`,
    ]);
  });

  test('an answer that lies is asked for again; one that goes on lying is unknown', async () => {
    const lie = {
      status: 200,
      headers: { ...manifestHeaders, 'docker-content-digest': blobOf('x').digest },
      body: top.bytes,
    };
    const once = setup([lie, { status: 200, headers: manifestHeaders, body: top.bytes }]);
    expect(await once.client.manifest('1.0')).toEqual(top);
    expect(await messageOf(setup(() => lie).client.manifest('1.0'))).toBe(
      `REGISTRY_ANSWER GET ghcr.io/acme/app:1.0: the body has the digest ${top.digest}, the header says "${blobOf('x').digest}" after 10 tries. Existence unknown`,
    );
  });

  test('a text that is not a tag cannot become another path', async () => {
    const { client, lines } = setup(() => ({ status: 404 }));
    await client.head('../../other/manifests/1.0?x#y');
    expect(lines()).toEqual([`HEAD ${repository}/manifests/..%2F..%2Fother%2Fmanifests%2F1.0%3Fx%23y`]);
  });

  test('a blob with other bytes is asked for again', async () => {
    const { bytes, digest } = blobOf('{"a":1}');
    const { client } = setup([
      { status: 200, body: '{"a":2}' },
      { status: 200, body: bytes },
    ]);
    expect(Buffer.from((await client.blob(digest)) ?? '').toString()).toBe('{"a":1}');
  });
});

describe('tags', () => {
  const page = (tags: readonly string[] | null, link?: string) => ({
    status: 200,
    headers: link === undefined ? {} : { link },
    body: JSON.stringify({ name: 'acme/app', tags }),
  });

  test('relative and absolute links, http behind a proxy, repeated tags', async () => {
    const { client, lines } = setup([
      page(['a', 'b'], '</v2/acme/app/tags/list?last=b&n=2>; rel="next"'),
      page(['b', 'c'], '<http://ghcr.io:80/v2/acme/app/tags/list?last=c>; title="x"; rel=next'),
      page(['d'], '<https://ghcr.io/v2/acme/app/tags/list?last=a>; rel="first"'),
    ]);
    expect(await client.tags()).toEqual(['a', 'b', 'c', 'd']);
    expect(lines()).toEqual([
      `GET ${repository}/tags/list?n=1000`,
      `GET ${repository}/tags/list?last=b&n=2`,
      `GET ${repository}/tags/list?last=c`,
    ]);
  });

  test('a list over what one may come to is an error, never a part', async () => {
    const bounds = { pages: 10, tags: 10, bytes: 1000, ms: 1000 };
    const rows = [
      { what: 'pages', tags: 1, padding: '', ms: 0, over: 'over 10 pages' },
      { what: 'tags', tags: 4, padding: '', ms: 0, over: 'over 10 tags' },
      { what: 'bytes', tags: 1, padding: 'x'.repeat(400), ms: 0, over: 'over 1000 bytes' },
      { what: 'time', tags: 1, padding: '', ms: 400, over: 'over 1000 ms' },
    ];
    for (const { tags, padding, ms, over } of rows) {
      let count = 0;
      const fetchPage = <T>(url: string, read: (answer: WireAnswer) => T): Promise<T> => {
        count += 1;
        const names = Array.from({ length: tags }, (_, index) => `${count}-${index}`);
        const answer = {
          ...page(names, `<?last=${count}>; rel="next"`),
          body: new TextEncoder().encode(JSON.stringify({ tags: names, padding })),
        };
        return Promise.resolve(url).then(() => read(answer));
      };
      await expect(listTags('https://x.test/v2/a/tags/list', fetchPage, () => count * ms, bounds)).rejects.toThrow(
        over,
      );
    }
  });

  test('no tags, no repository, and a passing fault in the middle', async () => {
    expect(await setup([page(null)]).client.tags()).toEqual([]);
    expect(await setup([page([])]).client.tags()).toEqual([]);
    expect(await setup([{ status: 404 }]).client.tags()).toBe(null);
    const { client } = setup([
      page(['a'], '<?last=a>; rel="next"'),
      { status: 503 },
      { status: 200, body: '{"tags":["b"' },
      page(['b']),
    ]);
    expect(await client.tags()).toEqual(['a', 'b']);
  });

  const at = 'GET ghcr.io/acme/app tags';
  const rows: { name: string; script: Parameters<typeof setup>[0]; message: string }[] = [
    {
      name: 'a link to something else',
      script: [page(['a'], '<https://evil.test/v2/acme/app/manifests/a>; rel="next"')],
      message: `REGISTRY_ANSWER ${at}: the next page of tags is not a page of this list. The tags are not known`,
    },
    {
      name: 'a circle',
      script: [page(['a'], '<?last=a>; rel="next"'), page(['b'], '<?n=1000>; rel="next"')],
      message: `REGISTRY_ANSWER ${at}: the list of tags goes round in a circle. The tags are not known`,
    },
    {
      name: '404 on the second page',
      script: (request) => (request.url.includes('last') ? { status: 404 } : page(['a'], '<?last=a>; rel="next"')),
      message: `REGISTRY_ANSWER ${at}: 404 in the middle of the list of tags after 10 tries. The tags are not known`,
    },
    {
      name: 'no list',
      script: () => ({ status: 200, body: '{"tags":[1]}' }),
      message: `REGISTRY_ANSWER ${at}: the body is not a list of tags after 10 tries. The tags are not known`,
    },
    {
      name: 'not allowed',
      script: [{ status: 401 }],
      message: `REGISTRY_DENIED ${at}: 401. The tags are not known; log in with a token that may pull`,
    },
  ];
  test.each(rows)('$name', async ({ script, message }) => {
    expect(await messageOf(setup(script).client.tags())).toBe(message);
  });
});

describe('putManifest', () => {
  test('exactly these bytes, with their type', async () => {
    const { client, requests } = setup([{ status: 201, headers: { 'docker-content-digest': top.digest } }]);
    expect(await client.putManifest('1.0', top)).toBe(top.digest);
    expect(requests.map(({ method, url, headers, body }) => ({ method, url, headers, body }))).toEqual([
      {
        method: 'PUT',
        url: `${repository}/manifests/1.0`,
        headers: { 'content-type': top.mediaType },
        body: top.bytes,
      },
    ]);
  });

  test('a 201 without a digest is taken; other answers without one, or with another, are not', async () => {
    const other = { 'docker-content-digest': blobOf('x').digest };
    const { client, requests } = setup([
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      { status: 200, headers: { 'content-type': 'text/html' } },
      { status: 201, headers: other },
      { status: 200, headers: other },
      { status: 500 },
      { status: 201 },
    ]);
    expect(await client.putManifest('1.0', top)).toBe(top.digest);
    expect(requests.map(({ method }) => method)).toEqual(['PUT', 'HEAD', 'PUT', 'HEAD', 'PUT', 'PUT']);
  });

  test("a registry's no is final and says so; a failure says that the tag has to be read back", async () => {
    const immutable = { code: 'TAG_INVALID', message: 'The image tag 1.0 already exists and cannot be overwritten' };
    const refused = setup([{ status: 400, body: JSON.stringify({ errors: [immutable] }) }, { status: 404 }]);
    expect(await messageOf(refused.client.putManifest('1.0', top))).toBe(
      'REGISTRY_REFUSED PUT ghcr.io/acme/app:1.0: tags of this repository are immutable (400 TAG_INVALID "The image tag 1.0 already exists and cannot be overwritten"). Nothing was changed; exempt convenience tags from the registry\'s immutability rule: moving is what they are for',
    );
    expect(await messageOf(setup(() => ({ status: 500 })).client.putManifest('1.0', top))).toBe(
      'REGISTRY_UNREACHABLE PUT ghcr.io/acme/app:1.0: 500 after 10 tries. Whether it took effect is unknown; read it back',
    );
  });

  test('over 4 MiB nothing is sent', async () => {
    const big = manifestOf(mediaTypes.ociIndex, { fill: 'x'.repeat(4 * 1024 * 1024) });
    const { client, requests } = setup([]);
    expect(await messageOf(client.putManifest('1.0', big))).toBe(
      'REGISTRY_REFUSED PUT ghcr.io/acme/app:1.0: the manifest is over 4 MiB, which registries do not take. Nothing was sent',
    );
    expect(requests).toEqual([]);
  });

  test('bytes that are not what they are said to be are a bug of ours', async () => {
    const altered: Manifest = { ...top, bytes: new TextEncoder().encode('{}') };
    const { client, requests } = setup([]);
    await expect(client.putManifest('1.0', altered)).rejects.toThrow(InternalError);
    await expect(client.putManifest(blobOf('x').digest, top)).rejects.toThrow(InternalError);
    await expect(client.putBlob(altered.bytes, top.digest)).rejects.toThrow(InternalError);
    expect(requests).toEqual([]);
  });
});

describe('deleteTag', () => {
  const unsupported = JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: 'no' }] });
  test.each([
    { name: 'accepted', answer: { status: 202 }, deleted: true },
    { name: 'not there any more', answer: { status: 404 }, deleted: true },
    { name: 'method not allowed', answer: { status: 405 }, deleted: false },
    { name: 'a tag is no reference to delete', answer: { status: 400 }, deleted: false },
    { name: 'unsupported, by its code', answer: { status: 415, body: unsupported }, deleted: false },
  ])('$name', async ({ answer, deleted }) => {
    const { client, lines } = setup([answer]);
    expect(await client.deleteTag('1.0')).toBe(deleted);
    expect(lines()).toEqual([`DELETE ${repository}/manifests/1.0`]);
  });

  test('not allowed is an error, and a digest is none of its business', async () => {
    expect(await messageOf(setup([{ status: 403 }]).client.deleteTag('1.0'))).toBe(
      'REGISTRY_DENIED DELETE ghcr.io/acme/app:1.0: 403. Nothing was changed; log in with a token that may delete',
    );
    const { client } = setup([]);
    await expect(client.deleteTag(top.digest)).rejects.toThrow(InternalError);
  });
});

describe('putBlob', () => {
  const { bytes, digest } = blobOf('{}');

  test('an upload that is lost on the way is begun again', async () => {
    const again = setup([
      { status: 404 },
      { status: 202, headers: { location: '/v2/acme/app/blobs/uploads/1' } },
      { status: 503 },
      { status: 404 },
      { status: 202, headers: { location: '/v2/acme/app/blobs/uploads/1' } },
      { status: 404, body: JSON.stringify({ errors: [{ code: 'BLOB_UPLOAD_UNKNOWN' }] }) },
      { status: 404 },
      { status: 202, headers: { location: 'https://ghcr.io/v2/acme/app/blobs/uploads/2?_state=abc' } },
      { status: 201 },
    ]);
    await again.client.putBlob(bytes, digest);
    expect(again.lines().slice(7)).toEqual([
      `POST ${repository}/blobs/uploads/`,
      `PUT ${repository}/blobs/uploads/2?_state=abc&digest=${encodeURIComponent(digest)}`,
    ]);
  });

  test('an upload that belongs to another host goes there over TLS only', async () => {
    const elsewhere = (location: string) =>
      setup([{ status: 404 }, { status: 202, headers: { location } }, { status: 201 }]);
    const secure = elsewhere('https://storage.test/up');
    await secure.client.putBlob(bytes, digest);
    const actions = secure.requests.map((request) => ('scope' in request ? request.scope : undefined));
    expect(actions).toEqual([
      { repository: 'acme/app', actions: 'pull,push' },
      { repository: 'acme/app', actions: 'pull,push' },
      null,
    ]);
    expect(await messageOf(elsewhere('http://storage.test/up').client.putBlob(bytes, digest))).toBe(
      `REGISTRY_ANSWER POST ghcr.io/acme/app@${digest}: the upload was sent to storage.test without TLS. The blob may be missing`,
    );
  });
});
