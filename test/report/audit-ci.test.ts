/** Audits as other CI systems show them: as tests, and as code quality. */
import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/audit/select.ts';
import type { AuditReport, Finding } from '../../src/audit/types.ts';
import { absent } from '../../src/domain/snapshot.ts';
import { auditCodequality } from '../../src/report/audit-codequality.ts';
import { pathInside } from '../../src/report/finding-text.ts';
import { auditJunit, type JunitAudit } from '../../src/report/audit-junit.ts';
import { audit, auditCase, cellDigest, cellOf, healthy, on } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';

const small = auditCase({ ...smallConfig, defaults: { python: { '1': '3.10' } } }, daily('1.0.0', '1.1.0'));

function reportOf(change: (seen: ReturnType<typeof healthy>) => void): AuditReport {
  const seen = healthy(small);
  change(seen);
  const audited = audit(small, seen);
  return {
    schema: 1,
    repository: 'registry.example/acme/app',
    checkedAt: '2026-11-24T12:00:00Z',
    requests: 40,
    summary: summarize(audited),
    findings: audited.findings.map(({ finding }) => finding),
    notes: [],
  };
}

const troubled = reportOf((seen) => {
  seen.set('1-latest', on(cellDigest(cellOf(small, '1.0.0-python3.10'))));
  seen.set('1-python3.9', { kind: 'unknown', reason: 'REGISTRY_THROTTLED 429' });
  seen.set('1.1.0-python3.9', absent);
});

/** One kind fails, as `--fail-on stale` has it. */
const staleFails = ({ kind }: Finding): boolean => kind === 'stale';
const audits: [JunitAudit] = [{ report: troubled, isUnknown: true, fails: staleFails }];

const tag = /<(?<closing>\/?)(?<name>[a-z]+)(?: [a-z]+="[^"<>]*")*(?<alone>\/?)>/g;

