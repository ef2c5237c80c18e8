/** Which run it is, and whose, by the variables of each CI as its documentation has them. */
import { describe, expect, test } from 'vitest';
import { ciSystems } from '../../src/domain/ci.ts';
import { runFacts, type RunFacts } from '../../src/domain/run-facts.ts';

interface Row {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly facts: RunFacts;
}

const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/app',
  GITHUB_RUN_ID: '7',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_ACTOR: 'octocat',
};

const unknown = { ci: 'a CI that tagwright does not know', id: null, attempt: null, url: null };

const rows: readonly Row[] = [
  {
    name: 'GitHub Actions',
    env: github,
    facts: {
      actor: 'octocat',
      approver: null,
      run: {
        ci: 'GitHub Actions',
        id: '7',
        attempt: '2',
        url: 'https://github.com/acme/app/actions/runs/7/attempts/2',
      },
    },
  },
  {
    name: 'GitHub Actions, run again by another',
    env: { ...github, GITHUB_TRIGGERING_ACTOR: 'hubot' },
    facts: {
      actor: 'hubot',
      approver: null,
      run: {
        ci: 'GitHub Actions',
        id: '7',
        attempt: '2',
        url: 'https://github.com/acme/app/actions/runs/7/attempts/2',
      },
    },
  },
  {
    name: 'Forgejo',
    env: { ...github, FORGEJO_ACTIONS: 'true', GITHUB_SERVER_URL: 'https://codeberg.org', GITHUB_RUN_ATTEMPT: '' },
    facts: {
      actor: 'octocat',
      approver: null,
      run: { ci: 'Forgejo Actions', id: '7', attempt: null, url: 'https://codeberg.org/acme/app/actions/runs/7' },
    },
  },
  {
    name: 'GitLab CI',
    env: {
      GITLAB_CI: 'true',
      CI_JOB_ID: '12',
      CI_JOB_URL: 'https://gitlab.com/acme/app/-/jobs/12',
      GITLAB_USER_LOGIN: 'alice',
    },
    facts: {
      actor: 'alice',
      approver: null,
      run: { ci: 'GitLab CI', id: '12', attempt: null, url: 'https://gitlab.com/acme/app/-/jobs/12' },
    },
  },
  {
    name: 'Buildkite, which says who unblocked the build',
    env: {
      BUILDKITE: 'true',
      BUILDKITE_JOB_ID: 'ab-1',
      BUILDKITE_RETRY_COUNT: '1',
      BUILDKITE_BUILD_URL: 'https://buildkite.com/acme/app/builds/3',
      BUILDKITE_BUILD_CREATOR: 'Alice',
      BUILDKITE_UNBLOCKER: 'Bob',
    },
    facts: {
      actor: 'Alice',
      approver: 'Bob',
      run: { ci: 'Buildkite', id: 'ab-1', attempt: '2', url: 'https://buildkite.com/acme/app/builds/3' },
    },
  },
  {
    name: 'Jenkins',
    env: {
      JENKINS_URL: 'https://ci.example/',
      BUILD_TAG: 'jenkins-app-4',
      BUILD_URL: 'https://user:secret@ci.example/job/app/4/',
    },
    facts: {
      actor: null,
      approver: null,
      run: { ci: 'Jenkins', id: 'jenkins-app-4', attempt: null, url: 'https://ci.example/job/app/4/' },
    },
  },
  {
    name: 'CircleCI',
    env: {
      CIRCLECI: 'true',
      CIRCLE_WORKFLOW_JOB_ID: 'cd-2',
      CIRCLE_BUILD_URL: 'https://circleci.com/gh/acme/app/9',
      CIRCLE_USERNAME: 'alice',
    },
    facts: {
      actor: 'alice',
      approver: null,
      run: { ci: 'CircleCI', id: 'cd-2', attempt: null, url: 'https://circleci.com/gh/acme/app/9' },
    },
  },
  {
    name: 'Azure Pipelines',
    env: {
      TF_BUILD: 'True',
      BUILD_BUILDID: '31',
      SYSTEM_JOBATTEMPT: '1',
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
      SYSTEM_TEAMPROJECT: 'My app',
      BUILD_REQUESTEDFOR: 'Alice',
    },
    facts: {
      actor: 'Alice',
      approver: null,
      run: {
        ci: 'Azure Pipelines',
        id: '31',
        attempt: '1',
        url: 'https://dev.azure.com/acme/My%20app/_build/results?buildId=31',
      },
    },
  },
  { name: 'no CI', env: {}, facts: { actor: null, approver: null, run: null } },
  {
    name: 'two CIs at once, which may say different things',
    env: { GITLAB_CI: 'true', GITLAB_USER_LOGIN: 'alice', BUILDKITE: 'true' },
    facts: { actor: null, approver: null, run: unknown },
  },
  { name: 'a CI that is not known', env: { CI: 'true' }, facts: { actor: null, approver: null, run: unknown } },
  {
    name: 'no CI, and a variable that says so',
    env: { CI: 'false' },
    facts: { actor: null, approver: null, run: null },
  },
];

describe('a run', () => {
  test.each(rows)('of $name', ({ env, facts }) => {
    expect(runFacts(env)).toEqual(facts);
  });

  test.each(ciSystems)('of $name has a row above', ({ name }) => {
    expect(rows.some(({ facts }) => facts.run?.ci === name)).toBe(true);
  });

  test('has no link that a page could not show', () => {
    const env = { ...github, GITHUB_SERVER_URL: 'javascript:alert(1)' };
    expect(runFacts(env).run?.url).toBeNull();
  });
});
