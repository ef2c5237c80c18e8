import { describe, expect, test } from 'vitest';
import { decideTrust, hasSecrets, trustOf, type Trust } from '../../src/action/trust.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { runStep } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const repository = { full_name: 'acme/app', fork: false };
const pull = (head: string | null, base = 'acme/app'): JsonObject => ({
  number: 7,
  head: { repo: head === null ? null : { full_name: head } },
  base: { repo: { full_name: base } },
});
const run = (head: string | null, event: string | null, pulls: readonly object[] = []): JsonObject => ({
  workflow_run: { head_repository: head === null ? null : { full_name: head }, event, pull_requests: pulls },
});

interface Row {
  readonly name: string;
  readonly why: string;
  readonly payload?: JsonObject;
  readonly ref?: string;
  readonly secrets?: true;
  readonly is: Trust['kind'];
}

/** A value below so many keys. */
function deep(levels: number, value: JsonObject): JsonObject {
  return levels === 0 ? value : { a: deep(levels - 1, value) };
}

const own = pull('acme/app');
const forks = pull('mallory/app');
const gone = pull(null);

const rows: readonly Row[] = [
  { name: 'push', why: 'a branch', is: 'trusted' },
  { name: 'push', why: 'a git tag, with secrets', ref: 'refs/tags/1.0.0', secrets: true, is: 'trusted' },
  { name: 'release', why: 'published', payload: { release: { tag_name: '1.0.0' } }, secrets: true, is: 'trusted' },
  { name: 'schedule', why: 'the night', is: 'trusted' },
  { name: 'create', why: 'a git tag', ref: 'refs/tags/1.0.0', is: 'trusted' },
  { name: 'workflow_dispatch', why: 'by hand', payload: { inputs: { version: '1.0.0' } }, is: 'trusted' },
  { name: 'workflow_dispatch', why: 'by hand on a pull request', ref: 'refs/pull/7/merge', is: 'data-only' },
  { name: 'repository_dispatch', why: 'by a program', payload: { client_payload: { version: '1' } }, is: 'trusted' },
  {
    name: 'repository_dispatch',
    why: 'of a comment command, for a pull request',
    payload: { client_payload: { github: { payload: {} }, pull_request: { number: 7 } } },
    is: 'data-only',
  },
  { name: 'merge_group', why: 'checks', payload: { merge_group: { head_sha: 'x', base_ref: 'main' } }, is: 'trusted' },
  { name: 'pull_request', why: 'of this repository', payload: { pull_request: own }, is: 'trusted' },
  {
    name: 'pull_request',
    why: 'of this repository, with secrets',
    payload: { pull_request: own },
    secrets: true,
    is: 'trusted',
  },
  { name: 'pull_request', why: 'of a fork', payload: { pull_request: forks }, is: 'fork' },
  {
    name: 'pull_request',
    why: 'of a fork that has secrets',
    payload: { pull_request: forks },
    secrets: true,
    is: 'data-only',
  },
  { name: 'pull_request', why: 'of a fork that is gone', payload: { pull_request: gone }, is: 'fork' },
  { name: 'pull_request', why: 'without a payload', is: 'fork' },
  { name: 'pull_request_target', why: 'of this repository', payload: { pull_request: own }, is: 'trusted' },
  { name: 'pull_request_target', why: 'of a fork', payload: { pull_request: forks }, is: 'data-only' },
  { name: 'pull_request_target', why: 'of a fork that is gone', payload: { pull_request: gone }, is: 'data-only' },
  { name: 'pull_request_target', why: 'without a payload', is: 'data-only' },
  { name: 'pull_request_review', why: 'of this repository', payload: { pull_request: own }, is: 'trusted' },
  { name: 'pull_request_review', why: 'of a fork', payload: { pull_request: forks }, is: 'data-only' },
  { name: 'pull_request_review_comment', why: 'of a fork', payload: { pull_request: forks }, is: 'data-only' },
  { name: 'issue_comment', why: 'on an issue', payload: { issue: { number: 3 } }, is: 'trusted' },
  {
    name: 'issue_comment',
    why: 'on a pull request',
    payload: { issue: { number: 3, pull_request: { url: 'x' } } },
    is: 'data-only',
  },
  { name: 'issue_comment', why: 'without a payload', is: 'data-only' },
  { name: 'workflow_run', why: 'of a push', payload: run('acme/app', 'push'), is: 'trusted' },
  {
    name: 'workflow_run',
    why: 'of a push to a branch that a pull request has',
    payload: run('acme/app', 'push', [own]),
    is: 'trusted',
  },
  { name: 'workflow_run', why: 'of a release', payload: run('acme/app', 'release'), is: 'trusted' },
  {
    name: 'workflow_run',
    why: "of this repository's pull request",
    payload: run('acme/app', 'pull_request', [own]),
    is: 'data-only',
  },
  {
    name: 'workflow_run',
    why: 'of a pull_request_target',
    payload: run('acme/app', 'pull_request_target'),
    is: 'data-only',
  },
  { name: 'workflow_run', why: 'of a run that nobody knows', payload: run('acme/app', null), is: 'data-only' },
  { name: 'workflow_run', why: 'of a fork', payload: run('mallory/app', 'push'), is: 'data-only' },
  { name: 'workflow_run', why: 'of a fork that is gone', payload: run(null, 'pull_request'), is: 'data-only' },
  { name: 'workflow_run', why: 'without a payload', is: 'data-only' },
  {
    name: 'check_suite',
    why: 'of a branch',
    payload: { check_suite: { head_branch: 'main', pull_requests: [] } },
    is: 'trusted',
  },
  {
    name: 'check_suite',
    why: 'of a pull request',
    payload: { check_suite: { pull_requests: [{ number: 7 }] } },
    is: 'data-only',
  },
  {
    name: 'check_suite',
    why: "of a fork's commit, which is on no branch here",
    payload: { check_suite: { head_branch: null, pull_requests: [] } },
    is: 'data-only',
  },
  {
    name: 'workflow_job',
    why: "of a fork's commit",
    payload: { workflow_job: { head_branch: null } },
    is: 'data-only',
  },
  { name: 'status', why: 'of a commit of this repository', payload: { branches: [{ name: 'main' }] }, is: 'trusted' },
  { name: 'status', why: "of a fork's commit", payload: { branches: [] }, is: 'data-only' },
  { name: 'status', why: 'without a payload', is: 'data-only' },
  {
    name: 'repository_dispatch',
    why: 'of a fork, deeper than anybody looks',
    payload: { client_payload: deep(40, { head_repository: { full_name: 'mallory/app' } }) },
    is: 'data-only',
  },
  {
    name: 'repository_dispatch',
    why: 'with a payload of some depth',
    payload: { client_payload: deep(12, { version: '1.0.0' }) },
    is: 'trusted',
  },
  {
    name: 'check_run',
    why: 'of a pull request',
    payload: { check_run: { check_suite: { pull_requests: [{}] } } },
    is: 'data-only',
  },
  { name: 'an_event_of_tomorrow', why: 'of nothing', payload: { thing: { name: 'x' } }, is: 'trusted' },
  {
    name: 'an_event_of_tomorrow',
    why: 'of a pull request of this repository',
    payload: { pull_request: own },
    is: 'trusted',
  },
  {
    name: 'an_event_of_tomorrow',
    why: 'of a pull request of a fork',
    payload: { pull_request: forks },
    is: 'data-only',
  },
  {
    name: 'an_event_of_tomorrow',
    why: 'of a fork, told deep inside',
    payload: { a: [{ b: { head_repository: { full_name: 'mallory/app' } } }] },
    is: 'data-only',
  },
  {
    name: 'an_event_of_tomorrow',
    why: 'with the two ends of a pull request, told deep inside',
    payload: { a: [{ head: { repo: { full_name: 'mallory/app' } }, base: { repo: { full_name: 'acme/app' } } }] },
    is: 'data-only',
  },
  { name: 'an_event_of_tomorrow', why: 'on the ref of a pull request', ref: 'refs/pull/7/head', is: 'data-only' },
  { name: '', why: 'outside of a runner', payload: {}, is: 'trusted' },
];

