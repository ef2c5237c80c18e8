/**
 * A file of statements, and a registry, that somebody tampered with: each of 24 ways is found, and a file that nobody
 * touched is never called wrong. Of the ways that a person who can write the file has, those that hold the chain together
 * are seen by where tags point, or by the signature alone.
 */
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { checkEvidence, type CheckedEvidence } from '../../src/evidence/check.ts';
import { evidenceLine, readEvidence } from '../../src/evidence/lines.ts';
import { makeStatement, subjectsOf, type MovesStatement } from '../../src/evidence/statement.ts';
import type { Cell } from '../../src/plan/cell.ts';
import { ownerOf } from '../../src/plan/plan.ts';
import type { Stand } from '../../src/plan/types.ts';
import type { UnstatedMove } from '../../src/publish/journal.ts';
import { audit, auditCase, cellDigest, healthy, on } from '../support/audit-case.ts';
import { digestNamed } from '../support/digests.ts';
import { daily, planned, smallConfig } from '../support/history.ts';
import { seeded } from '../support/seeded.ts';

const repository = 'registry.example/acme/app';
const now = Date.parse('2026-01-01T00:00:00Z');

/** How statements of runs are written one after the other. */
interface Chain {
  readonly statements: readonly MovesStatement[];
}

/** The file of these statements, in their order, each naming the one before it. */
function chained(statements: readonly MovesStatement[]): string[] {
  const lines: string[] = [];
  let previous: Digest | null = null;
  for (const [index, statement] of statements.entries()) {
    const link = { sequence: index + 1, previous };
    const text = JSON.stringify({ ...statement, predicate: { ...statement.predicate, ...link } });
    previous = digestNamed(text);
    lines.push(evidenceLine(text, previous, null));
  }
  return lines;
}

/** A run for each release, in the order in which they came out: the moves that the plan of that moment asks for. */
function historyOf(versions: readonly string[]): Chain {
  const facts = daily(...versions);
  let before = new Map<string, Stand>();
  const statements = facts.flatMap((fact, index): MovesStatement[] => {
    const { convenience } = planned(smallConfig, facts.slice(0, index + 1)).tags;
    const at = new Date(Date.parse(fact.committedAt) + 60_000).toISOString();
    const after = new Map<string, Stand>();
    for (const { tag, owner } of convenience) if (owner !== null) after.set(tag, standOf(owner));
    const moves: UnstatedMove[] = [];
    for (const [tag, to] of after) {
      const from = before.get(tag) ?? null;
      if (from?.digest !== to.digest) moves.push({ tag, from, to, how: 'moved', at });
    }
    before = after;
    const about = { command: 'publish', release: fact.version, commit: fact.revision } as const;
    const run = { actor: 'octocat', approver: null, run: null };
    const made = { repository, config: digestNamed('config'), tagwright: '1.0.0', ruleOf: () => 'latest' };
    const statement = makeStatement(moves, { ...about, ...run, ...made }, { sequence: 1, previous: null }, at);
    return statement === null ? [] : [statement];
  });
  return { statements };
}

/** Eight releases in any order. */
function generated(seed: number): readonly MovesStatement[] {
  const versions = new Set<string>();
  for (let index = 0; versions.size < 8; index += 1)
    versions.add(['a', 'b', 'c'].map((part) => seeded(`${seed} ${index} ${part}`, 4)).join('.'));
  return historyOf([...versions]).statements;
}

function standOf(cell: Cell): Stand {
  return { owner: ownerOf(cell), digest: cellDigest(cell) };
}

function check(lines: readonly string[], end = '\n'): CheckedEvidence {
  const text = lines.length === 0 ? '' : `${lines.join('\n')}${end}`;
  return checkEvidence(readEvidence(text, digestNamed), { repository, now });
}

const { statements } = historyOf(['1.0.0', '1.0.1', '1.1.0', '2.0.0', '1.1.1', '2.0.1']);
const lines = chained(statements);

/** One statement changed, and its line's digest left as it was, or made anew. */
function withChange(
  index: number,
  change: (predicate: MovesStatement['predicate']) => object,
  anew: boolean,
): string[] {
  return lines.map((line, at) => {
    if (at !== index) return line;
    const { digest, statement }: { digest: Digest; statement: MovesStatement } = JSON.parse(line);
    const predicate = { ...statement.predicate, ...change(statement.predicate) };
    const text = JSON.stringify({ ...statement, predicate });
    return evidenceLine(text, anew ? digestNamed(text) : digest, null);
  });
}

