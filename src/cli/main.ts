/** argv → command → exit code. stdout is the result, stderr the talk. */
import { CommanderError, type Command } from 'commander';
import type { Ask, EventAccess, Outcome, OutputFile, World } from '../commands/world.ts';
import { OutsideError } from '../domain/errors.ts';
import type { Progress } from '../ports.ts';
import { exitCodeOf, exitCodes, failureJson, failureOf } from '../entry/exit.ts';
import { fitTerminal } from '../report/fit-terminal.ts';
import type { HandedTags } from '../report/metadata-action.ts';
import { askWhich } from './ask-which.ts';
import type { Run } from './flags.ts';
import { globalFlags, wantsColor, type GlobalFlags } from './global-flags.ts';
import { prepare } from './prepare.ts';
import { createProgram } from './program.ts';
import { isAsked, usageError } from './usage-error.ts';
import { isDebug } from './variables.ts';

/** The process around a command: its arguments come beside it. */
export interface Surroundings {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Configs may come from a stranger: they are read and not run, and reach nothing but what every config may. */
  readonly dataOnly?: boolean;
  /** Later steps build with what a plan hands over, and push these tags. */
  readonly handsOver?: HandedTags;
  /** The default branch, if the event names it, and whether it may be fetched. */
  readonly defaultBranch?: string | null;
  readonly mayFetch?: boolean;
  /** Whether whoever started the run may write to the repository; `null`: its event shows it. */
  readonly isTrusted?: boolean | null;
  /** A command that names no release is about the event, and these inputs ask for what one build has; `null`: it is not. */
  readonly builds?: Pick<EventAccess, 'asked'> | null;
  /** Columns of the terminal that stdout is; `null` if it is none. */
  readonly columns: number | null;
  /** Asks the person at the terminal; `null` if there is none. */
  readonly ask?: Ask | null;
  /** Resolves when the text has been taken. */
  readonly out: (text: string) => Promise<void>;
  readonly say: (line: string) => void;
  readonly progress?: Progress;
  /** Told what a command came to before its text is printed, and what was thrown before it is said. */
  readonly watch?: Watch;
}

export interface Watch {
  readonly outcome: (outcome: Outcome) => void;
  readonly failure: (error: unknown) => void;
}

const changesTags: ReadonlySet<string> = new Set(['apply', 'build', 'prune', 'publish', 'rollback', 'unyank', 'yank']);

/** @param args what stands behind the program's name */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const run = await runOnce(args, null, surroundings);
  const ask = surroundings.ask ?? null;
  const release = ask === null ? null : await askWhich(run.fault, ask);
  return release === null
    ? report(run, args, surroundings)
    : report(await runOnce(args, release, surroundings), args, surroundings);
}

/** What a run came to: a code, or what was thrown. */
interface Ran {
  code: number;
  fault: unknown;
  /** What commander wants to print. */
  help: string;
}

/** @param release in place of the one on the command line */
async function runOnce(args: readonly string[], release: string | null, surroundings: Surroundings): Promise<Ran> {
  const { version, env, say } = surroundings;
  const ran: Ran = { code: exitCodes.asPlanned, fault: null, help: '' };
  let name = '';
  const color = (): boolean => {
    const { color, output } = globalFlags(program);
    return wantsColor({ color, env, isTerminal: surroundings.columns !== null && output === undefined });
  };
  const execute: Run = async (command) => {
    const outcome = await command(await worldOf(surroundings, globalFlags(program)));
    surroundings.watch?.outcome(outcome);
    await writeFiles(outcome.files ?? []);
    ran.code = exitCodeOf(outcome);
    const isPrinted = await show(outcome, globalFlags(program), surroundings);
    // What a registry holds now is what such a command is for; of the others the text is all there is.
    if (!isPrinted && !changesTags.has(name)) ran.code = exitCodes.outside;
  };
  const program = createProgram({ version, color, columns: surroundings.columns }, execute, args[0]);
  program.hook('preAction', async (root, command) => {
    name = command.name();
    await prepare(root, command, env);
    if (changesTags.has(name)) (await import('./refuse-fork.ts')).refuseFork(command, env);
    if (release !== null) command.processedArgs[0] = release;
  });
  catchOutput(program, (text) => (ran.help += text));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    ran.fault = error instanceof CommanderError ? usageError(error, program) : error;
    if (ran.fault !== null || !(error instanceof CommanderError)) return ran;
    if (isAsked(error, program))
      ran.code = (await show({ stdout: ran.help }, {}, surroundings)) ? ran.code : exitCodes.outside;
    else {
      say(ran.help.trimEnd());
      ran.code = exitCodes.badInput;
    }
  }
  return ran;
}

/** Commander throws instead of ending the process, and says nothing by itself. */
function catchOutput(program: Command, write: (text: string) => void): void {
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: write, writeErr: write, outputError: () => undefined });
  }
}

async function worldOf(surroundings: Surroundings, { quiet, verbose }: GlobalFlags): Promise<World> {
  const { env, say, signal, dataOnly = false, handsOver, mayFetch = false, version: toolVersion } = surroundings;
  const { defaultBranch = null, ask = null, builds = null, isTrusted = null } = surroundings;
  const { realWorld } = await import('../entry/world.ts');
  const { noProgress } = await import('../entry/talk.ts');
  const trace = verbose ? say : null;
  const progress = quiet ? noProgress : (surroundings.progress ?? noProgress);
  const told = quiet ? () => undefined : say;
  const trust = { dataOnly, handsOver, defaultBranch, mayFetch };
  return realWorld({ env, say: told, signal, toolVersion, ...trust, builds, isTrusted, progress, trace, ask });
}

/** @returns false if it could not be printed, which was said */
async function show(
  shown: Pick<Outcome, 'stdout' | 'pieces'>,
  { output }: Pick<GlobalFlags, 'output'>,
  { columns, out, say }: Surroundings,
): Promise<boolean> {
  if (output !== undefined) {
    await writeFiles([{ path: output, text: shown.pieces?.() ?? shown.stdout }]);
    return true;
  }
  if (shown.pieces !== undefined) return isTaken(outInPieces(shown.pieces(), out), say);
  const isProse = columns !== null && !/^[{[]/.test(shown.stdout);
  return isTaken(out(isProse ? fitTerminal(shown.stdout, columns) : shown.stdout), say);
}

/** Each when the one before it has been taken. */
async function outInPieces(pieces: Iterable<string>, out: Surroundings['out']): Promise<void> {
  for (const piece of pieces) await out(piece);
}

/** Says what was thrown, and turns it into the exit code. */
async function report(ran: Ran, args: readonly string[], { env, out, say, watch }: Surroundings): Promise<number> {
  if (ran.fault === null) return ran.code;
  watch?.failure(ran.fault);
  const failure = failureOf(ran.fault, isDebug(env));
  say(failure.text);
  if (asksForJson(args)) await isTaken(out(failureJson(failure)), say);
  return failure.code;
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

async function writeFiles(
  files: readonly (Pick<OutputFile, 'path'> & { readonly text: string | Iterable<string> })[],
): Promise<void> {
  if (files.length === 0) return;
  const { writeOutput } = await import('../adapters/files/output-file.ts');
  for (const file of files) await writeOutput(file.path, file.text);
}
