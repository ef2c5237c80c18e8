import { parseJsonObject } from '../../domain/json.ts';
import { isAbsent } from './manifest-answer.ts';
import { isTag } from '../../domain/tag.ts';
import { nextLink } from '../http/link.ts';
import { statusFault } from './status-fault.ts';
import { WireFault, type WireAnswer } from '../http/wire.ts';

export const maxTagPageBytes = 64 * 1024 * 1024;
/** Asked for; the registry decides. Docker's ignores it, others cap it or answer less. */
const pageSize = 1000;

/** What all pages of one list may come to; a list over it is not read, rather than cut. */
export interface ListBounds {
  readonly pages: number;
  readonly tags: number;
  readonly bytes: number;
  readonly ms: number;
}
const defaultBounds: ListBounds = { pages: 10_000, tags: 1_000_000, bytes: 128 * 1024 * 1024, ms: 10 * 60_000 };

/** Fetches one page; each is a call of its own, with its own tries and deadline. */
export type FetchPage = <T>(url: string, read: (answer: WireAnswer) => T) => Promise<T>;

/**
 * All tags, page after page as long as the registry names a next one, each tag once. Of a `Link` only the query is taken
 * where its path is another, so that a listing cannot lead elsewhere; a page that was there before ends it.
 *
 * @param base `https://host/v2/<repository>/tags/list`
 * @returns `null` where the repository does not exist
 */
export async function listTags(
  base: string,
  fetchPage: FetchPage,
  nowMs: () => number,
  bounds = defaultBounds,
): Promise<readonly string[] | null> {
  const tags = new Set<string>();
  const visited = new Set<string>();
  const startMs = nowMs();
  let sizeBytes = 0;
  let url = `${base}?n=${pageSize}`;
  for (;;) {
    visited.add(url);
    const isFirst = visited.size === 1;
    const page: Page | null = await fetchPage(url, (answer) => readPage(answer, url, visited, isFirst));
    if (page === null) return null;
    const before = tags.size;
    for (const tag of page.tags) tags.add(tag);
    sizeBytes += page.sizeBytes;
    // A full page without a `Link` may be all, or the first of many: what follows it is asked for once.
    const next: string | null = page.next ?? (page.count === pageSize && tags.size > before ? after(base, page) : null);
    if (next === null || visited.has(next)) return [...tags];
    const over = overBounds(
      { pages: visited.size + 1, tags: tags.size, bytes: sizeBytes, ms: nowMs() - startMs },
      bounds,
    );
    if (over !== null) return fetchPage(next, () => fail(over));
    url = next;
  }
}

function after(base: string, { tags }: Page): string | null {
  const last = tags.at(-1);
  return last === undefined ? null : `${base}?n=${pageSize}&last=${encodeURIComponent(last)}`;
}

function overBounds(is: ListBounds, bounds: ListBounds): string | null {
  const names = ['pages', 'tags', 'bytes', 'ms'] as const;
  const over = names.find((name) => is[name] > bounds[name]);
  return over === undefined ? null : `the list of tags is over ${bounds[over]} ${over}; it was not read to its end`;
}

function fail(message: string): never {
  throw new WireFault('REGISTRY_ANSWER', message, { tries: 1 });
}

interface Page {
  /** Those that are tags by the grammar. */
  readonly tags: readonly string[];
  /** How many entries there were, whatever they are. */
  readonly count: number;
  readonly sizeBytes: number;
  readonly next: string | null;
}

function readPage(answer: WireAnswer, url: string, visited: ReadonlySet<string>, isFirst: boolean): Page | null {
  if (isAbsent(answer)) {
    if (isFirst) return null;
    throw new WireFault('REGISTRY_ANSWER', '404 in the middle of the list of tags', { status: 404 });
  }
  if (answer.status !== 200) throw statusFault(answer, 'pull');
  const body = parseJsonObject(new TextDecoder().decode(answer.body));
  // A repository without tags answers null in Docker's registry.
  const list: unknown = body === null ? undefined : (body['tags'] ?? []);
  if (!Array.isArray(list) || !list.every((tag) => typeof tag === 'string' || tag === null)) {
    throw new WireFault('REGISTRY_ANSWER', 'the body is not a list of tags', { status: 200 });
  }
  const tags = list.filter((tag): tag is string => typeof tag === 'string' && isTag(tag));
  return { tags, count: list.length, sizeBytes: answer.body.byteLength, next: nextPage(answer, url, visited) };
}

/**
 * A registry behind a proxy names itself with its inner host, port or path: the query is what counts, on the address that
 * works. A target without a query of a next page leads nowhere.
 */
function nextPage(answer: WireAnswer, url: string, visited: ReadonlySet<string>): string | null {
  const link = nextLink(answer.headers['link']);
  if (link === null) return null;
  const current = new URL(url);
  const target = URL.canParse(link, url) ? new URL(link, url) : null;
  if (target === null || target.search === '' || !/\/tags\/list\/?$/.test(target.pathname)) {
    fail('the next page of tags is not a page of this list');
  }
  const next = `${current.origin}${current.pathname}${target.search}`;
  if (visited.has(next)) fail('the list of tags goes round in a circle');
  return next;
}
