/** Flags of every command: they stand before or behind its name. */
import type { Command } from 'commander';

export interface GlobalFlags {
  readonly C?: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly output?: string;
}

export function withGlobalFlags(program: Command): Command {
  return program
    .option('-C <dir>', 'run in this folder')
    .option('-q, --quiet', 'print results and errors only', false)
    .option('--verbose', 'print every request to an external service', false)
    .option('--no-color', 'print without colors (also: NO_COLOR=1)')
    .option('--output <file>', 'write the result to this file instead of stdout');
}

export function globalFlags(program: Command): GlobalFlags {
  return program.opts<GlobalFlags>();
}

export interface ColorFacts {
  /** `--no-color` was not given. */
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

/**
 * The one rule for colors: `--no-color`, then `NO_COLOR`, then `FORCE_COLOR`, then whether stdout is a terminal.
 *
 * @see https://no-color.org
 * @see https://force-color.org
 */
export function wantsColor({ color, env, isTerminal }: ColorFacts): boolean {
  if (!color || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
