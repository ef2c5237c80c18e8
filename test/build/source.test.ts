import { expect, test } from 'vitest';
import { chooseSource, type ContextSource } from '../../src/build/source.ts';

/** Every case there is: what is written counts; else all three have to be true. */
const cases = (['release', 'config', null] as const).flatMap((written) =>
  [true, false].flatMap((inGit) =>
    [true, false].flatMap((isOwn) => [true, false].map((reads) => ({ written, inGit, isOwn, reads }))),
  ),
);

test.each(cases)('from $written, in git $inGit, own commits $isOwn, reads its context $reads', (given) => {
  const byDefault: ContextSource = given.inGit && given.isOwn && given.reads ? 'release' : 'config';
  expect(chooseSource(given)).toBe(given.written ?? byDefault);
});
