/** Where a report is kept on the GitLab whose pipeline this is part of, with the token that the environment has. */
import { mergeRequestNotes, projectIssues } from '../adapters/gitlab/gitlab-notes.ts';
import { forkRun } from '../domain/ci.ts';
import { InternalError } from '../domain/errors.ts';
import type { NoteAccess } from '../ports.ts';
import { gitlabIfSafe, type PageLine } from './pages.ts';

export function noteAccess({ env, http }: Pick<PageLine, 'env' | 'http'>): NoteAccess {
  const runUrl = env['CI_JOB_URL'] ?? '';
  const because = whyClosed(env);
  if (because !== null) return { comments: { kind: 'closed', because }, issues: { kind: 'closed', because }, runUrl };
  const found = gitlabIfSafe({ env });
  if (found.kind === 'closed') return { comments: found, issues: found, runUrl };
  const { token, ...place } = found.project;
  if (token === null) throw new InternalError('a project with a token has one');
  const webUrl = env['CI_MERGE_REQUEST_PROJECT_URL'] || env['CI_PROJECT_URL'] || '';
  const project = { ...place, webUrl, token, http };
  const mergeRequest = env['CI_MERGE_REQUEST_IID'] ?? '';
  return {
    comments: /^[1-9]\d{0,14}$/.test(mergeRequest)
      ? { kind: 'open', board: mergeRequestNotes(project, Number(mergeRequest)) }
      : { kind: 'closed', because: 'this pipeline is of no merge request' },
    issues:
      mergeRequest === ''
        ? { kind: 'open', board: projectIssues(project) }
        : { kind: 'closed', because: "this pipeline is of a merge request, whose config is not the project's yet" },
    runUrl,
  };
}

function whyClosed(env: PageLine['env']): string | null {
  if ((env['GITLAB_CI'] ?? '') === '' || (env['CI_PROJECT_ID'] ?? '') === '') return 'this is not a pipeline of GitLab';
  const fork = forkRun(env);
  if (fork !== null) return `merge request ${fork.mergeRequest} is of a fork, whose code gets no token`;
  // A job's own token writes releases, and neither notes nor issues: https://docs.gitlab.com/ci/jobs/ci_job_token/
  const isSet = (env['GITLAB_TOKEN'] ?? '') !== '';
  return isSet
    ? null
    : 'there is no token; set GITLAB_TOKEN to a project access token with the role Reporter and the scope api';
}
