/** What commander finds wrong with a command line, in the form that every error of tagwright has. */
import type { Command, CommanderError } from 'commander';
import { InputError, type Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { quote } from '../domain/tag.ts';

type Parts = Pick<Problem, 'where' | 'message' | 'fix'>;

/** Help or the version. The code that commander has for `help` is the one that the process would end with, were it to end now. */
export function isAsked({ code, exitCode }: CommanderError, program: Command): boolean {
  if (code !== 'commander.help') return exitCode === 0;
  const [first, name] = program.args;
  return first === 'help' && (name === undefined || program.commands.some((command) => command.name() === name));
}

/** @returns `null` if nothing is wrong: help was asked for, or nothing at all */
export function usageError(error: CommanderError, program: Command): InputError | null {
  if (isAsked(error, program)) return null;
  const parts = error.code === 'commander.help' ? helpOfNothing(program) : partsOf(error, helpFor(program));
  return parts === null ? null : new InputError([{ code: 'USAGE', ...parts }], { cause: error });
}

/** `help nope`; without any command commander shows the help by itself. */
function helpOfNothing(program: Command): Parts | null {
  const [first, name] = program.args;
  if (first !== 'help' || name === undefined) return null;
  const names = program.commands.map((command) => command.name());
  const near = nearest(name, names);
  const fix = near === null ? `the commands are ${names.join(', ')}` : `did you mean ${near}?`;
  return { where: `help ${name}`, message: `there is no command ${quote(name)}`, fix };
}

/** Of the command that was named, which has its flags and an example. */
function helpFor(program: Command): string {
  const names = new Set(program.commands.map((command) => command.name()));
  const named = program.args.find((arg) => names.has(arg));
  return `tagwright ${named === undefined ? '' : `${named} `}--help`;
}

/** The code says which message of commander it is, and the message has the names. */
function partsOf({ code, message }: CommanderError, help: string): Parts {
  const text = message.replace(/^error: /, '');
  const [first = '', suggestion = ''] = text.split('\n');
  const [, name = ''] = /'(?<name>[^']*)'/.exec(first) ?? [];
  const near = suggestion.replace(/^\(Did you mean (?<names>.*)\?\)$/, 'did you mean $<names>?');
  const fix = near === '' ? `see ${help}` : near;
  switch (code) {
    case 'commander.unknownCommand':
      return { where: name, message: 'there is no such command', fix };
    case 'commander.unknownOption':
      return { where: name, message: 'there is no such flag here', fix };
    case 'commander.missingArgument':
      return { where: name.toUpperCase(), message: 'this argument is missing', fix };
    case 'commander.optionMissingArgument':
      return { where: flagOf(name), message: 'a value is missing', fix: `write ${name}` };
    case 'commander.excessArguments':
      return { where: name, message: tooMany(first), fix };
    case 'commander.invalidArgument':
      return invalidValue(first);
    default:
      return { where: 'command line', message: first, fix };
  }
}

function invalidValue(text: string): Parts {
  const found =
    /'(?<flag>[^']*)' argument '(?<value>[^]*)' is invalid\. (?<expected>[^]*)$/.exec(text)?.groups ??
    /argument value '(?<value>[^]*)' is invalid for argument '(?<flag>[^']*)'\. (?<expected>[^]*)$/.exec(text)
      ?.groups ??
    {};
  const { flag = '', value = '', expected = '' } = found;
  const choices = expected.replace(/^Allowed choices are (?<names>.*)\.$/, 'write one of $<names>');
  return {
    where: /--/.test(flag) ? flagOf(flag) : flag.toUpperCase(),
    message: `${quote(value)} is not a valid value`,
    fix: choices,
  };
}

function tooMany(text: string): string {
  return text.replace(
    /^.*Expected (?<count>\d+) arguments? but got (?<got>\d+)\.$/,
    'takes $<count> arguments, got $<got>',
  );
}

/** `--config <file>` is named by its flag alone. */
function flagOf(name: string): string {
  return name.split(' ').find((part) => part.startsWith('--')) ?? name;
}
