/** Pages at other services that a command writes a part of, with the login that the environment has for each. */
import { githubReleasePage } from '../adapters/github/github-release-page.ts';
import { gitlabReleasePage, type GitlabOptions } from '../adapters/gitlab/gitlab-release-page.ts';
import { hubOverviewPage } from '../adapters/docker-hub/overview-page.ts';
import type { Http } from '../adapters/http/http.ts';
import type { SourceConfig } from '../config/types.ts';
import { InputError, OutsideError } from '../domain/errors.ts';
import { githubApi, githubCredential } from '../domain/github-credential.ts';
import { formatRepository, isLoopback, type Repository } from '../domain/reference.ts';
import { unsendable } from '../domain/secrets.ts';
import type { PageAccess } from '../ports.ts';

export interface PageLine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Http;
  readonly say: (line: string) => void;
}

/**
 * The config's GitHub repository, else that of the workflow or the GitLab pipeline that this is part of.
 *
 * @throws {InputError} USAGE if there is none of them; CONFIG_INVALID for a URL that no token may be sent to
 */
export function releasePage({ github, githubUrl }: SourceConfig, gitTag: string, line: PageLine): PageAccess {
  const { env } = line;
  const repository = github ?? (env['GITHUB_REPOSITORY'] || null);
  if (repository !== null) {
    const baseUrl = (github === null ? null : githubUrl) ?? (env['GITHUB_API_URL'] || githubApi);
    return githubPage(repository, baseUrl, gitTag, line);
  }
  if ((env['CI_PROJECT_ID'] ?? '') !== '') return gitlabPage(gitTag, line);
  const message = 'the config names no GitHub repository, and no workflow or pipeline says whose release it is';
  const fix = "write source: { github: 'owner/name' } into the config, or set GITHUB_REPOSITORY";
  throw new InputError([{ code: 'USAGE', where: '--release', message, fix }]);
}

function githubPage(repository: string, baseUrl: string, gitTag: string, { env, http, say }: PageLine): PageAccess {
  const credential = githubCredential(env, baseUrl);
  const page = githubReleasePage({ repository, credential, http, baseUrl, onWait: say }, gitTag);
  if (credential.kind === 'token') return { kind: 'open', page };
  return { kind: 'closed', name: page.name, because: `${credential.because} that is allowed contents: write` };
}

function gitlabPage(gitTag: string, line: PageLine): PageAccess {
  const { token, ...project } = gitlabProject(line);
  if (token !== null) return { kind: 'open', page: gitlabReleasePage({ ...project, token, http: line.http }, gitTag) };
  const because = 'there is no token; set GITLAB_TOKEN, or run it in a job, which has CI_JOB_TOKEN';
  return { kind: 'closed', name: `the release ${gitTag} of ${project.name}`, because };
}

/** The project of the pipeline that this is part of, and the login for it. */
export interface GitlabProject extends Pick<GitlabOptions, 'apiUrl' | 'project' | 'name'> {
  readonly token: GitlabOptions['token'] | null;
}

/** @throws {InputError} CONFIG_INVALID for a URL that no token may be sent to */
export function gitlabProject({ env }: Pick<PageLine, 'env'>): GitlabProject {
  const project = env['CI_PROJECT_ID'] ?? '';
  const apiUrl = env['CI_API_V4_URL'] || `${env['CI_SERVER_URL'] || 'https://gitlab.com'}/api/v4`;
  const { host, protocol } = new URL(apiUrl);
  const name = `${host}/${env['CI_PROJECT_PATH'] || project}`;
  const token = secretOf(env, 'GITLAB_TOKEN', 'private-token') ?? secretOf(env, 'CI_JOB_TOKEN', 'job-token');
  if (token !== null && protocol !== 'https:' && !isLoopback(host)) {
    const message = 'it would send the token without encryption';
    throw new InputError([
      { code: 'CONFIG_INVALID', where: 'CI_API_V4_URL', message, fix: 'serve GitLab over https, or unset the token' },
    ]);
  }
  return { apiUrl, project, name, token };
}

/** For what a command can do without: a URL that no token may be sent to is a reason not to ask. */
export function gitlabIfSafe(
  line: Pick<PageLine, 'env'>,
): { readonly kind: 'open'; readonly project: GitlabProject } | { readonly kind: 'closed'; readonly because: string } {
  try {
    return { kind: 'open', project: gitlabProject(line) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'closed', because: error.problems.map(({ where, message }) => `${where}: ${message}`).join('; ') };
  }
}

/** A pipeline passes on a secret that is not set as an empty text. */
function secretOf<H extends string>(
  env: PageLine['env'],
  variable: string,
  header: H,
): { header: H; value: string } | null {
  const value = env[variable] ?? '';
  if (value === '') return null;
  const fault = unsendable(value);
  if (fault === null) return { header, value };
  throw new OutsideError('CREDENTIALS_FAILED', `${variable} ${fault}; set it to the token alone`, { variable });
}

/** Its own variables, and no `docker login`: what may push an image need not be what may change its page. */
export function overviewPage(repository: Repository, { env, http }: PageLine): PageAccess {
  const user = env['DOCKERHUB_USERNAME'] ?? '';
  const secret = env['DOCKERHUB_TOKEN'] ?? '';
  const missing = [...(user === '' ? ['DOCKERHUB_USERNAME'] : []), ...(secret === '' ? ['DOCKERHUB_TOKEN'] : [])];
  if (missing.length === 0) {
    return { kind: 'open', page: hubOverviewPage({ path: repository.path, login: { user, secret }, http }) };
  }
  const because = `there is no login; set ${missing.join(' and ')} (the token is a personal access token that may read, write and delete)`;
  return { kind: 'closed', name: `the overview of ${formatRepository(repository)}`, because };
}
