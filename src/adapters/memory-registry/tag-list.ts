import { errorAnswer, jsonAnswer, type Answer, type Call } from './answer.ts';
import type { Store } from './store.ts';

/**
 * Tags by code unit, a page at a time. `n` is obeyed up to `pageSize`, as the big registries do: a client that takes
 * the first page for everything loses tags.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export function answerTagList(store: Store, name: string, call: Call, pageSize: number): Answer {
  if (call.method !== 'GET' && call.method !== 'HEAD') return errorAnswer('UNSUPPORTED', 'tags are listed');
  const repository = store.repositories.get(name);
  if (repository === undefined) return errorAnswer('NAME_UNKNOWN', 'no such repository');
  const asked = call.query.get('n');
  if (asked !== null && !/^\d{1,9}$/.test(asked)) {
    return errorAnswer('PAGINATION_NUMBER_INVALID', 'n is a number of tags');
  }
  const size = asked === null ? pageSize : Math.min(Number(asked), pageSize);
  const last = call.query.get('last');
  const rest = [...repository.tags.keys()].filter((tag) => last === null || tag > last).sort();
  const tags = rest.slice(0, size);
  const end = tags.at(-1);
  const hasMore = end !== undefined && rest.length > tags.length;
  const next = hasMore ? `</v2/${name}/tags/list?n=${size}&last=${encodeURIComponent(end)}>; rel="next"` : '';
  return jsonAnswer(200, { name, tags }, next === '' ? {} : { link: next });
}
