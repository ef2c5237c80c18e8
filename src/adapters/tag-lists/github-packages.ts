import { z } from 'zod';
import { isDigest } from '../../domain/digest.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Http } from '../http/http.ts';
import { readPages, type PageLimits } from './pages.ts';
import type { ListedTag, ListedTags, TagList } from './tag-list.ts';

const version = z.object({
  name: z.string(),
  updated_at: z.string().nullish(),
  metadata: z.object({ container: z.object({ tags: z.array(z.string()) }).optional() }).optional(),
});
const pageShape = z.array(version);
const perPage = 100;

export interface PackagesOptions {
  readonly repository: Repository;
  /** Needs `read:packages`; the API answers nobody without one. */
  readonly token: string;
  readonly http: Http;
  readonly baseUrl?: string;
  readonly limits?: Partial<PageLimits>;
}

/**
 * Versions of a container package on GitHub: each is a manifest by its digest with the tags on it, a hundred a page.
 * Versions without a tag, such as the platforms of an index, are listed among them. The type of a manifest is not.
 *
 * @see https://docs.github.com/en/rest/packages/packages#list-package-versions-for-a-package-owned-by-an-organization
 */
export function githubPackageList(options: PackagesOptions): TagList {
  const { repository, http, baseUrl = 'https://api.github.com', limits } = options;
  const [owner = '', ...names] = repository.path.split('/');
  const headers = { authorization: `token ${options.token}`, accept: 'application/vnd.github+json' };
  const list = (kind: 'orgs' | 'users', ...[signal, onPage]: Parameters<TagList['read']>): Promise<ListedTags> => {
    const name = encodeURIComponent(names.join('/'));
    const first = `${baseUrl}/${kind}/${owner}/packages/container/${name}/versions?state=active&per_page=${perPage}&page=1`;
    return readPages({ first, http, headers, readPage, onPage, ...(limits && { limits }) }, signal);
  };
  return {
    name: "GitHub's list of package versions",
    read: async (signal, onPage) => {
      // The path says nothing of whether its owner is an organization; a user's packages have another address.
      const asOrganization = await list('orgs', signal, onPage);
      if (asOrganization.stopped !== 'it answers 404') return asOrganization;
      const asUser = await list('users', signal, onPage);
      return { ...asUser, requests: asUser.requests + asOrganization.requests };
    },
  };
}

function readPage(body: unknown, url: string): { tags: readonly ListedTag[]; next: string | null } | null {
  const parsed = pageShape.safeParse(body);
  if (!parsed.success) return null;
  const tags = parsed.data.flatMap(({ name, updated_at, metadata }): ListedTag[] => {
    if (!isDigest(name)) return [];
    const on = metadata?.container?.tags ?? [];
    return on.map((tag) => ({ tag, digest: name, mediaType: '', pushedAt: updated_at ?? null }));
  });
  if (parsed.data.length < perPage) return { tags, next: null };
  const next = new URL(url);
  next.searchParams.set('page', String(Number(next.searchParams.get('page')) + 1));
  return { tags, next: next.href };
}
