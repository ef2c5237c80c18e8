/**
 * Every reader against generated texts: no error but those that people may see, none over a second, memory bounded.
 * `FUZZ` is how many texts in all (`npm run test:fuzz` sets it), `FUZZ_SEED` which.
 */
import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { WireFault } from '../../src/adapters/http/wire.ts';
import { InputError, OutsideError } from '../../src/domain/errors.ts';
import { generate, numbers } from './generate.ts';
import type { Reader } from './reader.ts';
import { answerReaders } from './readers/answers.ts';
import { besideReaders } from './readers/beside.ts';
import { fileReaders } from './readers/files.ts';
import { textReaders } from './readers/texts.ts';

const total = Number(process.env['FUZZ'] ?? 8_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
/** Figures of each reader are appended to this file. */
const figures = process.env['FUZZ_FIGURES'];

const readers: readonly Reader[] = [...fileReaders, ...answerReaders, ...besideReaders, ...textReaders];
const shares = readers.reduce((sum, { share = 1 }) => sum + share, 0);
const maxHeapBytes = 200_000_000;

/** What `call` of the registry makes an OutsideError of. */
function isOurs(error: unknown): boolean {
  return error instanceof InputError || error instanceof OutsideError || error instanceof WireFault;
}

/** @returns whether it got past its first token */
async function isRead(reader: Reader, text: string, index: number): Promise<boolean> {
  try {
    return await reader.read(text);
  } catch (error) {
    if (isOurs(error)) return true;
    throw new Error(`seed ${seed}, text ${index}: ${JSON.stringify(text.slice(0, 4000))}`, { cause: error });
  }
}

describe.each(readers)('$name', (reader) => {
  test.each(reader.samples.map((sample, index) => ({ index, sample })))('reads sample $index', async ({ sample }) => {
    expect(await reader.read(sample)).toBe(true);
  });

  test('never fails in a way that is not its own', { timeout: 3_600_000 }, async () => {
    const next = numbers(seed);
    const count = Math.ceil((total * (reader.share ?? 1)) / shares);
    const seen = { refusedAtOnce: 0, mutated: 0, slowestMs: 0, slowest: -1, heapBytes: 0 };
    for (let index = 0; index < count; index += 1) {
      const { text, isMutated } = generate(reader, next);
      // Of the processor: a busy machine makes no reader slow.
      const before = process.cpuUsage();
      if (!(await isRead(reader, text, index))) seen.refusedAtOnce += 1;
      const tookMs = process.cpuUsage(before).user / 1000;
      if (isMutated) seen.mutated += 1;
      if (tookMs > seen.slowestMs) [seen.slowestMs, seen.slowest] = [tookMs, index];
      if (index % 128 === 0) seen.heapBytes = Math.max(seen.heapBytes, process.memoryUsage().heapUsed);
    }
    const line = { seed, reader: reader.name, count, ...seen, rssBytes: process.memoryUsage().rss };
    if (figures !== undefined) appendFileSync(figures, `${JSON.stringify(line)}\n`);
    expect(seen.refusedAtOnce, 'refused at the first token').toBeLessThanOrEqual(count / 10);
    expect(seen.mutated, 'mutations of a sample').toBeGreaterThanOrEqual(count / 2);
    expect(seen.slowestMs, `text ${seen.slowest} of seed ${seed}`).toBeLessThan(1000);
    expect(seen.heapBytes).toBeLessThan(maxHeapBytes);
  });
});
