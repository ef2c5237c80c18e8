import { parseJsonObject } from '../../domain/json.ts';
import { isAbsent } from './manifest-answer.ts';
import { nextLink } from '../http/link.ts';
import { statusFault } from './status-fault.ts';
import { WireFault, type WireAnswer } from '../http/wire.ts';

export const maxTagPageBytes = 64 * 1024 * 1024;
/** Asked for; the registry decides. Docker's ignores it, others cap it or answer less. */
const pageSize = 1000;
const maxPages = 100_000;

/** Fetches one page; each is a call of its own, with its own tries and deadline. */
export type FetchPage = <T>(url: string, read: (answer: WireAnswer) => T) => Promise<T>;

/**
 * All tags, page after page as long as the registry names a next one, each tag once. Only the path and query of a
 * `Link` are taken, so that a listing cannot lead to another host; a page that was there before ends it.
 *
 * @param base `https://host/v2/<repository>/tags/list`
 * @returns `null` where the repository does not exist
 */
export async function listTags(base: string, fetchPage: FetchPage): Promise<readonly string[] | null> {
  const tags = new Set<string>();
  const visited = new Set<string>();
  let url = `${base}?n=${pageSize}`;
  while (visited.size < maxPages) {
    visited.add(url);
    const isFirst = visited.size === 1;
    const page = await fetchPage(url, (answer) => readPage(answer, url, visited, isFirst));
    if (page === null) return null;
    for (const tag of page.tags) tags.add(tag);
    if (page.next === null) return [...tags];
    url = page.next;
  }
  return fetchPage(url, () => {
    throw new WireFault('REGISTRY_ANSWER', `the list of tags has over ${maxPages} pages`, { tries: 1 });
  });
}

interface Page {
  readonly tags: readonly string[];
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
  if (!Array.isArray(list) || !list.every((tag): tag is string => typeof tag === 'string')) {
    throw new WireFault('REGISTRY_ANSWER', 'the body is no list of tags', { status: 200 });
  }
  return { tags: list, next: nextPage(answer, url, visited) };
}

function nextPage(answer: WireAnswer, url: string, visited: ReadonlySet<string>): string | null {
  const link = nextLink(answer.headers['link']);
  if (link === null) return null;
  const current = new URL(url);
  const target = URL.canParse(link, url) ? new URL(link, url) : null;
  if (target === null || target.hostname !== current.hostname || target.pathname !== current.pathname) {
    throw new WireFault('REGISTRY_ANSWER', 'the next page of tags is not on this registry', { status: 200, tries: 1 });
  }
  // A registry behind a proxy may name itself with http or with its inner port; ours is the way that works.
  const next = `${current.origin}${target.pathname}${target.search}`;
  if (visited.has(next)) {
    throw new WireFault('REGISTRY_ANSWER', 'the list of tags goes round in a circle', { status: 200, tries: 1 });
  }
  return next;
}
