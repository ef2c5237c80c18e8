import { z } from 'zod';
import { githubClient } from '../adapters/github/github-client.ts';
import type { Http } from '../adapters/http/http.ts';
import { OutsideError } from '../domain/errors.ts';
import { githubApi, githubCredential } from '../domain/github-credential.ts';

interface ApproverSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: () => Promise<Http>;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const reviews = z.array(z.object({ state: z.string(), user: z.object({ login: z.string() }).nullish() }));

/**
 * Whoever approved a protected environment of the run. Not to be told is no reason to leave moves without a statement.
 *
 * @see https://docs.github.com/en/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run
 */
export async function githubApprover(id: string | null, around: ApproverSurroundings): Promise<string | null> {
  const { env, http, say, signal } = around;
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const baseUrl = env['GITHUB_API_URL'] || githubApi;
  if (id === null || !/^\d+$/.test(id) || repository === '') return null;
  try {
    const credential = githubCredential(env, baseUrl);
    if (credential.kind === 'none') return null;
    const client = githubClient({ repository, credential, baseUrl, http: await http() });
    const found = await client.get(`actions/runs/${id}/approvals`, reviews, 'actions: read', signal);
    const approvers = (found ?? []).flatMap(({ state, user }) => (state === 'approved' ? (user?.login ?? []) : []));
    return approvers.length === 0 ? null : [...new Set(approvers)].join(', ');
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    say(`the statement names nobody who approved the run: ${error.message}`);
    return null;
  }
}
