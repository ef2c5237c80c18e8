/** Readers of what registries, GitHub, PyPI and buildx answer. */
import { readBakeMetadata } from '../../../src/adapters/buildx/bake-metadata.ts';
import { githubClient } from '../../../src/adapters/github/github-client.ts';
import { unreadable } from '../../../src/adapters/github/github-failure.ts';
import { listGitTags } from '../../../src/adapters/github/git-tags.ts';
import { githubReleaseSource } from '../../../src/adapters/github/github-release-source.ts';
import type { Http } from '../../../src/adapters/http/http.ts';
import type { WireRequest } from '../../../src/adapters/http/wire.ts';
import { pypiIndex } from '../../../src/adapters/pypi/pypi-index.ts';
import { readManifest } from '../../../src/adapters/registry/manifest-answer.ts';
import { statusFault } from '../../../src/adapters/registry/status-fault.ts';
import { listTags } from '../../../src/adapters/registry/tag-pages.ts';
import { dockerHubTagList } from '../../../src/adapters/tag-lists/docker-hub.ts';
import { githubPackageList } from '../../../src/adapters/tag-lists/github-packages.ts';
import { quayTagList } from '../../../src/adapters/tag-lists/quay.ts';
import { parseDigest } from '../../../src/domain/digest.ts';
import { githubApi, githubCredential } from '../../../src/domain/github-credential.ts';
import { parseJsonObject } from '../../../src/domain/json.ts';
import { parseImageConfig, parseManifest } from '../../../src/domain/image.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { readTagNames } from '../../../src/infer/tag-names.ts';
import { isLikeJson, type Reader } from '../reader.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
if (digest === null) throw new Error('the digest is valid');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const descriptor = (mediaType: string) => ({ mediaType, digest, size: 7 });

/** Answers every request with 200 and a text of its address. */
function answering(bodyOf: (request: WireRequest) => string): Http {
  return {
    transport: (request) =>
      Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: bytes(bodyOf(request)) }),
    close: () => Promise.resolve(),
  };
}

const repository = { registry: 'docker.io', path: 'acme/app' };
const sha = 'b'.repeat(40);
const at = '2024-01-01T00:00:00Z';
const releases = JSON.stringify([
  {
    id: 1,
    tag_name: 'v1.0.0',
    name: 'One [YANKED]',
    draft: false,
    prerelease: false,
    created_at: at,
    published_at: at,
  },
  { id: 2, tag_name: 'v1.0.1', name: null, draft: true, prerelease: true, created_at: at },
]);
const restTags = JSON.stringify([{ name: 'v1.0.0', commit: { sha } }]);
const refs = JSON.stringify({
  data: {
    repository: {
      refs: {
        pageInfo: { hasNextPage: false, endCursor: 'x' },
        nodes: [{ name: 'v1.0.0', target: { target: { oid: sha, committedDate: at } } }],
      },
    },
  },
});
const manifest = JSON.stringify({
  schemaVersion: 2,
  config: descriptor(mediaTypes.ociConfig),
  layers: [descriptor('x')],
});
const index = JSON.stringify({ manifests: [{ ...descriptor('x'), platform: { os: 'linux', architecture: 'arm64' } }] });

