/** Inputs of the action: the command line's flags and arguments under their own names, and a few of the action alone. */
import type { Command, Option } from 'commander';
import { InputError, type Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { quote } from '../domain/tag.ts';

/** Inputs that are no flag of any command. */
export const ownInputs = [
  'command',
  'github-token',
  'tags',
  'bake-target',
  'require-env',
  'other-tags',
  'comment',
  'issue',
  'on-comment',
  'dangerously-trust-this-event',
] as const;

export type OwnInput = (typeof ownInputs)[number];

/** Names in small letters; values without the space around them, empty ones left out. */
export type Inputs = ReadonlyMap<string, string>;

/** Reads `INPUT_*` as a runner sets them: a space in a name is an underscore, a hyphen stays. */
export function readInputs(env: Readonly<Record<string, string | undefined>>): Inputs {
  const inputs = new Map<string, string>();
  for (const [key, value] of Object.entries(env)) {
    const name = /^INPUT_(?<name>.+)$/.exec(key)?.groups?.['name'];
    const text = value?.trim() ?? '';
    if (name !== undefined && text !== '') inputs.set(name.toLowerCase(), text);
  }
  return inputs;
}

/**
 * The command line that the inputs say.
 *
 * A switch is `true` or `false`; what may be repeated has one value a line. Values stand behind `=`, and arguments
 * behind `--`, so that none of them is read as a flag.
 *
 * @param given arguments that the event gives where no input does, by name
 * @throws {InputError} USAGE for an input that the command does not have, a command that is none, a switch that is
 *   neither; EVENT_INVALID for an argument that neither inputs nor event give
 */
export function toArgv(program: Command, inputs: Inputs, given: Readonly<Record<string, string | null>>): string[] {
  const name = inputs.get('command') ?? '';
  const command = program.commands.find((candidate) => candidate.name() === name);
  if (command === undefined) throw new InputError([unknownCommand(program, name)]);
  const problems: Problem[] = [];
  const flags: string[] = [];
  for (const [input, value] of inputs) {
    const option = command.options.find(({ long }) => long === `--${input}`);
    if (option !== undefined) flags.push(...flagOf(option, value, problems, given['version'] ?? null));
    else if (isOwn(input) || argumentsOf(command).includes(input)) continue;
    else if (program.commands.some((other) => has(other, input))) {
      problems.push(usage(input, `${name} has no such input`, 'leave it out'));
    } else problems.push(unknownInput(program, input));
  }
  for (const [argument, value] of Object.entries(given)) {
    const option = command.options.find(({ long }) => long === `--${argument}`);
    if (option !== undefined && value !== null && !inputs.has(argument)) flags.push(`--${argument}=${value}`);
  }
  const values = command.registeredArguments.flatMap((argument) => {
    const value = inputs.get(argument.name()) ?? given[argument.name()] ?? null;
    if (value === null && argument.required) problems.push(missingArgument(name, argument.name()));
    if (value === null) return [];
    return argument.variadic ? lines(value) : [value];
  });
  if (problems.length > 0) throw new InputError(problems);
  return [name, ...flags, '--', ...values];
}

/** @param version the event's, for a flag that may do without a value: `release: true` is the release of the event */
function flagOf(option: Option, value: string, problems: Problem[], version: string | null): string[] {
  const flag = option.long ?? '';
  const input = flag.slice(2);
  if (option.optional && value === 'false') return [];
  if (option.optional && value === 'true')
    return [version === null || !option.flags.includes('[version]') ? flag : `${flag}=${version}`];
  if (option.isBoolean()) {
    if (value === 'true') return [flag];
    if (value !== 'false') problems.push(usage(input, `${quote(value)} is no switch`, 'write true or false'));
    return [];
  }
  const values = Array.isArray(option.defaultValue) ? lines(value) : [value];
  return values.filter((line) => line !== '').map((line) => `${flag}=${line}`);
}

/** One value a line. */
function lines(value: string): string[] {
  return value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function isOwn(input: string): boolean {
  return ownInputs.some((own) => own === input);
}

function argumentsOf(command: Command): string[] {
  return command.registeredArguments.map((argument) => argument.name());
}

function has(command: Command, input: string): boolean {
  return command.options.some(({ long }) => long === `--${input}`) || argumentsOf(command).includes(input);
}

function unknownCommand(program: Command, name: string): Problem {
  const names = program.commands.map((command) => command.name());
  const near = nearest(name, names);
  const fix = near === null ? `write one of ${names.join(', ')}` : `did you mean ${near}?`;
  return usage('command', `there is no command ${quote(name)}`, fix);
}

function unknownInput(program: Command, input: string): Problem {
  const names = program.commands.flatMap((command) => [
    ...command.options.map(({ long }) => long?.slice(2) ?? ''),
    ...argumentsOf(command),
  ]);
  const near = nearest(input, new Set([...names, ...ownInputs]));
  return usage(input, 'there is no such input', near === null ? 'docs/action.md lists them' : `did you mean ${near}?`);
}

function missingArgument(command: string, argument: string): Problem {
  const message = `${command} needs a ${argument}, and the event names none`;
  const fix =
    argument === 'version'
      ? 'run it on a release, on its git tag (a push, or by hand with that tag as the ref), or give the input version'
      : `give the input ${argument}`;
  return { code: 'EVENT_INVALID', where: `input ${argument}`, message, fix };
}

function usage(input: string, message: string, fix: string): Problem {
  return { code: 'USAGE', where: `input ${input}`, message, fix };
}