/** The statements of a history with one of them changed, and the chain made anew by somebody who knows how. */
function rechained(change: (all: readonly MovesStatement[]) => readonly MovesStatement[]): string[] {
  return chained(change(statements));
}

const elsewhere = digestNamed('an image of nobody');

/** The statement with the digest that a tag was moved to changed, its subjects with it. */
function movedTo(statement: MovesStatement, tag: string, digest: Digest): MovesStatement {
  const moves = statement.predicate.moves.map((move) =>
    move.tag === tag && move.to !== null ? { ...move, to: { ...move.to, digest } } : move,
  );
  return { ...statement, subject: subjectsOf(repository, moves), predicate: { ...statement.predicate, moves } };
}

/** The run that found a tag moved by hand, and put it back to where the last statement had left it. */
function putBack(all: readonly MovesStatement[], tag: string): MovesStatement {
  const [last] = all.slice(-1);
  const left = all.flatMap(({ predicate }) => predicate.moves).findLast((move) => move.tag === tag);
  if (last === undefined || left === undefined) throw new Error(`nothing moved ${tag}`);
  const at = '2025-12-01T00:00:00Z';
  const moves = [{ ...left, from: { digest: elsewhere, release: null, axes: {} }, at }];
  const predicate = { ...last.predicate, command: 'apply' as const, release: null, commit: null, at, moves };
  return { ...last, subject: subjectsOf(repository, moves), predicate };
}

/** The same statement, of a tag that somebody had moved by hand before it. */
function foundElsewhere(statement: MovesStatement, tag: string): MovesStatement {
  const moves = statement.predicate.moves.map((move) =>
    move.tag === tag ? { ...move, from: { digest: elsewhere, release: null, axes: {} } } : move,
  );
  return { ...statement, predicate: { ...statement.predicate, moves } };
}

const foreign = historyOf(['1.0.0']).statements.map((statement) => ({
  ...statement,
  predicate: { ...statement.predicate, repository: 'registry.example/mallory/app' },
}));

interface Tampering {
  readonly name: string;
  readonly lines: readonly string[];
  readonly end?: string;
  /** What is found in the file: `altered statement 3`. */
  readonly faults?: readonly string[];
  /** How the first of them is told. */
  readonly says?: string;
  /** Tags of the registry that were moved by hand. */
  readonly moved?: Readonly<Record<string, Digest>>;
  /** What is found of tags: `unexplained 1-latest`. */
  readonly tags?: readonly string[];
}

const swapped = [lines[0], lines[2], lines[1], ...lines.slice(3)].map((line) => line ?? '');

