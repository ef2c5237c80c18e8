/** Where the report goes beside the job summary: one comment on a pull request, one issue of an audit. */
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { workflowBot, type GithubAuthor, type GithubComment, type GithubIssue } from '../support/github-notes.ts';
import {
  githubServer,
  secondaryRateLimit,
  type GithubAnswer,
  type GithubServer,
  type GithubServerOptions,
} from '../support/github-server.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runStep, steady, type ActionInput, type ActionRun } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const mallory: GithubAuthor = { login: 'mallory', type: 'User', association: 'NONE' };
const octavia: GithubAuthor = { login: 'octavia', type: 'User', association: 'MEMBER' };

/** A config whose base, beside it, has a Python less. */
async function change(pythons: readonly string[] = ['3.9', '3.10']): Promise<string> {
  const config = { ...smallConfig, pythons, source: { file: 'releases.json' } };
  return tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'base/matrix.config.json': JSON.stringify({ ...config, pythons: ['3.10'] }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    'base/releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
}

const pullRequest = (head = 'acme/app', sender = 'octavia'): Pick<ActionInput, 'event' | 'payload'> => ({
  event: 'pull_request',
  payload: {
    pull_request: { number: 7, head: { repo: { full_name: head } }, base: { repo: { full_name: 'acme/app' } } },
    sender: { login: sender },
  },
});

const pull = (comments: readonly GithubComment[] = []): GithubIssue => ({
  number: 7,
  author: octavia,
  title: 'Python 3.9 again',
  body: '',
  state: 'open',
  isPullRequest: true,
  comments,
});

async function github(issues: readonly GithubIssue[], options: GithubServerOptions = {}): Promise<GithubServer> {
  return githubServer({ name: 'acme/app', releases: [], tags: [], issues }, { token: 'right', ...options });
}

function comment(server: GithubServer, folder: string, step = pullRequest()): Promise<ActionRun> {
  const config = `${folder}/matrix.config.json`;
  const diff = `${folder}/base/matrix.config.json`;
  const inputs = { command: 'plan', offline: 'true', comment: 'true', config, diff, 'github-token': 'right' };
  return runStep({ ...step, inputs, env: { GITHUB_API_URL: server.url } });
}

function commentsOf(server: GithubServer): readonly GithubComment[] {
  return server.issues().find(({ number }) => number === 7)?.comments ?? [];
}

const writes = ({ requests }: GithubServer): string[] =>
  requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

test('a pull request of the repository itself has one comment, which the next run writes anew', async () => {
  const server = await github([pull()]);
  const folder = await change();
  const first = await comment(server, folder);
  expect([first.code, first.outputs['changed']]).toEqual([0, 'true']);
  const [written] = commentsOf(server);
  const golden = new URL('../golden/action/pull-request-comment/comment.md', import.meta.url).pathname;
  const about = /(?<=<!-- tagwright plan )[^ ]+/;
  await expect(steady(written?.body ?? '').replace(about, '<config>')).toMatchFileSnapshot(golden);
  expect(first.outputs['comment-url']).toBe('https://github.com/owner/name/issues/7#issuecomment-1001');
  expect(first.summary.trimEnd()).toBe(written?.body.split('\n').slice(1, -3).join('\n'));

  const second = await comment(server, folder);
  expect([second.code, second.outputs['comment-url']]).toEqual([0, first.outputs['comment-url']]);
  expect(commentsOf(server)).toEqual([written]);
  expect(writes(server)).toEqual([
    'POST /repos/acme/app/issues/7/comments',
    'PATCH /repos/acme/app/issues/comments/1001',
  ]);
});

test('it is found among hundreds, a second one is removed, and what a stranger wrote is left alone', async () => {
  const folder = await change();
  const seed = await github([pull()]);
  await comment(seed, folder);
  const body = `${commentsOf(seed)[0]?.body.split('\n')[0]}\nold`;
  const talk = Array.from({ length: 150 }, (_, at) => ({ id: at + 1, author: octavia, body: `thought ${at}` }));
  const mine = [
    { id: 300, author: workflowBot, body },
    { id: 301, author: workflowBot, body },
  ];
  const server = await github([pull([{ id: 200, author: mallory, body }, ...talk, ...mine])]);
  expect((await comment(server, folder)).code).toBe(0);
  expect(writes(server)).toEqual([
    'PATCH /repos/acme/app/issues/comments/300',
    'DELETE /repos/acme/app/issues/comments/301',
  ]);
  expect(commentsOf(server).find(({ id }) => id === 200)?.body).toBe(body);
});

test.each([
  {
    name: "a fork's pull request",
    step: pullRequest('mallory/app'),
    says: 'no comment: mallory/app is a fork, whose runs have a token that cannot write; the job summary has it',
  },
  {
    name: 'a pull request of Dependabot',
    step: pullRequest('acme/app', 'dependabot[bot]'),
    says: 'no comment: runs that Dependabot starts have a token that cannot write; the job summary has it',
  },
  {
    name: 'no pull request',
    step: { event: 'workflow_dispatch', payload: {} },
    says: 'no comment: this event is about no pull request; the job summary has it',
  },
])('$name: the summary alone has it, and GitHub is not asked', async ({ step, says }) => {
  const server = await github([pull()]);
  const run = await comment(server, await change(), step);
  expect([run.code, run.outputs['result'], run.outputs['comment-url']]).toEqual([0, 'as-planned', undefined]);
  expect(run.log.split('\n')).toContain(says);
  expect(run.summary).toContain('### Tags of `registry.example/acme/app`');
  expect(server.requests).toEqual([]);
});

const unicorn: GithubAnswer = { status: 502, body: 'Unicorn!' };
const isPost = ({ method }: { method: string }): boolean => method === 'POST';

test.each<{ name: string; answer: NonNullable<GithubServerOptions['answer']>; posts: number }>([
  {
    name: '502 after the comment was made',
    answer: (request, earlier, carryOut) => {
      if (!isPost(request) || earlier > 0) return null;
      carryOut();
      return unicorn;
    },
    posts: 1,
  },
  { name: '502, twice', answer: (request, earlier) => (isPost(request) && earlier < 2 ? unicorn : null), posts: 3 },
  {
    name: 'a connection that breaks after the comment was made',
    answer: (request, earlier, carryOut) => (isPost(request) && earlier === 0 ? { ...carryOut(), cutOff: true } : null),
    posts: 1,
  },
  {
    name: 'a secondary rate limit',
    answer: (request, earlier) => (isPost(request) && earlier === 0 ? secondaryRateLimit(1) : null),
    posts: 2,
  },
  {
    name: '503 when the comments are listed',
    answer: ({ method }, earlier) => (method === 'GET' && earlier === 0 ? { status: 503, body: '' } : null),
    posts: 1,
  },
])('$name: there is one comment', async ({ answer, posts }) => {
  const server = await github([pull()], { answer });
  const run = await comment(server, await change());
  expect([run.code, run.outputs['result']]).toEqual([0, 'as-planned']);
  expect(commentsOf(server).map(({ author }) => author)).toEqual([workflowBot]);
  expect(server.requests.filter(isPost)).toHaveLength(posts);
});

test('a token that may not write is told what it needs; the outputs and the summary are there all the same', async () => {
  const denied = { status: 403, body: { message: 'Resource not accessible by integration' } };
  const server = await github([pull()], { answer: (request) => (isPost(request) ? denied : null) });
  const run = await comment(server, await change());
  expect([run.code, run.outputs['result'], run.outputs['changed']]).toEqual([3, 'outside-failed', 'true']);
  expect(run.summary).toContain('### Tags of');
  expect(run.log.split('\n').filter((line) => line.startsWith('::error'))).toEqual([
    '::error title=NOTE_FAILED::the comment was not written: 127.0.0.1:<port>/acme/app: POST issues/7/comments: 403: the token may not do this; it needs pull-requests: write; GitHub says "Resource not accessible by integration"',
  ]);
});

test('a comment is never longer than GitHub takes', async () => {
  const server = await github([pull()]);
  const config = { ...smallConfig, source: { file: 'releases.json' } };
  const versions = Array.from({ length: 900 }, (_, minor) => `1.${minor}.0`);
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'base/matrix.config.json': JSON.stringify({ ...config, pythons: ['3.10'] }),
    'releases.json': JSON.stringify(daily(...versions)),
    'base/releases.json': JSON.stringify(daily(...versions)),
  });
  expect((await comment(server, folder)).code).toBe(0);
  const body = commentsOf(server)[0]?.body ?? '';
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body.length).toBeGreaterThan(60_000);
  expect(body).toMatch(
    /<\/details>\n\n> \*\*Cut here\*\*: [\d,]+ more lines do not fit into 63 KiB\. The whole is in \[the summary of its run\]\(https:\/\/github\.com\/acme\/app\/actions\/runs\/4711\)\.\n\n<sub>/,
  );
});

