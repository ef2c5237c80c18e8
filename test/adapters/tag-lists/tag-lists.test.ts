import { beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { chooseSnapshotSource } from '../../../src/adapters/tag-lists/choose.ts';
import { dockerHubTagList } from '../../../src/adapters/tag-lists/docker-hub.ts';
import { githubPackageList } from '../../../src/adapters/tag-lists/github-packages.ts';
import { listedSnapshotSource } from '../../../src/adapters/tag-lists/listed-snapshot.ts';
import { quayTagList } from '../../../src/adapters/tag-lists/quay.ts';
import type { ListedTags, TagList } from '../../../src/adapters/tag-lists/tag-list.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { absent, type Seen } from '../../../src/domain/snapshot.ts';
import type { SnapshotSource } from '../../../src/ports.ts';
import { digestFor } from '../../support/audit-case.ts';
import { startListServer, type ListAnswer } from '../../support/list-server.ts';

const names = Array.from({ length: 250 }, (_, index) => `1.${index}.0`);
// Loaded beforehand, so that no time limit of a test counts it.
beforeAll(() => import('undici'));
const http = createHttp();
const quick = { backoffMs: 5, tryTimeoutMs: 400, maxWaitMs: 2_000 };

interface Service {
  readonly name: string;
  /** A page of the service's list, numbered from 1. */
  readonly page: (tags: readonly string[], page: number, url: string) => unknown;
  readonly open: (baseUrl: string) => TagList;
  readonly path: string;
  readonly pushedAt: string;
  readonly mediaType: string;
}

const services: readonly Service[] = [
  {
    name: 'Docker Hub',
    page: (tags, page, url) => ({
      count: names.length,
      next:
        page * 100 < names.length
          ? `${url}/v2/namespaces/acme/repositories/app/tags?page_size=100&page=${page + 1}`
          : null,
      previous: null,
      results: tags.map((name) => ({
        creator: 1,
        id: 2,
        images: [{ architecture: 'amd64', digest: digestFor('child'), os: 'linux', size: 3 }],
        last_updated: '2024-05-06T07:08:09.123Z',
        name,
        full_size: 123,
        v2: true,
        tag_status: 'active',
        tag_last_pushed: '2024-05-06T07:08:09.123Z',
        media_type: mediaTypes.ociIndex,
        digest: digestFor(name),
      })),
    }),
    open: (baseUrl) =>
      dockerHubTagList({
        repository: { registry: 'docker.io', path: 'acme/app' },
        http,
        baseUrl,
        limits: quick,
      }),
    path: '/v2/namespaces/acme/repositories/app/tags?page_size=100&page=1',
    pushedAt: '2024-05-06T07:08:09.123Z',
    mediaType: mediaTypes.ociIndex,
  },
  {
    name: 'Quay',
    page: (tags, page) => ({
      page,
      has_additional: page * 100 < names.length,
      tags: tags.map((name) => ({
        name,
        reversion: false,
        start_ts: 1_714_979_289,
        manifest_digest: digestFor(name),
        is_manifest_list: true,
        size: null,
        last_modified: 'Mon, 06 May 2024 07:08:09 -0000',
      })),
    }),
    open: (baseUrl) =>
      quayTagList({ repository: { registry: 'quay.io', path: 'acme/app' }, http, baseUrl, limits: quick }),
    path: '/api/v1/repository/acme/app/tag/?onlyActiveTags=true&limit=100&page=1',
    pushedAt: '2024-05-06T07:08:09.000Z',
    mediaType: mediaTypes.ociIndex,
  },
  {
    name: 'GitHub',
    page: (tags) =>
      tags.map((name, index) => ({
        id: index,
        name: digestFor(name),
        url: 'https://api.github.com/orgs/acme/packages/container/app/versions/1',
        created_at: '2024-05-06T07:08:09Z',
        updated_at: '2024-05-06T07:08:09Z',
        metadata: { package_type: 'container', container: { tags: [name] } },
      })),
    open: (baseUrl) =>
      githubPackageList({
        repository: { registry: 'ghcr.io', path: 'acme/app' },
        token: 'ghs_x',
        http,
        baseUrl,
        limits: quick,
      }),
    path: '/orgs/acme/packages/container/app/versions?state=active&per_page=100&page=1',
    pushedAt: '2024-05-06T07:08:09Z',
    mediaType: '',
  },
];

describe.each(services)('$name', ({ page, open, path, pushedAt, mediaType }) => {
  /** Page by page, except where `instead` says otherwise. */
  const serve = async (instead: (pageNumber: number, count: number) => ListAnswer | 'hang' | null = () => null) => {
    const server = await startListServer((url, _request, count) => {
      const number = Number(url.searchParams.get('page'));
      const other = instead(number, count);
      if (other !== null) return other;
      return { body: page(names.slice((number - 1) * 100, number * 100), number, server.url) };
    });
    return server;
  };

  test('gives every tag with its digest, a hundred a request', async () => {
    const server = await serve();
    const listed = await open(server.url).read();
    const expected = names.map((name): [string, Seen] => [
      name,
      {
        kind: 'present',
        descriptor: { mediaType, digest: digestFor(name), sizeBytes: 0 },
        hashed: false,
        pushedAt,
      },
    ]);
    expect(listed).toEqual({ tags: new Map(expected), requests: 3, stopped: null });
    expect(server.asked[0]).toBe(path);
  });

  test('tries again after 429, 500 and a broken answer, and obeys Retry-After', async () => {
    const faults: readonly ListAnswer[] = [
      { status: 429, headers: { 'retry-after': '1' }, body: {} },
      { status: 500, body: 'oops' },
      { body: '<html>a proxy</html>' },
    ];
    const server = await serve((_number, count) => faults[count - 1] ?? null);
    const began = Date.now();
    const listed = await open(server.url).read();
    expect([listed.tags.size, listed.requests, listed.stopped]).toEqual([250, 6, null]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000);
  });

  test.each([
    { name: 'is refused', answer: { status: 403, body: {} }, stopped: 'it answers 403', requests: 2 },
    { name: 'always fails', answer: { status: 503, body: {} }, stopped: 'it answers 503', requests: 5 },
    {
      name: 'asks for a longer wait than anybody has',
      answer: { status: 429, headers: { 'retry-after': '3600' }, body: {} },
      stopped: /asks clients to wait another 3600 s$/,
      requests: 2,
    },
    { name: 'is no page', answer: { body: { hello: 'world' } }, stopped: 'its answer is no page of tags', requests: 5 },
    { name: 'never comes', answer: 'hang', stopped: 'no answer within 400 ms', requests: 5 },
  ] as const)(
    'where a page $name, what was read until then counts, and the end is told',
    async ({ answer, stopped, requests }) => {
      const server = await serve((number) => (number === 2 ? answer : null));
      const listed = await open(server.url).read();
      expect([listed.tags.size, listed.requests]).toEqual([100, requests]);
      expect(listed.stopped).toMatch(stopped);
    },
  );

  test('stops before its rate limit is used up', async () => {
    const server = await serve((number) => ({
      headers: { 'x-ratelimit-remaining': String(4 - number) },
      body: page(names.slice(0, 100), number, server.url),
    }));
    const listed = await open(server.url).read();
    expect([listed.tags.size, listed.requests, listed.stopped]).toEqual([
      100,
      1,
      '3 requests are left of its rate limit',
    ]);
  });

  test('stops when it is interrupted', async () => {
    const server = await serve();
    const listed = await open(server.url).read(AbortSignal.abort());
    expect([listed.tags.size, listed.stopped]).toEqual([0, 'interrupted']);
    expect(server.asked).toEqual([]);
  });
});

test('Docker Hub: its own Retry-After is an instant, and its next page is on its own server', async () => {
  const epoch = String(Math.floor(Date.now() / 1000) + 1);
  const server = await startListServer((_url, _request, count) =>
    count === 1
      ? { status: 429, headers: { 'x-retry-after': epoch }, body: {} }
      : { body: { count: 1, next: 'https://elsewhere.example/v2/x?page=2', previous: null, results: [] } },
  );
  const repository = { registry: 'docker.io', path: 'acme/app' };
  const listed = await dockerHubTagList({ repository, http, baseUrl: server.url, limits: quick }).read();
  expect([listed.requests, listed.stopped]).toEqual([2, 'the next page is on another server']);
});

test('Docker Hub: a tag without a digest is left to the registry', async () => {
  const server = await startListServer(() => ({
    body: { count: 1, next: null, previous: null, results: [{ name: 'ancient', digest: null, media_type: '' }] },
  }));
  const repository = { registry: 'docker.io', path: 'library/app' };
  const listed = await dockerHubTagList({ repository, http, baseUrl: server.url, limits: quick }).read();
  expect(listed).toEqual({ tags: new Map(), requests: 1, stopped: null });
});

test("GitHub: a user's packages have another address, nested names are one part of it, and the token is sent", async () => {
  const server = await startListServer((url) =>
    url.pathname.startsWith('/orgs/')
      ? { status: 404, body: { message: 'Not Found' } }
      : {
          body: [
            { name: digestFor('a'), metadata: { container: { tags: ['1.0.0', '1'] } } },
            { name: digestFor('untagged') },
          ],
        },
  );
  const repository = { registry: 'ghcr.io', path: 'somebody/tools/app' };
  const listed = await githubPackageList({
    repository,
    token: 'ghs_secret',
    http,
    baseUrl: server.url,
    limits: quick,
  }).read();
  expect([[...listed.tags.keys()], listed.requests, listed.stopped]).toEqual([['1.0.0', '1'], 2, null]);
  expect(server.asked).toEqual([
    '/orgs/somebody/packages/container/tools%2Fapp/versions?state=active&per_page=100&page=1',
    '/users/somebody/packages/container/tools%2Fapp/versions?state=active&per_page=100&page=1',
  ]);
  expect(server.tokens[0]).toBe('token ghs_secret');
});

describe('a list and a registry together', () => {
  const listOf = (listed: Partial<ListedTags>): TagList => ({
    name: 'a list',
    read: () => Promise.resolve({ tags: new Map(), requests: 2, stopped: null, ...listed }),
  });
  const at = (text: string): Seen => ({
    kind: 'present',
    descriptor: { mediaType: '', digest: digestFor(text), sizeBytes: 0 },
    hashed: false,
  });
  const registryWith = (tags: ReadonlyMap<string, Seen>): SnapshotSource & { readonly asked: string[][] } => {
    const asked: string[][] = [];
    return {
      asked,
      name: 'HEAD of each tag',
      read: (wanted) => {
        asked.push([...wanted]);
        return Promise.resolve({
          tags: new Map(wanted.map((tag) => [tag, tags.get(tag) ?? absent])),
          requests: wanted.length,
        });
      },
    };
  };

  test('what is not on the list is asked for: a list alone never makes a tag absent', async () => {
    const registry = registryWith(new Map([['2', at('two')]]));
    const source = listedSnapshotSource(listOf({ tags: new Map([['1', at('one')]]) }), registry, { minTags: 1 });
    expect(await source.read(['1', '2', '3'])).toEqual({
      tags: new Map([
        ['1', at('one')],
        ['2', at('two')],
        ['3', absent],
      ]),
      requests: 4,
    });
    expect(registry.asked).toEqual([['2', '3']]);
  });

  test('a list that ended early is told, and the registry does the rest', async () => {
    const said: string[] = [];
    const registry = registryWith(new Map());
    const list = listOf({ stopped: 'it answers 503' });
    await listedSnapshotSource(list, registry, { minTags: 1, say: (line) => said.push(line) }).read(['1']);
    expect([registry.asked, said]).toEqual([[['1']], ['a list ended after 0 tags: it answers 503']]);
  });

  test('a few tags are asked for one by one: a list may be a minute old', async () => {
    const registry = registryWith(new Map());
    const list: TagList = { name: 'a list', read: () => Promise.reject(new Error('it was asked')) };
    await listedSnapshotSource(list, registry).read(['1', '2']);
    expect(registry.asked).toEqual([['1', '2']]);
  });

  test.each([
    { registry: 'docker.io', env: {}, name: "Docker Hub's tag list, then HEAD of each tag" },
    { registry: 'quay.io', env: {}, name: "Quay's tag list, then HEAD of each tag" },
    {
      registry: 'ghcr.io',
      env: { GITHUB_TOKEN: 'x' },
      name: "GitHub's list of package versions, then HEAD of each tag",
    },
    { registry: 'ghcr.io', env: {}, name: 'HEAD of each tag' },
    { registry: '127.0.0.1:5000', env: { GITHUB_TOKEN: 'x' }, name: 'HEAD of each tag' },
  ])('$registry is read by $name', ({ registry, env, name }) => {
    const chosen = chooseSnapshotSource({ registry, path: 'acme/app' }, registryWith(new Map()), { env, http });
    expect(chosen.name).toBe(name);
  });
});

test.each(['two\nlines', 'snowman ☃'])('QUAY_TOKEN of %j is the fault of the variable', (token) => {
  const registry: SnapshotSource = { name: 'registry', read: async () => ({ tags: new Map(), requests: 0 }) };
  const at = { registry: 'quay.io', path: 'acme/app' };
  expect(() => chooseSnapshotSource(at, registry, { env: { QUAY_TOKEN: token }, http })).toThrow(/QUAY_TOKEN holds a /);
  expect(chooseSnapshotSource(at, registry, { env: { QUAY_TOKEN: '' }, http }).name).toContain('Quay');
});
