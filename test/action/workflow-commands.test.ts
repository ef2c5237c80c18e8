import { expect, test } from 'vitest';
import { annotationLine, annotationLines, maskLines } from '../../src/action/workflow-commands.ts';

test('an annotation is one line, whatever its texts hold', () => {
  const line = annotationLine({
    level: 'error',
    title: 'A: b, 100%',
    message: 'first\r\nsecond, 50%: ::set-output name=x::y',
    file: 'a,b:c.ts',
    line: 3,
    column: 14,
  });
  expect(line).toBe(
    '::error file=a%2Cb%3Ac.ts,line=3,col=14,title=A%3A b%2C 100%25::first%0D%0Asecond, 50%25: ::set-output name=x::y',
  );
});

test('ten of a level are all; of more, nine and how many are left', () => {
  const errors = (count: number): { level: 'error'; title: string; message: string }[] =>
    Array.from({ length: count }, (_, index) => ({ level: 'error', title: 'X', message: String(index) }));
  const warning = { level: 'warning', title: 'W', message: 'w' } as const;
  expect(annotationLines([warning, ...errors(10)])).toEqual([
    ...Array.from({ length: 10 }, (_, index) => `::error title=X::${index}`),
    '::warning title=W::w',
  ]);
  expect(annotationLines(errors(11)).slice(8)).toEqual([
    '::error title=X::8',
    "::error title=and more::2 more; the step's log has them all",
  ]);
});

test('a secret is masked line by line, and an empty one is none', () => {
  expect([maskLines('one\ntwo%\r\n\n'), maskLines('')]).toEqual([['::add-mask::one', '::add-mask::two%25'], []]);
});
