import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { examples } from '../../src/cli/examples.ts';
import { wantsColor } from '../../src/cli/global-flags.ts';
import { createProgram } from '../../src/cli/program.ts';
import { variableOf } from '../../src/cli/variables.ts';
import { cliProject } from '../support/cli-process.ts';
import { wordsOf } from '../support/generated-docs.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const program = createProgram({ version: '0.0.0', color: () => false }, () => Promise.resolve());
const project = await cliProject(undefined, afterAll);
const flags = project.flags.slice(0, 4);

describe('a variable sets a flag', () => {
  test.each([
    ['a value', { TAGWRIGHT_RELEASES: flags[3]!, TAGWRIGHT_CONFIG: flags[1]! }, ['plan', '--offline'], 0],
    ['a switch', { TAGWRIGHT_OFFLINE: 'true' }, ['plan', ...flags], 0],
    ['a choice', { TAGWRIGHT_FORMAT: 'lines', TAGWRIGHT_OFFLINE: 'true' }, ['plan', ...flags], 0],
    ['a list', { TAGWRIGHT_ONLY: 'python=3.10\nflavor=conda' }, ['plan', '1.0.1', '--offline', ...flags], 0],
    ['nothing, if it is empty', { TAGWRIGHT_AT: '' }, ['plan', '--offline', ...flags], 0],
    ['a switch that is on, as other tools say it', { TAGWRIGHT_OFFLINE: '1' }, ['plan', ...flags], 0],
    ['nothing, if a switch is empty', { TAGWRIGHT_OFFLINE: '' }, ['check', ...flags.slice(0, 2)], 0],
    ['a switch that is off', { TAGWRIGHT_OFFLINE: 'false' }, ['check', ...flags.slice(0, 2)], 0],
  ])('%s', async (_, env, args, code) => {
    const run = await runCli(args, env);
    expect([run.code, run.stderr]).toEqual([code, '']);
  });

  test('what it sets is what the flag sets', async () => {
    const env = { TAGWRIGHT_FORMAT: 'lines', TAGWRIGHT_OFFLINE: 'true', TAGWRIGHT_AT: '1.0.0' };
    const byFlags = await runCli(['plan', ...flags, '--format', 'lines', '--offline', '--at', '1.0.0']);
    expect(await runCli(['plan', ...flags], env)).toEqual(byFlags);
    expect(byFlags.stdout).not.toContain('1.0.1');
  });

  test.each([
    ['1', true],
    [' Yes', true],
    ['TRUE', true],
    ['on', true],
    ['0', false],
    ['No', false],
    ['FALSE', false],
    ['off', false],
  ])('a switch of %j', async (TAGWRIGHT_JSON, isOn) => {
    const run = await runCli(['plan', ...flags, '--offline'], { TAGWRIGHT_JSON });
    expect([run.code, run.stdout.startsWith('{')]).toEqual([0, isOn]);
  });

  test.each([
    ['TRUE', '.tagwright'],
    ['statements', 'statements'],
  ])('a flag with or without a value, of %j', async (TAGWRIGHT_EVIDENCE, path) => {
    const run = await runCli(['history', ...flags.slice(0, 2)], { TAGWRIGHT_EVIDENCE });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(`  ${path} (`)]);
  });

  test('a flag with or without a value, which its variable leaves out', async () => {
    const run = await runCli(['history', ...flags.slice(0, 4)], { TAGWRIGHT_EVIDENCE: 'false' });
    expect(run).toEqual(await runCli(['history', ...flags.slice(0, 4)]));
  });

  test.each([
    ['1', true],
    ['', false],
    ['0', false],
    ['no', false],
  ])('TAGWRIGHT_DEBUG=%j', async (TAGWRIGHT_DEBUG, isOn) => {
    const run = await runCli(['look', '127.0.0.1:1/acme/app'], { TAGWRIGHT_DEBUG });
    expect(run.code).toBe(3);
    expect(/^ +at /m.test(run.stderr)).toBe(isOn);
  });

  test('a flag wins over its variable', async () => {
    const run = await runCli(['plan', ...flags, '--offline', '--format', 'lines'], { TAGWRIGHT_FORMAT: 'json' });
    expect([run.code, run.stdout.startsWith('{')]).toEqual([0, false]);
  });

  test('a mode that does not use it ignores it, where the flag would be refused', async () => {
    const run = await runCli(['plan', ...flags, '--offline'], { TAGWRIGHT_ONLY: 'python=3.10' });
    expect([run.code, run.stderr]).toEqual([0, '']);
  });

  test.each([
    ['TAGWRIGHT_FORMAT', 'pdf', '"pdf" is not a valid value; write one of table, lines, json, markdown, html, bake'],
    ['TAGWRIGHT_OFFLINE', 'maybe', '"maybe" is not a switch; write 1, true, yes or on, or else 0, false, no or off'],
    ['TAGWRIGHT_DEBUG', '*', '"*" is not a switch; write 1, true, yes or on, or else 0, false, no or off'],
    ['TAGWRIGHT_REVISION', 'main', '"main" is not a valid value; expected a git commit, 40 hex digits'],
  ])('%s=%s is refused by its name', async (name, value, says) => {
    const run = await runCli(['plan', '1.0.1', ...flags], { [name]: value });
    expect(run).toEqual({ code: 2, stdout: '', stderr: `USAGE  ${name}: ${says}\n` });
  });

  test('nothing that allows something once has one', () => {
    const without = program.commands.flatMap(({ options }) => options).filter((option) => variableOf(option) === null);
    expect(new Set(without.map(({ long }) => long))).toEqual(
      new Set(['--adopt', '--delete', '--replace-partial', '--from-working-tree', '--allow-backward', '--yes']),
    );
  });
});

