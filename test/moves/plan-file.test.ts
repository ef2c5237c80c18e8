import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import type { Move } from '../../src/plan/types.ts';
import { approvalProblem, chooseMoves } from '../../src/moves/plan-file.ts';
import type { PlannedMoves } from '../../src/moves/plan-moves.ts';
import { digestNamed } from '../support/digests.ts';

const repository = 'registry.example/acme/app';
const old = digestNamed('old');
const fresh = digestNamed('new');
const other = digestNamed('other');
const owner = (version: string, python = '3.9') => ({ version, axes: { python, flavor: 'standard' } });

function move(tag: string, from: Digest | null, to: Digest | null, more: Partial<Move> = {}): Move {
  return {
    kind: from === null ? 'create' : 'move',
    tag,
    from: from === null ? null : { owner: owner('1.0.0'), digest: from },
    to: { owner: owner('1.0.1'), digest: to },
    because: 'a test',
    ...more,
  };
}

function now(moves: readonly Move[], settled: Readonly<Record<string, Digest>> = {}): PlannedMoves {
  return { states: new Map(), moves, held: [], settled: new Map(Object.entries(settled)), unknown: [] };
}

test('only the file that was approved is carried out', () => {
  expect(approvalProblem(fresh, fresh, 'moves.json')).toBeNull();
  expect(approvalProblem(old, fresh, 'moves.json')).toEqual({
    code: 'PLAN_FILE_NOT_APPROVED',
    where: 'moves.json',
    message: `is ${fresh}, and "${old}" was approved. Nothing was moved`,
    fix: 'the file was changed since, or another one was approved: have this one looked at, and give its hash',
  });
});

describe('a plan that is as the registry is', () => {
  test('gives its moves, in the order of moving, whatever the file’s', () => {
    const moves = [move('1.0', old, fresh), move('1', null, fresh), move('latest', old, fresh)];
    const file = { moves: [moves[2]!, moves[0]!] };
    expect(chooseMoves({ repository, ...file }, now(moves), 'plan.json')).toEqual({
      ok: true,
      value: [moves[0], moves[2]],
    });
  });

  const done: { name: string; file: Move }[] = [
    { name: 'was carried out since', file: move('latest', old, fresh) },
    { name: 'was made before its owner was built, which has been published since', file: move('latest', old, null) },
  ];
  test.each(done)('has nothing left to do where a move $name', ({ file }) => {
    expect(chooseMoves({ repository, moves: [file] }, now([], { latest: fresh }), 'plan.json')).toEqual({
      ok: true,
      value: [],
    });
  });

  test('takes the owner’s digest of now, where the plan was made before it was built', () => {
    const moves = [move('latest', old, fresh)];
    const file = { moves: [move('latest', old, null)] };
    expect(chooseMoves({ repository, ...file }, now(moves), 'plan.json')).toEqual({ ok: true, value: moves });
  });
});

describe('a plan that is no longer so, or was edited', () => {
  const stale = 'make the plan anew: the facts, the config or the registry changed since, or the file was edited';
  const rows: { name: string; file: Move[]; now: PlannedMoves; code?: string; message: string; fix?: string }[] = [
    {
      name: 'the tag has moved since',
      file: [move('latest', old, fresh)],
      now: now([move('latest', other, fresh)]),
      message: `it pointed to ${old} when the plan was made, and points to ${other} now`,
    },
    {
      name: 'the tag became since',
      file: [move('latest', null, fresh)],
      now: now([move('latest', other, fresh)]),
      message: `it pointed to nothing when the plan was made, and points to ${other} now`,
    },
    {
      name: 'the digest it goes to was edited',
      file: [move('latest', old, other)],
      now: now([move('latest', old, fresh)]),
      message: `the plan takes it to ${other}; its owner is ${fresh}`,
    },
    {
      name: 'the digest it goes to was edited, and the tag is right',
      file: [move('latest', old, other)],
      now: now([], { latest: fresh }),
      message: `the plan takes it to ${other}; it points to its owner's image already, ${fresh}`,
    },
    {
      name: 'the release it goes to was edited',
      file: [move('latest', old, fresh, { to: { owner: owner('1.0.2'), digest: fresh } })],
      now: now([move('latest', old, fresh)]),
      message:
        'the plan gives it to 1.0.2 (python 3.9, flavor standard); the rule gives it to 1.0.1 (python 3.9, flavor standard)',
    },
    {
      name: 'the Python it goes to was edited',
      file: [move('latest', old, fresh, { to: { owner: owner('1.0.1', '3.8'), digest: fresh } })],
      now: now([move('latest', old, fresh)]),
      message:
        'the plan gives it to 1.0.1 (python 3.8, flavor standard); the rule gives it to 1.0.1 (python 3.9, flavor standard)',
    },
    {
      name: 'the tag is no longer anybody’s, or never was',
      file: [move('latest', old, fresh)],
      now: now([]),
      message: 'it is no convenience tag of the plan',
    },
    {
      name: 'the owner has gone from the registry',
      file: [move('latest', old, fresh)],
      now: now([move('latest', old, null)]),
      message: `the plan takes it to ${fresh}; its owner is not in the registry`,
    },
    {
      name: 'it was made offline',
      file: [move('latest', old, null, { from: null })],
      now: now([move('latest', old, fresh)]),
      code: 'PLAN_FILE_INVALID',
      message: 'the plan does not say where it pointed',
      fix: 'make the plan anew, without --offline',
    },
  ];
  test.each(rows)('$name', ({ file, now: current, code = 'PLAN_FILE_STALE', message, fix = stale }) => {
    expect(chooseMoves({ repository, moves: file }, current, 'plan.json')).toEqual({
      ok: false,
      problems: [{ code, where: 'plan.json registry.example/acme/app:latest', message, fix }],
    });
  });

  test('everything that is wrong is told, not the first alone; nothing is chosen', () => {
    const right = move('1', old, fresh);
    const file = [right, move('latest', other, fresh), right];
    const chosen = chooseMoves({ repository, moves: file }, now([right, move('latest', old, fresh)]), 'plan.json');
    expect(chosen).toEqual({
      ok: false,
      problems: [
        {
          code: 'PLAN_FILE_STALE',
          where: 'plan.json registry.example/acme/app:latest',
          message: `it pointed to ${other} when the plan was made, and points to ${old} now`,
          fix: stale,
        },
        {
          code: 'PLAN_FILE_INVALID',
          where: 'plan.json registry.example/acme/app:1',
          message: 'appears twice',
          fix: 'make the plan anew: this one was edited',
        },
      ],
    });
  });
});
