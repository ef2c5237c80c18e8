/**
 * One run of the action: inputs and event to a command line, what it came to to outputs, annotations and a job summary.
 *
 * While the command runs, the runner is told to take nothing that is printed for a command of its own: a build prints
 * what it likes, and so may whoever named a release.
 */
import { randomUUID } from 'node:crypto';
import { main } from '../cli/main.ts';
import { createProgram } from '../cli/program.ts';
import type { Outcome } from '../commands/world.ts';
import { InputError, OutsideError } from '../domain/errors.ts';
import { textAt } from '../domain/json.ts';
import { quote } from '../domain/tag.ts';
import { exitCodes, failureOf } from '../entry/exit.ts';
import { readEvent, type EventFacts } from './event.ts';
import { handOver, handOverFailure, type Handing, type Posted } from './hand-over.ts';
import { readInputs, toArgv, type Inputs } from './inputs.ts';
import { post } from './post.ts';
import { requireEnv } from './require-env.ts';
import { readRunner, type Env, type Runner } from './runner.ts';
import { decideTrust, refuseUntrusted, type Trust } from './trust.ts';
import { readWishes, type ActionWishes } from './wishes.ts';
import { answerComment } from './yank-comment.ts';
import { maskLines, resumeLine, stopLine } from './workflow-commands.ts';

export interface ActionSurroundings {
  readonly version: string;
  readonly env: Env;
  readonly signal: AbortSignal;
  /** A line for the step's log, where the runner reads its commands too. */
  readonly print: (line: string) => void;
}

/** @returns the exit code of the step */
export async function runAction(surroundings: ActionSurroundings): Promise<number> {
  const { env, print } = surroundings;
  const inputs = readInputs(env);
  maskLines(inputs.get('github-token') ?? '').forEach(print);
  const command = inputs.get('command') ?? '';
  let runner: Runner | null = null;
  try {
    runner = await readRunner(env);
    requireEnv(inputs, env).flatMap(maskLines).forEach(print);
    return await runCommand(inputs, readEvent(runner.event), runner, surroundings);
  } catch (error) {
    const { code, text } = failureOf(error, false);
    print(text);
    await handOverFailure(error, code, { command, runner, print });
    return code;
  }
}

async function runCommand(
  inputs: Inputs,
  event: EventFacts,
  runner: Runner,
  surroundings: ActionSurroundings,
): Promise<number> {
  const { version, env, print } = surroundings;
  const command = inputs.get('command') ?? '';
  const trust = decideTrust(runner.event, inputs, env);
  const fromEvent = !inputs.has('version') && !inputs.has('diff') && inputs.get('all') !== 'true';
  const isBuild = fromEvent && event.version === null && inputs.get('event') !== 'false';
  // It opens a change, and runs no command.
  if (inputs.get('on-comment') !== 'true') refuseUntrusted(trust, command, inputs, isBuild);
  const wishes = readWishes(inputs, env, runner);
  if (wishes.onComment) {
    const dataOnly = trust.kind !== 'trusted';
    const { signal } = surroundings;
    const handed = await quietly(print, () => answerComment({ inputs, runner, env, dataOnly, print, signal }));
    await handOver(handed, wishes.metadata, { command, runner, print });
    return exitCodes.asPlanned;
  }
  const argv = toArgv(
    createProgram({ version, color: () => false }, () => Promise.resolve()),
    inputs,
    {
      version: fromEvent ? event.version : null,
      revision: fromEvent ? event.revision : null,
    },
  );
  const { code, outcome, posted, failure } = await runQuietly(
    argv,
    { inputs, runner, wishes, event, trust },
    surroundings,
  );
  const handing: Handing = { command, runner, print };
  const document = outcome?.document;
  const refused = document?.kind === 'plan' || document?.kind === 'event' ? document.refused : [];
  if (refused.length > 0) throw new InputError(refused);
  if (outcome !== null) {
    const result = posted instanceof OutsideError ? 'outside-failed' : outcome.result;
    await handOver({ ...outcome, result }, wishes.metadata, { ...handing, posted });
    return posted instanceof OutsideError ? exitCodes.outside : code;
  }
  if (failure === null) return code;
  if (wishes.otherTags === 'skip' && fromEvent && event.version !== null && isOtherTag(failure)) {
    print(`${quote(event.version)} is not a version of this config: nothing to do`);
    await handOver({ stdout: '', result: 'skipped' }, wishes.metadata, handing);
    return exitCodes.asPlanned;
  }
  await handOverFailure(failure, code, handing);
  return code;
}

/** What is printed on the way is no command to the runner. */
async function quietly<T>(print: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const stop = randomUUID();
  print(stopLine(stop));
  try {
    return await work();
  } finally {
    print(resumeLine(stop));
  }
}

/** Inputs of `plan` that shape the outputs of one build. */
const buildInputs = ['tags', 'bake-target', 'only', 'from-working-tree'] as const;

interface Came {
  code: number;
  /** `null` where it failed. */
  outcome: Outcome | null;
  posted: Posted | OutsideError | null;
  failure: unknown;
}

interface Run {
  readonly inputs: Inputs;
  readonly runner: Runner;
  readonly wishes: ActionWishes;
  readonly event: EventFacts;
  readonly trust: Trust;
}

/** Runs the command line, and posts its report; nothing that is printed on the way is a command to the runner. */
async function runQuietly(
  argv: readonly string[],
  { inputs, runner, wishes, event, trust }: Run,
  { version, env, signal, print }: ActionSurroundings,
): Promise<Came> {
  const came: Came = { code: exitCodes.bug, outcome: null, posted: null, failure: null };
  const token = inputs.get('github-token');
  const stop = randomUUID();
  print(stopLine(stop));
  try {
    came.code = await main(argv, {
      version,
      env: {
        ...env,
        ...(token === undefined ? {} : { GITHUB_TOKEN: token }),
        ...(runner.debug ? { TAGWRIGHT_DEBUG: '1', TAGWRIGHT_VERBOSE: 'true' } : {}),
      },
      signal,
      dataOnly: trust.kind === 'data-only',
      handsOver: wishes.metadata.tags ?? 'pinned',
      mayFetch: trust.kind === 'trusted',
      isTrusted: trust.kind === 'trusted',
      builds: inputs.get('event') === 'false' ? null : { asked: buildInputs.filter((name) => inputs.has(name)) },
      defaultBranch: textAt(runner.event.payload, 'repository', 'default_branch'),
      columns: null,
      out: (text) => Promise.resolve(print(text.trimEnd())),
      say: print,
      watch: {
        outcome: (outcome) => (came.outcome = outcome),
        failure: (error) => {
          came.failure = error;
          came.outcome = null;
        },
      },
    });
    if (came.outcome?.document !== undefined && wishes.post !== null) {
      const { document, result } = came.outcome;
      came.posted = await tryToPost(document, result, wishes.post, { event, trust, say: print, signal });
    }
  } finally {
    print(resumeLine(stop));
  }
  return came;
}

/** What the command came to is handed over whether or not its report could be posted. */
async function tryToPost(
  ...[document, result, wishes, posting]: Parameters<typeof post>
): Promise<Posted | OutsideError> {
  try {
    return { kind: wishes.kind, url: await post(document, result, wishes, posting) };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    posting.say(failureOf(error, false).text);
    return error;
  }
}

/** The event is about a git tag of something else, as of another package in the same git repository. */
function isOtherTag(error: unknown): boolean {
  return error instanceof InputError && error.problems.every(({ code }) => code === 'VERSION_SHAPE');
}
