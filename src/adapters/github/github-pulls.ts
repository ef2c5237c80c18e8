import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';
import type { PullRequests } from '../../ports.ts';
import { githubClient, type GithubOptions } from './github-client.ts';

const pullShape = z.object({
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  closed_at: z.string().nullish(),
});

/** @see https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request */
export function githubPulls(options: GithubOptions): PullRequests {
  const client = githubClient(options);
  return {
    name: client.name,
    async state(number, signal) {
      const pull = await client.get(`pulls/${number}`, pullShape, 'pull-requests: read', signal);
      if (pull === null) return null;
      if (pull.state === 'open') return { kind: 'open' };
      const { merged_at: mergedAt, closed_at: closedAt } = pull;
      return { kind: 'closed', isMerged: typeof mergedAt === 'string', at: parseInstant(closedAt ?? mergedAt ?? '') };
    },
  };
}
