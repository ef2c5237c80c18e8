/** One part of the bench as a program: `jiti bench/start.ts [--rounds N] [--json FILE]`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Figure } from './figure.ts';
import { figureLine } from './table.ts';

export interface PartResult {
  /** How many times each thing was measured. */
  readonly rounds: number;
  readonly figures: readonly Figure[];
}

export interface PartArguments {
  readonly rounds: number;
  /** Where the figures go as JSON too. */
  readonly json: string | null;
  /** Whatever takes long is measured too. */
  readonly isFull: boolean;
  /** Numbers of the part's own, by the names of their flags. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** @param defaults of numbers of its own, and of `rounds` */
export function partArguments(defaults: Readonly<Record<string, number>>): PartArguments {
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    json: { type: 'string' },
    full: { type: 'boolean' },
  };
  for (const name of Object.keys(defaults)) options[name] = { type: 'string' };
  const { values } = parseArgs({ options });
  const numbers = new Map<string, number>();
  for (const [name, usual] of Object.entries(defaults)) {
    const given = Number(values[name] ?? usual);
    if (!Number.isInteger(given) || given < 1) throw new Error(`--${name} ${values[name]}: expected 1 or more`);
    numbers.set(name, given);
  }
  const { json = null, full = false } = values;
  return {
    rounds: numbers.get('rounds') ?? 1,
    json: json === null ? null : String(json),
    isFull: full === true,
    numbers,
  };
}

/** Prints the figures, writes them for the runner, and makes the exit code 1 if a bound is missed. */
export function finishPart({ rounds, json }: Pick<PartArguments, 'rounds' | 'json'>, figures: readonly Figure[]): void {
  const result: PartResult = { rounds, figures };
  if (json !== null) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${figures.map(figureLine).join('\n')}`);
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
}
