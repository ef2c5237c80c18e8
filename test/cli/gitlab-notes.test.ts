/** `--note` in a pipeline of GitLab: one note with the plan on a merge request, one issue with the findings. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import {
  gitlabServer,
  gitlabToken,
  mergeRequest,
  projectBot,
  type GitlabAnswer,
  type GitlabServer,
  type GitlabServerOptions,
} from '../support/gitlab-server.ts';
import { daily, smallConfig } from '../support/history.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const mallory = { id: 66, username: 'mallory' };
const notesPath = `projects/7/merge_requests/${mergeRequest}/notes`;

const project = {
  GITLAB_CI: 'true',
  CI_PROJECT_ID: '7',
  CI_PROJECT_PATH: 'acme/app',
  CI_PROJECT_URL: 'https://gitlab.example/acme/app',
  CI_JOB_URL: 'https://gitlab.example/acme/app/-/jobs/4711',
};
const ofMergeRequest = {
  ...project,
  CI_MERGE_REQUEST_IID: String(mergeRequest),
  CI_MERGE_REQUEST_PROJECT_ID: '7',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '7',
};

function tokenFor(server: GitlabServer): Record<string, string> {
  return { CI_API_V4_URL: server.apiUrl, GITLAB_TOKEN: gitlabToken };
}

async function configs(pythons: readonly string[]): Promise<string> {
  const config = { ...smallConfig, pythons, source: { file: 'releases.json' } };
  return tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'base/matrix.config.json': JSON.stringify({ ...config, pythons: ['3.10'] }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    'base/releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
}

/** `--config` has the same text for every run of a project: the folder here is not the same. */
async function plan(env: Record<string, string>, pythons: readonly string[] = ['3.9', '3.10']): Promise<CliRun> {
  const folder = await configs(pythons);
  return runCli(['-C', folder, 'plan', '--offline', '--diff', 'base/matrix.config.json', '--note'], env);
}

