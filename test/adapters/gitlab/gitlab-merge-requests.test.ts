/** Merge requests of a GitLab project, against a server with the shape of its API. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import type { SourceConfig } from '../../../src/config/types.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { pullRequests } from '../../../src/entry/pulls.ts';
import type { PullAccess } from '../../../src/ports.ts';
import { listenOnLoopback } from '../../support/loopback.ts';

const source: SourceConfig = { file: null, git: '.', github: null, githubUrl: null, pypi: null, pypiUrl: null };
const requests: Readonly<Record<string, object>> = {
  11: { state: 'opened', merged_at: null, closed_at: null },
  12: { state: 'closed', merged_at: null, closed_at: '2026-11-20T10:00:00Z' },
  13: { state: 'merged', merged_at: '2026-11-21T10:00:00Z', closed_at: null },
  14: { state: 'locked', merged_at: null, closed_at: null },
};

/** @see https://docs.gitlab.com/api/merge_requests/#get-single-mr */
async function accessWith(env: Readonly<Record<string, string>>): Promise<PullAccess> {
  const server = createServer(({ url = '', headers }, response) => {
    const number = /^\/api\/v4\/projects\/17\/merge_requests\/(?<iid>\d+)$/.exec(url)?.groups?.['iid'] ?? '';
    const found = requests[number];
    const status = headers['private-token'] !== 'secret' ? 401 : found === undefined ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? found : { message: 'no secret' }));
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  const job = { CI_PROJECT_ID: '17', CI_PROJECT_PATH: 'acme/app', CI_API_V4_URL: `${listening.url}/api/v4` };
  const line = { env: { ...job, ...env }, http: createHttp(), say: () => undefined, dataOnly: false };
  return pullRequests(source, line);
}

test('a merge request is open, closed or merged; one that is being merged is open; none of a number is null', async () => {
  const access = await accessWith({ GITLAB_TOKEN: 'secret' });
  if (access.kind === 'closed') throw new Error(access.because);
  const states = await Promise.all([11, 12, 13, 14, 15].map((number) => access.pulls.state(number)));
  expect(states).toEqual([
    { kind: 'open' },
    { kind: 'closed', isMerged: false, at: Date.UTC(2026, 10, 20, 10) },
    { kind: 'closed', isMerged: true, at: Date.UTC(2026, 10, 21, 10) },
    { kind: 'open' },
    null,
  ]);
});

test('without a token, or with that of a job, nothing is asked; a refusal is no answer and shows no secret', async () => {
  expect(await accessWith({})).toEqual({ kind: 'closed', because: expect.stringContaining('set GITLAB_TOKEN') });
  expect(await accessWith({ CI_JOB_TOKEN: 'secret' })).toMatchObject({ kind: 'closed' });
  const access = await accessWith({ GITLAB_TOKEN: 'wrong' });
  if (access.kind === 'closed') throw new Error(access.because);
  const refused: unknown = await access.pulls.state(12).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OutsideError);
  expect(String(refused)).toMatch(/merge request 12 of .*acme\/app: 401/);
  expect(String(refused)).not.toContain('wrong');
});
