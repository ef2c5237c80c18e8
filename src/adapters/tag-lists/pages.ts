import { setTimeout as sleep } from 'node:timers/promises';
import { seenAs, type ListedTag, type ListedTags } from './tag-list.ts';

/** One GET, its body read in full. Rejects where no answer came. */
export type GetPage = (url: string, signal: AbortSignal) => Promise<PageAnswer>;

export interface PageAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed; `undefined` where it is no JSON. */
  readonly body: unknown;
}

/** What one page holds, and where the next one is. */
export interface Page {
  readonly tags: readonly ListedTag[];
  /** Absolute; `null` after the last page. */
  readonly next: string | null;
}

export interface PagesOptions {
  readonly first: string;
  readonly get: GetPage;
  /** @returns `null` where the body is no page of this service */
  readonly readPage: (body: unknown, url: string) => Page | null;
  readonly limits?: Partial<PageLimits>;
}

export interface PageLimits {
  readonly tries: number;
  readonly backoffMs: number;
  /** A longer wait for a rate limit is not begun. */
  readonly maxWaitMs: number;
  readonly tryTimeoutMs: number;
  /** Stop while this many requests of the rate limit are left. */
  readonly quotaReserve: number;
}

const defaultLimits: PageLimits = {
  tries: 4,
  backoffMs: 250,
  maxWaitMs: 30_000,
  tryTimeoutMs: 15_000,
  quotaReserve: 3,
};
/** A hundred tags a page: a million tags. */
const maxPages = 10_000;

/** Follows a list page by page until it ends, fails for good, or its rate limit is nearly used up. */
export async function readPages(options: PagesOptions, signal?: AbortSignal): Promise<ListedTags> {
  const limits = { ...defaultLimits, ...options.limits };
  const tags = new Map<string, ReturnType<typeof seenAs>>();
  const visited = new Set<string>();
  let requests = 0;
  const stop = (stopped: string | null): ListedTags => ({ tags, requests, stopped });
  let url: string | null = options.first;
  while (url !== null) {
    if (visited.has(url) || visited.size >= maxPages) return stop('the list goes round in a circle');
    visited.add(url);
    const tried = await tryPage(url, options, limits, signal);
    requests += tried.requests;
    if (tried.page === null) return stop(tried.reason);
    // A tag that is pushed while pages are read may come twice; the first, newest, word counts.
    for (const listed of tried.page.tags) if (!tags.has(listed.tag)) tags.set(listed.tag, seenAs(listed));
    const { next } = tried.page;
    if (next !== null && !isSameList(next, options.first)) return stop('the next page is on another server');
    if (next !== null && tried.remaining !== null && tried.remaining <= limits.quotaReserve) {
      return stop(`${tried.remaining} requests are left of its rate limit`);
    }
    url = next;
  }
  return stop(null);
}

interface TriedPage {
  readonly page: Page | null;
  readonly reason: string;
  readonly requests: number;
  readonly remaining: number | null;
}

async function tryPage(
  url: string,
  { get, readPage }: PagesOptions,
  limits: PageLimits,
  signal: AbortSignal | undefined,
): Promise<TriedPage> {
  let reason = 'not asked';
  for (let requests = 1; ; requests += 1) {
    const ended = (page: Page | null, why: string, remaining: number | null): TriedPage => ({
      page,
      reason: why,
      requests,
      remaining,
    });
    if (signal?.aborted === true) return { page: null, reason: 'interrupted', requests: requests - 1, remaining: null };
    const answer = await ask(url, get, limits, signal);
    let waitMs = limits.backoffMs * 2 ** (requests - 1);
    if (typeof answer === 'string') reason = answer;
    else if (answer.status === 200) {
      const page = readPage(answer.body, url);
      if (page !== null) return ended(page, '', remainingOf(answer));
      reason = 'its answer is no page of tags';
    } else {
      reason = `it answers ${answer.status}`;
      if (answer.status !== 429 && answer.status < 500) return ended(null, reason, null);
      waitMs = Math.max(waitMs, askedWaitMs(answer));
    }
    if (requests >= limits.tries || waitMs > limits.maxWaitMs) return ended(null, reason, null);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns the answer, or why there is none */
async function ask(
  url: string,
  get: GetPage,
  limits: PageLimits,
  signal: AbortSignal | undefined,
): Promise<PageAnswer | string> {
  const timeout = AbortSignal.timeout(limits.tryTimeoutMs);
  try {
    return await get(url, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (timeout.aborted) return `it does not answer within ${limits.tryTimeoutMs / 1000} s`;
    return `it cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isSameList(next: string, first: string): boolean {
  return URL.canParse(next) && new URL(next).origin === new URL(first).origin;
}

/** @see https://docs.docker.com/reference/api/hub/latest/ for the headers of Docker Hub, which GitHub's resemble */
function remainingOf({ headers }: PageAnswer): number | null {
  const text = headers['x-ratelimit-remaining'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** Seconds, a date, or Docker Hub's `X-Retry-After`, which is an instant in seconds since the epoch. */
function askedWaitMs({ headers }: PageAnswer): number {
  const now = Date.now();
  const seconds = headers['retry-after'];
  if (seconds !== undefined && /^\d+$/.test(seconds)) return Number(seconds) * 1000;
  const date = Date.parse(seconds ?? '');
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const epoch = headers['x-retry-after'];
  return epoch !== undefined && /^\d+$/.test(epoch) ? Math.max(0, Number(epoch) * 1000 - now) : 0;
}
