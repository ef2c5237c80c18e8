/** A comment `/yank VERSION REASON` opens a change for whoever may write, and nothing for anybody else. It moves nothing. */
import { readFile } from 'node:fs/promises';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { githubChanges, type Changes } from '../support/github-changes.ts';
import { githubServer, type GithubAnswer, type GithubRequest, type GithubServer } from '../support/github-server.ts';
import { daily } from '../support/history.ts';
import { runStep, type ActionRun } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const cwd = process.cwd();
afterEach(() => process.chdir(cwd));

interface Scene {
  readonly server: GithubServer;
  readonly changes: Changes;
  readonly asked: () => readonly string[];
  readonly comment: (body: string, login?: string, more?: object) => Promise<ActionRun>;
}

const yaml = `# what is published
repository: REPOSITORY
source: { file: releases.json }
pythons: ['3.9', '3.10'] # no 3.8
defaults: { python: highest }
dockerfile: Dockerfile
`;

/** The config as it is checked out and on the default branch. */
interface Written {
  readonly file: string;
  readonly text: string;
}

async function scene(
  answer: (request: GithubRequest) => GithubAnswer | null = () => null,
  { file, text }: Written = { file: 'matrix.config.yaml', text: yaml },
): Promise<Scene> {
  const requests: string[] = [];
  const registry = await startMemoryRegistry({ onRequest: ({ method, path }) => requests.push(`${method} ${path}`) });
  onTestFinished(() => registry.close());
  const config = text.replace('REPOSITORY', `${registry.host}/acme/app`);
  const folder = await tempFolder({
    [file]: config,
    'releases.json': JSON.stringify(daily('1.0.0', '1.0.1')),
  });
  const changes = githubChanges({ octavia: 'write', ada: 'admin', reader: 'read', gone: 'none' }, { [file]: config });
  const issue = { number: 7, title: 'broken', body: '', state: 'open', isPullRequest: false, comments: [] };
  const author = { login: 'octavia', type: 'User', association: 'MEMBER' } as const;
  const server = await githubServer(
    { name: 'acme/app', releases: [], tags: [], issues: [{ ...issue, author }] },
    { token: 'right', answer: (request) => answer(request) ?? changes.answer(request) },
  );
  return {
    server,
    changes,
    asked: () => requests,
    comment: async (body, login = 'octavia', more = {}) => {
      process.chdir(folder);
      const run = await runStep({
        event: 'issue_comment',
        payload: {
          action: 'created',
          issue: { number: 7 },
          comment: { body, created_at: '2026-11-29T09:00:00Z', user: { login }, author_association: 'OWNER' },
          repository: { default_branch: 'main', full_name: 'acme/app' },
          ...more,
        },
        inputs: { command: 'yank', 'on-comment': 'true', 'github-token': 'right' },
        env: { GITHUB_API_URL: server.url },
      });
      expect(await readFile(file, 'utf8')).toBe(config);
      expect(requests).toEqual([]);
      return run;
    },
  };
}

const replies = ({ server }: Scene): readonly string[] => server.issues()[0]?.comments.map(({ body }) => body) ?? [];

test('somebody who may write gets a pull request with the line, every comment of the config kept', async () => {
  const at = await scene();
  const run = await at.comment('/yank 1.0.1 loses state on restart\n\nsee above');
  expect([run.code, run.outputs['result']]).toEqual([0, 'as-planned']);
  const branch = 'tagwright/yank-1.0.1';
  expect(at.changes.text(branch, 'matrix.config.yaml')).toBe(
    `${(at.changes.text('main', 'matrix.config.yaml') ?? '').trimEnd()}
yanked:
  - version: '1.0.1'
    reason: 'loses state on restart'
    since: '2026-11-29T09:00:00Z'
`,
  );
  expect(at.changes.pulls).toEqual([
    {
      head: branch,
      base: 'main',
      title: 'Yank 1.0.1: loses state on restart',
      body: expect.stringMatching(/Asked for by @octavia\.[^]*no tag has moved\.[^]*1\.0\.1 → 1\.0\.0/),
    },
  ]);
  expect(replies(at)).toEqual([expect.stringContaining('#41 has the line in the config')]);
});

