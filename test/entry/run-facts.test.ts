/** Who let a run move tags: asked of GitHub with its token, and never a reason for a run to fail. */
import { generateKeyPairSync } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/domain/errors.ts';
import { realWorld } from '../../src/entry/world.ts';
import type { RunFacts } from '../../src/domain/run-facts.ts';
import { githubServer, type GithubAnswer } from '../support/github-server.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Told {
  readonly facts: RunFacts;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

async function factsOf(approvals: GithubAnswer, changes: Readonly<Record<string, string>> = {}): Promise<Told> {
  const server = await githubServer(
    { name: 'acme/app', releases: [], tags: [] },
    { answer: ({ path }) => (path.endsWith('/actions/runs/7/approvals') ? approvals : null) },
  );
  const said: string[] = [];
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: server.url,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_RUN_ID: '7',
    GITHUB_ACTOR: 'octocat',
    GITHUB_TOKEN: 'a-token',
    ...changes,
  };
  const { signal } = new AbortController();
  const facts = await realWorld({ env, say: (line) => void said.push(line), signal }).runFacts();
  return { facts, said, asked: server.requests.map(({ path }) => path) };
}

const review = (state: string, login: string | null): object => ({
  state,
  comment: '',
  environments: [{ name: 'production' }],
  user: login === null ? null : { login },
});

describe('who approved a run on GitHub', () => {
  test('is everybody who approved an environment of it, once', async () => {
    const body = [
      review('approved', 'alice'),
      review('rejected', 'bob'),
      review('approved', 'alice'),
      review('approved', 'eve'),
    ];
    const { facts, said } = await factsOf({ status: 200, body });
    expect([facts.actor, facts.approver, said]).toEqual(['octocat', 'alice, eve', []]);
  });

  test.each([
    ['no review', { status: 200, body: [] }],
    ['a reviewer who is gone', { status: 200, body: [review('approved', null)] }],
    ['no such run', { status: 404, body: { message: 'Not Found' } }],
  ])('is nobody with %s', async (_name, answer) => {
    expect((await factsOf(answer)).facts.approver).toBeNull();
  });

  test('is not known if GitHub refuses to say, which is said and ends nothing', async () => {
    const { facts, said } = await factsOf({ status: 403, body: { message: 'Resource not accessible by integration' } });
    expect([facts.approver, said.length]).toEqual([null, 1]);
    expect(said[0]).toMatch(/^the statement names nobody who approved the run: /);
    expect(said[0]).not.toContain('a-token');
  });

  test('is not asked for without a token, or of another forge', async () => {
    const body = [review('approved', 'alice')];
    for (const changes of [{ GITHUB_TOKEN: '' }, { FORGEJO_ACTIONS: 'true' }, { GITHUB_RUN_ID: '../../7' }]) {
      const { facts, asked } = await factsOf({ status: 200, body }, changes);
      expect([facts.approver, asked]).toEqual([null, []]);
    }
  });
});

test('outside of a CI the account of the machine is who moved', async () => {
  const { signal } = new AbortController();
  const unknown = await realWorld({ env: { CI: 'true' }, say: () => undefined, signal }).runFacts();
  expect(unknown).toMatchObject({ actor: null, run: { ci: 'a CI that tagwright does not know' } });
  const facts = await realWorld({ env: {}, say: () => undefined, signal }).runFacts();
  expect([typeof facts.actor, facts.run, facts.approver]).toEqual(['string', null, null]);
});

describe('a key', () => {
  const { signal } = new AbortController();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  test('in place of the name of its file is refused, and nothing of it is shown', async () => {
    const world = realWorld({ env: {}, say: () => undefined, signal });
    const fault = await world.statementSigner(pem).catch((error: unknown) => error);
    if (!(fault instanceof InputError)) throw fault;
    expect(fault.message).toContain('--sign-key (TAGWRIGHT_SIGN_KEY): it holds a key, and the name of a file');
    expect(fault.message).not.toContain(pem.split('\n')[1]);
  });

  test('that other accounts can read is said', async () => {
    const folder = await tempFolder({ 'evidence.key': pem });
    const path = join(folder, 'evidence.key');
    const said: string[] = [];
    const world = realWorld({ env: {}, say: (line) => void said.push(line), signal });
    await chmod(path, 0o600);
    await world.statementSigner(path);
    expect(said).toEqual([]);
    await chmod(path, 0o644);
    await world.statementSigner(path);
    expect(said).toEqual([
      `${path}: other accounts on this machine can read this key (mode 644); run chmod 600 ${path}`,
    ]);
  });
});
