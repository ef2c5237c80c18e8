/** What an error or outcome means to whoever started the process. Exit codes are known here and nowhere else. */
import { formatProblem, InputError, OutsideError } from '../domain/errors.ts';
import { redact } from '../domain/secrets.ts';
import type { Warning } from '../domain/warning.ts';
import type { Outcome } from '../commands/world.ts';
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
}

const issues = 'https://github.com/tagwright/tagwright/issues/new';

/** @param details with stack traces, for whoever asked to see them */
export function failureOf(error: unknown, details: boolean): Failure {
  if (error instanceof InputError) {
    const warnings = isWarnings(error.cause) ? warningsText(error.cause) : '';
    const text = [...error.problems.map(formatProblem), warnings].filter((line) => line !== '').join('\n');
    return { code: exitCodes.badInput, text: redact(text) };
  }
  const stack = details && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  if (error instanceof OutsideError) {
    return { code: exitCodes.outside, text: redact(`${error.code}  ${error.message}${stack}`) };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = `This is a bug of tagwright. ${message}\n${error instanceof Error ? (error.stack ?? '') : ''}`;
  const link = `${issues}?title=${encodeURIComponent(redact(message).slice(0, 200))}`;
  return { code: exitCodes.bug, text: `${redact(text)}\nPlease report it: ${link}` };
}

function isWarnings(value: unknown): value is readonly Warning[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry: unknown) => typeof entry === 'object' && entry !== null && 'code' in entry && 'message' in entry,
    )
  );
}