const writes = ({ requests }: GitlabServer): string[] =>
  requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.slice(path.lastIndexOf('/7/') + 3)}`);

/** Nobody passes before so many have come. */
function barrier(count: number): () => Promise<void> {
  let come = 0;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    come += 1;
    if (come === count) open();
    return opened;
  };
}

const isPost = ({ method }: { method: string }): boolean => method === 'POST';

describe('the plan of a merge request', () => {
  test('is one note, which the next run writes anew', async () => {
    const server = await gitlabServer();
    const env = { ...ofMergeRequest, ...tokenFor(server) };
    const first = await plan(env);
    const url = `https://gitlab.example/acme/app/-/merge_requests/12#note_1`;
    expect([first.code, first.stderr]).toEqual([0, `the plan is in ${url}\n`]);
    const [written] = server.state.notes;
    await expect(written?.body).toMatchFileSnapshot(new URL('../golden/gitlab/note.md', import.meta.url).pathname);
    const second = await plan(env, ['3.10']);
    expect([second.code, second.stderr, server.state.notes.length]).toEqual([0, first.stderr, 1]);
    expect(server.state.notes[0]?.body).not.toBe(written?.body);
    expect(writes(server)).toEqual(['POST merge_requests/12/notes', 'PUT merge_requests/12/notes/1']);
  });

  test('is found among hundreds; a second one is deleted, and what others wrote is left alone', async () => {
    const seed = await gitlabServer();
    await plan({ ...ofMergeRequest, ...tokenFor(seed) });
    const body = `${seed.state.notes[0]?.body.split('\n')[0]}\nold`;
    const talk = Array.from({ length: 150 }, (_, at) => ({ id: at + 10, author: mallory, body: `thought ${at}` }));
    const notes = [
      { id: 1, author: mallory, body },
      { id: 2, author: projectBot, body, system: true },
      ...talk,
      { id: 500, author: projectBot, body },
      { id: 501, author: projectBot, body },
    ];
    const server = await gitlabServer({ notes });
    expect((await plan({ ...ofMergeRequest, ...tokenFor(server) })).code).toBe(0);
    expect(writes(server)).toEqual(['PUT merge_requests/12/notes/500', 'DELETE merge_requests/12/notes/501']);
    expect(server.state.notes.find(({ id }) => id === 1)?.body).toBe(body);
  });

  test('is one note after two runs at once, each of which found none and wrote one', async () => {
    const both = barrier(2);
    const server = await gitlabServer({
      answer: async (request, earlier) => {
        if (request.method === 'GET' && request.path === notesPath && earlier < 2) await both();
        return null;
      },
    });
    const env = { ...ofMergeRequest, ...tokenFor(server) };
    const folder = await configs(['3.9', '3.10']);
    const where = process.cwd();
    process.chdir(folder);
    const args = ['plan', '--offline', '--diff', 'base/matrix.config.json', '--note', '--config', 'matrix.config.json'];
    const runs = await Promise.all([runCli(args, env), runCli(args, env)]).finally(() => process.chdir(where));
    const url = 'https://gitlab.example/acme/app/-/merge_requests/12#note_1';
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, `the plan is in ${url}\n`],
      [0, `the plan is in ${url}\n`],
    ]);
    expect(server.requests.filter(isPost)).toHaveLength(2);
    expect(server.state.notes.map(({ id }) => id)).toEqual([1]);
  });

  const throttled: GitlabAnswer = { status: 429, headers: { 'retry-after': '1' }, body: { message: 'Retry later' } };
  const faults: { name: string; answer: NonNullable<GitlabServerOptions['answer']>; posts: number }[] = [
    {
      name: '429 with Retry-After, for a write',
      answer: (request, earlier) => (isPost(request) && earlier === 0 ? throttled : null),
      posts: 2,
    },
    {
      name: '429 with Retry-After, for a read',
      answer: (request, earlier) =>
        request.path === notesPath && !isPost(request) && earlier === 0 ? throttled : null,
      posts: 1,
    },
    {
      name: '500 for a write',
      answer: (request, earlier) => (isPost(request) && earlier === 0 ? { status: 500, body: {} } : null),
      posts: 2,
    },
    {
      name: '502 after the note was made',
      answer: (request, earlier, carryOut) => {
        if (!isPost(request) || earlier > 0) return null;
        carryOut();
        return { status: 502, body: 'Whoops' };
      },
      posts: 1,
    },
  ];
  test.each(faults)('is written once, with $name', async ({ answer, posts }) => {
    const server = await gitlabServer({ answer });
    const ran = await plan({ ...ofMergeRequest, ...tokenFor(server) });
    expect([ran.code, server.state.notes.length]).toEqual([0, 1]);
    expect(server.requests.filter(isPost)).toHaveLength(posts);
  });

  test('is made anew where somebody deletes the note meanwhile', async () => {
    const seed = await gitlabServer();
    await plan({ ...ofMergeRequest, ...tokenFor(seed) });
    const body = seed.state.notes[0]?.body ?? '';
    const server: GitlabServer = await gitlabServer({
      notes: [{ id: 5, author: projectBot, body }],
      answer: (request) => {
        if (request.method === 'PUT') server.state.notes = [];
        return null;
      },
    });
    expect((await plan({ ...ofMergeRequest, ...tokenFor(server) })).code).toBe(0);
    expect(writes(server)).toEqual(['PUT merge_requests/12/notes/5', 'POST merge_requests/12/notes']);
    expect(server.state.notes.map((note) => note.body)).toEqual([body]);
  });

  const refused: { name: string; answer: GitlabAnswer; says: RegExp }[] = [
    {
      name: '401',
      answer: { status: 401, body: { message: '401 Unauthorized' } },
      says: /401 Unauthorized.*; is GITLAB_TOKEN expired or revoked\?$/,
    },
    {
      name: '403',
      answer: { status: 403, body: { message: '403 Forbidden' } },
      says: /403 Forbidden.*the role Reporter and the scope api$/,
    },
    {
      name: 'a page of HTML',
      answer: { status: 200, body: 'Sign in' },
      says: /the notes of merge request 12 of 127\.0\.0\.1:\d+\/acme\/app: 200 OK/,
    },
  ];
  test.each(refused)(
    'is printed all the same where GitLab answers $name, and the exit code is 3',
    async ({ answer, says }) => {
      const server = await gitlabServer({ answer: () => answer });
      const ran = await plan({ ...ofMergeRequest, ...tokenFor(server) });
      expect([ran.code, ran.stdout]).toEqual([3, expect.stringContaining('3.9')]);
      expect(ran.stderr.trim()).toMatch(/^NOTE_FAILED {2}the comment was not written: /);
      expect(ran.stderr.trim()).toMatch(says);
      expect(`${ran.stdout}${ran.stderr}`).not.toContain(gitlabToken);
    },
  );

  const closed: { name: string; env: Record<string, string>; says: string }[] = [
    {
      name: 'there is no token',
      env: { ...ofMergeRequest, CI_JOB_TOKEN: 'job', CI_API_V4_URL: 'http://gitlab.example/api/v4' },
      says: 'no note: there is no token; set GITLAB_TOKEN to a project access token with the role Reporter and the scope api',
    },
    {
      name: 'it is of a fork, token or not',
      env: { ...ofMergeRequest, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8', GITLAB_TOKEN: gitlabToken },
      says: 'no note: merge request 12 is of a fork, whose code gets no token',
    },
    {
      name: 'the pipeline is of a branch',
      env: { ...project, CI_COMMIT_BRANCH: 'main', GITLAB_TOKEN: gitlabToken },
      says: 'no note: this pipeline is of no merge request',
    },
    {
      name: 'it is no pipeline',
      env: { GITLAB_TOKEN: gitlabToken },
      says: 'no note: this is not a pipeline of GitLab',
    },
  ];
  test.each(closed)('is written nowhere if $name, and nothing fails', async ({ env, says }) => {
    const server = await gitlabServer();
    const ran = await plan({ CI_API_V4_URL: server.apiUrl, ...env });
    expect([ran.code, ran.stderr, server.requests]).toEqual([0, `${says}\n`, []]);
  });

  test('is not sent where the token would be read on the way', async () => {
    const ran = await plan({
      ...ofMergeRequest,
      CI_API_V4_URL: 'http://gitlab.example/api/v4',
      GITLAB_TOKEN: gitlabToken,
    });
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('it would send the token without encryption')]);
    expect(ran.stdout).toContain('1.1.0');
  });
});

