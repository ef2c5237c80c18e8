/**
 * A server on loopback that answers as GitHub's REST API does: pages with `Link`, rate limits, documented shapes.
 * A test hands in what the repository holds and, where it wants them, answers of its own for single requests.
 *
 * @see https://docs.github.com/en/rest
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { githubNotes, type GithubIssue, type GithubNotes } from './github-notes.ts';
import { listenOnLoopback } from './loopback.ts';

export interface GithubRelease {
  readonly tag: string;
  readonly title?: string | null;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
  readonly createdAt?: string;
  readonly publishedAt?: string | null;
  readonly body?: string | null;
}

export interface GithubTag {
  readonly name: string;
  readonly revision: string;
  /** Of the commit; GraphQL alone tells it. */
  readonly committedAt?: string;
  /** How many tag objects stand before the commit: an annotated one has one. */
  readonly objects?: number;
}

export interface GithubRepository {
  /** `owner/name` */
  readonly name: string;
  readonly releases: readonly GithubRelease[];
  readonly tags: readonly GithubTag[];
  readonly issues?: readonly GithubIssue[];
}

export interface GithubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A value becomes JSON; a text is sent as it is. */
  readonly body?: unknown;
  /** Ends the connection in the middle of the body. */
  readonly cutOff?: boolean;
}

export interface GithubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | null;
  readonly body: unknown;
}

export interface GithubServerOptions {
  /** Requests with another token are 401; without one they are anonymous. */
  readonly token?: string;
  /**
   * Asked first for every request, `earlier` counting those of the same method and path; `null` lets the server answer.
   * `carryOut` does what the server would, for an answer that does not tell of it.
   */
  readonly answer?: (request: GithubRequest, earlier: number, carryOut: () => GithubAnswer) => GithubAnswer | null;
}

export interface GithubServer {
  readonly url: string;
  readonly requests: readonly GithubRequest[];
  /** As they stand now, what was written included. */
  issues(): readonly GithubIssue[];
  /** The text of a release as it is now. */
  releaseText(tag: string): string | null;
  /** As if somebody edited the release in a browser. */
  editRelease(tag: string, body: string): void;
}

/** What a route is given: the request, the repository as it stands, and the address that its links have. */
interface Asked {
  readonly request: GithubRequest;
  readonly repository: GithubRepository;
  readonly url: string;
  readonly notes: GithubNotes;
  /** Texts of releases that were written, by git tag. */
  readonly texts: Map<string, string>;
}

type Route = (asked: Asked, at: Readonly<Record<string, string>>) => GithubAnswer;

/** One line a kind of request; further ones are added here. */
const routes: readonly { readonly method: string; readonly path: RegExp; readonly route: Route }[] = [
  {
    method: 'GET',
    path: /^\/releases$/,
    route: ({ request, repository, url, texts }) => page(request, releasesOf(repository, texts), url),
  },
  {
    // Of a published release alone.
    method: 'GET',
    path: /^\/releases\/tags\/(?<tag>[^/]+)$/,
    route: ({ repository, texts }, { tag = '' }) =>
      found(
        releasesOf(repository, texts).find((one) => one.tag_name === decodeURIComponent(tag) && !one.draft) ?? null,
      ),
  },
  {
    method: 'PATCH',
    path: /^\/releases\/(?<id>\d+)$/,
    route: ({ request, repository, texts }, { id }) => {
      const release = repository.releases[Number(id) - 1];
      if (release === undefined) return notFound;
      const { body } = z.strictObject({ body: z.string() }).parse(request.body);
      if (body.length > 125_000) return tooLong;
      texts.set(release.tag, body);
      return found(releasesOf(repository, texts)[Number(id) - 1] ?? null);
    },
  },
  {
    method: 'GET',
    path: /^\/tags$/,
    route: ({ request, repository, url }) => page(request, repository.tags.map(toTag), url),
  },
  {
    method: 'GET',
    path: /^\/issues$/,
    route: ({ request, notes, url }) => page(request, notes.open(), url),
  },
  {
    method: 'POST',
    path: /^\/issues$/,
    route: ({ request, notes }) => created(notes.openIssue(request.body)),
  },
  {
    method: 'PATCH',
    path: /^\/issues\/(?<number>\d+)$/,
    route: ({ request, notes }, { number }) => found(notes.editIssue(Number(number), request.body)),
  },
  {
    method: 'GET',
    path: /^\/issues\/(?<number>\d+)\/comments$/,
    route: ({ request, notes, url }, { number }) => page(request, notes.comments(Number(number)), url),
  },
  {
    method: 'POST',
    path: /^\/issues\/(?<number>\d+)\/comments$/,
    route: ({ request, notes }, { number }) => created(notes.comment(Number(number), request.body)),
  },
  {
    method: 'PATCH',
    path: /^\/issues\/comments\/(?<id>\d+)$/,
    route: ({ request, notes }, { id }) => found(notes.editComment(Number(id), request.body)),
  },
  {
    method: 'DELETE',
    path: /^\/issues\/comments\/(?<id>\d+)$/,
    route: ({ notes }, { id }) => (notes.removeComment(Number(id)) ? { status: 204 } : notFound),
  },
];

