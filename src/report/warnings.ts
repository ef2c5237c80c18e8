import type { Warning } from '../domain/warning.ts';

/** One line a warning, its fix below it. Empty where there is none. */
export function warningsText(warnings: readonly Warning[]): string {
  return warnings
    .map((warning) => {
      const fix = warning.fix === undefined ? '' : `\n  fix: ${warning.fix}`;
      return `warning ${warning.code}  ${warning.message}${fix}`;
    })
    .join('\n');
}
