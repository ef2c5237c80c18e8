import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { GithubOptions } from '../../../src/adapters/github/github-client.ts';
import { githubReleaseSource } from '../../../src/adapters/github/github-release-source.ts';
import { githubApi, githubCredential, type GithubCredential } from '../../../src/domain/github-credential.ts';
import type { ReleaseSource } from '../../../src/ports.ts';
import { outsideError } from '../../support/errors.ts';
import {
  githubServer,
  primaryRateLimit,
  secondaryRateLimit,
  type GithubRepository,
  type GithubServer,
  type GithubServerOptions,
} from '../../support/github-server.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { problemsOf } from '../../support/problems.ts';

const revision = (index: number): string => index.toString(16).padStart(40, '0');

const small: GithubRepository = {
  name: 'acme/app',
  releases: [
    { tag: '2.11.5', createdAt: '2023-08-24T19:14:26Z', publishedAt: '2023-08-24T19:40:00Z' },
    { tag: '2.11.4', title: '2.11.4 [YANKED]' },
    { tag: '3.0.0rc1', prerelease: true, title: null },
  ],
  tags: [
    { name: '3.0.0rc1', revision: revision(3) },
    { name: '2.11.5', revision: revision(2) },
    { name: '2.11.4', revision: revision(1) },
  ],
};

interface Started {
  readonly source: ReleaseSource;
  readonly server: GithubServer;
  readonly host: string;
}

interface Options extends Partial<GithubOptions> {
  readonly token?: string | undefined;
}

function credentialOf(token?: string): GithubCredential {
  return githubCredential({ GITHUB_TOKEN: token }, githubApi);
}

async function start(
  repository: GithubRepository = small,
  serverOptions: GithubServerOptions = {},
  { token, ...options }: Options = {},
): Promise<Started> {
  const server = await githubServer(repository, serverOptions);
  const source = githubReleaseSource({
    repository: 'acme/app',
    credential: credentialOf(token),
    baseUrl: server.url,
    retryBaseMs: 1,
    ...options,
  });
  return { source, server, host: new URL(server.url).host };
}