test.each(rows)('$name $why: $is', ({ name, payload = {}, ref = 'refs/heads/main', secrets = false, is }) => {
  const event = { name, ref, sha: '', payload: { repository, ...payload } };
  expect(trustOf(event, secrets).kind).toBe(is);
});

test('secrets are what a run is given beside its own token', () => {
  const given = (env: Readonly<Record<string, string>>, wanted = ''): boolean =>
    hasSecrets(new Map([['require-env', wanted]]), env);
  expect([given({}), given({ GITHUB_TOKEN: 'x' }), given({ TAGWRIGHT_REGISTRY_PASSWORD: ' ' })]).toEqual([
    false,
    false,
    false,
  ]);
  expect([
    given({ TAGWRIGHT_REGISTRY_PASSWORD: 'x' }),
    given({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }),
    given({ SIGSTORE_ID_TOKEN: 'x' }),
    given({ DOCKER_AUTH_CONFIG: '{}' }),
    given({ GH_ENTERPRISE_TOKEN: 'x' }),
    given({ GITHUB_ENTERPRISE_TOKEN: 'x' }),
    given({ HUB: 'x' }, 'OTHER, HUB'),
  ]).toEqual([true, true, true, true, true, true, true]);
});

const event = {
  name: 'pull_request_target',
  ref: 'refs/heads/main',
  sha: '',
  payload: { repository, pull_request: forks },
};