describe('the findings of an audit', () => {
  interface Place {
    readonly server: GitlabServer;
    readonly audit: (more?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliRun>;
    readonly publish: () => Promise<void>;
  }

  async function place(options: GitlabServerOptions = {}): Promise<Place> {
    const registry = await startMemoryRegistry();
    onTestFinished(() => registry.close());
    const server = await gitlabServer(options);
    const folder = await configs(['3.10']);
    const args = ['--config', `${folder}/matrix.config.json`, '--repository', `${registry.host}/acme/app`];
    const making = ['--builder=stand-in', `--journal=${folder}/journals`, '--from-working-tree'];
    return {
      server,
      audit: (more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
        runCli(['audit', ...args, '--note', ...more], { ...project, ...tokenFor(server), ...env }),
      publish: async () => {
        for (const version of ['1.0.0', '1.1.0']) {
          const ran = await runCli(['publish', version, ...args, ...making]);
          expect([ran.code, ran.stderr]).toEqual([0, ran.stderr]);
        }
      },
    };
  }

  test('are one issue, edited by each audit, and closed with a word by the first without any', async () => {
    const { server, audit, publish } = await place();
    const first = await audit();
    expect([first.code, first.stderr]).toEqual([1, 'the findings are in https://gitlab.example/acme/app/-/issues/1\n']);
    expect(server.state.issues).toEqual([
      {
        iid: 1,
        author: projectBot,
        state: 'opened',
        notes: [],
        title: expect.stringMatching(/^Tags of 127\.0\.0\.1:\d+\/acme\/app are not as planned$/),
        description: expect.stringMatching(/^<!-- tagwright audit [^>]+ -->\n[^]*missing/),
      },
    ]);
    expect((await audit()).stderr).toBe(first.stderr);
    // The token was replaced since, and a bot of its own wrote the issue.
    server.state.issues = server.state.issues.map((issue) => ({
      ...issue,
      author: { id: 39, username: 'project_7_bot_before' },
    }));
    await publish();
    const last = await audit();
    expect([last.code, last.stderr]).toEqual([
      0,
      'no issue: there is nothing to report, and one that was open is closed\n',
    ]);
    expect(server.state.issues).toMatchObject([
      {
        state: 'closed',
        notes: [expect.stringMatching(/^Every tag is as planned again: `127\.0\.0\.1:\d+\/acme\/app`, checked /)],
      },
    ]);
    expect(writes(server)).toEqual(['POST issues', 'PUT issues/1', 'POST issues/1/notes', 'PUT issues/1']);
  });

  test('are one open issue after two audits at once, each of which found none and wrote one', async () => {
    const both = barrier(2);
    const { server, audit } = await place({
      answer: async (request, earlier) => {
        if (request.method === 'GET' && request.path === 'projects/7/issues' && earlier < 2) await both();
        return null;
      },
    });
    const runs = await Promise.all([audit(), audit()]);
    expect(new Set(runs.map(({ stderr }) => stderr))).toEqual(
      new Set(['the findings are in https://gitlab.example/acme/app/-/issues/1\n']),
    );
    expect(server.state.issues.map(({ iid, state }) => [iid, state])).toEqual([
      [1, 'opened'],
      [2, 'closed'],
    ]);
  });

  test.each([
    { name: 'a part', more: ['--only', 'series=9'], env: {}, said: /of whole audits, and this one has --only/ },
    { name: 'another day', more: ['--at', '2000-01-01'], env: {}, said: /of whole audits, and this one has --at/ },
    {
      name: 'late ones excused',
      more: ['--grace', '999d'],
      env: {},
      said: /of whole audits, and this one has --grace/,
    },
    { name: 'a merge request', more: [], env: ofMergeRequest, said: /of a merge request, whose config/ },
    { name: 'over http', more: [], env: { CI_API_V4_URL: 'http://gitlab.example/api/v4' }, said: /without encryption/ },
  ])('stay as they are after an audit of less: $name', async ({ more, env, said }) => {
    const { server, audit, publish } = await place();
    await audit();
    await publish();
    const ran = await audit(more, env);
    expect(ran.stderr).toMatch(said);
    expect(ran.stdout).not.toBe('');
    expect(server.state.issues.map(({ state, notes }) => [state, notes])).toEqual([['opened', []]]);
  });

  test('go to the GitLab that the pipeline is of, also where its API is not named', async () => {
    const { server, audit } = await place();
    const ran = await audit([], { CI_API_V4_URL: '', CI_SERVER_URL: server.apiUrl.replace('/api/v4', '') });
    expect(ran.stderr).toMatch(/^the findings are in /);
    expect(server.state.issues).toHaveLength(1);
  });

  test('of somebody else, with our mark in it, are left alone', async () => {
    const { server, audit } = await place();
    await audit();
    server.state.issues = server.state.issues.map((issue) => ({ ...issue, author: mallory }));
    await audit();
    expect(server.state.issues.map(({ iid, author, state }) => [iid, author.username, state])).toEqual([
      [1, 'mallory', 'opened'],
      [2, projectBot.username, 'opened'],
    ]);
  });

  test('are not looked for through more pages than a project can have', async () => {
    const { server, audit } = await place({
      answer: ({ path }) =>
        path === 'projects/7/issues' ? { status: 200, headers: { 'x-next-page': '2' }, body: [] } : null,
    });
    const ran = await audit();
    expect([ran.code, ran.stderr]).toEqual([
      3,
      expect.stringMatching(/^NOTE_FAILED {2}the issue was not written: the issues of .*: there are more than 20000, /),
    ]);
    expect(server.requests.filter(({ path }) => path === 'projects/7/issues')).toHaveLength(200);
  });
});
