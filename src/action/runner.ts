/** The runner around a step: which event, which files, which folder. */
import { githubApi } from '../domain/github-credential.ts';
import type { GithubEvent } from '../domain/github-event.ts';
import { readGithubEvent } from '../entry/event.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Runner {
  readonly event: GithubEvent;
  /** `owner/name` */
  readonly repository: string;
  /** `https://github.com` */
  readonly serverUrl: string;
  /** `https://api.github.com`, or of an Enterprise server `https://HOST/api/v3`. */
  readonly apiUrl: string;
  /** Of this run's page; empty outside of a runner. */
  readonly runUrl: string;
  /** A folder that is emptied after the job. */
  readonly temp: string;
  /** Paths of the command files; `null` where there is none, as outside of a runner. */
  readonly outputFile: string | null;
  /** Also `null` where DOCKER_METADATA_SET_OUTPUT_ENV says that outputs are not wanted as variables. */
  readonly envFile: string | null;
  readonly summaryFile: string | null;
  readonly debug: boolean;
}

/** @throws {InputError} EVENT_INVALID where the event's file is not what a runner writes */
export async function readRunner(env: Env): Promise<Runner> {
  const serverUrl = env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const run = env['GITHUB_RUN_ID'] ?? '';
  return {
    event: await readGithubEvent(env),
    repository,
    serverUrl,
    apiUrl: env['GITHUB_API_URL'] || githubApi,
    runUrl: repository === '' || run === '' ? '' : `${serverUrl}/${repository}/actions/runs/${run}`,
    temp: env['RUNNER_TEMP'] ?? env['TMPDIR'] ?? '/tmp',
    outputFile: pathOf(env['GITHUB_OUTPUT']),
    envFile: env['DOCKER_METADATA_SET_OUTPUT_ENV'] === 'false' ? null : pathOf(env['GITHUB_ENV']),
    summaryFile: pathOf(env['GITHUB_STEP_SUMMARY']),
    debug: env['RUNNER_DEBUG'] === '1',
  };
}

function pathOf(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
