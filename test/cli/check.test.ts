import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import { badInputs } from '../tables/bad-inputs.ts';
import { daily, smallConfig } from '../support/history.ts';
import { checkShape } from '../../src/config/check-shape.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function check(config: unknown, ...flags: readonly string[]): ReturnType<typeof runCli> {
  const folder = await tempFolder({ 'matrix.config.json': JSON.stringify(config) });
  const file = `${folder}/matrix.config.json`;
  const run = await runCli(['check', '--config', file, ...flags]);
  return { ...run, stdout: run.stdout.replaceAll(folder, '.'), stderr: run.stderr.replaceAll(folder, '.') };
}

/** A source that would be asked if anything was: the port is closed. */
const closed = { github: 'acme/app', githubUrl: 'http://127.0.0.1:9' };
const config = { ...smallConfig, repository: 'registry.invalid/acme/app', source: closed };

test('check shows what a config says, and asks nothing', async () => {
  expect(await check(config)).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "",
      "stdout": "./matrix.config.json is valid: 1 image

    app
      repository   registry.invalid/acme/app
      python       3.9, 3.10
      flavor       standard, conda
      platforms    linux/amd64
      pinned       full, sha
      convenience  minor, major, latest
      source       GitHub acme/app

    Not checked: releases and the registry. See them with: tagwright plan
    ",
    }
  `);
});

test('check --json has the same as data', async () => {
  const { code, stdout } = await check(config, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
    {
      "config": "./matrix.config.json",
      "images": [
        {
          "axes": [
            {
              "axis": "python",
              "values": [
                "3.9",
                "3.10",
              ],
            },
            {
              "axis": "flavor",
              "values": [
                "standard",
                "conda",
              ],
            },
          ],
          "image": "app",
          "platforms": [
            "linux/amd64",
          ],
          "repositories": [
            "registry.invalid/acme/app",
          ],
          "rules": [
            {
              "kind": "pinned",
              "rule": "full",
              "template": "{{version}}-python{{python}}{{suffix}}",
            },
            {
              "kind": "pinned",
              "rule": "sha",
              "template": "sha-{{revision}}-python{{python}}{{suffix}}",
            },
            {
              "kind": "convenience",
              "rule": "minor",
              "template": "{{major}}.{{minor}}-python{{python}}{{suffix}}",
            },
            {
              "kind": "convenience",
              "rule": "major",
              "template": "{{major}}-python{{python}}{{suffix}}",
            },
            {
              "kind": "convenience",
              "rule": "latest",
              "template": "{{major}}-latest{{suffix}}",
            },
          ],
        },
      ],
      "schema": 1,
    }
  `);
});

