/** What each CI's variables come to: as its documentation has them, which each row names. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ciRun, ciSystems, eventOfRun, forkRun, type CiRun } from '../../src/domain/ci.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const nothing: Omit<CiRun, 'name' | 'revision'> = {
  tag: null,
  branch: null,
  mergeRequest: null,
  request: 'pull request',
  isScheduled: false,
  defaultBranch: null,
  isFork: false,
};

interface Row {
  readonly name: string;
  readonly what: string;
  readonly env: Readonly<Record<string, string>>;
  readonly is: Partial<CiRun>;
}

const gitlab = { GITLAB_CI: 'true', CI_COMMIT_SHA: sha, CI_DEFAULT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'push' };
const request = {
  ...gitlab,
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '12',
  CI_MERGE_REQUEST_PROJECT_ID: '7',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '7',
};
const buildkite = {
  BUILDKITE: 'true',
  BUILDKITE_COMMIT: sha,
  BUILDKITE_PULL_REQUEST: 'false',
  BUILDKITE_REPO: 'git@github.com:acme/app.git',
  BUILDKITE_SOURCE: 'webhook',
  BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
};
const jenkins = { JENKINS_URL: 'https://ci.example.com/', GIT_COMMIT: sha };
const circle = { CIRCLECI: 'true', CIRCLE_SHA1: sha };
const azure = { TF_BUILD: 'True', BUILD_SOURCEVERSION: sha, BUILD_REASON: 'IndividualCI' };

const rows: readonly Row[] = [
  { name: 'GitLab CI', what: 'a git tag', env: { ...gitlab, CI_COMMIT_TAG: 'v1.2.3' }, is: { tag: 'v1.2.3' } },
  { name: 'GitLab CI', what: 'a branch', env: { ...gitlab, CI_COMMIT_BRANCH: 'a/b' }, is: { branch: 'a/b' } },
  { name: 'GitLab CI', what: 'a merge request', env: request, is: { mergeRequest: 12 } },
  {
    name: 'GitLab CI',
    what: "a fork's merge request",
    env: { ...request, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8' },
    is: { mergeRequest: 12, isFork: true },
  },
  {
    name: 'GitLab CI',
    what: 'a merge request whose source is gone',
    env: { ...request, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '' },
    is: { mergeRequest: 12, isFork: true },
  },
  {
    name: 'GitLab CI',
    what: 'a schedule',
    env: { ...gitlab, CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'schedule' },
    is: { branch: 'main', isScheduled: true },
  },
  {
    name: 'Buildkite',
    what: 'a git tag, whose name it gives as the branch too',
    env: { ...buildkite, BUILDKITE_TAG: 'v1.2.3', BUILDKITE_BRANCH: 'v1.2.3' },
    is: { tag: 'v1.2.3' },
  },
  { name: 'Buildkite', what: 'a branch', env: { ...buildkite, BUILDKITE_BRANCH: 'main' }, is: { branch: 'main' } },
  {
    name: 'Buildkite',
    what: 'a pull request of the same repository, by another kind of URL',
    env: { ...buildkite, BUILDKITE_PULL_REQUEST: '12', BUILDKITE_PULL_REQUEST_REPO: 'git://github.com/Acme/app.git' },
    is: { mergeRequest: 12 },
  },
  {
    name: 'Buildkite',
    what: "a fork's pull request",
    env: {
      ...buildkite,
      BUILDKITE_PULL_REQUEST: '12',
      BUILDKITE_PULL_REQUEST_REPO: 'git://github.com/mallory/app.git',
    },
    is: { mergeRequest: 12, isFork: true },
  },
  {
    name: 'Buildkite',
    what: 'a pull request of nobody knows where',
    env: { ...buildkite, BUILDKITE_PULL_REQUEST: '12' },
    is: { mergeRequest: 12, isFork: true },
  },
  {
    name: 'Buildkite',
    what: 'a schedule',
    env: { ...buildkite, BUILDKITE_BRANCH: 'main', BUILDKITE_SOURCE: 'schedule' },
    is: { branch: 'main', isScheduled: true },
  },
  {
    name: 'Jenkins',
    what: 'a git tag',
    env: { ...jenkins, TAG_NAME: 'v1.2.3', BRANCH_NAME: 'v1.2.3' },
    is: { tag: 'v1.2.3' },
  },
  {
    name: 'Jenkins',
    what: 'the primary branch',
    env: { ...jenkins, BRANCH_NAME: 'main', BRANCH_IS_PRIMARY: 'true' },
    is: { branch: 'main', defaultBranch: 'main' },
  },
  {
    name: 'Jenkins',
    what: 'a pull request',
    env: { ...jenkins, BRANCH_NAME: 'PR-12', CHANGE_ID: '12' },
    is: { mergeRequest: 12 },
  },
  {
    name: 'Jenkins',
    what: "a fork's pull request",
    env: { ...jenkins, BRANCH_NAME: 'PR-12', CHANGE_ID: '12', CHANGE_FORK: 'mallory' },
    is: { mergeRequest: 12, isFork: true },
  },
  { name: 'CircleCI', what: 'a git tag', env: { ...circle, CIRCLE_TAG: 'v1.2.3' }, is: { tag: 'v1.2.3' } },
  { name: 'CircleCI', what: 'a branch', env: { ...circle, CIRCLE_BRANCH: 'main' }, is: { branch: 'main' } },
  {
    name: 'CircleCI',
    what: 'a branch with a pull request',
    env: { ...circle, CIRCLE_BRANCH: 'fix', CIRCLE_PULL_REQUEST: 'https://github.com/acme/app/pull/12' },
    is: { mergeRequest: 12 },
  },
  {
    name: 'CircleCI',
    what: "a fork's pull request",
    env: {
      ...circle,
      CIRCLE_BRANCH: 'pull/12',
      CIRCLE_PR_NUMBER: '12',
      CIRCLE_PULL_REQUEST: 'https://github.com/acme/app/pull/12',
    },
    is: { mergeRequest: 12, isFork: true },
  },
  {
    name: 'Azure Pipelines',
    what: 'a git tag',
    env: { ...azure, BUILD_SOURCEBRANCH: 'refs/tags/v1.2.3' },
    is: { tag: 'v1.2.3' },
  },
  {
    name: 'Azure Pipelines',
    what: 'a branch',
    env: { ...azure, BUILD_SOURCEBRANCH: 'refs/heads/a/b' },
    is: { branch: 'a/b' },
  },
  {
    name: 'Azure Pipelines',
    what: 'a pull request on GitHub, by its number there',
    env: {
      ...azure,
      BUILD_REASON: 'PullRequest',
      BUILD_SOURCEBRANCH: 'refs/pull/12/merge',
      SYSTEM_PULLREQUEST_PULLREQUESTID: '998877',
      SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: '12',
      SYSTEM_PULLREQUEST_ISFORK: 'False',
    },
    is: { mergeRequest: 12 },
  },
  {
    name: 'Azure Pipelines',
    what: "a fork's pull request",
    env: {
      ...azure,
      BUILD_REASON: 'PullRequest',
      BUILD_SOURCEBRANCH: 'refs/pull/12/merge',
      SYSTEM_PULLREQUEST_PULLREQUESTID: '12',
      SYSTEM_PULLREQUEST_ISFORK: 'True',
    },
    is: { mergeRequest: 12, isFork: true },
  },
  {
    name: 'Azure Pipelines',
    what: 'a schedule',
    env: { ...azure, BUILD_REASON: 'Schedule', BUILD_SOURCEBRANCH: 'refs/heads/main' },
    is: { branch: 'main', isScheduled: true },
  },
];

/** What a CI says of each of its runs. */
const always: Readonly<Record<string, Partial<CiRun>>> = {
  'GitLab CI': { defaultBranch: 'main', request: 'merge request' },
  Buildkite: { defaultBranch: 'main' },
  Jenkins: { isScheduled: null },
  CircleCI: { isScheduled: null },
};

