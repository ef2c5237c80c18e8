/** What a file of statements says is shown as text: it is no command to a terminal or a runner. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evidenceFindings } from '../../src/audit/judge-evidence.ts';
import { digestOf } from '../../src/adapters/registry/digest-of.ts';
import { checkEvidence } from '../../src/evidence/check.ts';
import { extendFault } from '../../src/evidence/extend.ts';
import { readEvidence, type EvidenceText, type SumOf } from '../../src/evidence/lines.ts';

const sumOf: SumOf = (text) => digestOf(new TextEncoder().encode(text));
const rules = { repository: 'ghcr.io/acme/app', now: Date.UTC(2026, 0, 1) };

/** The first statement of the example, of another repository. */
function fileOf(repository: string): EvidenceText {
  const [first = ''] = readFileSync('examples/evidence/evidence.jsonl', 'utf8').split('\n');
  const { statement }: { statement: { predicate: object } } = JSON.parse(first);
  const text = JSON.stringify({ ...statement, predicate: { ...statement.predicate, repository } });
  return readEvidence(`{"digest":"${sumOf(text)}","statement":${text}}\n`, sumOf);
}

test('by an audit, and by a run that is refused', () => {
  const read = fileOf('\u{1b}[2J\n::error::x\u{202e}');
  const shown = String.raw`it is of \u001b[2J : :error::x\u202e, and this file is of ghcr.io/acme/app`;
  const [finding] = evidenceFindings({ ...checkEvidence(read, rules), file: 'evidence.jsonl' });
  expect(finding?.because).toBe(`evidence.jsonl: ${shown}`);
  expect(extendFault(read, rules)?.because).toBe(`statement 1 in it cannot be trusted: ${shown}`);
});
