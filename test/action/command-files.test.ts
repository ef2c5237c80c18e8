import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxFileBytes, valueBlock, writeSummary, writeValues } from '../../src/action/command-files.ts';
import { readValues } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('values', () => {
  test('arrive as they are, newlines and what looks like a delimiter included', async () => {
    const hostile = array(constantFrom('\n', 'a<<b', 'tagwright_', 'EOF', '=', '::', 'é', ' '), {
      maxLength: 30,
    });
    await assert(
      asyncProperty(
        array(
          hostile.map((parts) => parts.join('')),
          { maxLength: 4 },
        ),
        async (texts) => {
          const folder = await mkdtemp(join(tmpdir(), 'tagwright-values-'));
          const values = new Map(texts.map((text, index) => [`name-${index}`, text]));
          await writeFile(`${folder}/output`, '');
          await writeValues(`${folder}/output`, values);
          const read = readValues(await readFile(`${folder}/output`, 'utf8'));
          await rm(folder, { recursive: true });
          expect(read).toEqual(Object.fromEntries(values));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('that hold their delimiter, and names that are none, are never written', () => {
    expect(() => valueBlock('tags', 'a\nEND\nadmin=true', 'END')).toThrow('the value of tags holds its delimiter');
    expect(() => valueBlock('a\nb', 'x', 'END')).toThrow('"a\\nb" is no name of an output');
  });
});

describe('the job summary', () => {
  test('is left as it is where it fits', async () => {
    const folder = await tempFolder({ summary: 'before\n' });
    await writeSummary(`${folder}/summary`, '### after\n');
    expect(await readFile(`${folder}/summary`, 'utf8')).toBe('before\n### after\n');
  });

  test('never gets larger than GitHub takes, what was there before counted', async () => {
    const folder = await tempFolder({ summary: 'x'.repeat(600_000) });
    const rows = Array.from({ length: 20_000 }, (_, row) => `| \`2.11.${row}-python3.10\` | 2.11.4 | 2.11.5 | é |`);
    await writeSummary(
      `${folder}/summary`,
      `### Moves\n\n<details><summary>all</summary>\n\n${rows.join('\n')}\n\n</details>\n`,
    );
    const text = await readFile(`${folder}/summary`, 'utf8');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxFileBytes);
    expect(Buffer.byteLength(text)).toBeGreaterThan(maxFileBytes - 500);
    const [last = '', note = ''] = text.trimEnd().split('\n\n').slice(-2);
    expect(last).toBe('</details>');
    expect(note).toMatch(
      /^> \*\*Cut here\*\*: [\d,]+ more lines do not fit into 438 KiB\. The whole is in the step's log\.$/,
    );
  });
});
