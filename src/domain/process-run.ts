/** How a process ended, and the error it becomes: all that is needed to run it again by hand, and nothing secret. */
import { OutsideError, type OutsideCode } from './errors.ts';
import { redact } from './secrets.ts';
import { shellWord } from './shell-word.ts';

export interface ProcessRun {
  readonly command: string;
  readonly args: readonly string[];
  /** `null` where it could not be started or was killed. */
  readonly exitCode: number | null;
  /** The signal that ended it, such as `SIGTERM`. */
  readonly signal: string | null;
  readonly durationMs: number;
  /** The last lines it wrote to stderr. */
  readonly stderrTail: readonly string[];
}

const tailLines = 20;

/** The last lines of a text, as {@link ProcessRun} keeps them. */
export function tailOf(text: string): readonly string[] {
  return text.trimEnd().split('\n').slice(-tailLines);
}

/**
 * The error of a process that did not do its part. Its message is one line; {@link formatProcessRun} of its facts is
 * the long form.
 *
 * @param message what could not be done and why, in one sentence
 */
export function processError(
  code: OutsideCode,
  message: string,
  run: ProcessRun,
  options?: ErrorOptions,
): OutsideError {
  return new OutsideError(code, redact(message), { ...withoutSecrets(run) }, options);
}

/** Command, end and the tail of stderr, one below the other. */
export function formatProcessRun(run: ProcessRun): string {
  const { command, args, exitCode, signal, durationMs, stderrTail } = withoutSecrets(run);
  const ended = exitCode === null ? (signal ?? 'not started') : `exit code ${exitCode}`;
  return [
    `$ ${[command, ...args].map(shellWord).join(' ')}`,
    `  ${ended} after ${Math.round(durationMs)} ms`,
    ...stderrTail.map((line) => `  ${line}`),
  ].join('\n');
}

function withoutSecrets(run: ProcessRun): ProcessRun {
  return { ...run, args: run.args.map(redact), stderrTail: run.stderrTail.map(redact) };
}
