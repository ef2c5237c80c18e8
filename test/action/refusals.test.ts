/** What a run refuses: said in the log, as an annotation and in the summary, and nothing is moved. */
import { createServer } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { githubServer } from '../support/github-server.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { listenOnLoopback } from '../support/loopback.ts';
import { runStep, type ActionInput } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A config file in a folder of its own; a text in place of the usual content. */
async function config(more: object = {}, name = 'matrix.config.json'): Promise<string> {
  const folder = await tempFolder({
    [name]: JSON.stringify({ ...smallConfig, source: { file: 'releases.json' }, ...more }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
  return `${folder}/${name}`;
}

const fork = (name: string): Pick<ActionInput, 'event' | 'payload'> => ({
  event: name,
  payload: {
    pull_request: {
      number: 7,
      head: { repo: { full_name: 'mallory/app' } },
      base: { repo: { full_name: 'acme/app' } },
    },
  },
});

interface Case {
  readonly name: string;
  readonly step: ActionInput;
  /** The annotations, without `::error `. */
  readonly says: readonly string[];
}

const publish = { command: 'publish', builder: 'stand-in' };
const release = (payload: object): Pick<ActionInput, 'event' | 'payload'> => ({ event: 'release', payload });

const cases: Case[] = [
  {
    name: 'an event without a release',
    step: { ...release({ action: 'published' }), inputs: publish },
    says: [
      'title=EVENT_INVALID::the event: the release event names no release%0Arun it on release: types: [published]',
    ],
  },
  {
    name: 'a draft',
    step: { ...release({ release: { tag_name: '1.0.0', draft: true } }), inputs: publish },
    says: [
      'title=EVENT_INVALID::the event: the release "1.0.0" is a draft%0Apublish it first, or run on types: [published]',
    ],
  },
  {
    name: 'a release that is gone',
    step: { ...release({ action: 'deleted', release: { tag_name: '1.0.0' } }), inputs: publish },
    says: [
      'title=EVENT_INVALID::the event: the release "1.0.0" was deleted%0Ayank it in the config and run tagwright apply',
    ],
  },
  {
    name: 'a git tag that was deleted',
    step: { event: 'push', ref: 'refs/tags/1.0.0', payload: { deleted: true }, inputs: publish },
    says: [
      'title=EVENT_INVALID::the event: the git tag "1.0.0" was deleted%0Aa release whose git tag is gone is not published',
    ],
  },
  {
    name: 'a schedule that publishes',
    step: { event: 'schedule', inputs: publish },
    says: [
      'title=EVENT_INVALID::input version: publish needs a version, and the event names none%0Arun it on a release, on its git tag (a push, or by hand with that tag as the ref), or give the input version',
    ],
  },
  {
    name: 'a git tag that is not a version',
    step: { event: 'push', ref: 'refs/tags/prefect-aws-0.4.0', sha: revisionOf('x'), inputs: publish },
    says: [
      'title=VERSION_SHAPE::VERSION: "prefect-aws-0.4.0" is not a version of app%0Areleases read like ^(?<version>\\d+\\.\\d+\\.\\d+.*)$',
    ],
  },
  {
    name: 'a git tag that was moved after the run began',
    step: { ...release({ release: { tag_name: '1.0.0' } }), sha: 'ab'.repeat(20), inputs: publish },
    says: [
      `title=REVISION_DIFFERS::<folder>/releases.json: 1.0.0 is on commit ${revisionOf('1.0.0')}, and this run is for ${'ab'.repeat(20)}%0Aits git tag was moved since the run began: run anew for what it names now, nothing was moved`,
    ],
  },
  {
    name: "a fork's pull request that would publish",
    step: { ...fork('pull_request'), inputs: { ...publish, version: '1.0.0' } },
    says: [
      'title=EVENT_INVALID::the event: mallory/app is a fork: publish writes to a registry%0Arun it on release, push or dispatch',
    ],
  },
  {
    name: "a fork's code beside secrets",
    step: { ...fork('pull_request_target'), inputs: { command: 'plan', config: 'matrix.config.ts' } },
    says: [
      "title=EVENT_INVALID::the event: matrix.config.ts may be code of mallory/app, a fork, and this event's runs have the repository's secrets%0Arun it on pull_request, or keep the config in JSON or YAML; the input dangerously-trust-this-event: true allows it",
    ],
  },
  {
    name: 'a workflow that a fork started',
    step: {
      event: 'workflow_run',
      payload: {
        workflow_run: { head_repository: { full_name: 'mallory/app' } },
        repository: { full_name: 'acme/app' },
      },
      inputs: { command: 'apply' },
    },
    says: [
      'title=EVENT_INVALID::the event: mallory/app is a fork: apply writes to a registry%0Arun it on release, push or dispatch; the input dangerously-trust-this-event: true allows it',
    ],
  },
  {
    name: 'secrets that are missing, all of them by name',
    step: {
      event: 'schedule',
      inputs: { command: 'audit', 'require-env': 'DOCKERHUB_USERNAME, DOCKERHUB_TOKEN OTHER $x' },
      env: { DOCKERHUB_USERNAME: 'robot', DOCKERHUB_TOKEN: ' ' },
    },
    says: [
      ...['DOCKERHUB_TOKEN', 'OTHER'].map(
        (name) =>
          `title=USAGE::env ${name}: it is empty: the secret is not set, or runs of this event do not get it, as those of forks do not%0Aadd the secret ${name} under Settings, Secrets and variables, Actions, and hand it to the step in env`,
      ),
      'title=USAGE::input require-env: "$x" is no name of a variable%0Awrite names alone, such as DOCKERHUB_TOKEN; the values go into env',
    ],
  },
  {
    name: 'inputs that nothing has, or that this command does not have',
    step: {
      event: 'schedule',
      inputs: { command: 'audit', 'fail-onn': 'x', adopt: 'true', 'require-labels': 'yes', tags: 'some' },
    },
    says: ['title=USAGE::input tags: "some" is none of its values%0Awrite pinned or all or none'],
  },
  {
    name: 'the same without the last',
    step: { event: 'schedule', inputs: { command: 'audit', 'fail-onn': 'x', adopt: 'true', 'require-labels': 'yes' } },
    says: [
      'title=USAGE::input fail-onn: there is no such input%0Adid you mean fail-on?',
      'title=USAGE::input adopt: audit has no such input%0Aleave it out',
      'title=USAGE::input require-labels: "yes" is no switch%0Awrite true or false',
    ],
  },
  {
    name: 'a command that is none',
    step: { event: 'schedule', inputs: { command: 'publsh' } },
    says: ['title=USAGE::input command: there is no command "publsh"%0Adid you mean publish?'],
  },
  {
    name: 'a value that the command line refuses',
    step: { event: 'schedule', inputs: { command: 'audit', format: 'pdf' } },
    says: [
      'title=USAGE::--format: "pdf" is not a valid value%0Awrite one of table, json, markdown, sarif, junit, codequality, html',
    ],
  },
  {
    name: 'mistakes of the config, on their lines',
    step: {
      event: 'schedule',
      inputs: { command: 'plan', config: 'test/golden/action/bad-config/matrix.config.yaml' },
    },
    says: [
      "file=test/golden/action/bad-config/matrix.config.yaml,line=7,title=CONFIG_INVALID::3.1 is a number (3.10 reads as 3.1, so 3.1 may have been 3.10); expected a text%0Awrite '3.1' or '3.10' in quotes",
      "file=test/golden/action/bad-config/matrix.config.yaml,line=11,title=CONFIG_UNKNOWN_KEY::unknown key 'sufix'%0Adid you mean 'suffix'?",
    ],
  },
];

test.each(cases)('$name', async ({ step, says }) => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const given = { config: await config(), repository: `${registry.host}/acme/app` };
  const run = await runStep({ ...step, inputs: { ...given, ...step.inputs } });
  const errors = run.log.split('\n').flatMap((line) => /^::error (?<text>.*)$/.exec(line)?.groups?.['text'] ?? []);
  expect({ code: run.code, errors, outputs: run.outputs }).toEqual({
    code: 2,
    errors: says,
    outputs: { result: 'bad-input' },
  });
  expect(run.summary.split('\n')[0]).toBe(`### tagwright ${step.inputs['command']} stopped`);
  expect(registry.tags('acme/app').size).toBe(0);
});

test('a git tag of something else may be skipped', async () => {
  const inputs = { command: 'matrix', 'other-tags': 'skip', config: await config() };
  const run = await runStep({ event: 'push', ref: 'refs/tags/prefect-aws-0.4.0', inputs });
  expect({ code: run.code, outputs: run.outputs, summary: run.summary }).toEqual({
    code: 0,
    outputs: { result: 'skipped' },
    summary: '',
  });
  const typed = await runStep({ event: 'workflow_dispatch', inputs: { ...inputs, version: 'prefect-aws-0.4.0' } });
  expect([typed.code, typed.outputs]).toEqual([2, { result: 'bad-input' }]);
});

test('a fork may look: a config that is read and not run, and any config where no secret is near', async () => {
  const inputs = { command: 'plan', offline: 'true', config: await config() };
  const beside = await runStep({ ...fork('pull_request_target'), inputs });
  const code = await runStep({ ...fork('pull_request'), inputs: { ...inputs, config: await codeConfig() } });
  expect([beside.code, code.code]).toEqual([0, 0]);
});

async function codeConfig(): Promise<string> {
  const path = await config({}, 'matrix.config.mjs');
  const text = JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } });
  await writeFile(path, `export default ${text};\n`);
  return path;
}