interface Audited {
  readonly publish: (version: string) => Promise<ActionRun>;
  readonly audit: (server: GithubServer, more?: Readonly<Record<string, string>>) => Promise<ActionRun>;
}

async function audited(): Promise<Audited> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const folder = await change();
  const given = { config: `${folder}/matrix.config.json`, repository: `${registry.host}/acme/app` };
  return {
    publish: (version) => {
      const inputs = { ...given, command: 'publish', version, builder: 'stand-in', journal: `${folder}/journals` };
      return runStep({ event: 'workflow_dispatch', inputs });
    },
    audit: (server, more = {}) => {
      const inputs = { ...given, command: 'audit', issue: 'true', 'github-token': 'right', ...more };
      return runStep({ event: 'schedule', inputs, env: { GITHUB_API_URL: server.url } });
    },
  };
}

test('findings open one issue, the next night writes it anew, and a night without any closes it', async () => {
  const { publish, audit } = await audited();
  const server = await github([pull()]);
  await publish('1.0.0');
  const first = await audit(server);
  expect([first.code, first.outputs['result']]).toEqual([1, 'findings']);
  expect(first.outputs['issue-url']).toBe('https://github.com/owner/name/issues/8');
  const [, opened] = server.issues();
  expect(steady(opened?.title ?? '')).toBe('Tags of 127.0.0.1:<port>/acme/app are not as planned');
  expect(opened?.body).toContain('#### missing 18');

  expect((await audit(server)).outputs['issue-url']).toBe(first.outputs['issue-url']);
  expect(server.issues()).toHaveLength(2);

  await publish('1.1.0');
  const right = await audit(server);
  expect([right.code, right.outputs['result'], right.outputs['issue-url']]).toEqual([0, 'as-planned', undefined]);
  const [, closed] = server.issues();
  expect([closed?.state, closed?.comments.map(({ body }) => steady(body).replace(/\d{4}-\S+Z/, '<time>'))]).toEqual([
    'closed as completed',
    ['Every tag is as planned again: `127.0.0.1:<port>/acme/app`, checked <time>.'],
  ]);

  const before = writes(server).length;
  expect((await audit(server)).code).toBe(0);
  expect(writes(server).slice(before)).toEqual([]);
});

