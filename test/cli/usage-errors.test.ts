import { expect, test } from 'vitest';
import { z } from 'zod';
import { runCli } from '../support/run-cli.ts';

/** One form for every mistake on a command line: `USAGE  where: what; what to do`. */
const mistakes: readonly [line: string, stderr: string][] = [
  ['help nope', 'USAGE  help nope: there is no command "nope"; the commands are plan,'],
  ['help pln', 'USAGE  help pln: there is no command "pln"; did you mean plan?\n'],
  ['nope', 'USAGE  nope: there is no such command; see tagwright --help\n'],
  ['pln', 'USAGE  pln: there is no such command; did you mean plan?\n'],
  ['plan --offlin', 'USAGE  --offlin: there is no such flag here; did you mean --offline?\n'],
  ['plan --config', 'USAGE  --config: a value is missing; write --config <file>\n'],
  ['plan --format=pdf', 'USAGE  --format: "pdf" is not a valid value; write one of table, lines,'],
  ['publish', 'USAGE  VERSION: this argument is missing; write tagwright publish VERSION, or publish --event FILE\n'],
  ['check 1 2', 'USAGE  check: takes 0 arguments, got 2; see tagwright check --help\n'],
  ['explain', 'USAGE  TAG: this argument is missing; see tagwright explain --help\n'],
  ['init --zzz', 'USAGE  --zzz: there is no such flag here; see tagwright init --help\n'],
  ['completion nosh', 'USAGE  SHELL: "nosh" is not a valid value; write one of bash, zsh, fish\n'],
];

test.each(mistakes)('tagwright %s is a mistake of one form', async (line, stderr) => {
  const run = await runCli(line.split(' '));
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain(stderr);
  expect(run.stderr).toMatch(/^USAGE {2}[^\n]+\n$/);
});

const errors = z.object({ schema: z.literal(1), errors: z.array(z.record(z.string(), z.unknown())) });

test('with --json a mistake on the command line is JSON too', async () => {
  const run = await runCli(['plan', '--json', '--offlin']);
  expect([run.code, errors.parse(JSON.parse(run.stdout)).errors]).toEqual([
    2,
    [
      {
        code: 'USAGE',
        where: '--offlin',
        message: 'there is no such flag here',
        fix: 'did you mean --offline?',
      },
    ],
  ]);
});

test.each([
  [[], 2],
  [['help'], 0],
  [['help', 'plan'], 0],
  [['plan', '--help'], 0],
  [['--version'], 0],
])('tagwright %s ends with %d', async (args, code) => {
  const run = await runCli(args);
  expect(run.code).toBe(code);
  expect([run.stdout === '', run.stderr === '']).toEqual([code === 2, code === 0]);
});

test.each([['help'], ['help', 'plan'], ['-C', '.', 'help', 'plan']])(
  'tagwright %s is help also while the exit code of the process is that of a failure, as the program starts',
  async (...args) => {
    const before = process.exitCode;
    try {
      process.exitCode = 70;
      const run = await runCli(args);
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(run.stdout).toMatch(/^Usage: tagwright /);
    } finally {
      process.exitCode = before;
    }
  },
);

const prefect = ['--config', 'matrix.config.ts', '--releases', 'examples/prefect/releases.json', '--offline'];

test.each([
  ['2-latest', 0],
  ['2.11.5-python3.10', 0],
  // Excluded: the question is answered.
  ['2.82-python3.10', 0],
  ['2.11.6-python3.10', 1],
  ['zzz', 1],
])('explain %s ends with %d', async (tag, code) => {
  const run = await runCli(['explain', tag, ...prefect]);
  expect([run.code, run.stdout === '']).toEqual([code, false]);
});
