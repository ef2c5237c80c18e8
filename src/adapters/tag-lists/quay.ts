import { z } from 'zod';
import { isDigest } from '../../domain/digest.ts';
import { mediaTypes } from '../../domain/media-types.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Http } from '../http/http.ts';
import { readPages, type PageLimits } from './pages.ts';
import type { ListedTag, TagList } from './tag-list.ts';

const entry = z.object({
  name: z.string(),
  manifest_digest: z.string(),
  is_manifest_list: z.boolean().optional(),
  start_ts: z.number().optional(),
});
const pageShape = z.object({ tags: z.array(entry), page: z.number(), has_additional: z.boolean() });

export interface QuayOptions {
  readonly repository: Repository;
  readonly http: Http;
  readonly token?: string | undefined;
  readonly baseUrl?: string;
  readonly limits?: Partial<PageLimits>;
}

/**
 * Quay's list of a repository's tags that are there now, a hundred a page.
 *
 * @see https://docs.redhat.com/en/documentation/red_hat_quay/3/html/use_red_hat_quay/viewing-tag-history-v2-api
 */
export function quayTagList({ repository, http, token, baseUrl, limits }: QuayOptions): TagList {
  const base = `${baseUrl ?? `https://${repository.registry}`}/api/v1/repository/${repository.path}/tag/`;
  const urlOf = (page: number): string => `${base}?onlyActiveTags=true&limit=100&page=${page}`;
  return {
    name: "Quay's tag list",
    read: (signal, onPage) =>
      readPages(
        {
          onPage,
          first: urlOf(1),
          http,
          ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
          readPage: (body) => {
            const parsed = pageShape.safeParse(body);
            if (!parsed.success) return null;
            const { tags, page, has_additional } = parsed.data;
            return { tags: tags.flatMap(toListed), next: has_additional ? urlOf(page + 1) : null };
          },
          ...(limits && { limits }),
        },
        signal,
      ),
  };
}

/** Whether it is an index or one platform's manifest is all that Quay says of the type. */
function toListed({ name, manifest_digest, is_manifest_list, start_ts }: z.output<typeof entry>): ListedTag[] {
  if (!isDigest(manifest_digest)) return [];
  const types = { true: mediaTypes.ociIndex, false: mediaTypes.ociManifest, undefined: '' };
  return [
    {
      tag: name,
      digest: manifest_digest,
      mediaType: types[`${is_manifest_list}`],
      pushedAt: start_ts === undefined ? null : new Date(start_ts * 1000).toISOString(),
    },
  ];
}
