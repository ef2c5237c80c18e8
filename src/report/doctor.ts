/** What `doctor` found, line by line. */
import { jsonText } from './plan-json.ts';
import { wrap } from './wrap.ts';

export interface Check {
  /** What was looked at: `config`, `login`. */
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly says: string;
  /** What to do about it. */
  readonly fix: string | null;
}

const width = 80;

export function doctorText(checks: readonly Check[]): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = 9 + nameWidth + 2;
  const lines = checks.flatMap(({ name, state, says, fix }) => [
    `${state.padEnd(9)}${name.padEnd(nameWidth)}  ${wrap(says, width - indent, indent)}`,
    ...(fix === null ? [] : [`${' '.repeat(indent)}${wrap(`fix: ${fix}`, width - indent, indent + 5)}`]),
  ]);
  return `${lines.join('\n')}\n\n${summary(checks)}\n`;
}

function summary(checks: readonly Check[]): string {
  const failed = checks.filter(({ state }) => state === 'failed').length;
  const warnings = checks.filter(({ state }) => state === 'warning').length;
  if (failed + warnings === 0) return 'Nothing to fix.';
  return `${failed} failed, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`;
}

export function doctorJson(checks: readonly Check[]): string {
  return jsonText({ schema: 1, checks });
}
