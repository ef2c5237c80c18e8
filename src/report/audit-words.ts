/** What reports say of each kind of finding. */
import { isQuiet } from '../audit/kinds.ts';
import type { Finding } from '../audit/types.ts';
import type { Choice } from '../moves/repair.ts';
import type { Stand } from '../plan/types.ts';
import { shortDigest } from './words.ts';

/** `2.20.18 python 3.10, flavor standard`, the digest where the cell is not known, or a dash. */
export function standWords(stand: Stand): string {
  if (stand.owner !== null) {
    const axes = Object.entries(stand.owner.axes).map(([axis, value]) => `${axis} ${value}`);
    return [stand.owner.version, axes.join(', ')].filter((part) => part !== '').join(' ');
  }
  return stand.digest === null ? '–' : shortDigest(stand.digest);
}

/** What fixes findings, with the number of tags it is for. */
export interface FixLine {
  readonly command: string;
  readonly tags: number;
  /** The ways out where a person has to choose; `command` is empty then. */
  readonly choices: readonly Choice[];
}

/**
 * What fixes the findings, in the order in which it works: first which image is right, then pinned tags that get their
 * image back, then what a person has to allow, then what is published, then what moves.
 */
export function fixes(findings: readonly Finding[]): readonly FixLine[] {
  const lines = new Map<string, FixLine & { readonly step: number }>();
  for (const { fix, choices, kind } of findings) {
    if (isQuiet(kind) || (fix === null && choices.length === 0)) continue;
    const key = fix ?? choices.map(({ command }) => command).join('\n');
    const known = lines.get(key);
    // A tag that moves after the choice says so; the pinned tags that it is about do not.
    const isWhole = known?.choices.some(({ after }) => after !== undefined) === true;
    const line = { command: fix ?? '', choices: isWhole ? known.choices : fix === null ? choices : [] };
    lines.set(key, { ...line, tags: (known?.tags ?? 0) + 1, step: stepOf(line, kind) });
  }
  const sorted = [...lines.values()].toSorted((a, b) => a.step - b.step || b.tags - a.tags);
  return sorted.map(({ step: _step, ...line }) => line);
}

function stepOf({ command, choices }: Pick<FixLine, 'command' | 'choices'>, kind: Finding['kind']): number {
  if (kind === 'orphan') return 5;
  if (choices.some((choice) => choice.command.includes('tagwright') || choice.after?.includes('publish'))) return 2;
  if (choices.length > 0) return 0;
  if (command.startsWith('tagwright apply')) return 4;
  return command.includes('tagwright publish') ? 3 : 1;
}

const tools: readonly (readonly [name: RegExp, line: string])[] = [
  [
    /\bcrane tag\b/,
    'crane, from google/go-containerregistry on GitHub, points a tag to an image and transfers no layer',
  ],
  [/\bregctl tag delete\b/, 'regctl, from regclient/regclient on GitHub, deletes a tag and leaves its image'],
];

/** A line for each tool of others that commands name, for those who do not have it. */
export function toolLines(commands: readonly string[]): string[] {
  return tools.flatMap(([name, line]) => (commands.some((command) => name.test(command)) ? [line] : []));
}

/** Everything that a list of fixes asks a person to run. */
export function commandsOf(lines: readonly FixLine[]): string[] {
  return lines.flatMap(({ command, choices }) => [
    command,
    ...choices.flatMap((choice) => [choice.command, choice.after ?? '']),
  ]);
}

/** `1.4 GB`, as registries and Docker count. */
export function sizeWords(sizeBytes: number | null): string {
  if (sizeBytes === null) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}
