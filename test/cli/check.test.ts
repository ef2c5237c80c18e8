import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import { badInputs } from '../tables/bad-inputs.ts';
import { smallConfig } from '../support/history.ts';
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