test('an event file that is none', async () => {
  const folder = await tempFolder({ 'event.json': '[' });
  const env = { GITHUB_EVENT_PATH: `${folder}/event.json` };
  const run = await runStep({ event: 'release', inputs: { command: 'plan' }, env });
  expect([run.code, run.log]).toEqual([
    2,
    'EVENT_INVALID  GITHUB_EVENT_PATH: the file of the event holds no JSON object; run this where a runner sets it\n' +
      '::error title=EVENT_INVALID::GITHUB_EVENT_PATH: the file of the event holds no JSON object%0Arun this where a runner sets it',
  ]);
});

test('a token that may not read releases is told, and never shown', async () => {
  const token = 'ghs_abcdefghijklmnop';
  const denied = { status: 403, body: { message: `Resource not accessible by integration ${token}` } };
  const server = await githubServer({ name: 'acme/app', releases: [], tags: [] }, { answer: () => denied });
  const source = { github: 'acme/app', githubUrl: server.url };
  const inputs = { ...publish, version: '1.0.0', 'github-token': token, config: await config({ source }) };
  const run = await runStep({ event: 'workflow_dispatch', inputs, env: { GITHUB_API_URL: server.url } });
  expect(run.code).toBe(3);
  expect(run.outputs).toEqual({ result: 'outside-failed' });
  const lines = run.log.split('\n');
  expect(lines[0]).toBe(`::add-mask::${token}`);
  expect(lines.slice(1).join('\n') + run.summary).not.toContain(token);
  expect(lines.at(-1)).toMatch(
    /^::error title=SOURCE_FAILED::\S+: GET (?:releases|tags), page 1: 403: the token may not do this; it needs contents: read; GitHub says "Resource not accessible by integration \*\*\*"$/,
  );
});

