/** The text of a release on GitLab, against a server with the shape of its API. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { gitlabReleasePage } from '../../../src/adapters/gitlab/gitlab-release-page.ts';
import { releasePage } from '../../../src/entry/pages.ts';
import type { SourceConfig } from '../../../src/config/types.ts';
import type { PageAccess, RemotePage } from '../../../src/ports.ts';
import { listenOnLoopback } from '../../support/loopback.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly tokens: readonly (string | undefined)[];
  readonly body: unknown;
}

interface Gitlab {
  readonly url: string;
  readonly asked: readonly Asked[];
  description(): string | null;
}

/** One project, 17, with one release: `v1.0.0`. @see https://docs.gitlab.com/api/releases/ */
async function gitlab(status?: number): Promise<Gitlab> {
  const asked: Asked[] = [];
  let description: string | null = null;
  const server = createServer((message, response) => {
    void text(message).then((content) => {
      const body: unknown = content === '' ? null : JSON.parse(content);
      const { method = '', url: path = '', headers } = message;
      const tokens = ['job-token', 'private-token'].map((name) => headers[name]?.toString());
      asked.push({ method, path, tokens, body });
      const isThere = path === '/api/v4/projects/17/releases/v1.0.0';
      if (isThere && method === 'PUT' && status === undefined && typeof body === 'object' && body !== null)
        description = 'description' in body ? String(body.description) : null;
      const said = status ?? (tokens.every((token) => token === undefined) ? 401 : isThere ? 200 : 404);
      response.writeHead(said, { 'content-type': 'application/json' });
      const quoted = `401 Unauthorized ${tokens.join('')}`;
      response.end(
        JSON.stringify(said === 200 ? { tag_name: 'v1.0.0', name: 'One', description } : { message: quoted }),
      );
    });
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return { url: listening.url, asked, description: () => description };
}

const source: SourceConfig = { file: null, git: '.', github: null, githubUrl: null, pypi: null, pypiUrl: null };
const path = '/api/v4/projects/17/releases/v1.0.0';

function pageIn(server: Gitlab, env: Readonly<Record<string, string>>): PageAccess {
  const job = { CI_PROJECT_ID: '17', CI_PROJECT_PATH: 'acme/app', CI_API_V4_URL: `${server.url}/api/v4` };
  return releasePage(source, 'v1.0.0', { env: { ...job, ...env }, http: createHttp(), say: () => undefined });
}

function opened(access: PageAccess): RemotePage {
  if (access.kind === 'closed') throw new Error(access.because);
  return access.page;
}

test('a job reads and writes the text with its own token, and nothing else of the release', async () => {
  const server = await gitlab();
  const page = opened(pageIn(server, { CI_JOB_TOKEN: 'job-secret' }));
  expect(page.name).toBe(`the release v1.0.0 of ${new URL(server.url).host}/acme/app`);
  expect(await page.read()).toBe('');
  await page.write('What is new');
  expect([await page.read(), server.description()]).toEqual(['What is new', 'What is new']);
  const tokens = ['job-secret', undefined];
  expect(server.asked).toEqual([
    { method: 'GET', path, tokens, body: null },
    { method: 'PUT', path, tokens, body: { description: 'What is new' } },
    { method: 'GET', path, tokens, body: null },
  ]);
});

test("a person's token wins over the job's and has its own header; without either the page is closed", async () => {
  const server = await gitlab();
  await opened(pageIn(server, { CI_JOB_TOKEN: 'job-secret', GITLAB_TOKEN: 'own-secret' })).read();
  expect(server.asked[0]?.tokens).toEqual([undefined, 'own-secret']);
  expect(pageIn(server, { CI_JOB_TOKEN: '' })).toMatchObject({
    kind: 'closed',
    because: 'there is no token; set GITLAB_TOKEN, or run it in a job, which has CI_JOB_TOKEN',
  });
});

test('a release that is not there is none; what is refused is told without the token', async () => {
  const server = await gitlab();
  const http = createHttp();
  const token = { header: 'job-token', value: 'job-secret' } as const;
  const options = { apiUrl: `${server.url}/api/v4`, project: '17', name: 'gitlab.example/acme/app', token, http };
  expect(await gitlabReleasePage(options, 'v9').read()).toBeNull();
  const refusing = await gitlab(401);
  const page = gitlabReleasePage({ ...options, apiUrl: `${refusing.url}/api/v4` }, 'v1.0.0');
  const error = await page.read().catch((fault: unknown) => fault);
  expect(String(error)).toMatch(/the release v1\.0\.0 of gitlab\.example\/acme\/app: 401 Unauthorized/);
  expect(String(error)).not.toContain('job-secret');
});

test('a token goes nowhere without TLS, and where no forge is named the release has none', () => {
  const line = { http: createHttp(), say: () => undefined };
  const env = { CI_PROJECT_ID: '17', CI_API_V4_URL: 'http://gitlab.example/api/v4', CI_JOB_TOKEN: 'x' };
  expect(() => releasePage(source, '1.0.0', { ...line, env })).toThrow(/CI_API_V4_URL: it would send the token/);
  expect(() => releasePage(source, '1.0.0', { ...line, env: {} })).toThrow(
    /USAGE {2}--release: the config names no GitHub/,
  );
});
