/** The pull requests of the forge that an image's builds come from, with the login that the environment has. */
import { githubPulls } from '../adapters/github/github-pulls.ts';
import { gitlabMergeRequests } from '../adapters/gitlab/gitlab-merge-requests.ts';
import type { SourceConfig } from '../config/types.ts';
import { githubApi, githubCredential, strangersCredential } from '../domain/github-credential.ts';
import type { PullAccess } from '../ports.ts';
import { gitlabIfSafe, type PageLine } from './pages.ts';

/**
 * The config's GitHub repository, else that of the workflow or the GitLab pipeline that this is part of. Without a token
 * nothing is asked: each pull request is a request, and few are allowed to somebody unknown.
 */
export function pullRequests(
  { github, githubUrl }: SourceConfig,
  { dataOnly, ...line }: PageLine & { readonly dataOnly: boolean },
): PullAccess {
  const { env, http, say } = line;
  const repository = github ?? (env['GITHUB_REPOSITORY'] || null);
  if (repository !== null) {
    const baseUrl = (github === null ? null : githubUrl) ?? (env['GITHUB_API_URL'] || githubApi);
    const credential = dataOnly ? strangersCredential(env, baseUrl, repository) : githubCredential(env, baseUrl);
    if (credential.kind === 'none') return { kind: 'closed', because: credential.because };
    return { kind: 'open', pulls: githubPulls({ repository, credential, http, baseUrl, onWait: say }) };
  }
  if (dataOnly || (env['CI_PROJECT_ID'] ?? '') === '')
    return { kind: 'closed', because: "nothing says which forge they are of; write source: { github: 'owner/name' }" };
  const found = gitlabIfSafe(line);
  if (found.kind === 'closed') return found;
  const { token, ...project } = found.project;
  // A job's own token does not read merge requests: https://docs.gitlab.com/ci/jobs/ci_job_token/
  if (token?.header !== 'private-token')
    return { kind: 'closed', because: 'there is no token; set GITLAB_TOKEN to one with the scope read_api' };
  return { kind: 'open', pulls: gitlabMergeRequests({ ...project, token, http }) };
}
