/** Figures as lines for a terminal, and a whole run as the page docs/performance.md. Pure: a run in, text out. */
import { shownNumber, type Figure } from './figure.ts';
import type { PartResult } from './part.ts';

export interface Run {
  readonly schema: 1;
  readonly machine: {
    /** `2 × Intel(R) Xeon(R)` */
    readonly processors: string;
    readonly memoryGb: number;
    readonly node: string;
    /** Of the last minute before the run: what else the machine did. */
    readonly load: number;
  };
  /** The day, UTC. */
  readonly date: string;
  readonly isFull: boolean;
  readonly seconds: number;
  readonly parts: readonly (PartResult & { readonly name: string; readonly title: string; readonly seconds: number })[];
}

/** `ok    --version: 61.2 ms, 1.41 of node -e 0, 43.4 ms (<= 1.5)` */
export function figureLine({ name, value, unit, against, ratio, bound, ok }: Figure): string {
  const held = against === '' ? '' : `, ${ratio === null ? 'no ratio' : shownNumber(ratio)} of ${against}`;
  return `${verdict({ bound, ok }).padEnd(6)}${name}: ${shownValue({ value, unit })}${held}${bound === null ? '' : ` (${bound})`}`;
}

/** A figure without a goal is told, and neither right nor wrong. */
function verdict({ bound, ok }: Pick<Figure, 'bound' | 'ok'>): string {
  return ok ? (bound === null ? '' : 'ok') : 'MISS';
}

function shownValue({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  return value < 0 ? 'not measured' : `${shownNumber(value)} ${unit}`.trim();
}

export function missesOf({ parts }: Pick<Run, 'parts'>): readonly Figure[] {
  return parts.flatMap(({ figures }) => figures.filter(({ ok }) => !ok));
}

/** The page of a run. */
export function performancePage(run: Run): string {
  const { machine, date, parts, seconds, isFull } = run;
  const misses = missesOf(run).length;
  const all = parts.flatMap(({ figures }) => figures).filter(({ bound }) => bound !== null).length;
  const lines = [
    '# Performance',
    '',
    '<!-- Generated from performance.json by `npm run bench -- --write`. -->',
    '',
    'Every figure is held against a peer or a limit that was measured on the same machine in the same run, so that a slower machine gives the same ratios. `npm run bench` measures them all; a bound that is missed is a MISS here, and its exit code is 1.',
    '',
    `Measured on ${date}: ${machine.processors}, ${machine.memoryGb} GB, Node ${machine.node}, load ${machine.load} before it began, ${Math.ceil(seconds / 60)} minutes${isFull ? ' (`--full`)' : ''}. ${misses === 0 ? `All ${all} bounds hold.` : `${misses} of ${all} bounds are missed.`}`,
  ];
  for (const { title, rounds, name, figures } of parts) {
    const only = name === 'run' ? '' : ` -- --only ${name}`;
    lines.push('', `## ${title}`, '', `\`npm run bench${only}\`, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`, '');
    lines.push(
      '| what | value | against | ratio | bound | |',
      '| --- | ---: | --- | ---: | ---: | --- |',
      ...figures.map(row),
    );
  }
  return `${lines.join('\n')}\n`;
}

function row(figure: Figure): string {
  const { name, against, ratio, bound } = figure;
  const cells = [
    name,
    shownValue(figure),
    against,
    ratio === null ? '' : shownNumber(ratio),
    bound ?? '',
    verdict(figure),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;')).join(' | ')} |`;
}
