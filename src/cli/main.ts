/** argv → command → exit code. stdout is the result, stderr the talk. */
import { CommanderError } from 'commander';
import type { Outcome, OutputFile } from '../commands/world.ts';
import { OutsideError } from '../domain/errors.ts';
import { exitCodeOf, exitCodes, failureJson, failureOf } from '../entry/exit.ts';
import { prepare } from './prepare.ts';
import { createProgram } from './program.ts';
import { usageError } from './usage-error.ts';

/** The process around a command: its arguments come beside it. */
export interface Surroundings {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Configs may come from a stranger: they are read and not run, and reach nothing but what every config may. */
  readonly dataOnly?: boolean;
  /** The default branch, if the event names it, and whether it may be fetched. */
  readonly defaultBranch?: string | null;
  readonly mayFetch?: boolean;
  /** stdout is a terminal that shows colours. */
  readonly color: boolean;
  /** Resolves when the text has been taken. */
  readonly out: (text: string) => Promise<void>;
  readonly say: (line: string) => void;
  /** Told what a command came to before its text is printed, and what was thrown before it is said. */
  readonly watch?: Watch;
}

export interface Watch {
  readonly outcome: (outcome: Outcome) => void;
  readonly failure: (error: unknown) => void;
}

const changesTags: ReadonlySet<string> = new Set(['apply', 'build', 'publish', 'rollback']);

/** @param args what stands behind the program's name */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { version, env, color, signal, out, say, watch } = surroundings;
  const { dataOnly = false, defaultBranch = null, mayFetch = false } = surroundings;
  const print = (text: string): Promise<boolean> => isTaken(out(text), say);
  let code: number = exitCodes.asPlanned;
  let name = '';
  const program = createProgram({ version, color }, async (command) => {
    const { realWorld } = await import('../entry/world.ts');
    const outcome = await command(realWorld({ env, say, signal, dataOnly, defaultBranch, mayFetch }));
    watch?.outcome(outcome);
    await writeFiles(outcome.files ?? []);
    code = exitCodeOf(outcome);
    const isPrinted = await print(outcome.stdout);
    // What a registry holds now is what such a command is for; of the others the text is all there is.
    if (!isPrinted && !changesTags.has(name)) code = exitCodes.outside;
  });
  program.hook('preAction', async (root, command) => {
    name = command.name();
    await prepare(root, command, env);
  });
  let help = '';
  const addHelp = (text: string): void => void (help += text);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: addHelp, writeErr: addHelp, outputError: () => undefined });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const fault = error instanceof CommanderError ? usageError(error, program) : error;
    if (fault === null && error instanceof CommanderError) {
      if (error.exitCode !== 0) say(help.trimEnd());
      else if (!(await print(help))) return exitCodes.outside;
      return error.exitCode === 0 ? exitCodes.asPlanned : exitCodes.badInput;
    }
    watch?.failure(fault);
    const failure = failureOf(fault, env['TAGWRIGHT_DEBUG'] !== undefined);
    say(failure.text);
    if (asksForJson(args)) await print(failureJson(failure));
    return failure.code;
  }
}

/** Read from the arguments, so that a command line that cannot be parsed is answered in JSON too. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  return flags.some(
    (flag, index) =>
      flag === '--json' || flag === '--format=json' || (flag === '--format' && flags[index + 1] === 'json'),
  );
}

/** Says why a text could not be printed. */
async function isTaken(printing: Promise<void>, say: Surroundings['say']): Promise<boolean> {
  try {
    await printing;
    return true;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    say(failureOf(error, false).text);
    return false;
  }
}

async function writeFiles(files: readonly OutputFile[]): Promise<void> {
  if (files.length === 0) return;
  const { writeOutput } = await import('../adapters/files/output-file.ts');
  for (const file of files) await writeOutput(file.path, file.text);
}
