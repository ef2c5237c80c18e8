import { count } from '../../domain/count.ts';
import { askJson, type JsonAnswer } from '../http/ask-json.ts';
import type { Http } from '../http/http.ts';
import { WireFault } from '../http/wire.ts';
import { seenAs, type ListedTag, type ListedTags } from './tag-list.ts';

/** What one page holds, and where the next one is. */
export interface Page {
  readonly tags: readonly ListedTag[];
  /** Absolute; `null` after the last page. */
  readonly next: string | null;
}

export interface PagesOptions {
  readonly first: string;
  readonly http: Http;
  /** Sent with every request; a token's header among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @returns `null` where the body is no page of this service */
  readonly readPage: (body: unknown, url: string) => Page | null;
  readonly limits?: Partial<PageLimits>;
  readonly onPage?: ((tags: readonly ListedTag[]) => void) | undefined;
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
const maxPageBytes = 32 * 1024 * 1024;

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
    options.onPage?.(tried.page.tags);
    const { next } = tried.page;
    if (next !== null && !isSameList(next, options.first)) return stop('the next page is on another server');
    if (next !== null && tried.remaining !== null && tried.remaining <= limits.quotaReserve) {
      return stop(`${count(tried.remaining, 'request is', 'requests are')} left of its rate limit`);
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

/** Why a page was given up; caught where it is made. */
class PageFailure extends Error {}

async function tryPage(
  url: string,
  { http, headers, readPage }: PagesOptions,
  { tries, backoffMs, maxWaitMs, tryTimeoutMs }: PageLimits,
  signal: AbortSignal | undefined,
): Promise<TriedPage> {
  let requests = 0;
  try {
    const got = await askJson(http, {
      url,
      ...(headers === undefined ? {} : { headers }),
      maxBytes: maxPageBytes,
      timeoutMs: tryTimeoutMs,
      limits: { tries, deadlineMs: maxWaitMs, backoffMs, maxBackoffMs: maxWaitMs },
      signal,
      onSend: () => requests++,
      read: (answer) => ({ page: wholePage(answer, readPage(answer.value, url)), remaining: remainingOf(answer) }),
      failure: ({ fault }) => new PageFailure(fault === null ? 'interrupted' : fault.message),
    });
    return { ...got, reason: '', requests };
  } catch (error) {
    if (!(error instanceof PageFailure)) throw error;
    return { page: null, reason: error.message, requests, remaining: null };
  }
}

function wholePage({ status }: JsonAnswer, page: Page | null): Page {
  if (status === 200 && page !== null) return page;
  if (status === 200) throw new WireFault('REGISTRY_ANSWER', 'its answer is no page of tags');
  const isPassing = status === 408 || status === 429 || status >= 500;
  throw new WireFault('REGISTRY_ANSWER', `it answers ${status}`, isPassing ? {} : { tries: 1 });
}

function isSameList(next: string, first: string): boolean {
  return URL.canParse(next) && new URL(next).origin === new URL(first).origin;
}

/** @see https://docs.docker.com/reference/api/hub/latest/ for the headers of Docker Hub, which GitHub's resemble */
function remainingOf({ headers }: JsonAnswer): number | null {
  const text = headers['x-ratelimit-remaining'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
