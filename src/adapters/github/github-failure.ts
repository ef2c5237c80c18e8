import { OutsideError } from '../../domain/errors.ts';
import type { GithubCredential } from '../../domain/github-credential.ts';
import { quote } from '../../domain/tag.ts';
import { WireFault } from '../http/wire.ts';

export interface FailedRequest {
  readonly name: string;
  /** `GET tags, page 2` */
  readonly what: string;
  /** What the token must be allowed: `contents: read`. */
  readonly permission: string;
  readonly credential: GithubCredential;
  readonly signal: AbortSignal | undefined;
}

/** What went wrong with a request, said by its status; GitHub's own words follow. Holds no header of the request. */
export function githubFailure(error: unknown, request: FailedRequest): OutsideError {
  const { name, what, signal } = request;
  if (signal?.aborted === true)
    return new OutsideError('ABORTED', `${name}: stopped`, { source: name }, { cause: signal.reason });
  const response = responseOf(error);
  const reason = response === null ? networkReason(error) : `${response.status}: ${statusReason(response, request)}`;
  return new OutsideError('SOURCE_FAILED', `${name}: ${what}: ${reason}`, {
    source: name,
    request: what,
    status: response?.status ?? null,
  });
}

/** An answer that is not what was asked for. */
export function unreadable(name: string, what: string, found: string, expected: string): OutsideError {
  const message = `${name}: ${what}: GitHub answered ${found}; expected ${expected}. Is it the URL of a GitHub API?`;
  return new OutsideError('SOURCE_FAILED', message, { source: name, request: what });
}

interface FailedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
}

function responseOf(error: unknown): FailedResponse | null {
  const answered = graphqlStatus(error);
  if (answered !== null && error instanceof Error) return { status: answered, headers: {}, message: lastLine(error) };
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return null;
  const { status, response } = error;
  if (typeof status !== 'number' || typeof response !== 'object' || response === null) return null;
  const headers: Record<string, string> = {};
  if ('headers' in response && typeof response.headers === 'object' && response.headers !== null) {
    for (const [key, value] of Object.entries(response.headers)) headers[key] = String(value);
  }
  return { status, headers, message: error.message };
}

const statuses: Readonly<Record<string, number>> = { NOT_FOUND: 404, FORBIDDEN: 403, RATE_LIMITED: 429 };

/** GraphQL says 200 to everything, and what is wrong in the body: the status that REST has for the same. */
function graphqlStatus(error: unknown): number | null {
  if (!(error instanceof Error) || error.name !== 'GraphqlResponseError' || !('errors' in error)) return null;
  const [first] = Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : [];
  const type = typeof first === 'object' && first !== null && 'type' in first ? String(first.type) : '';
  return statuses[type] ?? 200;
}

/** Octokit puts its own words above GitHub's. */
function lastLine(error: Error): string {
  return (error.message.split('\n').at(-1) ?? '').replace(/^ - /, '');
}

function statusReason(
  { status, headers, message }: FailedResponse,
  { permission, credential }: Pick<FailedRequest, 'permission' | 'credential'>,
): string {
  const words = `GitHub says ${quote(message)}`;
  const noToken = credential.kind === 'none' ? `${credential.because} that is allowed ${permission}` : null;
  if (headers['x-ratelimit-remaining'] === '0' && (status === 403 || status === 429)) {
    const reset = Number(headers['x-ratelimit-reset']);
    const until = Number.isSafeInteger(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : '';
    return `the rate limit is used up${until}; ${noToken ?? words}`;
  }
  switch (status) {
    case 401:
      return noToken ?? `the token is not accepted; ${words}`;
    case 403:
      if (/\bsecondary rate\b/i.test(message))
        return `the secondary rate limit is reached, try again in a few minutes; ${words}`;
      return noToken === null ? `the token may not do this; it needs ${permission}; ${words}` : `${noToken}; ${words}`;
    case 404:
      return noToken === null
        ? `there is no such repository, or the token may not see it; ${words}`
        : `there is no such repository, or it is private: ${noToken}`;
    case 429:
      return `too many requests, try again in a few minutes; ${words}`;
    default:
      return words;
  }
}

function networkReason(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof WireFault) return cause.fix === undefined ? cause.message : `${cause.message}; ${cause.fix}`;
  }
  return error instanceof Error ? error.message : String(error);
}