const tamperings: readonly Tampering[] = [
  { name: 'the first statement removed', lines: lines.slice(1), faults: ['altered statement 2'] },
  {
    name: 'one in the middle removed',
    lines: lines.toSpliced(2, 1),
    faults: ['altered statement 4'],
    says: 'statement 3 is missing before it',
  },
  {
    name: 'two in the middle removed',
    lines: lines.toSpliced(2, 2),
    faults: ['altered statement 5'],
    says: 'statements 3 to 4 are missing before it',
  },
  { name: 'the last one removed', lines: lines.slice(0, -1), tags: ['unexplained 2-latest'] },
  {
    name: 'all but the first removed',
    lines: lines.slice(0, 1),
    tags: ['unexplained 1-latest', 'unexplained 2-latest'],
  },
  { name: 'two swapped', lines: swapped, faults: ['altered statement 3', 'altered statement 2'] },
  {
    name: 'one doubled',
    lines: lines.toSpliced(3, 0, lines[2] ?? ''),
    faults: ['altered statement 3'],
    says: 'it is in the file twice',
  },
  { name: 'an old one appended again', lines: [...lines, lines[1] ?? ''], faults: ['altered statement 2'] },
  {
    name: 'who did it changed',
    lines: withChange(2, () => ({ actor: 'mallory' }), false),
    faults: ['altered statement 3'],
  },
  {
    name: 'who approved it changed, with a digest that fits',
    lines: withChange(2, () => ({ approver: 'mallory' }), true),
    faults: ['altered statement 4'],
  },
  {
    name: 'where a tag went changed in the last one, with a digest that fits',
    lines: chained([...statements.slice(0, -1), movedTo(statements.at(-1)!, '2-latest', elsewhere)]),
    tags: ['unexplained 2-latest'],
  },
  {
    name: 'the moves changed and the subjects forgotten',
    lines: withChange(5, ({ moves }) => ({ moves: moves.slice(1) }), true),
    faults: ['altered statement 6'],
  },
  {
    name: 'a statement of another repository put in',
    lines: lines.toSpliced(3, 0, chained(foreign)[0] ?? ''),
    faults: ['foreign statement 1'],
  },
  {
    name: 'a statement of something else put in',
    lines: lines.toSpliced(
      3,
      0,
      evidenceLine(
        '{"_type":"https://in-toto.io/Statement/v1"}',
        digestNamed('{"_type":"https://in-toto.io/Statement/v1"}'),
        null,
      ),
    ),
    faults: ['foreign line 4'],
  },
  { name: 'a line of rubbish put in', lines: lines.toSpliced(1, 0, 'nothing to see'), faults: ['altered line 2'] },
  {
    name: 'the last line cut off',
    lines: [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 200)],
    end: '',
    faults: ['altered line 6'],
  },
  {
    name: 'a clock in the future',
    lines: withChange(5, () => ({ at: '2027-01-01T00:00:00Z' }), true),
    faults: ['altered statement 6'],
  },
  {
    name: 'a time before the statement before it',
    lines: withChange(5, () => ({ at: '2020-01-01T00:00:00Z' }), true),
    faults: ['altered statement 6'],
  },
  {
    name: 'one taken out and the whole chain written anew',
    lines: rechained((all) => all.toSpliced(1, 1)),
    faults: ['unexplained statement 2'],
  },
  {
    name: 'a move with a clock in the future, in a statement of today',
    lines: withChange(
      5,
      ({ moves }) => ({ moves: moves.map((move) => ({ ...move, at: '2025-12-31T00:00:00Z' })) }),
      true,
    ),
    faults: ['altered statement 6'],
    says: 'is of a later time: 2025-12-31T00:00:00Z',
  },
  {
    name: 'a move with a clock before the move of the same tag that it follows',
    lines: withChange(
      5,
      ({ moves }) => ({ moves: moves.map((move) => ({ ...move, at: '2020-01-01T00:00:00Z' })) }),
      true,
    ),
    faults: ['unexplained statement 4'],
  },
  {
    name: 'a tag moved by hand, put back by an apply, and moved by hand again',
    lines: chained([...statements, putBack(statements, '1-latest')]),
    moved: { '1-latest': elsewhere },
    tags: ['unexplained 1-latest'],
  },
  {
    name: 'a tag moved by hand that the next publish moved on',
    lines: chained([...statements.slice(0, -1), foundElsewhere(statements.at(-1)!, '2-latest')]),
    faults: ['unexplained statement 6'],
    says: `2-latest was moved to ${elsewhere} by nobody that is known, after `,
  },
  {
    name: 'a tag moved by hand, and no statement of it',
    lines,
    moved: { '1-latest': elsewhere },
    tags: ['unexplained 1-latest'],
  },
];

const made = auditCase(smallConfig, daily('1.0.0', '1.0.1', '1.1.0', '2.0.0', '1.1.1', '2.0.1'));

/** What an audit with this file finds of statements, and of tags that no statement explains: `unexplained 1-latest`. */
function found(evidence: CheckedEvidence, moved: Readonly<Record<string, Digest>> = {}): readonly string[] {
  const seen = healthy(made);
  for (const [tag, digest] of Object.entries(moved)) seen.set(tag, on(digest));
  const { findings } = audit(made, seen, { evidence: { ...evidence, file: 'evidence.jsonl' } });
  return findings.flatMap(({ finding: { kind, tag, because } }) => {
    if (because.includes('also unexplained')) return [`unexplained ${tag}`];
    return kind === 'unexplained' || kind === 'altered' || kind === 'foreign' ? [`${kind} ${tag}`] : [];
  });
}

