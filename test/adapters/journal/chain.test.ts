import { createHash } from 'node:crypto';
import { assert, integer, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainLine, firstSum, readChain } from '../../../src/adapters/journal/chain.ts';

function chained(entries: readonly object[]): string {
  let sum = firstSum;
  let text = '';
  for (const entry of entries) {
    const next = chainLine(sum, entry);
    text += next.line;
    ({ sum } = next);
  }
  return text;
}

const entries = [{ step: 'begin', at: 'März' }, { step: 'move', tag: '1-latest' }, { step: 'finished' }];
const text = chained(entries);
const lines = text.split('\n').slice(0, -1);

describe('a chain of lines', () => {
  test('is read back as it was written, byte count and all', () => {
    const read = readChain(text);
    expect(read).toEqual({
      entries,
      sum: /"sum":"(?<sum>\w+)"/.exec(lines[2]!)?.groups?.['sum'],
      torn: false,
      wholeBytes: Buffer.byteLength(text),
      altered: null,
    });
  });

  test('can be empty', () => {
    expect(readChain('')).toEqual({ entries: [], sum: firstSum, torn: false, wholeBytes: 0, altered: null });
  });

  test('wherever a write was cut off, every line before it is whole, and what goes on from there fits', () => {
    const bytes = Buffer.from(text);
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      const read = readChain(cut.toString('utf8'));
      const whole = cut.subarray(0, cut.lastIndexOf('\n') + 1);
      expect(read).toEqual({
        entries: entries.slice(0, whole.toString().split('\n').length - 1),
        sum: read.sum,
        torn: whole.length < length,
        wholeBytes: whole.length,
        altered: null,
      });
      const goneOn = readChain(whole.toString() + chainLine(read.sum, { step: 'resumed' }).line);
      expect(goneOn.entries.at(-1)).toEqual({ step: 'resumed' });
    }
  });

  const altered: { name: string; text: string; line: number }[] = [
    { name: 'a line changed', text: text.replace('1-latest', '2-latest'), line: 2 },
    { name: 'a line taken out', text: `${lines[0]}\n${lines[2]}\n`, line: 2 },
    { name: 'two lines in another order', text: `${lines[1]}\n${lines[0]}\n${lines[2]}\n`, line: 1 },
    { name: 'a line put in twice', text: `${lines[0]}\n${lines[0]}\n${lines[1]}\n`, line: 2 },
    { name: 'an empty line', text: `${lines[0]}\n\n${lines[1]}\n`, line: 2 },
    { name: 'other line ends', text: text.replaceAll('\n', '\r\n'), line: 1 },
    { name: 'something else altogether', text: 'hello\n', line: 1 },
    { name: 'a sum of somebody’s own', text: text.replace(/"sum":"\w{4}/, '"sum":"0000'), line: 1 },
  ];
  test.each(altered)('tells $name', ({ text: changed, line }) => {
    expect(readChain(changed).altered).toBe(line);
  });

  test('tells any byte that was changed in it, or reads the last line as cut off', () => {
    const bytes = Buffer.from(text);
    assert(
      property(nat(bytes.length - 1), integer({ min: 1, max: 127 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        const read = readChain(changed.toString('utf8'));
        expect(read.altered !== null || (read.torn && read.entries.length === entries.length - 1)).toBe(true);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

test('a line whose sum fits and whose entry is no JSON was altered', () => {
  const entry = '{"step":"begin\u0000"}';
  const sum = createHash('sha256').update(firstSum).update(entry).digest('hex').slice(0, 16);
  expect(readChain(`{"sum":"${sum}","entry":${entry}}\n`)).toMatchObject({ entries: [], altered: 1 });
});
