/** What an error or outcome means to whoever started the process. Exit codes are known here and nowhere else. */
import { formatProblem, InputError, OutsideError, type Problem } from '../domain/errors.ts';
import { redact } from '../domain/secrets.ts';
import { showHiddenInLines } from '../domain/text.ts';
import type { Warning } from '../domain/warning.ts';
import type { Outcome } from '../commands/world.ts';
import { jsonText } from '../report/plan-json.ts';
import { warningsText } from '../report/warnings.ts';

export const exitCodes = { asPlanned: 0, findings: 1, badInput: 2, outside: 3, bug: 70 } as const;

export function exitCodeOf(outcome: Outcome): number {
  const codes = {
    'as-planned': exitCodes.asPlanned,
    findings: exitCodes.findings,
    'outside-failed': exitCodes.outside,
  };
  return codes[outcome.result];
}

export interface Failure {
  readonly code: number;
  /** For stderr, without a secret in it. */
  readonly text: string;
  /** The same, one by one, for a caller that asked for JSON. */
  readonly errors: readonly FailureError[];
}

export interface FailureError {
  readonly code: string;
  /** A file and a place in it, or a flag; `null` if the error is not about one. */
  readonly where: string | null;
  readonly message: string;
  readonly fix: string | null;
}

/** The JSON document that a command prints instead of its result. */
export function failureJson({ errors }: Failure): string {
  return jsonText({ schema: 1, errors });
}

const issues = 'https://github.com/tagwright/tagwright/issues/new';

/** @param details with stack traces, for whoever asked to see them */
export function failureOf(error: unknown, details: boolean): Failure {
  if (error instanceof InputError) {
    const warnings = isWarnings(error.cause) ? warningsText(error.cause) : '';
    const text = [...error.problems.map(formatProblem), warnings].filter((line) => line !== '').join('\n');
    return { code: exitCodes.badInput, text: shown(text), errors: error.problems.map(problemError) };
  }
  const stack = details && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  if (error instanceof OutsideError) {
    const errors = [plainError(error.code, error.message)];
    return { code: exitCodes.outside, text: shown(`${error.code}  ${error.message}${stack}`), errors };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = `This is a bug in tagwright. ${message}\n${error instanceof Error ? (error.stack ?? '') : ''}`;
  const link = `${issues}?title=${encodeURIComponent(shown(message).slice(0, 200))}`;
  const errors = [{ ...plainError('BUG', message), fix: `report it: ${link}` }];
  return { code: exitCodes.bug, text: `${shown(text)}\nPlease report it: ${link}`, errors };
}

/** Whatever a message quotes, in a file or an answer: no secret, and nothing that a terminal obeys or an eye does not see. */
function shown(text: string): string {
  return showHiddenInLines(redact(text));
}

function problemError({ code, where, message, fix }: Problem): FailureError {
  return { code, where: shown(where), message: shown(message), fix: fix === undefined ? null : shown(fix) };
}

function plainError(code: string, message: string): FailureError {
  return { code, where: null, message: shown(message), fix: null };
}

function isWarnings(value: unknown): value is readonly Warning[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry: unknown) => typeof entry === 'object' && entry !== null && 'code' in entry && 'message' in entry,
    )
  );
}
