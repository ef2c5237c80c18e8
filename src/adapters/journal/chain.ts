/** Lines that carry the sum of all before them: a line taken out, put in or changed shows. */
import { createHash } from 'node:crypto';
import { parseJsonObject } from '../../domain/json.ts';

export interface ChainedLines {
  readonly entries: readonly unknown[];
  /** The sum of the last whole line: where the next one goes on from. */
  readonly sum: string;
  /** The last line was cut off, as a kill in the middle of a write leaves it. */
  readonly torn: boolean;
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
  /** The line, from 1, whose sum does not fit; `null` where all do. */
  readonly altered: number | null;
}

export const firstSum = '0'.repeat(16);

/** One line with its end: `{"sum":"…","entry":{…}}`. */
export function chainLine(previous: string, entry: unknown): { readonly line: string; readonly sum: string } {
  const text = JSON.stringify(entry);
  const sum = sumOf(previous, text);
  return { line: `{"sum":"${sum}","entry":${text}}\n`, sum };
}

/** Reads lines back; the first that does not fit ends the reading. */
export function readChain(text: string): ChainedLines {
  const entries: unknown[] = [];
  let sum = firstSum;
  let wholeBytes = 0;
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  for (const [index, line] of lines.entries()) {
    const parts = linePattern.exec(line)?.groups;
    const text = parts?.['entry'] ?? '';
    // The sum is a plain hash, so one that fits does not make an entry JSON.
    const entry = parts?.['sum'] === sumOf(sum, text) ? parseJsonObject(text) : null;
    if (parts?.['sum'] === undefined || entry === null)
      return { entries, sum, torn: false, wholeBytes, altered: index + 1 };
    sum = parts['sum'];
    entries.push(entry);
    wholeBytes += Buffer.byteLength(line) + 1;
  }
  return { entries, sum, torn: last !== '', wholeBytes, altered: null };
}

const linePattern = /^\{"sum":"(?<sum>[0-9a-f]{16})","entry":(?<entry>\{.*\})\}$/;

function sumOf(previous: string, text: string): string {
  return createHash('sha256').update(previous).update(text).digest('hex').slice(0, 16);
}