export const answerReaders: readonly Reader[] = [
  {
    name: 'manifest',
    samples: [manifest, index],
    read: (text) => {
      for (const mediaType of [mediaTypes.ociIndex, mediaTypes.ociManifest]) {
        parseManifest({ bytes: bytes(text), mediaType });
        readManifest({ status: 200, headers: { 'content-type': mediaType }, body: bytes(text) }, null);
      }
      return isLikeJson(text);
    },
  },
  {
    name: 'image config',
    samples: [
      JSON.stringify({
        os: 'linux',
        architecture: 'amd64',
        created: at,
        config: { Labels: { 'org.opencontainers.image.version': '1.0' }, Env: ['PYTHON_VERSION=3.9.1'] },
      }),
    ],
    read: (text) => {
      parseImageConfig(bytes(text), digest);
      return isLikeJson(text);
    },
  },
  {
    name: 'tag list',
    samples: [JSON.stringify({ name: 'acme/app', tags: ['latest', '1.0.0-python3.9', 'sha-abc'] })],
    words: ['"tags":', 'null', '"1.0.0"'],
    read: async (text) => {
      const tags = await listTags(
        'https://registry.test/v2/acme/app/tags/list',
        (_url, read) => Promise.resolve().then(() => read({ status: 200, headers: {}, body: bytes(text) })),
        () => 0,
      );
      readTagNames(tags ?? []);
      return isLikeJson(text);
    },
  },
  {
    name: 'denial',
    samples: [
      JSON.stringify({ errors: [{ code: 'DENIED', message: 'tag 1 is protected', detail: {} }] }),
      '<html>busy',
    ],
    read: (text) => {
      for (const status of [400, 401, 403, 404, 405, 429, 500, 503]) {
        statusFault({ status, headers: { 'retry-after': text.slice(0, 40) }, body: bytes(text) }, 'push');
      }
      return text !== '';
    },
  },
  {
    name: 'lists with digests',
    samples: [
      JSON.stringify({ results: [{ name: 'latest', digest, media_type: 'x', tag_last_pushed: at }], next: null }),
      JSON.stringify({ tags: [{ name: '1', manifest_digest: digest, start_ts: 1 }], page: 1, has_additional: false }),
      JSON.stringify([{ name: digest, updated_at: at, metadata: { container: { tags: ['latest'] } } }]),
    ],
    words: ['8640000000000001', '"has_additional":true', '"next":"https://hub.docker.com/v2/x"'],
    read: async (text) => {
      const http = answering(() => text);
      const limits = { backoffMs: 0, maxWaitMs: 0 };
      await dockerHubTagList({ repository, http, limits }).read();
      await quayTagList({ repository, http, limits }).read();
      await githubPackageList({ repository, http, token: 'x', limits }).read();
      return isLikeJson(text);
    },
  },
  {
    name: 'GitHub',
    samples: [releases, restTags],
    share: 0.2,
    read: async (text) => {
      const http = answering(({ url }) => (text.includes('"commit"') && url.includes('/releases') ? '[]' : text));
      const isReleases = text.includes('"tag_name"');
      const server = isReleases ? answering(({ url }) => (url.includes('/tags') ? '[]' : text)) : http;
      const credential = githubCredential({}, githubApi);
      await githubReleaseSource({ repository: 'acme/app', credential, http: server, retryBaseMs: 0 }).list();
      return isLikeJson(text);
    },
  },
  {
    // By a client of its own: Octokit sends one query of GraphQL a second.
    name: 'git tags of GitHub',
    samples: [refs],
    words: ['"hasNextPage":true', '"endCursor":null', '"target":{"target":'],
    read: async (text) => {
      const client = githubClient({ repository: 'acme/app', credential: githubCredential({}, githubApi) });
      const query: typeof client.query = ({ what }, shape) => {
        const read = shape.safeParse(parseJsonObject(text)?.['data']);
        return read.success
          ? Promise.resolve(read.data)
          : Promise.reject(unreadable('github.com', what, 'x', 'a page'));
      };
      await listGitTags({ ...client, hasToken: true, query });
      return isLikeJson(text);
    },
  },
  {
    name: 'PyPI',
    samples: [
      JSON.stringify({
        info: { name: 'app' },
        releases: { '1.0.0': [{ yanked: true, yanked_reason: 'broken' }], '1.0.1': [{ yanked: false }] },
        urls: [{}],
      }),
    ],
    read: async (text) => {
      const pypi = pypiIndex({ project: 'app', http: answering(() => text), retryBaseMs: 0 });
      await pypi.list();
      await pypi.hasVersion('1.0.0');
      return isLikeJson(text);
    },
  },
  {
    name: 'metadata of bake',
    samples: [JSON.stringify({ app: { 'containerimage.digest': digest, 'buildx.build.ref': 'x' } })],
    read: (text) => {
      readBakeMetadata(text);
      return isLikeJson(text);
    },
  },
];