const notFound: GithubAnswer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

const tooLong: GithubAnswer = {
  status: 422,
  body: {
    message: 'Validation Failed',
    errors: [
      {
        resource: 'Release',
        code: 'custom',
        field: 'body',
        message: 'body is too long (maximum is 125000 characters)',
      },
    ],
  },
};

function releasesOf({ releases }: GithubRepository, texts: ReadonlyMap<string, string>): ReleaseJson[] {
  return releases.map((release, index) => {
    const text = texts.get(release.tag);
    return toRelease(text === undefined ? release : { ...release, body: text }, index);
  });
}

function created(body: object | null): GithubAnswer {
  return body === null ? notFound : { status: 201, body };
}

function found(body: object | null): GithubAnswer {
  return body === null ? notFound : { status: 200, body };
}

export async function githubServer(
  repository: GithubRepository,
  options: GithubServerOptions = {},
): Promise<GithubServer> {
  const requests: GithubRequest[] = [];
  const notes = githubNotes(repository);
  const texts = new Map<string, string>();
  let url = '';
  const server = createServer((message, response) => {
    text(message).then(
      (body) => {
        const request = toRequest(message, body);
        const earlier = requests.filter(
          ({ method, path }) => method === request.method && path === request.path,
        ).length;
        requests.push(request);
        const respondAsUsual = (): GithubAnswer => respond({ request, repository, url, notes, texts }, options);
        send(response, options.answer?.(request, earlier, respondAsUsual) ?? respondAsUsual());
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const listening = await listenOnLoopback(server);
  url = listening.url;
  onTestFinished(() => listening.close());
  const textOf = (tag: string): string | null =>
    texts.get(tag) ?? repository.releases.find((release) => release.tag === tag)?.body ?? null;
  return {
    url,
    requests,
    issues: () => notes.all(),
    releaseText: textOf,
    editRelease: (tag, body) => void texts.set(tag, body),
  };
}

/** GitHub's answer to an exhausted secondary rate limit. */
export function secondaryRateLimit(retryAfterSeconds: number): GithubAnswer {
  return {
    status: 403,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: {
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url: 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api',
    },
  };
}

/** GitHub's answer to an exhausted primary rate limit that begins anew at `reset`, in seconds since the epoch. */
export function primaryRateLimit(reset: number): GithubAnswer {
  return {
    status: 403,
    headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
    body: { message: 'API rate limit exceeded for 203.0.113.7.' },
  };
}

function respond(asked: Asked, options: GithubServerOptions): GithubAnswer {
  const { request, repository, url } = asked;
  if (options.token !== undefined && request.token !== null && request.token !== options.token) {
    return { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } };
  }
  // GitHub's links name the repository by number.
  const prefix = [`/repos/${repository.name}`, '/repositories/17'].find((start) =>
    request.path.startsWith(`${start}/`),
  );
  const path = prefix === undefined ? null : request.path.slice(prefix.length);
  const known = routes.find((route) => route.method === request.method && path !== null && route.path.test(path));
  const isGraphql = request.method === 'POST' && /^(?:\/api)?\/graphql$/.test(request.path);
  if (!isGraphql && (known === undefined || path === null)) return notFound;
  const at = { ...known?.path.exec(path ?? '')?.groups };
  try {
    if (known === undefined) return graphql(request, repository);
    return known.route({ ...asked, url: `${url}/repositories/17${path}` }, at);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return { status: 422, body: { message: 'Validation Failed', errors: error.issues } };
  }
}

/** The one query there is: git tags and their commits. Without a token GitHub's GraphQL API answers 401. */
function graphql({ token, body }: GithubRequest, { name, tags }: GithubRepository): GithubAnswer {
  if (token === null) return { status: 401, body: { message: 'This endpoint requires you to be authenticated.' } };
  const { variables } = graphqlRequest.parse(body);
  if (`${variables.owner}/${variables.name}` !== name) {
    const message = `Could not resolve to a Repository with the name '${variables.owner}/${variables.name}'.`;
    return { status: 200, body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', message }] } };
  }
  const start = Number(variables.after ?? '0');
  const end = start + 100;
  const pageInfo = { hasNextPage: end < tags.length, endCursor: tags.length === 0 ? null : String(end) };
  const nodes = tags.slice(start, end).map((tag) => ({ name: tag.name, target: toTarget(tag) }));
  return { status: 200, body: { data: { repository: { refs: { pageInfo, nodes } } } } };
}

const graphqlRequest = z.object({
  query: z.string().regex(/refs\(refPrefix: "refs\/tags\/", first: 100, after: \$after\)/),
  variables: z.object({ owner: z.string(), name: z.string(), after: z.string().nullable() }),
});

function toTarget({ revision, committedAt = '2023-08-24T19:14:26Z', objects = 0 }: GithubTag): object {
  let target: object = { oid: revision, committedDate: committedAt };
  for (let left = objects; left > 0; left -= 1) target = { target };
  return target;
}

/** One page of a list, with the `Link` header that GitHub writes. */
function page(request: GithubRequest, items: readonly unknown[], url: string): GithubAnswer {
  const size = Math.min(Number(request.query.get('per_page') ?? '30'), 100);
  const number = Number(request.query.get('page') ?? '1');
  const last = Math.max(Math.ceil(items.length / size), 1);
  const query = (to: number): string => {
    const others = [...request.query].filter(([name]) => name !== 'page' && name !== 'per_page');
    return new URLSearchParams([...others, ['per_page', String(size)], ['page', String(to)]]).toString();
  };
  const link = (rel: string, to: number): string => `<${url}?${query(to)}>; rel="${rel}"`;
  const links = [
    ...(number > 1 ? [link('prev', number - 1)] : []),
    ...(number < last ? [link('next', number + 1), link('last', last)] : []),
    ...(number > 1 ? [link('first', 1)] : []),
  ];
  return {
    status: 200,
    headers: links.length === 0 ? {} : { link: links.join(', ') },
    body: items.slice((number - 1) * size, number * size),
  };
}

interface ReleaseJson {
  readonly tag_name: string;
  readonly draft: boolean;
  readonly [key: string]: unknown;
}

function toRelease(release: GithubRelease, index: number): ReleaseJson {
  const { tag, title, draft = false, prerelease = false, createdAt = '2023-08-24T19:14:26Z' } = release;
  return {
    url: `https://api.github.com/repositories/17/releases/${index + 1}`,
    html_url: `https://github.com/owner/name/releases/tag/${tag}`,
    id: index + 1,
    author: { login: 'octocat', id: 1 },
    node_id: `RE_${index + 1}`,
    tag_name: tag,
    target_commitish: 'main',
    name: title === undefined ? `Release ${tag}` : title,
    draft,
    prerelease,
    created_at: createdAt,
    published_at: release.publishedAt === undefined ? (draft ? null : createdAt) : release.publishedAt,
    assets: [],
    body: release.body === undefined ? 'What is new' : release.body,
  };
}

function toTag({ name, revision }: GithubTag): Readonly<Record<string, unknown>> {
  return {
    name,
    zipball_url: `https://api.github.com/repositories/17/zipball/refs/tags/${name}`,
    tarball_url: `https://api.github.com/repositories/17/tarball/refs/tags/${name}`,
    commit: { sha: revision, url: `https://api.github.com/repositories/17/commits/${revision}` },
    node_id: `REF_${name}`,
  };
}

function toRequest(message: IncomingMessage, body: string): GithubRequest {
  const url = new URL(message.url ?? '/', 'http://localhost');
  const token = /^(?:token|bearer) (?<token>.+)$/i.exec(message.headers.authorization ?? '')?.groups?.['token'];
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    token: token ?? null,
    body: body === '' ? null : (JSON.parse(body) as unknown),
  };
}

function send(response: ServerResponse, { status, headers = {}, body = '', cutOff = false }: GithubAnswer): void {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
    ...headers,
  });
  if (!cutOff) response.end(content);
  else response.write(content.slice(0, content.length / 2), () => response.destroy());
}
