/** @see https://docs.gitlab.com/api/merge_requests/#get-single-mr */
import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';
import type { PullRequests } from '../../ports.ts';
import { askJson } from '../http/ask-json.ts';
import { pageRequest, shapedAnswer } from '../http/page-request.ts';
import type { GitlabOptions } from './gitlab-release-page.ts';

/** `locked` is one that is being merged. */
const mergeRequest = z.object({
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  merged_at: z.string().nullish(),
  closed_at: z.string().nullish(),
});

export function gitlabMergeRequests({ apiUrl, project, name, token, http, backoffMs }: GitlabOptions): PullRequests {
  const url = `${apiUrl}/projects/${encodeURIComponent(project)}/merge_requests`;
  return {
    name,
    state: (number, signal) => {
      const asker = {
        name: `merge request ${number} of ${name}`,
        secrets: [token.value],
        maxBytes: 16 * 1_048_576,
        backoffMs,
      };
      return askJson(http, {
        ...pageRequest(asker, `${url}/${number}`, signal),
        headers: { [token.header]: token.value },
        read: (answer) => {
          if (answer.status === 404) return null;
          const { state, merged_at: mergedAt, closed_at: closedAt } = shapedAnswer(answer, mergeRequest);
          if (state === 'opened' || state === 'locked') return { kind: 'open' } as const;
          return {
            kind: 'closed',
            isMerged: state === 'merged',
            at: parseInstant(mergedAt ?? closedAt ?? ''),
          } as const;
        },
      });
    },
  };
}
