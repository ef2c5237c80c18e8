/** Flags that the environment sets: `TAGWRIGHT_RELEASES` for `--releases`. A flag wins over its variable. */
import type { Command, Option } from 'commander';
import { InputError, type Problem } from '../domain/errors.ts';
import { readSwitch, switchWords } from '../domain/switch.ts';
import { quote } from '../domain/tag.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** They allow something once: a variable would allow it for every run. */
const onceOnly: ReadonlySet<string> = new Set([
  '--allow-backward',
  '--adopt',
  '--replace-partial',
  '--from-working-tree',
  '--delete',
  '--yes',
]);

/** Adds the stack to a message. It has no flag: it counts while flags are read, too. */
const debugVariable = 'TAGWRIGHT_DEBUG';

export function isDebug(env: Environment): boolean {
  return readSwitch(env[debugVariable] ?? '') === true;
}

/** `null` for a flag that no variable sets. */
export function variableOf({ long }: Option): string | null {
  if (long === undefined || long === null || onceOnly.has(long) || long === '--version' || long === '--help')
    return null;
  return `TAGWRIGHT_${long.slice(2).replaceAll('-', '_').toUpperCase()}`;
}

/** @throws {InputError} USAGE for values that the flag would refuse too */
export function readVariables(commands: readonly Command[], env: Environment): void {
  const problems: Problem[] = [];
  const debug = env[debugVariable] ?? '';
  if (debug !== '' && readSwitch(debug) === null)
    problems.push({ code: 'USAGE', where: debugVariable, ...notSwitch(debug) });
  for (const command of commands) {
    for (const option of command.options) {
      const name = variableOf(option);
      const text = name === null ? undefined : env[name];
      // A workflow passes on a variable that is not set as an empty text.
      if (name === null || text === undefined || text === '') continue;
      if (command.getOptionValueSource(option.attributeName()) === 'cli') continue;
      const fault = setOption(command, option, text);
      if (fault !== null) problems.push({ code: 'USAGE', where: name, ...fault });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

type Fault = Pick<Problem, 'message' | 'fix'>;

function notSwitch(text: string): Fault {
  return { message: `${quote(text)} is not a switch`, fix: `write ${switchWords}` };
}

function setOption(command: Command, option: Option, text: string): Fault | null {
  const key = option.attributeName();
  if (option.isBoolean()) {
    const isOn = readSwitch(text);
    if (isOn === null) return notSwitch(text);
    command.setOptionValueWithSource(key, isOn !== option.negate, 'env');
    return null;
  }
  // `1` and `on` may be its value: a version, or a file.
  if (option.optional && /^(?:true|false)$/i.test(text)) {
    if (readSwitch(text) === true) command.setOptionValueWithSource(key, true, 'env');
    return null;
  }
  try {
    const { parseArg } = option;
    const values = Array.isArray(option.defaultValue) ? text.split('\n').map((line) => line.trim()) : [text];
    let value: unknown = Array.isArray(option.defaultValue) ? [] : text;
    for (const each of values) if (each !== '' && parseArg !== undefined) value = parseArg(each, value);
    command.setOptionValueWithSource(key, value, 'env');
    return null;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return {
      message: `${quote(text)} is not a valid value`,
      fix: error.message.replace(/^Allowed choices are (?<names>.*)\.$/, 'write one of $<names>'),
    };
  }
}
