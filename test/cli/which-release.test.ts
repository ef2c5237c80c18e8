import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cliProject } from '../support/cli-process.ts';
import { daily } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';

const project = await cliProject(undefined, afterAll);
await writeFile(
  join(project.folder, 'releases.json'),
  JSON.stringify(daily('1.0.0', '1.0.1', '1.1.0', '1.1.1', '2.0.0')),
);
const flags = [...project.flags.slice(0, 4), '--offline'];

test.each([
  ['1.1', 'VERSION_AMBIGUOUS  VERSION: "1.1" is not a release but the start of 2; write one of 1.1.1, 1.1.0\n'],
  ['v1.1', 'VERSION_AMBIGUOUS  VERSION: "v1.1" is not a release but the start of 2; write one of 1.1.1, 1.1.0\n'],
  [
    '1',
    'VERSION_AMBIGUOUS  VERSION: "1" is not a release but the start of 4; write one of 1.1.1, 1.1.0, 1.0.1, 1.0.0\n',
  ],
])('plan %s names the candidates and ends with 2', async (version, stderr) => {
  expect(await runCli(['plan', version, ...flags])).toEqual({ code: 2, stdout: '', stderr });
});

test('what can only mean one release is taken', async () => {
  expect(await runCli(['plan', '2', ...flags])).toEqual(await runCli(['plan', '2.0.0', ...flags]));
});

test('publish takes no guess either', async () => {
  const publish = await runCli(['publish', '1.1', ...project.flags]);
  expect([publish.code, publish.stderr.split(' ')[0]]).toEqual([2, 'VERSION_AMBIGUOUS']);
});

test('a v before the version is no obstacle', async () => {
  expect(await runCli(['plan', 'v1.1.1', ...flags])).toEqual(await runCli(['plan', '1.1.1', ...flags]));
});

test.each([
  ['', '1.1.1'],
  ['2', '1.1.0'],
  ['1.1.0', '1.1.0'],
])('on a terminal the answer %j means %s', async (answer, version) => {
  const asked: string[] = [];
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  const run = await runCli(['plan', '1.1', ...flags], {}, { ask });
  expect(run).toEqual(await runCli(['plan', version, ...flags]));
  expect(asked).toEqual(['"1.1" is not a release but the start of 2:\n  1  1.1.1\n  2  1.1.0\nWhich one? [1] ']);
});

test.each(['3', 'no', null])('the answer %j is none: the error stays', async (answer) => {
  const run = await runCli(['plan', '1.1', ...flags], {}, { ask: () => Promise.resolve(answer) });
  expect([run.code, run.stderr.split(' ')[0]]).toEqual([2, 'VERSION_AMBIGUOUS']);
});

test('--offline without facts says how to have them', async () => {
  const config = join(project.folder, 'github.json');
  const source = { github: 'acme/app', githubUrl: 'http://127.0.0.1:9' };
  await writeFile(config, JSON.stringify({ repository: 'docker.io/acme/app', source, dockerfile: 'Dockerfile' }));
  const run = await runCli(['plan', '--offline', '--config', config]);
  expect([run.code, run.stdout]).toEqual([3, '']);
  expect(run.stderr).toContain('--offline reads no registry, but needs release facts: give --releases FILE');
});
