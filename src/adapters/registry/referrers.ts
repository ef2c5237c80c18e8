import { mediaTypes } from '../../domain/media-types.ts';
import { parseReferrers, type Referrer } from '../../domain/referrers.ts';
import { nextLink } from '../http/link.ts';
import { statusFault } from './status-fault.ts';
import type { FetchPage } from './tag-pages.ts';
import { WireFault, type WireAnswer } from '../http/wire.ts';

export const referrersAccept = mediaTypes.ociIndex;
const maxPages = 100;

/**
 * What a registry lists as hanging on a digest, all pages. A registry without the referrers API answers with 404, or
 * that it does not know such a path; some answer with a page for people.
 *
 * @param base `https://host/v2/<repository>/referrers/<digest>`
 * @returns `null` if the registry has no such lists
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function listReferrers(base: string, fetchPage: FetchPage): Promise<readonly Referrer[] | null> {
  const found: Referrer[] = [];
  const visited = new Set<string>();
  for (let url: string | null = base; url !== null;) {
    visited.add(url);
    const at: string = url;
    const page: Page | null = await fetchPage(at, (answer) => readPage(answer, at, visited));
    if (page === null) return null;
    found.push(...page.referrers);
    url = page.next;
  }
  return found;
}

interface Page {
  readonly referrers: readonly Referrer[];
  readonly next: string | null;
}

function readPage(answer: WireAnswer, url: string, visited: ReadonlySet<string>): Page | null {
  if (visited.size === 1 && [400, 404, 405, 406, 501].includes(answer.status)) return null;
  if (answer.status !== 200) throw statusFault(answer, 'pull');
  const referrers = parseReferrers(answer.body);
  if (referrers === null) return null;
  const link = nextLink(answer.headers['link']);
  if (link === null) return { referrers, next: null };
  const [here, target] = [new URL(url), URL.canParse(link, url) ? new URL(link, url) : null];
  const next =
    target === null || target.pathname !== here.pathname ? null : `${here.origin}${here.pathname}${target.search}`;
  if (next === null || visited.has(next) || visited.size >= maxPages)
    throw new WireFault('REGISTRY_ANSWER', 'the list of referrers has no end', { status: 200, tries: 1 });
  return { referrers, next };
}
