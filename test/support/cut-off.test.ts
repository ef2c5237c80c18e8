import { describe, expect, test } from 'vitest';
import { unconverged, violations, type Tags, type Undisturbed } from './cut-off.ts';

/** Two cells of 1.0.1 after 1.0.0: `a` and `b` were the old images, `A` and `B` are the new ones. */
const undisturbed: Undisturbed = {
  before: { '1.0.0-a': 'a', '1.0.0-b': 'b', '1.0-a': 'a', '1.0-b': 'b', '1-latest': 'a' },
  after: {
    '1.0.0-a': 'a',
    '1.0.0-b': 'b',
    '1.0.1-a': 'A',
    '1.0.1-b': 'B',
    'sha-a': 'A',
    'sha-b': 'B',
    '1.0-a': 'A',
    '1.0-b': 'B',
    '1-latest': 'A',
  },
  moves: [
    { tag: '1.0-a', pinned: ['1.0.1-a', 'sha-a'] },
    { tag: '1.0-b', pinned: ['1.0.1-b', 'sha-b'] },
    { tag: '1-latest', pinned: ['1.0.1-a', 'sha-a'] },
  ],
};
const { before, after } = undisturbed;
const pinned = { ...after, '1.0-a': 'a', '1.0-b': 'b', '1-latest': 'a' };

function without(tags: Tags, ...gone: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([tag]) => !gone.includes(tag)));
}

describe('a publish that was cut off', () => {
  test.each([
    { name: 'before anything was pushed', tags: before },
    { name: 'among the pinned tags', tags: { ...before, '1.0.1-a': 'A', 'sha-a': 'A', '1.0.1-b': 'B' } },
    { name: 'before the first move', tags: pinned },
    { name: 'among the moves', tags: { ...pinned, '1.0-a': 'A', '1.0-b': 'B' } },
    { name: 'at its end', tags: after },
  ])('$name is as it may be', ({ tags }) => {
    expect(violations(undisturbed, tags)).toEqual([]);
  });

  test.each([
    {
      name: 'a convenience tag moved while another cell lacks its full tag',
      tags: { ...without(pinned, '1.0.1-b', 'sha-b'), '1.0-a': 'A' },
      wrong: ['1.0-a is on the new release, which lacks 1.0.1-b, sha-b'],
    },
    {
      name: 'one moved while its own sha tag is missing',
      tags: { ...without(pinned, 'sha-a'), '1.0-a': 'A' },
      wrong: ['1.0-a is on the new release, which lacks sha-a'],
    },
    {
      name: 'a convenience tag on another cell',
      tags: { ...pinned, '1.0-a': 'B' },
      wrong: ['1.0-a is B, neither old nor new'],
    },
    { name: 'a convenience tag that is gone', tags: without(pinned, '1-latest'), wrong: ['1-latest is gone'] },
    {
      name: 'a pinned tag of the release before that is gone',
      tags: without(pinned, '1.0.0-b'),
      wrong: ['1.0.0-b is gone'],
    },
    { name: 'a pinned tag on another image', tags: { ...pinned, '1.0.0-a': 'A' }, wrong: ['1.0.0-a is A'] },
    { name: 'a tag that no run makes', tags: { ...pinned, tmp: 'A' }, wrong: ['tmp is A'] },
    {
      name: 'latest moved first',
      tags: { ...pinned, '1-latest': 'A' },
      wrong: ['1-latest was moved before 1.0-a'],
    },
  ])('$name is told', ({ tags, wrong }) => {
    expect(violations(undisturbed, tags)).toEqual(wrong);
  });
});

describe('a publish that was gone on with, by other builds', () => {
  const cutOff = { ...before, '1.0.1-a': 'A', 'sha-a': 'A' };
  const converged = { ...after, '1.0.1-b': 'B2', 'sha-b': 'B2', '1.0-b': 'B2' };

  test('keeps what was pushed, and builds the rest', () => {
    expect(unconverged(undisturbed, cutOff, converged)).toEqual([]);
  });

  test.each([
    {
      name: 'a pinned tag that was built again',
      tags: { ...converged, '1.0.1-a': 'A2', 'sha-a': 'A2', '1.0-a': 'A2', '1-latest': 'A2' },
      wrong: ['1.0.1-a was A and is A2', 'sha-a was A and is A2'],
    },
    {
      name: 'a convenience tag that was not moved',
      tags: { ...converged, '1-latest': 'a' },
      wrong: ['1-latest is a, and 1.0.1-a of its owner is A', '1-latest is a, and sha-a of its owner is A'],
    },
    {
      name: 'a tag that is absent',
      tags: without(converged, '1.0.0-b'),
      wrong: ['1.0.0-b is absent', '1.0.0-b was b and is undefined'],
    },
    { name: 'a tag too many', tags: { ...converged, tmp: 'A' }, wrong: ['tmp is not a tag of the release'] },
  ])('$name is told', ({ tags, wrong }) => {
    expect(unconverged(undisturbed, cutOff, tags)).toEqual(wrong);
  });
});