test('check --json of a broken config ends with 2, and its errors are JSON', async () => {
  const { code, stdout, stderr } = await check({ ...config, pythons: [3.1], flavours: {} }, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
    {
      "errors": [
        {
          "code": "CONFIG_INVALID",
          "fix": "write '3.1' or '3.10' in quotes",
          "message": "3.1 is a number (3.10 reads as 3.1, so 3.1 may have been 3.10); expected a text",
          "where": "./matrix.config.json pythons[0]",
        },
        {
          "code": "CONFIG_UNKNOWN_KEY",
          "fix": "did you mean 'flavors'?",
          "message": "unknown key 'flavours'",
          "where": "./matrix.config.json flavours",
        },
      ],
      "schema": 1,
    }
  `);
  expect(stderr).toMatchInlineSnapshot(`
    "CONFIG_INVALID  ./matrix.config.json pythons[0]: 3.1 is a number (3.10 reads as 3.1, so 3.1 may have been 3.10); expected a text; write '3.1' or '3.10' in quotes
    CONFIG_UNKNOWN_KEY  ./matrix.config.json flavours: unknown key 'flavours'; did you mean 'flavors'?
    "
  `);
});

test('check without a config says so in JSON', async () => {
  const folder = await tempFolder({});
  const { code, stdout } = await runCli(['check', '--json', '--config', `${folder}/none.json`]);
  expect({ code, errors: JSON.parse(stdout.replaceAll(folder, '.')) }).toMatchInlineSnapshot(`
    {
      "code": 2,
      "errors": {
        "errors": [
          {
            "code": "CONFIG_NOT_FOUND",
            "fix": "write one with \`tagwright init\`, or name it with --config FILE",
            "message": "there is no such file",
            "where": "./none.json",
          },
        ],
        "schema": 1,
      },
    }
  `);
});

/** As a JSON file has it: what JSON cannot say is not in it. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

test.each(badInputs)('check refuses row $row ($name) if its config is at fault, and else takes it', async (row) => {
  const read = readConfig(asJson(row.config), './matrix.config.json');
  const { code, stdout } = await check(row.config ?? null, '--json');
  expect({ code, errors: errorsOf(stdout) }).toEqual(
    read.ok
      ? { code: 0, errors: [] }
      : { code: 2, errors: read.problems.map(({ fix = null, ...problem }) => ({ ...problem, fix })) },
  );
});

function errorsOf(stdout: string): unknown {
  const document: unknown = JSON.parse(stdout);
  return typeof document === 'object' && document !== null && 'errors' in document ? document.errors : [];
}

describe('check --against', () => {
  const bases = {
    repository: 'registry.invalid/acme/app',
    source: { file: 'releases.json' },
    dockerfile: 'Dockerfile',
    axes: { os: ['bookworm', 'trixie'] },
    rules: { full: { template: '{{version}}-{{os}}' }, sha: false, minor: false, major: false, latest: false },
  };
  const on = (os: unknown): object => ({ ...bases, defaults: { os }, aliases: { os: { '': 'default' } } });

  /** The other config lies elsewhere, as one that was written from another branch does. */
  async function against(now: object, before: object, ...flags: readonly string[]): ReturnType<typeof runCli> {
    const folder = await tempFolder({
      'now/matrix.config.json': JSON.stringify(now),
      'now/releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
      'other.json': JSON.stringify(daily('2.0.0')),
      'before/old.json': JSON.stringify(before),
    });
    const given = flags.map((flag) => flag.replace('OTHER', `${folder}/other.json`));
    const files = ['--config', `${folder}/now/matrix.config.json`, '--against', `${folder}/before/old.json`];
    const run = await runCli(['check', ...files, ...given]);
    return { ...run, stdout: run.stdout.replaceAll(folder, '.'), stderr: run.stderr.replaceAll(folder, '.') };
  }

  test('a default that changes without a range takes pinned tags to other cells', async () => {
    const { code, stdout, stderr } = await against(on('trixie'), on('bookworm'));
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.slice(stdout.indexOf('app against'))).toMatchInlineSnapshot(`
      "app against ./before/old.json, with 2 releases:
      ERROR: 2 pinned tags would stand for another image: 1.0.0, 1.1.0. A pinned tag never moves; let a default or an alias change by range, from the next release on.

        tag    from                  to
        1.0.0  1.0.0 os bookworm  →  1.0.0 os trixie
        1.1.0  1.1.0 os bookworm  →  1.1.0 os trixie

      Not checked: the registry. See it with: tagwright plan
      "
    `);
  });

  test('the same as data', async () => {
    const { code, stdout } = await against(on('trixie'), on('bookworm'), '--json');
    expect(code).toBe(1);
    expect(comparisonOf(stdout)).toMatchInlineSnapshot(`
      {
        "config": "./before/old.json",
        "images": [
          {
            "image": "app",
            "moved": [
              {
                "from": {
                  "os": "bookworm",
                  "version": "1.0.0",
                },
                "rule": "full",
                "tag": "1.0.0",
                "to": {
                  "os": "trixie",
                  "version": "1.0.0",
                },
              },
              {
                "from": {
                  "os": "bookworm",
                  "version": "1.1.0",
                },
                "rule": "full",
                "tag": "1.1.0",
                "to": {
                  "os": "trixie",
                  "version": "1.1.0",
                },
              },
            ],
            "pinned": 6,
            "releases": 2,
          },
        ],
      }
    `);
  });

  const changes: readonly { name: string; now: object; before: object; moved: number; flags?: readonly string[] }[] = [
    { name: 'nothing', now: on('bookworm'), before: on('bookworm'), moved: 0 },
    {
      name: 'a default by range, from the next release on',
      now: on([
        { value: 'bookworm', range: '<1.2' },
        { value: 'trixie', since: '1.2' },
      ]),
      before: on('bookworm'),
      moved: 0,
    },
    {
      name: 'a default by range that holds a release which is out',
      now: on([
        { value: 'bookworm', range: '<1.1' },
        { value: 'trixie', since: '1.1' },
      ]),
      before: on('bookworm'),
      moved: 1,
    },
    {
      name: 'an alias given to another value',
      now: { ...bases, aliases: { os: { stable: 'trixie' } } },
      before: { ...bases, aliases: { os: { stable: 'bookworm' } } },
      moved: 2,
    },
    { name: 'an alias more', now: on('bookworm'), before: bases, moved: 0 },
    { name: 'other releases', now: on('trixie'), before: on('bookworm'), moved: 1, flags: ['--releases', 'OTHER'] },
    {
      name: 'a pinned text that a convenience rule takes',
      now: {
        ...bases,
        rules: {
          ...bases.rules,
          full: { template: '{{version}}-{{os}}', since: '1.1' },
          patch: { kind: 'pinned', template: 'v{{version}}-{{os}}', range: '<1.1' },
          moving: { kind: 'convenience', template: '{{major}}.{{minor}}.{{patch}}-{{os}}', range: '<1.1' },
        },
      },
      before: bases,
      moved: 2,
    },
    {
      name: 'an image under another name',
      now: { ...bases, repository: 'registry.invalid/acme/new' },
      before: bases,
      moved: 0,
    },
  ];

  test.each(changes)('$name: $moved pinned tags change', async ({ now, before, moved, flags = [] }) => {
    const { code, stdout, stderr } = await against(now, before, '--json', ...flags);
    expect([code, stderr]).toEqual([moved === 0 ? 0 : 1, '']);
    expect(comparisonOf(stdout)).toMatchObject({ images: [{ moved: { length: moved } }] });
  });

  test('the mistakes of the other config are its own', async () => {
    const { code, stderr } = await against(bases, { ...bases, axes: { os: 3 } });
    expect([code, stderr.split(' ').slice(0, 4).join(' ')]).toEqual([2, 'CONFIG_INVALID  ./before/old.json axes.os:']);
  });
});

function comparisonOf(stdout: string): unknown {
  const document: unknown = JSON.parse(stdout);
  return typeof document === 'object' && document !== null && 'against' in document ? document.against : null;
}

test.each([
  { config: null, says: 'it is empty' },
  { config: [], says: 'it is a list and has no keys' },
  { config: 'x', says: 'it is "x" and has no keys' },
])('a config that is $config is told what one is', async ({ config: empty, says }) => {
  const { code, stderr } = await check(empty);
  expect([code, stderr]).toEqual([
    2,
    `CONFIG_INVALID  ./matrix.config.json: ${says}; write repository: 'registry.example.com/owner/name', dockerfile and what else the image has, as docs/config.md lists\n`,
  ]);
});

test('a config that is a function is told that it is one', () => {
  const read = checkShape(() => ({}), 'matrix.config.ts');
  expect(read).toMatchObject({ problems: [{ message: 'it is a function and has no keys' }] });
});

test('an output that is a folder is refused before it is called a failure', async () => {
  const folder = await tempFolder({});
  const { code, stderr } = await runCli(['schema', '--output', folder]);
  expect([code, stderr.replaceAll(folder, '.')]).toEqual([2, 'USAGE  .: it is a folder; name a file to write\n']);
});
