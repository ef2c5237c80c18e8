/** What a file of statements says is shown as text: it is no command to a terminal or a runner. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evidenceFindings } from '../../src/audit/judge-evidence.ts';
import { digestOf } from '../../src/adapters/registry/digest-of.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { checkEvidence } from '../../src/evidence/check.ts';
import { extendFault } from '../../src/evidence/extend.ts';
import { readEvidence, type EvidenceText, type SumOf } from '../../src/evidence/lines.ts';
import { digestNamed } from '../support/digests.ts';

const sumOf: SumOf = (text) => digestOf(new TextEncoder().encode(text));
const rules = { repository: 'ghcr.io/acme/app', now: Date.UTC(2026, 0, 1) };

interface Written {
  readonly predicate: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

function exampleStatement(): Written {
  const [first = ''] = readFileSync('examples/evidence/evidence.jsonl', 'utf8').split('\n');
  const { statement }: { statement: Written } = JSON.parse(first);
  return statement;
}

function lineOf(statement: Written, changed: Readonly<Record<string, unknown>>): { text: string; digest: Digest } {
  const text = JSON.stringify({ ...statement, predicate: { ...statement.predicate, ...changed } });
  const digest = sumOf(text);
  return { text: `{"digest":"${digest}","statement":${text}}\n`, digest };
}

/** The first statement of the example, of another repository. */
function fileOf(repository: string): EvidenceText {
  return readEvidence(lineOf(exampleStatement(), { repository }).text, sumOf);
}

test('by an audit, and by a run that is refused', () => {
  const read = fileOf('\u{1b}[2J\n::error::x\u{202e}');
  const shown = String.raw`it is of \u001b[2J : :error::x\u202e, and this file is of ghcr.io/acme/app`;
  const [finding] = evidenceFindings({ ...checkEvidence(read, rules), file: 'evidence.jsonl' });
  expect(finding?.because).toBe(`evidence.jsonl: ${shown}`);
  expect(extendFault(read, rules)?.because).toBe(`statement 1 in it cannot be trusted: ${shown}`);
});

test('where a tag was moved by hand', () => {
  const { repository } = rules;
  const [one, two] = [digestNamed('one'), digestNamed('two')].map((digest) => ({ digest, release: null, axes: {} }));
  const move = { tag: 'x\n::error::x', rule: null, how: 'moved', at: '2025-01-01T00:00:00Z' } as const;
  const subject = [{ name: `${repository}:${move.tag}`, digest: { sha256: one?.digest.slice('sha256:'.length) } }];
  const at = { repository, at: move.at };
  const statement = { ...exampleStatement(), subject };
  const first = lineOf(statement, { ...at, moves: [{ ...move, from: null, to: one }] });
  const moves = [{ ...move, from: two, to: one }];
  const next = lineOf(statement, { ...at, command: 'apply', sequence: 2, previous: first.digest, moves });
  const { gaps } = checkEvidence(readEvidence(`${first.text}${next.text}`, sumOf), rules);
  expect(gaps.map(({ because }) => because)).toEqual([
    expect.stringMatching(/^x : :error::x was moved to sha256:\w+ by nobody that is known, after /),
  ]);
});
