import { expect, test } from 'vitest';
import { parseDigest } from '../../src/domain/digest.ts';
import type { Hold } from '../../src/moves/hold.ts';
import { holdText } from '../../src/moves/hold-text.ts';
import { auditCase, cellOf } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';

const cell = cellOf(auditCase(smallConfig, daily('1.0.0')), '1.0.0-python3.9');
const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
if (digest === null) throw new Error('no digest');
const image = { state: 'doubt', claimants: [], rivals: [], evidence: [] } as const;
const backward = {
  kind: 'backward',
  stands: '2.0.0',
  isUnknown: false,
  isForeign: false,
  isDropped: false,
  sources: [],
} as const;
const sources = [{ source: 'git', reason: 'the clone is shallow', fix: 'git fetch --tags --unshallow' }];

const holds: { hold: Hold; text: string }[] = [
  { hold: { kind: 'unpublished' }, text: 'the owner is not in the registry' },
  { hold: { kind: 'taken', because: '1.0.0 points to another' }, text: "the owner's 1.0.0 points to another" },
  { hold: { kind: 'doubt', cell, image: { ...image, why: 'gone', because: 'it is gone' } }, text: 'it is gone' },
  { hold: { kind: 'doubt', cell, image: { ...image, why: 'differ', because: 'two claim it' } }, text: 'two claim it' },
  { hold: { kind: 'ownerless' }, text: 'no release may own it now, and only deleting it fixes that' },
  { hold: { kind: 'incomplete' }, text: "the owner's image lacks a platform" },
  { hold: { kind: 'unseen', reason: '1.0.0: 403' }, text: 'the registry did not answer: 1.0.0: 403' },
  {
    hold: { kind: 'last-tag', cell },
    text: 'it is the last tag of the image of 1.0.0 (python 3.9, flavor standard), which has to get its own tag back',
  },
  { hold: backward, text: 'it points to 2.0.0' },
  { hold: { ...backward, isUnknown: true }, text: 'it points to 2.0.0, a release that no source knows' },
  {
    hold: { ...backward, isDropped: true },
    text: 'it points to 2.0.0, the newest release, which the config excludes',
  },
  { hold: { kind: 'partial', sources, stands: '2.0.0' }, text: 'it points to 2.0.0, and the clone is shallow' },
];

test.each(holds)('$hold.kind: $text', ({ hold, text }) => {
  expect(holdText({ holds: [hold] })).toBe(text);
});

test('an owner that is not published yet is said last', () => {
  expect(holdText({ holds: [{ kind: 'unpublished' }, backward] })).toBe('it points to 2.0.0');
});
