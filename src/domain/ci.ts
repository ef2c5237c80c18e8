/**
 * What the CI around a run tells of it: which git tag, commit, branch or merge request, and whether a fork's code is in
 * it. GitHub Actions and what takes its place, Forgejo's and Gitea's, have an event as a file: `github-event.ts`.
 */
import { branchFault, type BuildEvent, type RequestName } from './build-event.ts';
import type { Problem } from './errors.ts';
import type { Instant } from './instant.ts';
import { isRevision } from './release.ts';
import { failed, ok, type Result } from './result.ts';
import { quote } from './tag.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface CiRun {
  /** As people call it: `GitLab CI`. */
  readonly name: string;
  /** The git tag that is built; `null` if it is none. */
  readonly tag: string | null;
  /** As the CI says, which may be a name such as `HEAD`. */
  readonly revision: string | null;
  /** The branch that is built; of a merge request, or a git tag, `null`. */
  readonly branch: string | null;
  readonly mergeRequest: number | null;
  /** What this CI calls that. */
  readonly request: RequestName;
  /** A clock started it. `null` if this CI does not say. */
  readonly isScheduled: boolean | null;
  readonly defaultBranch: string | null;
  /** Code of a fork, or of whoever a merge request without a known origin is by. */
  readonly isFork: boolean;
}

/** One row for each CI. */
interface CiSystem {
  readonly name: string;
  readonly request: RequestName;
  /** Where its variables are documented. */
  readonly source: string;
  /** Set in each of its runs. */
  readonly mark: string;
  /** Its variable with the commit. */
  readonly commit: string;
  readonly read: (env: Env) => Omit<CiRun, 'name' | 'request'>;
  /** Which run it is, and whose. */
  readonly identity: (env: Env) => CiIdentity;
}

interface CiIdentity {
  readonly id: string | null;
  /** Left out where the CI does not count them, as an approver is where it does not say one. */
  readonly attempt?: string | null;
  readonly url: string | null;
  readonly actor: string | null;
  readonly approver?: string | null;
}

