import { expect, test } from 'vitest';
import { runningText } from '../../src/report/build-running.ts';

test.each([
  [[], null],
  [['RUN a'], 'RUN a'],
  [['RUN a', 'RUN b', 'RUN c'], 'RUN a and 2 more'],
])('%j is %j', (steps, text) => {
  expect(runningText(steps)).toBe(text);
});