test('one input raises it, and takes nothing but true', () => {
  const decided = (text: string): Trust => decideTrust(event, new Map([['dangerously-trust-this-event', text]]), {});
  expect(decided('true').kind).toBe('trusted');
  expect(decided('false').kind).toBe('data-only');
  expect(() => decided('yes')).toThrow('input dangerously-trust-this-event: "yes" is no switch');
});

describe('data only', () => {
  const config = {
    repository: '127.0.0.1:1/acme/app',
    pythons: ['3.12'],
    flavors: { standard: { dockerfile: 'Dockerfile' } },
    defaults: { python: { '1': '3.12' } },
    source: { file: 'releases.json' },
  };
  const row = { version: '1.0.0', revision: 'a'.repeat(40), committedAt: '2024-01-01T00:00:00Z' };
  const marked = 'globalThis.ran = true; export default {};';

  async function step(files: Readonly<Record<string, string>>, inputs: Readonly<Record<string, string>>) {
    const folder = await tempFolder({
      'releases.json': JSON.stringify([row]),
      'matrix.config.json': JSON.stringify(config),
      'other.config.ts': marked,
      ...files,
    });
    const placed = Object.entries(inputs).map(([key, value]) => [key, value.replaceAll('<folder>', folder)]);
    return runStep({
      event: event.name,
      payload: event.payload,
      inputs: {
        command: 'plan',
        offline: 'true',
        config: '<folder>/matrix.config.json'.replace('<folder>', folder),
        ...Object.fromEntries(placed),
      },
    });
  }

  test('a config in JSON is read', async () => {
    expect((await step({}, {})).code).toBe(0);
  });

  test.each([{ config: '<folder>/other.config.ts' }, { diff: '<folder>/other.config.ts' }])(
    'no code is loaded by %j',
    async (inputs) => {
      const { code, log } = await step({}, inputs);
      expect(code).toBe(2);
      expect(log).toContain(
        "other.config.ts may be code of mallory/app, a fork, and this event's runs have the repository's secrets",
      );
      expect(log).toContain('the input dangerously-trust-this-event: true allows it');
      expect(Reflect.get(globalThis, 'ran')).toBeUndefined();
    },
  );

  test.each([
    { key: 'source.git', more: { source: { git: '.' } } },
    { key: 'source.githubUrl', more: { source: { github: 'acme/app', githubUrl: 'https://mallory.example/api' } } },
    {
      key: 'source.pypiUrl',
      more: { source: { file: 'releases.json', pypi: 'app', pypiUrl: 'https://mallory.example' } },
    },
    { key: 'registries.insecure', more: { registries: { insecure: ['mallory.example'] } } },
    { key: 'mirrors', more: { mirrors: { 'docker.io': 'mallory.example/hub' } } },
  ])('a config may not name $key', async ({ key, more }) => {
    const changed = { 'matrix.config.json': JSON.stringify({ ...config, ...more }) };
    const { code, log } = await step(changed, {});
    expect(code).toBe(2);
    expect(log).toContain(`matrix.config.json ${key}: not for an event of a fork or a pull request`);
    const other = { 'other.json': JSON.stringify({ ...config, ...more }) };
    expect((await step(other, { diff: '<folder>/other.json' })).log).toContain(`other.json ${key}: not for an event`);
  });

  test.each(['apply', 'build', 'publish', 'rollback'])('%s is refused', async (command) => {
    const { code, log } = await step({}, { command, offline: '' });
    expect([code, log.includes(`mallory/app is a fork: ${command} writes to a registry`)]).toEqual([2, true]);
  });
});
