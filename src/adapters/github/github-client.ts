/**
 * GitHub's REST API through Octokit, whose plugins retry and throttle, over our own connections: with a time limit,
 * bodies bounded and read to their end before they count, no other host than the API's own, and pages that are checked. (Octokit's own pagination
 * takes an empty body, and a 409, for an empty list.)
 */
import type { Octokit } from 'octokit';
import { z } from 'zod';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { githubApi, type GithubCredential } from '../../domain/github-credential.ts';
import { isLoopback } from '../../domain/reference.ts';
import { quote } from '../../domain/tag.ts';
import { createFetch } from '../http/fetch.ts';
import { createHttp, type Http } from '../http/http.ts';
import { nextLink } from '../http/link.ts';
import { githubFailure, unreadable, type FailedRequest } from './github-failure.ts';

export interface GithubOptions {
  /** `owner/name` */
  readonly repository: string;
  /** Reading public repositories works without a token, 60 requests an hour; `contents: read` is all that is needed. */
  readonly credential: GithubCredential;
  /** `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise server (GITHUB_API_URL). */
  readonly baseUrl?: string | undefined;
  readonly http?: Http | undefined;
  /** Told of each wait for a rate limit, one line. */
  readonly onWait?: ((line: string) => void) | undefined;
  /** A longer wait for a rate limit is not begun. */
  readonly maxWaitMs?: number | undefined;
  /** First of the waits between tries after a 5xx or a broken connection; the second is four times as long. */
  readonly retryBaseMs?: number | undefined;
}

