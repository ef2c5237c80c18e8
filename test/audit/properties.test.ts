import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/audit/select.ts';
import { findingKinds } from '../../src/audit/kinds.ts';
import { absent, type Seen } from '../../src/domain/snapshot.ts';
import { audit, auditCase, digestFor, healthy, on, type AuditCase } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';

const numbers = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 0, max: 2 }),
  fc.integer({ min: 0, max: 2 }),
);
const suffix = fc.constantFrom('', '', '', 'rc1', '.post1');
const version = fc.tuple(numbers, suffix).map(([parts, end]) => `${parts.join('.')}${end}`);
const history = fc.uniqueArray(version, { minLength: 1, maxLength: 8 });

/** Releases in any order of appearance, some of them yanked. */
const cases: fc.Arbitrary<AuditCase> = fc.tuple(history, fc.integer({ min: 0, max: 255 })).map(([versions, yanks]) => {
  const facts = daily(...versions).map((fact, index) => ((yanks >> index) & 1 ? { ...fact, yanked: true } : fact));
  return auditCase({ ...smallConfig, platforms: ['linux/amd64', 'linux/arm64'] }, facts);
});

/** A registry that is the plan's, but for some tags: elsewhere, gone, or not seen. */
const troubled = cases.chain((made) => {
  const tags = [...made.expected.tags.keys()];
  const place: fc.Arbitrary<Seen> = fc.oneof(
    fc.constant(absent),
    fc.constant<Seen>({ kind: 'unknown', reason: '503' }),
    fc.constantFrom(...tags).map((tag): Seen => healthy(made).get(tag) ?? absent),
    fc.string().map((text) => on(digestFor(text))),
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...tags), place), { maxLength: 12 })
    .map((changes) => ({ made, seen: new Map([...healthy(made), ...changes]) }));
});

function presentIn({ expected }: AuditCase, seen: ReadonlyMap<string, Seen>): string[] {
  return [...expected.tags.keys()].filter((tag) => seen.get(tag)?.kind === 'present');
}

describe('for any history', () => {
  test('a registry that equals the plan has no finding but frozen tags', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(cases, (made) => {
        const seen = healthy(made);
        const audited = audit(made, seen);
        expect(audited.findings.filter(({ finding }) => finding.kind !== 'frozen')).toEqual([]);
        expect(audited.ok + audited.findings.length).toBe(presentIn(made, seen).length);
      }),
      { numRuns: 60 },
    );
  });

  test(
    'whatever the registry holds: one finding a tag, and none that was not seen is ok or missing',
    { timeout: 30_000 },
    () => {
      fc.assert(
        fc.property(troubled, ({ made, seen }) => {
          const audited = audit(made, seen);
          const kinds = new Map(audited.findings.map(({ finding }) => [finding.tag, finding.kind]));
          expect(kinds.size).toBe(audited.findings.length);
          const total = Object.values(summarize(audited)).reduce((sum, count) => sum + count, 0);
          // A tag that is absent and may be is neither right nor wrong.
          expect(total).toBe(new Set([...kinds.keys(), ...presentIn(made, seen)]).size);
          const unseen = [...seen].filter(([, at]) => at.kind === 'unknown').map(([tag]) => tag);
          expect(unseen.filter((tag) => kinds.get(tag) !== 'unknown')).toEqual([]);
          const missing = [...kinds].filter(([, kind]) => kind === 'missing').map(([tag]) => tag);
          expect(missing.filter((tag) => seen.get(tag)?.kind !== 'absent')).toEqual([]);
          expect([...kinds.values()].filter((kind) => !findingKinds.includes(kind))).toEqual([]);
        }),
        { numRuns: 80 },
      );
    },
  );

  test('what an audit would move is moved, and the next one finds nothing to move', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(troubled, ({ made, seen }) => {
        const after = new Map(seen);
        for (const { move } of audit(made, seen).findings) {
          if (move?.to.digest !== null && move !== null) after.set(move.tag, on(move.to.digest));
        }
        expect(audit(made, after).findings.filter(({ move }) => move !== null)).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });
});