test('/unyank of somebody who may write takes the line out, and every comment beside it stays', async () => {
  const yanked = `${yaml}yanked:
  # see SECURITY.md
  - version: '1.0.1'
    reason: 'loses state on restart'
    since: '2026-11-28T09:00:00Z'
platforms: [linux/amd64]
`;
  const at = await scene(undefined, { file: 'matrix.config.yaml', text: yanked });
  const refused = await at.comment('/unyank 1.0.1', 'reader');
  expect([refused.outputs['result'], at.changes.branches()]).toEqual(['skipped', ['main']]);
  const run = await at.comment('/unyank 1.0.1');
  expect([run.code, run.outputs['result']]).toEqual([0, 'as-planned']);
  const main = at.changes.text('main', 'matrix.config.yaml') ?? '';
  expect(at.changes.text('tagwright/unyank-1.0.1', 'matrix.config.yaml')).toBe(
    main.replace(/yanked:\n/, '').replace(/ {2}- version[^]*09:00:00Z'\n/, ''),
  );
  expect(at.changes.pulls).toEqual([
    {
      head: 'tagwright/unyank-1.0.1',
      base: 'main',
      title: 'Take back the yank of 1.0.1',
      body: expect.stringMatching(/no tag has moved\.[^]*1\.0\.0 → 1\.0\.1/),
    },
  ]);
  expect(replies(at)).toEqual([expect.stringContaining('#41 has the line in the config')]);
});

test('/unyank of what is not withdrawn says so and opens nothing', async () => {
  const at = await scene();
  const run = await at.comment('/unyank 1.0.1');
  expect([run.code, at.changes.pulls, replies(at)]).toEqual([0, [], ['`matrix.config.yaml` has no such line.']]);
});

test('a config that is code is not edited: the answer names the line and its place', async () => {
  const code = `export default {
  repository: 'REPOSITORY',
  source: { file: 'releases.json' },
  pythons: ['3.9', '3.10'],
  defaults: { python: 'highest' },
  dockerfile: 'Dockerfile',
};
`;
  const at = await scene(undefined, { file: 'matrix.config.ts', text: code });
  const refused = await at.comment('/yank 1.0.1 loses state', 'reader');
  expect([refused.outputs['result'], replies(at)]).toEqual(['skipped', []]);
  const run = await at.comment('/yank 1.0.1 loses state');
  expect([run.code, at.changes.branches(), at.changes.pulls]).toEqual([0, ['main'], []]);
  expect(replies(at)).toEqual([
    "`matrix.config.ts` is code, which is not edited here. Write `yanked: [{ version: '1.0.1', reason: 'loses state', since: '2026-11-29T09:00:00Z' }],` at `matrix.config.ts:2, beside repository`.",
  ]);
});

test('the same comment again, or a run that was cut off after the branch, ends with the one pull request', async () => {
  const at = await scene();
  await at.comment('/yank 1.0.1 broken');
  const again = await at.comment('/yank 1.0.1 broken');
  expect([again.code, at.changes.pulls.length, replies(at)[1]]).toEqual([
    0,
    1,
    expect.stringContaining('is open already'),
  ]);
  let cuts = 1;
  const cut = await scene(({ method, path }) =>
    method === 'POST' && path.endsWith('/pulls') && (cuts -= 1) === 0 ? { status: 502, body: {} } : null,
  );
  expect((await cut.comment('/yank 1.0.1 broken', 'ada')).code).toBe(3);
  expect((await cut.comment('/yank 1.0.1 broken', 'ada')).code).toBe(0);
  expect([cut.changes.pulls.length, cut.changes.branches()]).toEqual([1, ['main', 'tagwright/yank-1.0.1']]);
});

test.each(['reader', 'gone', 'mallory'])('%s, whatever the payload says of them, opens nothing', async (login) => {
  const at = await scene();
  const run = await at.comment('/yank 1.0.1 because I say so', login);
  expect([run.code, run.outputs['result']]).toEqual([0, 'skipped']);
  expect([at.changes.branches(), at.changes.pulls, replies(at)]).toEqual([['main'], [], []]);
  expect(at.server.requests.map(({ method }) => method)).toEqual(['GET']);
});

test('a permission that GitHub does not answer for opens nothing', async () => {
  const at = await scene(({ path }) =>
    path.includes('/collaborators/') ? { status: 403, body: { message: 'no' } } : null,
  );
  const run = await at.comment('/yank 1.0.1 broken');
  expect(run.code).toBe(3);
  expect([at.changes.branches(), at.changes.pulls, replies(at)]).toEqual([['main'], [], []]);
});

test.each([
  ['no command', 'I would /yank 1.0.1 today', {}],
  ['in the second line', 'hello\n/yank 1.0.1 broken', {}],
  ['edited', '/yank 1.0.1 broken', { action: 'edited' }],
])('a comment that asks for nothing is skipped, and nobody is asked: %s', async (_name, body, more) => {
  const at = await scene();
  const run = await at.comment(body, 'octavia', more);
  expect([run.code, run.outputs['result'], at.server.requests]).toEqual([0, 'skipped', []]);
});

test.each([
  ['/yank 1.0.1', 'no reason is given'],
  ['/yank 9.9.9 broken', 'no source knows a release'],
])('%s is answered with what is wrong, and opens nothing', async (body, message) => {
  const at = await scene();
  const run = await at.comment(body);
  expect(run.code).toBe(2);
  expect(replies(at)).toEqual([expect.stringContaining(message)]);
  expect([at.changes.branches(), at.changes.pulls]).toEqual([['main'], []]);
});

test('a config that is another on the branch than here is not overwritten', async () => {
  const at = await scene(({ method, path }) =>
    method === 'GET' && path.includes('/contents/')
      ? { status: 200, body: { content: Buffer.from('other').toString('base64'), encoding: 'base64', sha: 'f' } }
      : null,
  );
  const run = await at.comment('/yank 1.0.1 broken');
  expect([run.code, at.changes.pulls]).toEqual([2, []]);
});

test('no other command answers comments', async () => {
  const run = await runStep({ event: 'issue_comment', inputs: { command: 'apply', 'on-comment': 'true' } });
  expect([run.code, run.log]).toEqual([2, expect.stringContaining('apply answers no comment')]);
});