describe('examples', () => {
  const lines = Object.entries(examples).flatMap(([command, texts]) => texts.map((text) => [command, text] as const));

  test('every command has one, and no other', () => {
    expect(Object.keys(examples).toSorted()).toEqual(program.commands.map((command) => command.name()).toSorted());
  });

  test.each(lines)('of %s: %s is taken', async (command, text) => {
    const [tool, ...args] = wordsOf(text.replace(/ [<>] \S+$/, ''));
    const called: string[] = [];
    const parsed = createProgram({ version: '0.0.0', color: () => false }, () => Promise.resolve());
    parsed.hook('preAction', (_, each) => void called.push(each.name()));
    for (const each of [parsed, ...parsed.commands]) each.exitOverride();
    await parsed.parseAsync(args, { from: 'user' });
    expect([tool, called]).toEqual(['tagwright', [command]]);
  });

  test.each(program.commands.map((command) => command.name()))('%s --help shows it', async (name) => {
    const help = await runCli([name, '--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    for (const text of examples[name] ?? []) expect(help.stdout).toContain(`\n  $ ${text}\n`);
  });
});

test('--output writes the result to a file, and nothing to stdout', async () => {
  const folder = await tempFolder({});
  const file = join(folder, 'out', 'plan.json');
  const printed = await runCli(['plan', '--offline', '--json', ...flags]);
  const run = await runCli(['plan', '--offline', '--json', ...flags, '--output', file]);
  expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await readFile(file, 'utf8')).toBe(printed.stdout);
});

test('--output to a place that cannot be written to ends with 3', async () => {
  const run = await runCli(['check', ...flags.slice(0, 2), '--output', `${flags[1]!}/below/a-file`]);
  expect([run.code, run.stdout]).toEqual([3, '']);
  expect(run.stderr).toMatch(/^FILE_FAILED /);
});

test.each([
  { color: true, env: {}, isTerminal: true, expected: true },
  { color: true, env: {}, isTerminal: false, expected: false },
  { color: true, env: { TERM: 'dumb' }, isTerminal: true, expected: false },
  { color: true, env: { NO_COLOR: '1' }, isTerminal: true, expected: false },
  { color: true, env: { NO_COLOR: '' }, isTerminal: true, expected: true },
  { color: true, env: { FORCE_COLOR: '1' }, isTerminal: false, expected: true },
  { color: true, env: { FORCE_COLOR: '0' }, isTerminal: true, expected: false },
  { color: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTerminal: true, expected: false },
  { color: false, env: { FORCE_COLOR: '1' }, isTerminal: true, expected: false },
])('colors: $color $env on a terminal: $isTerminal gives $expected', ({ expected, ...facts }) => {
  expect(wantsColor(facts)).toBe(expected);
});

test.each([20, 40, 79])(
  'on a terminal of %d columns no line is longer than its longest word needs',
  async (columns) => {
    for (const args of [
      ['--help'],
      ['check', ...flags.slice(0, 2)],
      ['explain', '1.0-python3.10', '--offline', ...flags],
    ]) {
      const run = await runCli(args, {}, { columns });
      expect(run.code).toBe(0);
      const long = run.stdout.split('\n').filter((line) => line.length > columns && / \S/.test(line.trimStart()));
      expect(long).toEqual([]);
    }
  },
);

test('JSON is whole, however narrow the terminal is', async () => {
  const wide = await runCli(['plan', '--offline', '--json', ...flags]);
  expect(await runCli(['plan', '--offline', '--json', ...flags], {}, { columns: 20 })).toEqual(wide);
});
