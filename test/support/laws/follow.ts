/** Does what audit prints, from top to bottom, as a person would who trusts it. */
import { audit, type Finding } from './commands.ts';
import type { Scene } from './scene.ts';
import { isConfigLine, run, type Ended } from './shell.ts';

export interface Followed {
  /** Findings that fail, after it all; `unknown` is nobody's to fix. */
  readonly left: readonly string[];
  /** What was run, and how it ended. */
  readonly ran: readonly Ended[];
  /** The most choices that a finding offered. */
  readonly choices: number;
}

/** Kinds that fail an audit, and that somebody can fix. */
export const failing: ReadonlySet<string> = new Set([
  'missing',
  'crossed',
  'ahead',
  'stale',
  'incomplete',
  'mislabelled',
  'drift',
  'orphan',
]);

/**
 * Once from top to bottom; a line of the config makes another plan, whose own list is followed too.
 *
 * @param choice which of several is taken, wherever there are several; the last where there are fewer
 */
export async function follow(scene: Scene, choice: number): Promise<Followed> {
  const ran: Ended[] = [];
  let findings = await failingFindings(scene);
  const choices = Math.max(1, ...findings.map((finding) => finding.choices?.length ?? 1));
  const commands = await inPrintedOrder(scene, findings, choice);
  for (const command of commands) ran.push(await run(scene, command));
  findings = await failingFindings(scene);
  if (commands.some((command) => isConfigLine(command))) {
    for (const command of await inPrintedOrder(scene, findings, choice)) ran.push(await run(scene, command));
    findings = await failingFindings(scene);
  }
  return { left: findings.map(({ kind, tag, fix }) => `${kind} ${tag} (fix: ${fix ?? 'none'})`), ran, choices };
}

async function failingFindings(scene: Scene): Promise<Finding[]> {
  const { reports, error } = await audit(scene, { failOn: ['none'] });
  if (error !== null) throw new Error(error);
  return reports.flatMap(({ findings }) => findings.filter(({ kind }) => failing.has(kind)));
}

/** Each once, in the order of the table's list; what the list is too short for comes after it, as the JSON has it. */
async function inPrintedOrder(scene: Scene, findings: readonly Finding[], choice: number): Promise<string[]> {
  const commands = [...new Set(findings.flatMap((finding) => commandOf(finding, choice)))];
  const { text } = await audit(scene, { format: 'table', failOn: ['none'] });
  const list = text.slice(Math.max(0, text.indexOf('To fix')));
  const placeOf = (command: string): number => {
    const at = list.indexOf(`  ${command}`);
    return at === -1 ? Number.MAX_SAFE_INTEGER : at;
  };
  return commands.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function commandOf({ fix, choices }: Finding, choice: number): string[] {
  const chosen = choices?.[Math.min(choice, choices.length - 1)];
  if (chosen === undefined) return fix === null ? [] : [fix];
  return [chosen.command, ...(chosen.after === undefined ? [] : [chosen.after])];
}
