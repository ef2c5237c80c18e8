/** A token goes to the server that it was issued by. One server on loopback plays any: it records what it was sent. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { githubApi, githubCredential } from '../../src/domain/github-credential.ts';
import { listenOnLoopback } from '../support/loopback.ts';
import { runStep } from '../support/run-action.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Recorder {
  readonly url: string;
  readonly host: string;
  /** The header of each request; `null` for none. */
  readonly seen: readonly (string | null)[];
}

async function recorder(status = 404, location?: () => string): Promise<Recorder> {
  const seen: (string | null)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization ?? null);
    response.writeHead(status, location === undefined ? {} : { location: `${location()}${request.url}` });
    response.end(JSON.stringify({ message: 'Not Found' }));
  });
  const { url, ...listening } = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return { url, host: new URL(url).host, seen };
}

const project = (source: object): Promise<string> =>
  tempFolder({
    'matrix.config.json': JSON.stringify({
      repository: 'registry.test/acme/app',
      pythons: ['3.12'],
      flavors: { standard: { dockerfile: 'Dockerfile' } },
      source,
    }),
    'releases.json': '[]',
    Dockerfile: 'FROM scratch\nARG PYTHON\n',
  });

const plan = (folder: string): string[] => ['plan', '--offline', '--config', `${folder}/matrix.config.json`];

type Env = Readonly<Record<string, string>>;

interface Row {
  readonly why: string;
  readonly env: (asked: Recorder) => Env;
  readonly sent: string | null;
}

const both = { GITHUB_TOKEN: 'public', GH_TOKEN: 'public-2', GH_ENTERPRISE_TOKEN: 'enterprise' };

const rows: readonly Row[] = [
  { why: 'no variable says whose it is', env: () => both, sent: null },
  { why: 'GITHUB_API_URL is of it', env: ({ url }) => ({ ...both, GITHUB_API_URL: `${url}/api/v3` }), sent: 'public' },
  {
    why: 'GITHUB_API_URL is of another',
    env: () => ({ ...both, GITHUB_API_URL: 'https://ghe.test/api/v3' }),
    sent: null,
  },
  {
    why: 'GITHUB_API_URL has another port',
    env: () => ({ ...both, GITHUB_API_URL: 'http://127.0.0.1:9' }),
    sent: null,
  },
  {
    why: 'GITHUB_API_URL begins like it',
    env: ({ url }) => ({ ...both, GITHUB_API_URL: `${url}0.evil.test` }),
    sent: null,
  },
  {
    why: 'GITHUB_API_URL has it as a user name',
    env: ({ host }) => ({ ...both, GITHUB_API_URL: `http://${host}@evil.test` }),
    sent: null,
  },
  { why: 'GITHUB_API_URL is no URL', env: ({ host }) => ({ ...both, GITHUB_API_URL: host }), sent: null },
  { why: 'GH_HOST names it', env: ({ host }) => ({ ...both, GH_HOST: host }), sent: 'enterprise' },
  {
    why: 'GH_HOST names it, the other name of the token',
    env: ({ host }) => ({ GITHUB_TOKEN: 'public', GITHUB_ENTERPRISE_TOKEN: 'enterprise-2', GH_HOST: host }),
    sent: 'enterprise-2',
  },
  {
    why: 'GH_HOST names it and there is no token of it',
    env: ({ host }) => ({ GITHUB_TOKEN: 'public', GH_HOST: host }),
    sent: null,
  },
  {
    why: 'GH_HOST names it and its token is empty',
    env: ({ host }) => ({ ...both, GH_ENTERPRISE_TOKEN: '', GH_HOST: host }),
    sent: null,
  },
  { why: 'GH_HOST names another', env: () => ({ ...both, GH_HOST: 'ghe.test' }), sent: null },
  { why: 'GH_HOST names it without its port', env: () => ({ ...both, GH_HOST: '127.0.0.1' }), sent: null },
  {
    why: 'an empty GITHUB_TOKEN does not hide GH_TOKEN',
    env: ({ url }) => ({ GITHUB_TOKEN: '', GH_TOKEN: 'second', GITHUB_API_URL: url }),
    sent: 'second',
  },
];

test.each(rows)('source.githubUrl, $why: $sent', async ({ env, sent }) => {
  const asked = await recorder();
  const folder = await project({ github: 'acme/app', githubUrl: asked.url });
  const { code, stderr } = await runCli(plan(folder), env(asked));
  expect(code).toBe(3);
  expect(new Set(asked.seen)).toEqual(new Set([sent === null ? null : `token ${sent}`]));
  const why = `no token was sent, for ${asked.host} is neither the host of GITHUB_API_URL nor api.github.com; set GH_HOST to ${asked.host} and GH_ENTERPRISE_TOKEN to a token of it that is allowed contents: read`;
  expect([stderr.includes(why), stderr.includes('no token was sent')]).toEqual([sent === null, sent === null]);
});

