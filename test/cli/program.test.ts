import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const facts = { version: '0.0.0', color: () => false };
const run = (): Promise<void> => Promise.resolve();
const all = createProgram(facts, run);
const names = all.commands.map((command) => command.name());

test.each(names)('%s has the same help where it is made alone', (name) => {
  const program = createProgram(facts, run, name);
  const help = (of: typeof program): string | undefined =>
    of.commands.find((command) => command.name() === name)?.helpInformation();
  expect(help(program)).toBe(help(all));
  const aboutAll = name === 'doctor' || name === 'completion';
  expect(program.commands.map((command) => command.name())).toEqual(aboutAll ? names : [name]);
});

test.each(['help', '--help', '-C', 'plam', ''])('with %j first, each command is there', (first) => {
  expect(createProgram(facts, run, first).commands).toHaveLength(names.length);
});