export const ciSystems: readonly CiSystem[] = [
  {
    name: 'GitLab CI',
    request: 'merge request',
    source: 'https://docs.gitlab.com/ci/variables/predefined_variables/',
    mark: 'GITLAB_CI',
    commit: 'CI_COMMIT_SHA',
    // Of a manual job it is whoever started the job.
    identity: (env) => ({
      id: textOf(env['CI_JOB_ID']),
      url: textOf(env['CI_JOB_URL']),
      actor: textOf(env['GITLAB_USER_LOGIN']),
    }),
    read: (env) => {
      const mergeRequest = numberOf(env['CI_MERGE_REQUEST_IID']);
      return {
        tag: textOf(env['CI_COMMIT_TAG']),
        revision: textOf(env['CI_COMMIT_SHA']),
        branch: mergeRequest === null ? textOf(env['CI_COMMIT_BRANCH']) : null,
        mergeRequest,
        isScheduled: env['CI_PIPELINE_SOURCE'] === 'schedule',
        defaultBranch: textOf(env['CI_DEFAULT_BRANCH']),
        isFork:
          mergeRequest !== null &&
          !isSame(env['CI_MERGE_REQUEST_SOURCE_PROJECT_ID'], env['CI_MERGE_REQUEST_PROJECT_ID']),
      };
    },
  },
  {
    name: 'Buildkite',
    request: 'pull request',
    source: 'https://buildkite.com/docs/pipelines/configure/environment-variables',
    mark: 'BUILDKITE',
    commit: 'BUILDKITE_COMMIT',
    identity: (env) => ({
      id: textOf(env['BUILDKITE_JOB_ID']),
      attempt: retryOf(env['BUILDKITE_RETRY_COUNT']),
      url: textOf(env['BUILDKITE_BUILD_URL']),
      actor: textOf(env['BUILDKITE_BUILD_CREATOR']),
      approver: textOf(env['BUILDKITE_UNBLOCKER']),
    }),
    read: (env) => {
      const tag = textOf(env['BUILDKITE_TAG']);
      const mergeRequest = numberOf(env['BUILDKITE_PULL_REQUEST']);
      return {
        tag,
        revision: textOf(env['BUILDKITE_COMMIT']),
        // Of a git tag it is the tag's name.
        branch: tag === null && mergeRequest === null ? textOf(env['BUILDKITE_BRANCH']) : null,
        mergeRequest,
        isScheduled: env['BUILDKITE_SOURCE'] === 'schedule',
        defaultBranch: textOf(env['BUILDKITE_PIPELINE_DEFAULT_BRANCH']),
        isFork:
          mergeRequest !== null && !isSame(placeOf(env['BUILDKITE_PULL_REQUEST_REPO']), placeOf(env['BUILDKITE_REPO'])),
      };
    },
  },
  {
    // Multibranch pipelines: others do not say what they build.
    name: 'Jenkins',
    request: 'pull request',
    source: 'https://github.com/jenkinsci/branch-api-plugin/blob/master/docs/user.adoc',
    mark: 'JENKINS_URL',
    commit: 'GIT_COMMIT',
    identity: (env) => ({
      id: textOf(env['BUILD_TAG']) ?? textOf(env['BUILD_ID']),
      url: textOf(env['BUILD_URL']),
      // Of the plugin build-user-vars.
      actor: textOf(env['BUILD_USER_ID']),
    }),
    read: (env) => {
      const tag = textOf(env['TAG_NAME']);
      const mergeRequest = numberOf(env['CHANGE_ID']);
      const branch = tag === null && mergeRequest === null ? textOf(env['BRANCH_NAME']) : null;
      return {
        tag,
        revision: textOf(env['GIT_COMMIT']),
        branch,
        mergeRequest,
        isScheduled: null,
        defaultBranch: env['BRANCH_IS_PRIMARY'] === 'true' ? branch : null,
        isFork: mergeRequest !== null && textOf(env['CHANGE_FORK']) !== null,
      };
    },
  },
  {
    name: 'CircleCI',
    request: 'pull request',
    source: 'https://circleci.com/docs/reference/variables/',
    mark: 'CIRCLECI',
    commit: 'CIRCLE_SHA1',
    identity: (env) => ({
      id: textOf(env['CIRCLE_WORKFLOW_JOB_ID']) ?? textOf(env['CIRCLE_BUILD_NUM']),
      url: textOf(env['CIRCLE_BUILD_URL']),
      actor: textOf(env['CIRCLE_USERNAME']),
    }),
    read: (env) => {
      const tag = textOf(env['CIRCLE_TAG']);
      const url = textOf(env['CIRCLE_PULL_REQUEST']);
      // Set for pull requests of forks alone.
      const forked = numberOf(env['CIRCLE_PR_NUMBER']);
      const mergeRequest = forked ?? numberOf(/\/(?<number>\d+)\/?$/.exec(url ?? '')?.groups?.['number']);
      return {
        tag,
        revision: textOf(env['CIRCLE_SHA1']),
        branch: tag === null && mergeRequest === null ? textOf(env['CIRCLE_BRANCH']) : null,
        mergeRequest,
        isScheduled: null,
        defaultBranch: null,
        isFork: forked !== null || (tag === null && /^pull\/\d+/.test(env['CIRCLE_BRANCH'] ?? '')),
      };
    },
  },
  {
    name: 'Azure Pipelines',
    request: 'pull request',
    source: 'https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables',
    mark: 'TF_BUILD',
    commit: 'BUILD_SOURCEVERSION',
    identity: (env) => ({
      id: textOf(env['BUILD_BUILDID']),
      attempt: textOf(env['SYSTEM_JOBATTEMPT']),
      url: azureUrl(env),
      actor: textOf(env['BUILD_REQUESTEDFOREMAIL']) ?? textOf(env['BUILD_REQUESTEDFOR']),
    }),
    read: (env) => {
      const ref = env['BUILD_SOURCEBRANCH'] ?? '';
      const ofRef = numberOf(/^refs\/pull\/(?<number>\d+)\//.exec(ref)?.groups?.['number']);
      const ofGithub = numberOf(env['SYSTEM_PULLREQUEST_PULLREQUESTNUMBER']);
      const mergeRequest = ofGithub ?? numberOf(env['SYSTEM_PULLREQUEST_PULLREQUESTID']) ?? ofRef;
      return {
        tag: afterPrefix(ref, 'refs/tags/'),
        revision: textOf(env['BUILD_SOURCEVERSION']),
        branch: mergeRequest === null ? afterPrefix(ref, 'refs/heads/') : null,
        mergeRequest,
        isScheduled: env['BUILD_REASON'] === 'Schedule',
        defaultBranch: null,
        // In the letters of whatever wrote it: `True`, `true`.
        isFork: mergeRequest !== null && env['SYSTEM_PULLREQUEST_ISFORK']?.toLowerCase() !== 'false',
      };
    },
  },
];

/** What writes events as GitHub Actions does. Forgejo's and Gitea's runners set GitHub's variables too. */
const likeGithub = ['GITHUB_ACTIONS', 'GITEA_ACTIONS', 'FORGEJO_ACTIONS'] as const;

/**
 * The CI that runs this, of those that speak through variables alone.
 *
 * @returns `null` outside of these; EVENT_INVALID where the variables of two are set, as in a job that a job of another
 *   CI started: which of the two is meant decides which tags move
 */
export function ciRun(env: Env): Result<CiRun | null> {
  const [system, other] = systemsOf(env);
  if (system === undefined) return ok(null);
  const github = likeGithub.find((mark) => isSet(env[mark]));
  const second = other === undefined ? (github ?? null) : other.mark;
  if (second !== null) return failed(ambiguous(system, second));
  return ok({ name: system.name, request: system.request, ...system.read(env) });
}

/** The run of a fork's merge request, whatever other CI's variables are set; `null` if this is none. */
export function forkRun(env: Env): CiRun | null {
  const runs = systemsOf(env).map(({ name, request, read }) => ({ name, request, ...read(env) }));
  return runs.find(({ isFork }) => isFork) ?? null;
}

function systemsOf(env: Env): readonly CiSystem[] {
  return ciSystems.filter(({ mark }) => isSet(env[mark]));
}

function ambiguous({ name, mark }: CiSystem, other: string): Problem {
  return {
    code: 'EVENT_INVALID',
    where: `${mark}, ${other}`,
    message: `the variables of ${name} and of another CI are set, which may say different things of this run`,
    fix: `unset ${other} or ${mark}, whichever CI did not start this run`,
  };
}

/**
 * The build that a run is, where it is not one of a git tag.
 *
 * @param at when the run began
 * @returns EVENT_INVALID for a git tag, and for what names neither a branch nor a merge request
 */
export function eventOfRun(run: CiRun, at: Instant): Result<BuildEvent> {
  const { name, tag, revision, branch, mergeRequest, request, defaultBranch, isFork } = run;
  const invalid = (message: string, fix: string): Result<BuildEvent> =>
    failed({ code: 'EVENT_INVALID', where: name, message, fix });
  if (tag !== null)
    return invalid(
      `it is of the git tag ${quote(tag)}, which is not a branch, a ${request} or a schedule`,
      'for a release give its version: tagwright plan VERSION',
    );
  const variable = ciSystems.find((system) => system.name === name)?.commit ?? 'its variable';
  if (revision === null || !isRevision(revision))
    return invalid(
      `${quote(revision ?? '')} is not the commit that is built`,
      `set ${variable} to 40 hex digits, as git rev-parse HEAD prints them`,
    );
  const facts = { revision, at, defaultBranch, fork: isFork };
  if (mergeRequest !== null) return ok({ kind: 'pull-request', number: mergeRequest, request, ...facts });
  const fault = branch === null ? null : branchFault(branch);
  if (fault !== null) return invalid(fault, 'run this on a branch of git');
  if (run.isScheduled === true) return ok({ kind: 'schedule', branch, ...facts });
  if (branch !== null) return ok({ kind: 'branch', branch, ...facts });
  return invalid(`it names no branch and no ${request}`, `run this on a branch, a ${request} or a schedule`);
}

/** A variable that is there, and does not say no. */
export function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text.toLowerCase() !== 'false';
}