test('a registry that refuses: what lags is an annotation each, and nothing is moved', async () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.method ?? '');
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":[{"code":"DENIED"}]}');
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  const repository = `${listening.url.replace('http://', '')}/acme/app`;
  const inputs = { ...publish, version: '1.0.0', config: await config(), repository };
  const run = await runStep({ event: 'workflow_dispatch', inputs });
  expect([run.code, run.outputs['result']]).toEqual([3, 'outside-failed']);
  expect(run.log.split('\n').filter((line) => line.startsWith('::error'))).not.toEqual([]);
  expect(requests.filter((method) => method !== 'HEAD' && method !== 'GET')).toEqual([]);
});

test('what a command prints is no command to the runner', async () => {
  const inputs = { command: 'plan', offline: 'true', config: await config() };
  const run = await runStep({
    event: 'workflow_dispatch',
    inputs: { ...inputs, version: '::set-env name=A::b\n::error::x' },
  });
  const lines = run.log.split('\n');
  const stop = lines.indexOf('::stop-commands::<random>');
  const resume = lines.indexOf('::<random>::');
  expect(stop).toBeGreaterThanOrEqual(0);
  expect(lines.slice(resume + 1)).toEqual([
    '::error title=VERSION_SHAPE::VERSION: "::set-env name=A::b\\n::error::x" is not a version of app%0Areleases read like ^(?<version>\\d+\\.\\d+\\.\\d+.*)$',
  ]);
});

test('an output over what GitHub takes is left out and told; the file has it', async () => {
  const inputs = { command: 'plan', offline: 'true', json: 'true', releases: 'examples/prefect/releases.json' };
  const run = await runStep({ event: 'schedule', inputs });
  expect([run.code, run.outputs['plan']]).toEqual([0, undefined]);
  expect(JSON.parse(run.outputs['report-file'] ?? '')).toMatchObject({ schema: 1, release: null });
  const told = run.log.split('\n').filter((line) => line.startsWith('::warning title=output plan left out::'));
  expect(told.length).toBe(1);
  expect(Buffer.byteLength(run.summary)).toBeLessThan(1024 * 1024);
});
