import { z } from 'zod';
import { isDigest } from '../../domain/digest.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Http } from '../http/http.ts';
import { readPages, type Page, type PageLimits } from './pages.ts';
import type { ListedTag, TagList } from './tag-list.ts';

const entry = z.object({
  name: z.string(),
  digest: z.string().nullish(),
  media_type: z.string().nullish(),
  tag_last_pushed: z.string().nullish(),
});
const pageShape = z.object({ results: z.array(entry), next: z.string().nullish() });

export interface HubOptions {
  readonly repository: Repository;
  readonly http: Http;
  readonly baseUrl?: string;
  readonly limits?: Partial<PageLimits>;
}

/**
 * Docker Hub's own list of a repository's tags: a hundred a page, with the digest of the manifest or index. It is public
 * and does not count as a pull. Very old tags have no digest there, and are left to the registry.
 *
 * @see https://docs.docker.com/reference/api/hub/latest/operations/ListRepositoryTags/
 */
export function dockerHubTagList({
  repository,
  http,
  baseUrl = 'https://hub.docker.com',
  limits,
}: HubOptions): TagList {
  const [namespace = '', ...names] = repository.path.split('/');
  const path = `/v2/namespaces/${namespace}/repositories/${names.join('/')}/tags`;
  return {
    name: "Docker Hub's tag list",
    read: (signal, onPage) =>
      readPages(
        { first: `${baseUrl}${path}?page_size=100&page=1`, http, readPage, onPage, ...(limits && { limits }) },
        signal,
      ),
  };
}

function readPage(body: unknown): Page | null {
  const parsed = pageShape.safeParse(body);
  if (!parsed.success) return null;
  const { results, next } = parsed.data;
  const tags = results.flatMap(({ name, digest, media_type, tag_last_pushed }): ListedTag[] => {
    if (digest === null || digest === undefined || !isDigest(digest)) return [];
    return [{ tag: name, digest, mediaType: media_type ?? '', pushedAt: tag_last_pushed ?? null }];
  });
  return { tags, next: next ?? null };
}