describe('GitHub releases', () => {
  test('are joined with their git tags', async () => {
    const { source, server, host } = await start();
    expect(source.name).toBe(`${host}/acme/app`);
    expect(await source.list()).toEqual({
      kind: 'github',
      facts: [
        {
          version: '2.11.5',
          revision: revision(2),
          committedAt: '2023-08-24T19:14:26Z',
          publishedAt: '2023-08-24T19:40:00Z',
          prerelease: false,
        },
        {
          version: '2.11.4',
          revision: revision(1),
          committedAt: '2023-08-24T19:14:26Z',
          publishedAt: '2023-08-24T19:14:26Z',
          prerelease: false,
          yanked: { reason: 'the title of its GitHub release says [YANKED]', from: 'GitHub' },
        },
        {
          version: '3.0.0rc1',
          revision: revision(3),
          committedAt: '2023-08-24T19:14:26Z',
          publishedAt: '2023-08-24T19:14:26Z',
          prerelease: true,
        },
      ],
      gitTags: ['3.0.0rc1', '2.11.5', '2.11.4'],
      partial: null,
      notes: [],
    });
    expect(server.requests.map(({ path, query, token }) => `${path}?${query.toString()} ${token}`)).toEqual([
      '/repos/acme/app/releases?per_page=100 null',
      '/repos/acme/app/tags?per_page=100 null',
    ]);
  });

  test('without a tag, tags without a release and drafts are told, and are no facts', async () => {
    const { source } = await start({
      name: 'acme/app',
      releases: [{ tag: '2.0.0' }, { tag: '2.0.1' }, { tag: '2.1.0', draft: true }, { tag: '2.2.0', draft: true }],
      tags: ['2.0.0', '1.9.0', '1.8.0', '2.1.0'].map((name, index) => ({ name, revision: revision(index) })),
    });
    const { facts, notes } = await source.list();
    expect(facts.map(({ version }) => version)).toEqual(['2.0.0']);
    expect(notes).toEqual([
      { code: 'TAG_WITHOUT_RELEASE', message: 'git tags without a release', versions: ['1.8.0', '1.9.0', '2.1.0'] },
      { code: 'RELEASE_WITHOUT_TAG', message: 'releases without their git tag', versions: ['2.0.1'] },
      { code: 'DRAFTS_IGNORED', message: 'drafts, which are not releases yet', versions: ['2.1.0', '2.2.0'] },
    ]);
  });

  test.each([undefined, 'right'])('may be 2,000: 40 requests, the token being %s', async (token) => {
    const tags = Array.from({ length: 2000 }, (_, index) => ({ name: `1.0.${index}`, revision: revision(index) }));
    const { source, server } = await start(
      {
        name: 'acme/app',
        releases: tags.map(({ name }) => ({ tag: name })),
        tags,
      },
      { token: 'right' },
      { token },
    );
    const { facts } = await source.list();
    expect(facts.map((fact) => [fact.version, fact.revision])).toEqual(tags.map((tag) => [tag.name, tag.revision]));
    expect(server.requests).toHaveLength(40);
  });

  test('may be none', async () => {
    const { source } = await start({ name: 'acme/app', releases: [], tags: [] });
    expect(await source.list()).toEqual({ kind: 'github', facts: [], gitTags: [], partial: null, notes: [] });
  });

  test('shifted onto the next page while they are read count once', async () => {
    const { source } = await start(small, {
      answer: ({ path, query }) =>
        path.endsWith('/releases') && query.get('page') === null
          ? {
              status: 200,
              headers: { link: '</x>; rel="prev", </repositories/17/releases?per_page=100&page=1>; rel="next"' },
              body: [
                { id: 1, tag_name: '2.11.5', draft: false, prerelease: false, created_at: '2023-08-24T19:14:26Z' },
              ],
            }
          : null,
    });
    expect((await source.list()).facts.map(({ version }) => version)).toEqual(['2.11.5', '2.11.4', '3.0.0rc1']);
  });

  test('have the date of their commit where a token may ask for it, through tag objects too', async () => {
    const { source, server } = await start(
      {
        name: 'acme/app',
        releases: [
          { tag: '2.0.0', createdAt: '2024-02-02T00:00:00Z', publishedAt: '2024-02-03T00:00:00Z' },
          { tag: '1.0.0', createdAt: '2024-01-02T00:00:00Z', publishedAt: '2024-01-03T00:00:00Z' },
        ],
        tags: [
          { name: '2.0.0', revision: revision(2), committedAt: '2024-02-01T00:00:00Z' },
          { name: '1.0.0', revision: revision(1), committedAt: '2024-01-01T00:00:00Z', objects: 2 },
        ],
      },
      { token: 'right' },
      { token: 'right' },
    );
    const { facts } = await source.list();
    expect(facts.map((fact) => [fact.version, fact.revision, fact.committedAt, fact.publishedAt])).toEqual([
      ['2.0.0', revision(2), '2024-02-01T00:00:00Z', '2024-02-03T00:00:00Z'],
      ['1.0.0', revision(1), '2024-01-01T00:00:00Z', '2024-01-03T00:00:00Z'],
    ]);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /repos/acme/app/releases',
      'POST /graphql',
    ]);
  });

  test.each([
    {
      why: 'with a token',
      token: 'right',
      tag: { name: '1.0.0', revision: revision(1), objects: 1 },
      committedAt: '2023-08-24T19:14:26Z',
    },
    {
      why: 'without one, where the release has to do',
      token: undefined,
      tag: { name: '1.0.0', revision: revision(1) },
      committedAt: '2024-01-02T00:00:00Z',
    },
  ])('of an annotated git tag, whose release bears its date: $why', async ({ token, tag, committedAt }) => {
    const releases = [{ tag: '1.0.0', createdAt: '2024-01-02T00:00:00Z' }];
    const { source } = await start({ name: 'acme/app', releases, tags: [tag] }, { token: 'right' }, { token });
    expect((await source.list()).facts.map((fact) => fact.committedAt)).toEqual([committedAt]);
  });

  test('are read with the token, from an Enterprise path too', async () => {
    const { server, host } = await start(small, {
      token: 'right',
      answer: ({ path }) => (path === '/api/v3/repos/acme/app/releases' ? { status: 200, body: [] } : null),
    });
    const source = githubReleaseSource({
      repository: 'acme/app',
      baseUrl: `${server.url}/api/v3/`,
      credential: credentialOf('right'),
    });
    expect(source.name).toBe(`${host}/acme/app`);
    expect((await source.list()).facts).toEqual([]);
    expect(server.requests.map(({ path, token }) => `${path} ${token}`)).toEqual([
      '/api/v3/repos/acme/app/releases right',
      '/api/graphql right',
    ]);
  });

  test('of github.com are named so', () => {
    expect(githubReleaseSource({ repository: 'PrefectHQ/prefect', credential: credentialOf() }).name).toBe(
      'github.com/PrefectHQ/prefect',
    );
    const enterprise = githubReleaseSource({
      repository: 'a/b',
      credential: credentialOf(),
      baseUrl: 'https://ghe.example.com/api/v3',
    });
    expect(enterprise.name).toBe('ghe.example.com/a/b');
  });
});

