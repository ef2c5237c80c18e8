import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { readJournal, type JournalEntry, type JournalState, type UnstatedMove } from '../../src/publish/journal.ts';
import { digestNamed } from '../support/digests.ts';

const begin: JournalEntry = {
  step: 'begin',
  schema: 1,
  command: 'publish',
  repository: 'registry.example/acme/app',
  version: '1.2.3',
  at: '2026-01-01T00:00:00Z',
};
const one = digestNamed('one');
const two = digestNamed('two');
const three = digestNamed('three');
const cell = '1-2-3_python-3-9_flavor-standard';
const full = '1.2.3-python3.9';
const owner = { version: '1.2.3', axes: { python: '3.9', flavor: 'standard' } };

const pushBegin: JournalEntry = { step: 'push', state: 'begin', cell, tag: full };
const pushDone: JournalEntry = { step: 'push', state: 'done', cell, tag: full, digest: one, how: 'built' };
const moveBegin = (from: Digest | null, to: Digest): JournalEntry => ({
  step: 'move',
  state: 'begin',
  tag: '1-latest',
  from: from === null ? null : { owner: null, digest: from },
  to: { owner, digest: to },
});
const moveDone = (digest: Digest): JournalEntry => ({
  step: 'move',
  state: 'done',
  tag: '1-latest',
  digest,
  how: 'moved',
});