/** Every element that is opened is closed, and no letter is left that XML takes for something else. */
function elementsOf(xml: string): string[] {
  const text = xml.replace('<?xml version="1.0" encoding="UTF-8"?>\n', '');
  const names: string[] = [];
  const open: string[] = [];
  const wrong: string[] = [];
  for (const { groups } of text.matchAll(tag)) {
    const { closing, name = '', alone } = groups ?? {};
    if (closing === '') names.push(name);
    if (closing === '' && alone === '') open.push(name);
    if (closing === '/' && open.pop() !== name) wrong.push(name);
  }
  const rest = text.replaceAll(tag, '').match(/[<>"]|&(?!(?:amp|lt|gt|quot);)/g);
  expect({ open, wrong, rest }).toEqual({ open: [], wrong: [], rest: null });
  return names;
}

const unseen = reportOf((seen) => {
  for (const tag of seen.keys()) seen.set(tag, { kind: 'unknown', reason: `REGISTRY_DENIED ${tag}` });
  for (const tag of [...seen.keys()].slice(2))
    seen.set(tag, { kind: 'unknown', reason: `REGISTRY_THROTTLED HEAD registry.example/acme/app:${tag}: 429` });
});
const throttled = unseen.findings.flatMap(({ tag, because }) => (because.includes('THROTTLED') ? [tag] : []));
const manyWords = `${throttled.length} tags are unknown: ${throttled.slice(0, 12).join(', ')}, and ${throttled.length - 12} more`;

describe('JUnit', () => {
  test('is one test for all tags that were not seen for one reason', () => {
    const xml = auditJunit([{ report: unseen, isUnknown: true, fails: staleFails }], 'matrix.config.ts');
    expect(elementsOf(xml).filter((name) => name === 'testcase')).toHaveLength(3);
    expect(xml).toContain(` name="${throttled[0]}, and ${throttled.length - 1} more" `);
    expect(xml).toContain(`<error message="registry.example/acme/app: ${manyWords}" type="unknown">`);
  });

  test('is a test for each finding, and one for what is right', () => {
    const xml = auditJunit(audits, './matrix.config.ts');
    expect(elementsOf(xml)).toEqual([
      'testsuites',
      'testsuite',
      'testcase',
      'error',
      'testcase',
      'skipped',
      'testcase',
      'failure',
      'testcase',
    ]);
    expect(xml.split('\n').slice(0, 4)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="tagwright audit" tests="4" failures="1" errors="1" skipped="1">',
      '  <testsuite name="registry.example/acme/app" tests="4" failures="1" errors="1" skipped="1" timestamp="2026-11-24T12:00:00Z">',
      expect.stringMatching(
        /^ {4}<testcase classname="registry.example\/acme\/app" name="1-python3.9" file="matrix.config.ts" time="0"><error message="registry.example\/acme\/app:1-python3.9 is unknown" type="unknown">/,
      ),
    ]);
    expect(xml).toContain(`name="${troubled.summary.ok + troubled.summary.frozen} tags right"`);
    expect(xml).toContain('<failure message="registry.example/acme/app:1-latest is stale" type="stale">');
    expect(xml).toContain('To fix it: tagwright apply');
  });

  test('has a failure if and only if the exit code is 1, and an error if it is 3', () => {
    const healthyReport = reportOf(() => {});
    const rows: { audit: JunitAudit; failures: number; errors: number }[] = [
      { audit: { report: healthyReport, isUnknown: false, fails: () => true }, failures: 0, errors: 0 },
      { audit: { report: troubled, isUnknown: true, fails: () => false }, failures: 0, errors: 1 },
      // The list of tags alone could not be read.
      {
        audit: { report: { ...healthyReport, notes: ['no list: 401'] }, isUnknown: true, fails: () => true },
        failures: 0,
        errors: 1,
      },
    ];
    for (const { audit: one, failures, errors } of rows) {
      const elements = elementsOf(auditJunit([one], 'matrix.config.ts'));
      const of = (name: string): number => elements.filter((element) => element === name).length;
      expect({ failures: of('failure'), errors: of('error') }).toEqual({ failures, errors });
    }
  });

  test('a finding that is excused is skipped, with the reason', () => {
    const [first] = troubled.findings.filter(({ kind }) => kind === 'stale');
    if (first === undefined) throw new Error('nothing is stale');
    const report = { ...troubled, findings: [{ ...first, excused: 'known since "May" <1>' }] };
    const xml = auditJunit([{ report, isUnknown: false, fails: () => true }], 'matrix.config.ts');
    expect(xml).toContain('<skipped message="known since &quot;May&quot; &lt;1&gt;"/>');
  });

  test('no text of a registry is markup, and what XML cannot write is a replacement character', () => {
    const [first] = troubled.findings;
    if (first === undefined) throw new Error('nothing was found');
    const because = 'a\u0000b\u001B[31m\uD800 <script>&amp;"]]> \u{1F40B}';
    const report = { ...troubled, findings: [{ ...first, because }] };
    const xml = auditJunit([{ report, isUnknown: true, fails: () => true }], '/elsewhere/matrix.config.ts');
    elementsOf(xml);
    expect(xml).toContain('a\uFFFDb\uFFFD[31m\uFFFD &lt;script&gt;&amp;amp;&quot;]]&gt; \u{1F40B}');
    expect(xml).toContain('file="matrix.config.ts"');
  });
});

test('a file is named from the root of its git repository', () => {
  const place = (root: string, above: number): string => pathInside('svc/matrix.config.yaml', { root, above });
  expect(place('/home/a/sub/svc', 2)).toBe('sub/svc/matrix.config.yaml');
  expect(place('/home/a', 0)).toBe('matrix.config.yaml');
  expect(pathInside('./svc/matrix.config.yaml')).toBe('svc/matrix.config.yaml');
});

describe('Code Quality', () => {
  test('is one entry for all tags that were not seen for one reason', () => {
    const rows: { description: string; fingerprint: string }[] = JSON.parse(
      auditCodequality([{ report: unseen, fails: staleFails }], 'matrix.config.ts'),
    );
    expect(rows).toHaveLength(3);
    const many = rows.find(({ description }) => description.startsWith(`registry.example/acme/app: ${manyWords}. `));
    expect(many?.fingerprint).toBe(`unknown:registry.example/acme/app:${throttled[0]}`);
  });

  test('has what GitLab asks for of each finding, by what makes the exit code 1', () => {
    const rows: { description: string; check_name: string; fingerprint: string; severity: string; location: object }[] =
      JSON.parse(auditCodequality(audits, './matrix.config.ts'));
    expect(rows.map(({ check_name, severity }) => [check_name, severity])).toEqual([
      ['unknown', 'minor'],
      ['missing', 'info'],
      ['stale', 'major'],
    ]);
    expect(rows[2]).toEqual({
      description: expect.stringMatching(
        /^registry\.example\/acme\/app:1-latest is stale\. .*To fix it: tagwright apply/,
      ),
      check_name: 'stale',
      fingerprint: 'stale:registry.example/acme/app:1-latest',
      severity: 'major',
      location: { path: 'matrix.config.ts', lines: { begin: 1 } },
    });
    expect(new Set(rows.map(({ fingerprint }) => fingerprint)).size).toBe(rows.length);
  });

  test('of several repositories is one list; of nothing wrong an empty one', () => {
    const other = { ...troubled, repository: 'ghcr.io/acme/app' };
    const both = auditCodequality([...audits, { report: other, fails: staleFails }], 'matrix.config.ts');
    const rows: unknown[] = JSON.parse(both);
    expect(rows).toHaveLength(6);
    expect(auditCodequality([{ report: reportOf(() => {}), fails: staleFails }], 'matrix.config.ts')).toBe('[]\n');
  });
});
