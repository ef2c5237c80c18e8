import { expect, test } from 'vitest';
import { buildOptions } from '../../src/commands/build-options.ts';

test('what ended is a line, and what runs is shown in its place until nothing does', () => {
  const seen: (string | null)[] = [];
  const progress = {
    start: () => ({ advance: () => undefined, end: () => undefined }),
    now: (what: string | null) => void seen.push(what),
  };
  const { signal } = new AbortController();
  const options = buildOptions({ say: (line) => void seen.push(line), progress, signal });
  options.onProgress('RUN a: 1.0s');
  options.onRunning?.(['RUN b', 'RUN c']);
  options.onRunning?.([]);
  expect([seen, options.signal]).toEqual([['RUN a: 1.0s', 'RUN b and 1 more', null], signal]);
});
