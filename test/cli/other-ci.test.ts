/** Commands in a run of a CI that speaks through variables alone. */
import { describe, expect, test } from 'vitest';
import { smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const gitlab = { GITLAB_CI: 'true', CI_COMMIT_SHA: sha, CI_DEFAULT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'push' };
const ofFork = {
  ...gitlab,
  CI_MERGE_REQUEST_IID: '12',
  CI_MERGE_REQUEST_PROJECT_ID: '7',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8',
};

async function configFile(): Promise<string> {
  const { flavors: _flavors, ...config } = smallConfig;
  const events = { branch: '{{branch}}', pullRequest: 'mr-{{number}}', edge: {} };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...config,
      dockerfile: 'Dockerfile',
      pythons: ['3.10'],
      rules: { latest: { template: '{{major}}-latest' } },
      events,
    }),
    Dockerfile: 'FROM scratch\n',
  });
  return `${folder}/matrix.config.json`;
}

const linesOf = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
  const run = await runCli(['plan', '--event', '--format', 'lines', '--config', await configFile()], env);
  return { ...run, stdout: run.stdout.split('\n').filter((line) => line !== '') };
};

describe('plan --event', () => {
  test('is about the branch, or the merge request, of the pipeline', async () => {
    const branch = await linesOf({ ...gitlab, CI_COMMIT_BRANCH: 'feature/x' });
    expect(branch).toMatchObject({ code: 0, stdout: expect.arrayContaining([expect.stringContaining('feature-x')]) });
    const request = await linesOf(ofFork);
    expect(request).toMatchObject({ code: 0, stdout: expect.arrayContaining([expect.stringContaining('mr-12')]) });
  });

  test('calls a merge request what its CI calls it', async () => {
    const jenkins = { JENKINS_URL: 'https://ci.example.com/', GIT_COMMIT: sha, CHANGE_ID: '12' };
    const head = async (env: Readonly<Record<string, string>>): Promise<string | undefined> =>
      (await runCli(['plan', '--event', '--config', await configFile()], { ...env })).stdout.split('\n')[0];
    expect([await head(ofFork), await head(jenkins)]).toEqual([
      `Merge request 12 at ${sha.slice(0, 12)}: 1 cell`,
      `Pull request 12 at ${sha.slice(0, 12)}: 1 cell`,
    ]);
    const refused = await runCli(['apply', '--config', 'nowhere.json'], { ...jenkins, CHANGE_FORK: 'mallory' });
    expect(refused.stderr).toContain('Jenkins: pull request 12 is of a fork: apply writes to a registry');
  });

  test('of Forgejo and Gitea is about the event in the file that its runner names', async () => {
    const repository = (full_name: string): object => ({ full_name, default_branch: 'main' });
    const pull = { number: 12, head: { sha, repo: repository('mallory/app') }, base: { repo: repository('acme/app') } };
    const payload = { action: 'synchronized', number: 12, pull_request: pull, repository: repository('acme/app') };
    const folder = await tempFolder({ 'event.json': JSON.stringify(payload) });
    const env = { GITHUB_ACTIONS: 'true', GITEA_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_SHA: sha };
    const file = { GITHUB_REF: 'refs/pull/12/head', GITHUB_EVENT_PATH: `${folder}/event.json` };
    expect(await linesOf({ ...env, ...file })).toMatchObject({
      code: 0,
      stdout: expect.arrayContaining([expect.stringContaining('mr-12')]),
    });
  });

  test('is refused where two CI set their variables, and where none does', async () => {
    const two = await linesOf({ ...gitlab, CI_COMMIT_BRANCH: 'main', BUILDKITE: 'true' });
    expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining('EVENT_INVALID  GITLAB_CI, BUILDKITE: ') });
    expect(await linesOf({})).toMatchObject({ code: 2, stderr: expect.stringContaining('no CI is known') });
  });
});

describe("a fork's merge request", () => {
  test.each([['publish', '1.0.0'], ['build', '1.0.0'], ['apply'], ['yank', '1.0.0', '--reason', 'broken']])(
    'is refused %s before anything is read',
    async (...args) => {
      const run = await runCli([...args, '--config', 'nowhere.json'], ofFork);
      expect([run.code, run.stderr.split('\n')[0]]).toEqual([
        2,
        `EVENT_INVALID  GitLab CI: merge request 12 is of a fork: ${args[0]} writes to a registry; run it on a git tag or a branch, or with --dry-run`,
      ]);
    },
  );

  test('may ask what a command would do', async () => {
    const run = await runCli(['publish', '1.0.0', '--dry-run', '--config', 'nowhere.json'], ofFork);
    expect(run.stderr).not.toContain('is of a fork');
  });

  test.each([gitlab, {}])('is what keeps them from it, not the CI', async (env) => {
    const run = await runCli(['apply', '--config', 'nowhere.json'], { ...env });
    expect(run.stderr).not.toContain('is of a fork');
  });
});
