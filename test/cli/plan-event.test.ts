/** `plan --event`: what one build is called, in every format; and what is no build of a config. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const repository = { full_name: 'acme/app', default_branch: 'main' };
const push = { ref: 'refs/heads/feature/login', after: sha, repository };
const own = { kind: 'schedule', branch: 'main', revision: sha, at: '2026-11-29T03:00:00Z', defaultBranch: 'main' };
const fork = {
  number: 12,
  repository,
  pull_request: {
    number: 12,
    merge_commit_sha: sha,
    head: { sha, repo: { full_name: 'mallory/app' } },
    base: { repo: { full_name: 'acme/app' } },
  },
};

const config = {
  repository: 'registry.example/acme/app',
  dockerfile: 'Dockerfile',
  source: { file: 'releases.json' },
  pythons: ['3.11', '3.12'],
  platforms: ['linux/amd64', 'linux/arm64'],
  defaults: { python: 'highest' },
  events: {
    repository: 'registry.example/acme/app-dev',
    branch: '{{branch}}-python{{python}}',
    pullRequest: 'pr-{{number}}-python{{python}}',
    schedule: { template: 'nightly-python{{python}}', repository: 'registry.example/acme/app-night' },
    edge: { only: { python: 'default' } },
  },
};

const bakeSchema = z.object({
  target: z.record(z.string(), z.object({ tags: z.array(z.string()), output: z.array(z.string()) })),
});

async function planOf(
  event: unknown,
  { args = [], env = {}, more = {} }: { args?: readonly string[]; env?: Record<string, string>; more?: object } = {},
): Promise<CliRun> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...config, ...more }),
    'releases.json': '[]',
    'event.json': typeof event === 'string' ? event : JSON.stringify(event),
    Dockerfile: 'FROM scratch\nARG PYTHON\n',
  });
  return runCli(['plan', '--event', `${folder}/event.json`, '--config', `${folder}/matrix.config.json`, ...args], env);
}

test('as a table: the cells of the next release, the tags that move, and the pinned one', async () => {
  const { code, stdout } = await planOf(push);
  expect({ code, stdout }).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stdout": "Branch "feature/login" at 0123456789ab: 2 cells

    registry.example/acme/app-dev
      python  platforms    tags that move            pinned tag
      3.11    amd64 arm64  feature-login-python3.11  commit-0123456789…
      3.12    amd64 arm64  feature-login-python3.12  commit-0123456789…
    ",
    }
  `);
});

test('as lines: each set of repositories, a schedule with the tags of its branch', async () => {
  const { stdout } = await planOf(own, { args: ['--format', 'lines'] });
  expect(stdout).toMatchInlineSnapshot(`
    "registry.example/acme/app-night 3.11: nightly-python3.11, commit-0123456789abcdef0123456789abcdef01234567-python3.11
    registry.example/acme/app-night 3.12: nightly-python3.12, commit-0123456789abcdef0123456789abcdef01234567-python3.12
    registry.example/acme/app-dev 3.11: main-python3.11, commit-0123456789abcdef0123456789abcdef01234567-python3.11
    registry.example/acme/app-dev 3.12: edge, main-python3.12, commit-0123456789abcdef0123456789abcdef01234567-python3.12
    "
  `);
});

test('as JSON: the event, whether it may be pushed, and every tag with its rule', async () => {
  const { stdout } = await planOf(fork, { args: ['--json', '--only', 'python=3.12'] });
  expect(JSON.parse(stdout.replace(/"at": "[^"]+"/, '"at": "<now>"'))).toMatchInlineSnapshot(`
    {
      "builds": [
        {
          "cells": [
            {
              "platforms": [
                "linux/amd64",
                "linux/arm64",
              ],
              "python": "3.12",
              "tags": [
                {
                  "kind": "convenience",
                  "rule": "pullRequest",
                  "tag": "pr-12-python3.12",
                },
                {
                  "kind": "pinned",
                  "rule": "revision",
                  "tag": "commit-0123456789abcdef0123456789abcdef01234567-python3.12",
                },
              ],
            },
          ],
          "repositories": [
            "registry.example/acme/app-dev",
          ],
        },
      ],
      "event": {
        "at": "<now>",
        "defaultBranch": "main",
        "fork": true,
        "kind": "pull-request",
        "number": 12,
        "ref": "refs/pull/12",
        "revision": "0123456789abcdef0123456789abcdef01234567",
      },
      "push": false,
      "schema": 1,
    }
  `);
});

test('as Markdown', async () => {
  const { stdout } = await planOf(fork, { args: ['--format', 'markdown', '--only', 'python=3.12'] });
  expect(stdout).toMatchInlineSnapshot(`
    "### Pull request 12 at 0123456789ab: 1 cell

    In \`registry.example/acme/app-dev\`:

    | python | platforms | tags that move | pinned tag |
    | --- | --- | --- | --- |
    | 3.12 | linux/amd64, linux/arm64 | \`pr-12-python3.12\` | \`commit-0123456789abcdef0123456789abcdef01234567-python3.12\` |

    The code is of a fork: nothing is pushed.
    "
  `);
});

test('as a bake file: every tag, and for a fork nothing is pushed', async () => {
  const args = ['--format', 'bake', '--only', 'python=3.12'];
  const bake = async (event: unknown): Promise<unknown> => {
    const { stdout } = await planOf(event, { args });
    const { target } = bakeSchema.parse(JSON.parse(stdout));
    return Object.values(target).map(({ tags, output }) => ({ tags, output }));
  };
  expect([await bake(own), await bake(fork)]).toMatchInlineSnapshot(`
    [
      [
        {
          "output": [
            "type=registry",
          ],
          "tags": [
            "registry.example/acme/app-night:nightly-python3.12",
            "registry.example/acme/app-night:commit-0123456789abcdef0123456789abcdef01234567-python3.12",
            "registry.example/acme/app-dev:edge",
            "registry.example/acme/app-dev:main-python3.12",
            "registry.example/acme/app-dev:commit-0123456789abcdef0123456789abcdef01234567-python3.12",
          ],
        },
      ],
      [
        {
          "output": [
            "type=cacheonly",
          ],
          "tags": [
            "registry.example/acme/app-dev:pr-12-python3.12",
            "registry.example/acme/app-dev:commit-0123456789abcdef0123456789abcdef01234567-python3.12",
          ],
        },
      ],
    ]
  `);
});

test('the variables of a runner come before what a payload says of itself', async () => {
  const env = { GITHUB_EVENT_NAME: 'schedule', GITHUB_REF: 'refs/heads/main', GITHUB_SHA: 'a'.repeat(40) };
  const { stdout } = await planOf(push, { env, args: ['--format', 'lines'] });
  expect(stdout).toContain(`nightly-python3.11, commit-${'a'.repeat(40)}-python3.11`);
});

describe('bad input', () => {
  test.each([
    { name: 'no JSON', event: 'push', says: 'holds no JSON object' },
    { name: 'a release', event: { release: { tag_name: '1.2.3' }, repository }, says: 'the git tag "1.2.3"' },
    { name: 'a git tag', event: { ...push, ref: 'refs/tags/v1' }, says: 'the git tag "v1"' },
    { name: 'no commit', event: { ...push, after: 'HEAD' }, says: '"HEAD" is not the commit that is built' },
    { name: 'nothing that is built', event: { after: sha }, says: 'names no branch and no pull request' },
    { name: 'a branch that was deleted', event: { ...push, deleted: true }, says: '"feature/login" was deleted' },
    { name: 'no branch at all', event: { ...push, ref: 'refs/heads/a b' }, says: '"a b" is not a branch' },
    { name: 'our own form, wrong', event: { ...own, revision: 'main' }, says: 'expected a git commit, 40 hex digits' },
    { name: 'a tag that is too long', event: { ...push, ref: `refs/heads/${'x'.repeat(200)}` }, says: 'TAG_INVALID' },
    {
      name: 'a branch named like a release',
      event: { ...push, ref: 'refs/heads/1.2.3' },
      more: { events: { branch: '{{branch}}-python{{python}}' } },
      says: 'EVENT_COLLISION',
    },
    {
      name: 'no rule',
      event: fork,
      more: { events: { edge: { only: { python: 'default' } } } },
      says: 'no rule is for pull request 12',
    },
    { name: 'no events', event: push, more: { events: undefined }, says: 'no rule is for branch "feature/login"' },
    { name: 'a version too', event: push, args: ['1.2.3'], says: 'write the version or --event, not both' },
    { name: 'what if', event: push, args: ['--with', '2.0.0'], says: 'the build of an event is not a release' },
  ])('$name', async ({ event, says, more = {}, args = [] }) => {
    const { code, stdout, stderr } = await planOf(event, { more, args });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  test('no file, and no run of GitHub Actions', async () => {
    const { code, stderr } = await runCli(['plan', '--config', 'examples/nowhere.json', '--event']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('write --event FILE with the payload of an event')]);
  });
});
