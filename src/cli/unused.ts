/** A flag that a mode of a command does not use is refused by name, not ignored. */
import type { Command } from 'commander';
import { InputError, type Problem } from '../domain/errors.ts';

export interface Mode {
  /** As a user writes it: `plan --diff`. */
  readonly name: string;
  /** What it does not use, each with what to do: `--flag`, `--flag value`, or the `VERSION` of the command. */
  readonly unused: Readonly<Record<string, string>>;
}

/** @throws {InputError} USAGE with everything that was given and is not used */
export function refuseUnused(command: Command, modes: readonly Mode[]): void {
  const problems = modes.flatMap(({ name, unused }) =>
    Object.entries(unused).flatMap(([flag, fix]): Problem[] =>
      isGiven(command, flag) ? [{ code: 'USAGE', where: flag, message: `${name} does not use it`, fix }] : [],
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
}

function isGiven(command: Command, text: string): boolean {
  const [flag, value] = text.split(' ');
  const option = command.options.find(({ long }) => long === flag);
  // Another command's flag is none of this one's.
  if (option === undefined) return !text.startsWith('--') && command.args.length > 0;
  const name = option.attributeName();
  if (command.getOptionValueSource(name) !== 'cli') return false;
  return value === undefined || command.getOptionValue(name) === value;
}

/** `--json` says the format already. */
export function jsonMode(command: string, formats: readonly string[]): Mode {
  const others = formats.filter((format) => format !== 'json');
  const fix = 'write --json or --format, not both';
  return { name: `${command} --json`, unused: Object.fromEntries(others.map((other) => [`--format ${other}`, fix])) };
}