describe('statements', () => {
  test('that nobody touched are right', () => {
    expect(check(lines).faults).toEqual([]);
    expect(found(check(lines))).toEqual([]);
  });

  test('are tampered with in 24 ways', () => {
    expect(tamperings).toHaveLength(24);
  });

  test.each(tamperings)('$name: found', ({ lines: own, end, faults = [], says = '', moved, tags = [] }) => {
    const checked = check(own, end);
    expect(checked.faults.map(({ kind, place }) => `${kind} ${place}`)).toEqual(faults);
    expect(checked.faults[0]?.because ?? '').toContain(says);
    expect(found(checked, moved)).toEqual(expect.arrayContaining([...faults, ...tags]));
  });

  test('that found a tag moved by hand and put it back are right, and tell it', () => {
    const checked = check(chained([...statements, putBack(statements, '1-latest')]));
    expect(found(checked)).toEqual([]);
    expect(checked.gaps).toEqual([{ tag: '1-latest', place: 'statement 7', because: expect.any(String) }]);
    expect(checked.gaps[0]?.because).toMatch(
      /^1-latest was moved to \S+ by nobody that is known, after \S+ \(statement \d left it at \S+\) and before 2025-12-01T00:00:00Z$/,
    );
  });

  test('that are all signed and found a tag moved by hand are right: none can have been taken out', () => {
    const own = chained([...statements.slice(0, -1), foundElsewhere(statements.at(-1)!, '2-latest')]);
    const text = own.map((line) => line.replace(/\}$/, ',"signatures":[{"keyid":"","sig":""}]}')).join('\n');
    const read = readEvidence(`${text}\n`, digestNamed);
    const unchecked = checkEvidence(read, { repository, now });
    expect(unchecked.faults.map(({ kind, place }) => `${kind} ${place}`)).toEqual(['unexplained statement 6']);
    const { faults, gaps } = checkEvidence(read, { repository, now, verify: () => null });
    expect([faults, gaps.map(({ tag, place }) => `${tag} ${place}`)]).toEqual([[], ['2-latest statement 6']]);
  });

  test('of generated histories are never called wrong', () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const own = chained(generated(seed));
      expect([seed, check(own).faults]).toEqual([seed, []]);
    }
  });

  test('of generated histories with a tag that was moved by hand and put back are never called wrong', () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const all = generated(seed);
      const tags = [...new Set(all.flatMap(({ predicate }) => predicate.moves.map(({ tag }) => tag)))];
      const tag = tags[seeded(`${seed} tag`, tags.length)] ?? '';
      const { faults, gaps } = check(chained([...all, putBack(all, tag)]));
      expect([seed, faults, gaps.map((gap) => gap.tag)]).toEqual([seed, [], [tag]]);
    }
  });

  test('of generated histories are called wrong wherever one is taken out, changed or moved', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const own = chained(generated(seed));
      for (let at = 0; at < own.length - 1; at += 1) {
        const line = own[at] ?? '';
        const changes = {
          'taken out': own.toSpliced(at, 1),
          changed: own.with(at, line.replace('octocat', 'mallory')),
          'put at the end': [...own.toSpliced(at, 1), line],
          doubled: own.toSpliced(at, 0, line),
        };
        for (const [how, changed] of Object.entries(changes))
          expect([seed, at, how, check(changed).faults.length > 0]).toEqual([seed, at, how, true]);
      }
    }
  });
});

describe('signed statements', () => {
  const sign = (line: string): string => {
    const { digest, statement }: { digest: Digest; statement: object } = JSON.parse(line);
    const text = JSON.stringify(statement);
    return evidenceLine(text, digest, { keyid: '', sig: digestNamed(`ours ${text}`) });
  };
  const verify = (text: string, { sig }: { readonly sig: string }): string | null =>
    sig === digestNamed(`ours ${text}`) ? null : 'its signature is not by evidence.pub';
  const faultsOf = (own: readonly string[]): readonly string[] =>
    checkEvidence(readEvidence(`${own.join('\n')}\n`, digestNamed), { repository, now, verify }).faults.map(
      ({ kind, place, because }) => `${kind} ${place}: ${because}`,
    );
  const signed = lines.map(sign);

  test('count, and so do those before the first signature, which names them', () => {
    expect(faultsOf(signed)).toEqual([]);
    expect(faultsOf([...lines.slice(0, 2), ...signed.slice(2)])).toEqual([]);
  });

  test('are missed where there is none, or only another one', () => {
    expect(faultsOf(lines)).toEqual(lines.map((_, index) => `foreign statement ${index + 1}: it is not signed`));
    expect(faultsOf([...signed.slice(0, -1), lines.at(-1) ?? ''])).toEqual(['foreign statement 6: it is not signed']);
    const forged = (lines.at(-1) ?? '').replace(/\}$/, ',"signatures":[{"keyid":"","sig":"AAAA"}]}');
    expect(faultsOf([...signed.slice(0, -1), forged])).toEqual([
      'foreign statement 6: its signature is not by evidence.pub',
    ]);
  });
});