describe('trouble that passes', () => {
  test.each([
    {
      why: '502, twice',
      answers: [
        { status: 502, body: 'Bad gateway' },
        { status: 502, body: 'Bad gateway' },
      ],
    },
    { why: '500', answers: [{ status: 500, body: { message: 'Server Error' } }] },
    { why: 'a body that is cut off', answers: [{ status: 200, body: [{ id: 1, tag_name: '2.11.5' }], cutOff: true }] },
  ])('$why', async ({ answers }) => {
    const { source, server } = await start(small, {
      answer: ({ path }, earlier) => (path.endsWith('/tags') ? (answers[earlier] ?? null) : null),
    });
    expect((await source.list()).facts).toHaveLength(3);
    expect(server.requests).toHaveLength(2 + answers.length);
  });

  test.each([
    {
      why: 'secondary rate limit',
      answer: () => secondaryRateLimit(1),
      line: /secondary rate limit reached, going on in 1 s$/,
    },
    {
      why: 'primary rate limit',
      answer: () => primaryRateLimit(Math.floor(Date.now() / 1000)),
      line: /acme\/app: rate limit reached, going on in [01] s$/,
    },
  ])('$why: waited for, and said', async ({ answer, line }) => {
    const waits: string[] = [];
    const { source } = await start(
      small,
      { answer: ({ path }, earlier) => (path.endsWith('/tags') && earlier === 0 ? answer() : null) },
      { onWait: (text) => waits.push(text) },
    );
    expect((await source.list()).facts).toHaveLength(3);
    expect(waits).toEqual([expect.stringMatching(line)]);
  });
});