export interface GithubClient {
  /** `github.com/owner/name`, for messages. */
  readonly name: string;
  readonly hasToken: boolean;
  /**
   * All items of a list of the repository (`releases`), page by page. Never gives a part.
   *
   * @param permission what the token must be allowed, for messages: `contents: read`
   * @throws {OutsideError} SOURCE_FAILED, ABORTED
   */
  list<T>(path: string, item: z.ZodType<T>, permission: string, signal?: AbortSignal): Promise<readonly T[]>;
  /**
   * One thing of the repository (`releases/tags/v1`); `null` on 404 alone, which is GitHub's word for what a token may not
   * see, too.
   *
   * @throws {OutsideError} SOURCE_FAILED, ABORTED
   */
  get<T>(path: string, shape: z.ZodType<T>, permission: string, signal?: AbortSignal): Promise<T | null>;
  /**
   * Asks the GraphQL API, which answers nobody without a token, of this repository: `$owner` and `$name`.
   *
   * @throws {OutsideError} SOURCE_FAILED, ABORTED
   */
  query<T>(query: GithubQuery, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Writes. A POST is sent once: after a 5xx or a broken connection nobody knows whether it was carried out, and a second
   * one may make a second thing. PATCH and DELETE are tried again.
   *
   * @throws {OutsideError} SOURCE_FAILED with the fact `status` (`null` where there was no answer), ABORTED
   */
  send<T>(write: GithubWrite, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
}

export interface GithubQuery {
  readonly text: string;
  /** `$after`: where the page before ended; `null` for the first. */
  readonly after: string | null;
  /** For messages: `git tags, page 2`. */
  readonly what: string;
}

export interface GithubWrite {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the repository: `issues/7/comments`. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  /** What the token must be allowed: `issues: write`. */
  readonly permission: string;
}

/** A page of a hundred releases with long notes is 10 MB at most. */
const requestLimits = { timeoutMs: 30_000, maxBytes: 64 * 1_048_576 };
/** 2,000 releases are 20 pages; GitHub itself ends at 10,000 releases. */
export const maxPages = 1000;

/** @throws {InputError} CONFIG_INVALID where `baseUrl` is no URL that a token may be sent to */
export function githubClient(options: GithubOptions): GithubClient {
  const baseUrl = checkBaseUrl(options.baseUrl ?? githubApi);
  const name = `${displayHost(baseUrl)}/${options.repository}`;
  const { credential } = options;
  const root = `/repos/${options.repository}`;
  let started: Promise<Octokit> | undefined;
  const during = async <T>(request: FailedRequest, call: (octokit: Octokit) => Promise<T>): Promise<T> => {
    started ??= startOctokit(options, baseUrl, name);
    const octokit = await started;
    try {
      return await call(octokit);
    } catch (error) {
      throw githubFailure(error, request);
    }
  };
  const ask = async (route: string, parameters: RequestParameters, request: FailedRequest): Promise<Answer> => {
    const limits = { ...parameters.request, ...stopping(request.signal) };
    return during(request, (octokit) => octokit.request(route, { ...parameters, request: limits }));
  };
  return {
    name,
    hasToken: credential.kind === 'token',
    async query({ text, after, what }, shape, signal) {
      const request: FailedRequest = { name, what, permission: 'contents: read', credential, signal };
      const [owner = '', repository = ''] = options.repository.split('/');
      const variables = { owner, name: repository, after, request: stopping(signal) };
      return readAs(shape, await during(request, (octokit) => octokit.graphql(text, variables)), request);
    },
    async list(path, item, permission, signal) {
      const page = z.array(item);
      const items: z.infer<typeof item>[] = [];
      const [plain = ''] = path.split('?');
      let url: string | null = `${root}/${path}${path.includes('?') ? '&' : '?'}per_page=100`;
      for (let pages = 1; url !== null; pages += 1) {
        const what = `GET ${plain}, page ${pages}`;
        if (pages > maxPages) throw unreadable(name, what, `more than ${maxPages} pages`, 'a list');
        const answer = await ask(`GET ${url}`, {}, { name, what, permission, credential, signal });
        const read = page.safeParse(answer.data);
        if (!read.success) throw unreadable(name, what, describeFault(read.error, answer.data), 'a list');
        items.push(...read.data);
        url = nextLink(answer.headers.link);
      }
      return items;
    },
    async get(path, shape, permission, signal) {
      const request: FailedRequest = { name, what: `GET ${path}`, permission, credential, signal };
      const answer = await ask(`GET ${root}/${path}`, {}, request).catch(unlessNotFound);
      return answer === null ? null : readAs(shape, answer.data, request);
    },
    async send({ method, path, body, permission }, shape, signal) {
      const once = method === 'POST' ? { request: { retries: 0 } } : {};
      const request: FailedRequest = { name, what: `${method} ${path}`, permission, credential, signal };
      const answer = await ask(`${method} ${root}/${path}`, { ...body, ...once }, request);
      return readAs(shape, answer.data, request, 'what was written');
    },
  };
}

function readAs<T>(
  shape: z.ZodType<T>,
  data: unknown,
  { name, what }: FailedRequest,
  expected = 'what was asked for',
): T {
  const read = shape.safeParse(data);
  if (!read.success) throw unreadable(name, what, shown(data), expected);
  return read.data;
}

function unlessNotFound(error: unknown): null {
  if (error instanceof OutsideError && error.facts['status'] === 404) return null;
  throw error;
}

function stopping(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

interface RequestParameters {
  readonly [name: string]: unknown;
  readonly request?: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly data: unknown;
  readonly headers: { readonly link?: string | undefined };
}

async function startOctokit(options: GithubOptions, baseUrl: URL, name: string): Promise<Octokit> {
  const { Octokit } = await import('octokit');
  const mayWait = (limit: string) => (seconds: number, _options: unknown, _octokit: unknown, tries: number) => {
    if (tries >= 2 || seconds * 1000 > (options.maxWaitMs ?? 60_000)) return false;
    options.onWait?.(`${name}: ${limit} reached, going on in ${seconds} s`);
    return true;
  };
  return new Octokit({
    ...(options.credential.kind === 'token' ? { auth: options.credential.token } : {}),
    baseUrl: baseUrl.href.replace(/\/$/, ''),
    userAgent: 'tagwright',
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    request: { fetch: createFetch(options.http ?? createHttp(), { origin: baseUrl.origin, ...requestLimits }) },
    retry: { retries: 2, retryAfterBaseValue: options.retryBaseMs ?? 400 },
    throttle: {
      onRateLimit: mayWait('rate limit'),
      onSecondaryRateLimit: mayWait('secondary rate limit'),
      ...(isPaced(baseUrl) ? {} : { write: unpaced, notifications: unpaced }),
    },
  });
}

/**
 * Whether writes keep to the pace that github.com asks for, one a second, and one in three where somebody is notified. A
 * server of one's own has no such limit unless it was given one, and is obeyed when it says so.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 * @see https://docs.github.com/en/enterprise-server/admin/configuration/configuring-user-applications-for-your-enterprise/configuring-rate-limits
 */
export function isPaced({ hostname }: URL): boolean {
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com');
}

/** In place of the plugin's groups of jobs: each job at once. */
const unpaced = {
  key: () => ({
    schedule: <T>(_options: unknown, job: (...given: readonly unknown[]) => Promise<T>, ...given: readonly unknown[]) =>
      job(...given),
  }),
};

function ignore(): void {
  // Octokit's log would go to the console; what matters of it is in the errors and in `onWait`.
}

function checkBaseUrl(text: string): URL {
  const where = 'the URL of the GitHub API';
  const fix = 'expected https://api.github.com, or https://HOST/api/v3 of an Enterprise server';
  if (!URL.canParse(text)) {
    throw new InputError([{ code: 'CONFIG_INVALID', where, message: `${quote(text)} is not a URL`, fix }]);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    const message = 'it holds credentials';
    throw new InputError([{ code: 'CONFIG_INVALID', where, message, fix: 'put the token into GITHUB_TOKEN' }]);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host))) return url;
  const message = `${quote(text)} would send the token without encryption`;
  throw new InputError([{ code: 'CONFIG_INVALID', where, message, fix }]);
}

function displayHost(baseUrl: URL): string {
  return baseUrl.host === 'api.github.com' ? 'github.com' : baseUrl.host;
}

function describeFault(error: z.ZodError, data: unknown): string {
  if (!Array.isArray(data)) return `no list but ${shown(data)}`;
  const issue = error.issues[0];
  return `a list whose [${issue?.path.join('.') ?? ''}] is wrong: ${issue?.message ?? ''}`;
}

function shown(data: unknown): string {
  return quote(typeof data === 'string' ? data : JSON.stringify(data ?? null).slice(0, 200));
}