test('an issue with the same mark that a stranger opened is not taken for it', async () => {
  const { publish, audit } = await audited();
  await publish('1.0.0');
  const seed = await github([]);
  await audit(seed);
  const forged = seed.issues().map((issue) => ({ ...issue, number: 3, author: mallory }));
  const server = await github(forged);
  await audit(server);
  expect(server.issues().map(({ number, author, state }) => [number, author.login, state])).toEqual([
    [3, 'mallory', 'open'],
    [4, 'github-actions[bot]', 'open'],
  ]);
  expect(server.issues().slice(0, 1)).toEqual(forged);
});

test('a registry that is out of reach opens no issue and closes none', async () => {
  const { publish, audit } = await audited();
  await publish('1.0.0');
  const server = await github([]);
  await audit(server);
  const before = writes(server).length;
  const run = await audit(server, { repository: '127.0.0.1:9/acme/app' });
  expect([run.code, run.outputs['result']]).toEqual([3, 'outside-failed']);
  expect(writes(server).slice(before)).toEqual([]);
});

test.each([
  { inputs: { command: 'audit', comment: 'true' }, says: 'input comment: audit writes none%0Aleave it to plan' },
  { inputs: { command: 'publish', issue: 'true' }, says: 'input issue: publish writes none%0Aleave it to audit' },
  {
    inputs: { command: 'plan', comment: 'sticky' },
    says: 'input comment: "sticky" is none of its values%0Awrite false or true',
  },
])('$says', async ({ inputs, says }) => {
  const run = await runStep({ event: 'schedule', inputs, sha: revisionOf('1.0.0') });
  expect([run.code, run.log.split('\n').at(-1)]).toEqual([2, `::error title=USAGE::${says}`]);
});