describe('trouble that stays is an error, never a shorter list', () => {
  const soon = Math.floor(Date.now() / 1000) + 3600;

  test.each<{
    why: string;
    server?: GithubServerOptions;
    options?: Options;
    message: string | RegExp;
    requests?: number;
    many?: boolean;
  }>([
    {
      why: 'a wrong token',
      server: { token: 'right' },
      options: { token: 'wrong' },
      message: /^GET releases, page 1: 401: the token is not accepted; GitHub says "Bad credentials/,
      requests: 1,
    },
    {
      why: 'no such repository, without a token',
      options: { repository: 'acme/other' },
      message:
        'GET releases, page 1: 404: there is no such repository, or it is private: there is no token; set GITHUB_TOKEN or GH_TOKEN to one that is allowed contents: read',
      requests: 1,
    },
    {
      why: 'no such repository, with a token',
      options: { repository: 'acme/other', token: 'any' },
      message:
        /^GET releases, page 1: 404: there is no such repository, or the token may not see it; GitHub says "Not Found/,
    },
    {
      why: 'a token that may not',
      server: { answer: () => ({ status: 403, body: { message: 'Resource not accessible by integration' } }) },
      options: { token: 'any' },
      message:
        'GET releases, page 1: 403: the token may not do this; it needs contents: read; GitHub says "Resource not accessible by integration"',
      requests: 1,
    },
    {
      why: 'a rate limit that lasts too long',
      server: { answer: () => primaryRateLimit(soon) },
      message: `GET releases, page 1: 403: the rate limit is used up until ${new Date(soon * 1000).toISOString()}; there is no token; set GITHUB_TOKEN or GH_TOKEN to one that is allowed contents: read`,
      requests: 1,
    },
    {
      why: 'a secondary rate limit that lasts too long',
      server: { answer: () => secondaryRateLimit(61) },
      message:
        /^GET releases, page 1: 403: the secondary rate limit is reached, try again in a few minutes; GitHub says/,
      requests: 1,
    },
    {
      why: '5xx on the second page of tags',
      server: {
        answer: ({ path, query }) =>
          !path.endsWith('/tags')
            ? null
            : query.get('page') === '2'
              ? { status: 503, body: 'unicorn' }
              : { status: 200, headers: { link: '</repositories/17/tags?page=2>; rel="next"' }, body: [] },
      },
      message: 'GET tags, page 2: 503: GitHub says "unicorn"',
      requests: 5,
    },
    {
      why: 'git tags that the token may not read',
      server: {
        answer: ({ path }) =>
          path === '/graphql'
            ? { status: 200, body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] } }
            : null,
      },
      options: { token: 'any' },
      message:
        'git tags, page 1: 403: the token may not do this; it needs contents: read; GitHub says "Resource not accessible"',
      requests: 2,
    },
    {
      why: 'git tags that are cut short',
      server: {
        answer: ({ path }) => (path === '/graphql' ? { status: 200, body: { data: { repository: {} } } } : null),
      },
      options: { token: 'any' },
      message:
        'git tags, page 1: GitHub answered "{\\"repository\\":{}}"; expected what was asked for. Is it the URL of a GitHub API?',
      requests: 2,
    },
    {
      why: '5xx on the second page of git tags, with a token',
      server: {
        answer: ({ path }, earlier) => (path === '/graphql' && earlier > 0 ? { status: 503, body: 'unicorn' } : null),
      },
      options: { token: 'any' },
      many: true,
      message: 'git tags, page 2: 503: GitHub says "unicorn"',
      requests: 5,
    },
    {
      why: 'an empty repository, which is 409',
      server: { answer: () => ({ status: 409, body: { message: 'Git Repository is empty.' } }) },
      message: 'GET releases, page 1: 409: GitHub says "Git Repository is empty."',
    },
    {
      why: 'an HTML page',
      server: { answer: () => ({ status: 200, body: '<html>login</html>' }) },
      message:
        'GET releases, page 1: GitHub answered no list but "<html>login</html>"; expected a list. Is it the URL of a GitHub API?',
      requests: 1,
    },
    {
      why: 'nothing',
      server: { answer: () => ({ status: 200 }) },
      message: 'GET releases, page 1: GitHub answered no list but ""; expected a list. Is it the URL of a GitHub API?',
    },
    {
      why: 'null',
      server: { answer: () => ({ status: 200, body: null }) },
      message:
        'GET releases, page 1: GitHub answered no list but "null"; expected a list. Is it the URL of a GitHub API?',
    },
    {
      why: 'no content',
      server: { answer: () => ({ status: 204 }) },
      message: 'GET releases, page 1: GitHub answered no list but ""; expected a list. Is it the URL of a GitHub API?',
    },
    {
      why: 'an item without a tag',
      server: {
        answer: () => ({
          status: 200,
          body: [{ id: 1, draft: false, prerelease: false, created_at: '2023-08-24T19:14:26Z' }],
        }),
      },
      message:
        'GET releases, page 1: GitHub answered a list whose [0.tag_name] is wrong: Invalid input: expected string, received undefined; expected a list. Is it the URL of a GitHub API?',
    },
    {
      why: 'a next page on another host',
      server: {
        answer: () => ({ status: 200, headers: { link: '<https://example.com/steal>; rel="next"' }, body: [] }),
      },
      options: { token: 'any' },
      message: 'GET releases, page 2: a page on another host, https://example.com',
      requests: 1,
    },
  ])('$why', async ({ server: serverOptions, options, message, requests, many }) => {
    const tags = Array.from({ length: 150 }, (_, index) => ({ name: `1.0.${index}`, revision: revision(index) }));
    const { source, server } = await start(many === true ? { ...small, tags } : small, serverOptions, options);
    const error = await outsideError(source.list());
    expect(error.code).toBe('SOURCE_FAILED');
    const said = error.message.replace(`${source.name}: `, '');
    expect(said).toEqual(message instanceof RegExp && message.test(said) ? said : message);
    expect(server.requests).toHaveLength(requests ?? server.requests.length);
    expect(JSON.stringify([error.message, error.facts])).not.toContain(options?.token ?? 'no token at all');
  });

  test('nobody listens: fails in seconds', async () => {
    const closed = await listenOnLoopback(createServer());
    await closed.close();
    const source = githubReleaseSource({
      repository: 'acme/app',
      credential: credentialOf(),
      baseUrl: closed.url,
      retryBaseMs: 1,
    });
    const error = await outsideError(source.list());
    expect(error.message).toBe(
      `${source.name}: GET releases, page 1: connection refused (ECONNREFUSED); check the host and the network`,
    );
  });

  test('it was stopped', async () => {
    const stop = new AbortController();
    const { source } = await start(small, {
      answer: () => {
        stop.abort();
        return null;
      },
    });
    expect((await outsideError(source.list(stop.signal))).code).toBe('ABORTED');
  });
});

test.each([
  { baseUrl: 'ghe', message: '"ghe" is not a URL' },
  {
    baseUrl: 'http://ghe.example.com/api/v3',
    message: '"http://ghe.example.com/api/v3" would send the token without encryption',
  },
  { baseUrl: 'https://me:secret@ghe.example.com', message: 'it holds credentials' },
])('the API at $baseUrl: $message', async ({ baseUrl, message }) => {
  const problems = await problemsOf(() =>
    githubReleaseSource({ repository: 'acme/app', credential: credentialOf(), baseUrl }),
  );
  expect(problems).toMatchObject([{ code: 'CONFIG_INVALID', where: 'the URL of the GitHub API', message }]);
});