test.each([401, 403, 404])('a source that answers %i to nobody says that no token was sent', async (status) => {
  const asked = await recorder(status);
  const folder = await project({ github: 'acme/app', githubUrl: asked.url });
  const { stderr } = await runCli(plan(folder), both);
  expect(stderr).toContain(`${status}: `);
  expect(stderr).toContain(`no token was sent, for ${asked.host} is neither`);
});

test('the token of the action goes to the server of the runner alone', async () => {
  const asked = await recorder();
  const folder = await project({ github: 'acme/app', githubUrl: asked.url });
  const inputs = { command: 'plan', offline: 'true', config: `${folder}/matrix.config.json`, 'github-token': 'job' };
  const step = { event: 'push', inputs };
  expect((await runStep({ ...step, env: { GITHUB_API_URL: githubApi } })).log).toContain('no token was sent');
  expect(new Set(asked.seen)).toEqual(new Set([null]));
  await runStep({ ...step, env: { GITHUB_API_URL: asked.url } });
  expect(asked.seen.at(-1)).toBe('token job');
});

test('a redirect to another origin carries no token', async () => {
  const other = await recorder();
  const asked = await recorder(302, () => other.url);
  const folder = await project({ github: 'acme/app', githubUrl: asked.url });
  await runCli(plan(folder), { GITHUB_TOKEN: 'public', GITHUB_API_URL: asked.url });
  expect(new Set(asked.seen)).toEqual(new Set(['token public']));
  expect(new Set(other.seen)).toEqual(new Set([null]));
});

test.each([401, 403, 404])('a package index is sent no token, and its %i says so', async (status) => {
  const asked = await recorder(status);
  const folder = await project({ file: 'releases.json', pypi: 'acme-app', pypiUrl: asked.url });
  const env = { ...both, GITHUB_API_URL: asked.url, GH_HOST: asked.host };
  const { code, stderr } = await runCli(plan(folder), env);
  expect([code, new Set(asked.seen)]).toEqual([3, new Set([null])]);
  expect(stderr).toContain('no login was sent, for tagwright sends none to a package index');
});

test.each([
  { why: 'github.com', env: both, token: 'public' },
  {
    why: 'github.com, whatever GITHUB_API_URL is',
    env: { ...both, GITHUB_API_URL: 'https://ghe.test' },
    token: 'public',
  },
  { why: 'github.com, never the enterprise token', env: { ...both, GH_HOST: 'api.github.com' }, token: 'public' },
])('$why', ({ env, token }) => {
  expect(githubCredential(env, githubApi)).toEqual({ kind: 'token', token });
});

test.each(['line\nbreak', 'return\r', 'snowman ☃', 'tab\t'])(
  'a token that no header can carry is named: %j',
  async (token) => {
    const folder = await project({ github: 'acme/app' });
    const { code, stderr } = await runCli(plan(folder), { GITHUB_TOKEN: token });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^CREDENTIALS_FAILED {2}GITHUB_TOKEN holds a (?:line break|character that no header can carry); set it to the token alone$/m,
    );
  },
);

test.each([
  { repository: 'acme/app', sent: true, why: 'the repository of the run' },
  { repository: 'Acme/App', sent: true, why: 'the same in other letters' },
  { repository: 'acme/secret', sent: false, why: 'another one, which the token may read and a stranger may not' },
])("a stranger's config gets the token for $why", async ({ repository, sent }) => {
  const asked = await recorder();
  const folder = await project({ github: repository });
  const head = { full_name: 'mallory/app' };
  const run = await runStep({
    event: 'pull_request_target',
    payload: {
      repository: { full_name: 'acme/app' },
      pull_request: { number: 7, head: { repo: head }, base: { repo: { full_name: 'acme/app' } } },
    },
    inputs: { command: 'plan', offline: 'true', config: `${folder}/matrix.config.json`, 'github-token': 'ghs_job' },
    env: { GITHUB_API_URL: asked.url, GITHUB_REPOSITORY: 'acme/app' },
  });
  expect(run.code).toBe(3);
  expect(asked.seen.length).toBeGreaterThan(0);
  expect(asked.seen.some((header) => header !== null && header.includes('ghs_job'))).toBe(sent);
});
