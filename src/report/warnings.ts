import type { Warning } from '../domain/warning.ts';

/** One line a warning, its mend below it. Empty where there is none. */
export function warningsText(warnings: readonly Warning[]): string {
  return warnings
    .map((warning) => {
      const mend = warning.mend === undefined ? '' : `\n  settle it: ${warning.mend}`;
      return `warning ${warning.code}  ${warning.message}${mend}`;
    })
    .join('\n');
}