function stateOf(...entries: readonly unknown[]): JournalState {
  const read = readJournal([begin, ...entries], 'run.jsonl');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

describe('what a journal comes to', () => {
  const nothing = {
    begin,
    pushing: new Set(),
    digests: new Map(),
    moves: [],
    stopped: null,
    finished: false,
  };
  const cases: { name: string; entries: JournalEntry[]; expected: Partial<JournalState> }[] = [
    { name: 'nothing yet', entries: [], expected: {} },
    {
      name: 'a push that began and was not seen to end may have left its tag anywhere',
      entries: [pushBegin],
      expected: { pushing: new Set([full]) },
    },
    {
      name: 'a push that ended is known by its digest, and no excuse for what stands there later',
      entries: [pushBegin, pushDone],
      expected: { digests: new Map([[full, one]]) },
    },
    {
      name: 'a push that failed may have left something all the same',
      entries: [pushBegin, { step: 'push', state: 'failed', cell, tag: full, reason: 'no space' }],
      expected: { pushing: new Set([full]) },
    },
    {
      name: 'a copy is known by its digest from its begin on, and leaves no half image under its tag',
      entries: [{ step: 'copy', state: 'begin', cell, tag: 'sha-1', from: full, digest: one }],
      expected: { digests: new Map([['sha-1', one]]) },
    },
    {
      name: 'a move that began may have happened',
      entries: [moveBegin(one, two)],
      expected: {
        moves: [{ tag: '1-latest', from: { owner: null, digest: one }, to: { owner, digest: two }, done: false }],
      },
    },
    {
      name: 'a tag that was absent comes from nowhere',
      entries: [moveBegin(null, two), moveDone(two)],
      expected: { moves: [{ tag: '1-latest', from: null, to: { owner, digest: two }, done: true }] },
    },
    {
      name: 'a move begun again, by the run that went on, still comes from where it first stood',
      entries: [moveBegin(one, two), { step: 'resumed', at: '2026-01-01T00:10:00Z' }, moveBegin(null, two)],
      expected: {
        moves: [{ tag: '1-latest', from: { owner: null, digest: one }, to: { owner, digest: two }, done: false }],
      },
    },
    {
      name: 'a move that was not made is none',
      entries: [moveBegin(one, two), { step: 'move', state: 'not done', tag: '1-latest', reason: 'it is elsewhere' }],
      expected: {},
    },
    {
      name: 'why a run stopped is its last word',
      entries: [{ step: 'stopped', code: 'TAG_RACED', reason: '1-latest: moved', at: '2026-01-01T00:00:01Z' }],
      expected: { stopped: '1-latest: moved' },
    },
    {
      name: 'a run that went on after a stop has not stopped',
      entries: [
        { step: 'stopped', code: 'TAG_RACED', reason: '1-latest: moved', at: '2026-01-01T00:00:01Z' },
        { step: 'resumed', at: '2026-01-01T00:10:00Z' },
      ],
      expected: {},
    },
    {
      name: 'a run is finished by its last entry alone',
      entries: [
        { step: 'settled', waitedMs: 12 },
        { step: 'finished', at: '2026-01-01T00:00:02Z' },
      ],
      expected: { finished: true },
    },
    {
      name: 'a later run may have finished it',
      entries: [pushBegin, { step: 'finished', at: '2026-01-02T00:00:00Z', by: 'later.jsonl' }],
      expected: { pushing: new Set([full]), finished: true },
    },
  ];
  test.each(cases)('$name', ({ entries, expected }) => {
    const { unstated: _unstated, stating: _stating, ...rest } = stateOf(...entries);
    expect(rest).toEqual({ ...nothing, ...expected });
  });
});

describe('the moves that no statement has yet', () => {
  const at = '2026-01-01T00:00:03Z';
  const move = { tag: '1-latest', from: { owner: null, digest: one }, to: { owner, digest: two } };
  const done = (how: 'moved' | 'already'): JournalEntry => ({
    step: 'move',
    state: 'done',
    tag: '1-latest',
    digest: two,
    how,
    at,
  });
  const stating: JournalEntry = { step: 'evidence', state: 'begin', digest: three };
  const stated: JournalEntry = { step: 'evidence', state: 'done', digest: three };
  const cases: { name: string; entries: JournalEntry[]; unstated: UnstatedMove[]; stating?: Digest }[] = [
    {
      name: 'one that was done',
      entries: [moveBegin(one, two), done('moved')],
      unstated: [{ ...move, how: 'moved', at }],
    },
    {
      name: 'one that may have been done',
      entries: [moveBegin(one, two)],
      unstated: [{ ...move, how: null, at: null }],
    },
    {
      name: 'one that was begun before the run was cut off, and was there afterwards',
      entries: [moveBegin(one, two), { step: 'resumed', at }, moveBegin(two, two), done('already')],
      unstated: [{ ...move, how: 'moved', at }],
    },
    {
      name: 'one that somebody else had made',
      entries: [moveBegin(one, two), done('already')],
      unstated: [{ ...move, how: 'already', at }],
    },
    {
      name: 'none that was not made',
      entries: [moveBegin(one, two), { step: 'move', state: 'not done', tag: '1-latest', reason: 'it is elsewhere' }],
      unstated: [],
    },
    { name: 'none that a statement has', entries: [moveBegin(one, two), done('moved'), stating, stated], unstated: [] },
    {
      name: 'one whose statement was about to be written',
      entries: [moveBegin(one, two), done('moved'), stating],
      unstated: [{ ...move, how: 'moved', at }],
      stating: three,
    },
    {
      name: 'one that came after the statement',
      entries: [moveBegin(one, two), done('moved'), stating, moveBegin(two, one), moveDone(one), stated],
      unstated: [
        { tag: '1-latest', from: { owner: null, digest: two }, to: { owner, digest: one }, how: 'moved', at: null },
      ],
    },
  ];
  test.each(cases)('$name', ({ entries, unstated, stating: about = null }) => {
    const state = stateOf(...entries);
    expect([state.unstated.map(({ begunBefore: _begunBefore, ...rest }) => rest), state.stating]).toEqual([
      unstated,
      about,
    ]);
  });
});

describe('whose move it was', () => {
  const [alice, bob] = ['alice', 'bob'].map((actor) => ({ actor, run: null }));
  const [firstBegin, resumed] = [
    { ...begin, by: alice },
    { step: 'resumed', at: '2026-01-01T01:00:00Z', by: bob },
  ];
  const began = { step: 'move', state: 'begin', tag: '1-latest', from: null, to: { owner: null, digest: one } };
  const ended = (how: string): object => ({ step: 'move', state: 'done', tag: '1-latest', digest: one, how });
  const cases = [
    { name: 'the first run’s, which saw it done', entries: [began, ended('moved'), resumed], by: alice },
    { name: 'the first run’s, which did not see it done', entries: [began, resumed, ended('moved')], by: alice },
    {
      name: 'the first run’s, which the second found done',
      entries: [began, resumed, began, ended('already')],
      by: alice,
    },
    { name: 'the second run’s, which did it again', entries: [began, resumed, began, ended('moved')], by: bob },
    { name: 'the second run’s, which began it', entries: [resumed, began, ended('moved')], by: bob },
  ];
  test.each(cases)('$name', ({ entries, by }) => {
    const read = readJournal([firstBegin, ...entries], 'run.jsonl');
    expect(read.ok && read.value.unstated.map((move) => move.by)).toEqual([by]);
  });
});

describe('what is no journal', () => {
  const fix = 'move the file away; the registry itself is read either way';
  const cases: { name: string; entries: unknown[]; problems: { where: string; message: string }[] }[] = [
    {
      name: 'an empty one',
      entries: [],
      problems: [{ where: 'run.jsonl', message: 'does not begin with the entry that names its repository' }],
    },
    {
      name: 'one that begins in the middle',
      entries: [pushBegin],
      problems: [{ where: 'run.jsonl', message: 'does not begin with the entry that names its repository' }],
    },
    {
      name: 'one of a later schema',
      entries: [{ ...begin, schema: 2 }],
      problems: [{ where: 'run.jsonl:1', message: 'is of schema 2, and this tagwright reads 1' }],
    },
    {
      name: 'lines of something else, all of them named',
      entries: [begin, { step: 'dance' }, 7, { ...pushDone, digest: 'sha256:short' }],
      problems: [
        { where: 'run.jsonl:2', message: 'is no entry of a journal' },
        { where: 'run.jsonl:3', message: 'is no entry of a journal' },
        { where: 'run.jsonl:4', message: 'is no entry of a journal' },
      ],
    },
  ];
  test.each(cases)('$name', ({ entries, problems }) => {
    expect(readJournal(entries, 'run.jsonl')).toEqual({
      ok: false,
      problems: problems.map((problem) => ({ code: 'JOURNAL_INVALID', ...problem, fix })),
    });
  });
});