function textOf(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** `false` is what Buildkite says of no pull request. */
function numberOf(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9]\d{0,14}$/.test(text)) return null;
  return Number(text);
}

function afterPrefix(text: string, prefix: string): string | null {
  return text.startsWith(prefix) && text.length > prefix.length ? text.slice(prefix.length) : null;
}

/** Two that are both said, and the same. */
function isSame(one: string | null | undefined, other: string | null | undefined): boolean {
  return (one ?? '') !== '' && one === other;
}

/** `github.com/acme/app` of `git@github.com:acme/app.git`, `https://…` and `git://…`; `null` where nothing is said. */
function placeOf(url: string | undefined): string | null {
  const place = /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?(?<host>[^/:]+)(?::\d+(?=\/))?[/:](?<path>[^]+)$/i.exec(
    url ?? '',
  )?.groups;
  if (place === undefined) return null;
  return `${place['host']}/${place['path']}`
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** Buildkite counts from 0. */
function retryOf(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? String(Number(text) + 1) : null;
}

function azureUrl(env: Env): string | null {
  const [server, project, id] = [env['SYSTEM_COLLECTIONURI'], env['SYSTEM_TEAMPROJECT'], env['BUILD_BUILDID']];
  if (!server || !project || !id) return null;
  return `${server.replace(/\/?$/, '/')}${encodeURIComponent(project)}/_build/results?buildId=${encodeURIComponent(id)}`;
}