test.each(rows)('$name: $what', ({ name, env, is }) => {
  expect(ciRun(env)).toEqual({ ok: true, value: { name, revision: sha, ...nothing, ...always[name], ...is } });
  expect(forkRun(env)?.name).toBe(is.isFork === true ? name : undefined);
});

test('each CI has its source, and rows for a git tag, a branch, and a merge request of its own and of a fork', () => {
  for (const { name, source } of ciSystems) {
    expect(source).toMatch(/^https:\/\//);
    const own = rows.filter((row) => row.name === name).map(({ is }) => is);
    expect({
      name,
      tag: own.some(({ tag }) => tag !== undefined),
      branch: own.some(({ branch }) => branch !== undefined),
      request: own.some(({ mergeRequest, isFork }) => mergeRequest !== undefined && isFork === undefined),
      fork: own.some(({ isFork }) => isFork === true),
    }).toEqual({ name, tag: true, branch: true, request: true, fork: true });
  }
});

test('the guide has each of them, with its mark and its source', () => {
  const guide = readFileSync(new URL('../../docs/guides/other-ci.md', import.meta.url), 'utf8');
  for (const { name, mark, source } of ciSystems)
    expect(guide).toMatch(
      new RegExp(`^\\| ${name}.* \\| \`${mark}\` \\|.*\\(${source.replaceAll('.', String.raw`\.`)}\\) \\|$`, 'm'),
    );
});

test('on a laptop, and on GitHub, Forgejo and Gitea, whose runs have a file, there is none of them', () => {
  for (const env of [{}, { CI: 'true', GITHUB_ACTIONS: 'true' }, { GITHUB_ACTIONS: 'true', GITEA_ACTIONS: 'true' }])
    expect(ciRun(env)).toEqual({ ok: true, value: null });
});

describe('the variables of two', () => {
  test.each([
    { other: { JENKINS_URL: 'https://ci.example.com/' }, where: 'GITLAB_CI, JENKINS_URL' },
    { other: { GITHUB_ACTIONS: 'true' }, where: 'GITLAB_CI, GITHUB_ACTIONS' },
    { other: { FORGEJO_ACTIONS: 'true' }, where: 'GITLAB_CI, FORGEJO_ACTIONS' },
  ])('are refused: $where', ({ other, where }) => {
    expect(ciRun({ ...gitlab, CI_COMMIT_TAG: 'v1.2.3', ...other })).toMatchObject({
      ok: false,
      problems: [{ code: 'EVENT_INVALID', where }],
    });
  });

  test('one of which tells of a fork are of a fork', () => {
    expect(
      forkRun({ ...buildkite, BUILDKITE_BRANCH: 'main', ...request, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8' }),
    ).toMatchObject({ name: 'GitLab CI', mergeRequest: 12 });
  });

  test('that say false are none', () => {
    expect(ciRun({ ...gitlab, CI_COMMIT_BRANCH: 'main', TF_BUILD: 'False' })).toMatchObject({ ok: true });
  });
});

describe('the build that a run is', () => {
  const at = Date.parse('2026-11-28T20:00:00Z');
  const eventIn = (env: Readonly<Record<string, string>>): unknown => {
    const run = ciRun(env);
    if (!run.ok || run.value === null) throw new Error('no run');
    return eventOfRun(run.value, at);
  };
  const facts = { revision: sha, at, defaultBranch: 'main', fork: false };

  test.each([
    { env: { ...gitlab, CI_COMMIT_BRANCH: 'a/b' }, is: { kind: 'branch', branch: 'a/b' } },
    { env: request, is: { kind: 'pull-request', number: 12, request: 'merge request' } },
    {
      env: { ...gitlab, CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'schedule' },
      is: { kind: 'schedule', branch: 'main' },
    },
    {
      env: { ...request, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8' },
      is: { kind: 'pull-request', number: 12, request: 'merge request', fork: true },
    },
  ])('$is', ({ env, is }) => {
    expect(eventIn(env)).toEqual({ ok: true, value: { ...facts, ...is } });
  });

  test.each([
    { env: { ...gitlab, CI_COMMIT_TAG: 'v1.2.3' }, says: 'it is of the git tag "v1.2.3"' },
    { env: { ...buildkite, BUILDKITE_COMMIT: 'HEAD', BUILDKITE_BRANCH: 'main' }, says: '"HEAD" is not the commit' },
    { env: gitlab, says: 'it names no branch and no merge request' },
    { env: { ...gitlab, CI_COMMIT_BRANCH: 'a..b' }, says: '"a..b" is not a branch' },
  ])('is refused: $says', ({ env, says }) => {
    expect(eventIn(env)).toMatchObject({
      ok: false,
      problems: [{ code: 'EVENT_INVALID', message: expect.stringContaining(says) }],
    });
  });
});
