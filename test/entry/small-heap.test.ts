import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { heapFlags } from '../../src/entry/small-heap.ts';

test.each([
  { node: '20.19.0', args: ['plan', '--offline'], word: 'quick', late: true },
  { node: '20.19.0', args: ['audit'], word: 'small', late: true },
  { node: '22.12.0', args: ['plan', '--offline'], word: 'quick', late: false },
  { node: '22.12.0', args: ['audit'], word: 'small', late: false },
  { node: '24.0.0', args: ['audit'], word: 'plain', late: false },
])('Node $node has the flags it knows: $args', ({ node, args, word, late }) => {
  const found = heapFlags(node, args);
  expect({ word: found.word, late: found.flags.some((flag) => flag.startsWith('--interrupt-budget')) }).toEqual({
    word,
    late,
  });
});

test('the engine that runs this knows every flag it is given', async () => {
  const flags = ['audit', 'schema'].flatMap((command) => heapFlags(process.versions.node, [command]).flags);
  const code = `for (const flag of ${JSON.stringify(flags)}) require('node:v8').setFlagsFromString(flag)`;
  expect(await promisify(execFile)(process.execPath, ['-e', code])).toMatchObject({ stdout: '', stderr: '' });
});

test('what reads no registry is not looked through while it works', () => {
  expect(heapFlags('20.19.0', ['plan', '--offline']).flags).toContain('--no-incremental-marking');
  expect(heapFlags('20.19.0', ['audit']).flags).not.toContain('--no-incremental-marking');
});
