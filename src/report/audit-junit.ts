/**
 * An audit as a JUnit report, which GitLab, Jenkins, Azure Pipelines and Buildkite show: a suite for each repository, a
 * test for each finding, one for all tags that were not seen for one reason, and one for all that are right.
 *
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports/
 * @see https://github.com/testmoapp/junitxml
 */
import { isQuiet } from '../audit/kinds.ts';
import type { AuditReport, Finding } from '../audit/types.ts';
import type { Several } from '../domain/several.ts';
import { entriesOf, someOf } from './causes.ts';
import { findingText, pathInside } from './finding-text.ts';
import { count } from './words.ts';

export interface JunitAudit {
  readonly report: AuditReport;
  /** Something could not be seen, if only the list of tags. */
  readonly isUnknown: boolean;
  /** Whether the finding makes the exit code 1. */
  readonly fails: (finding: Finding) => boolean;
}

interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  /** The kind of the finding. */
  readonly type: string;
  readonly text: string;
}

/** @param configFile where tests are said to be, relative to the root of the git repository */
export function auditJunit(audits: Several<JunitAudit>, configFile: string): string {
  const suites = audits.map((audit) => ({ report: audit.report, cases: casesOf(audit) }));
  const all = suites.flatMap(({ cases }) => cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tagwright audit"${counts(all)}>`,
    ...suites.flatMap(({ report, cases }) => [
      `  <testsuite${attributes({ name: report.repository })}${counts(cases)}${attributes({ timestamp: report.checkedAt })}>`,
      ...cases.map((one) => caseText(one, report.repository, pathInside(configFile))),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function casesOf({ report, isUnknown, fails }: JunitAudit): readonly Case[] {
  const { repository, summary, findings, notes } = report;
  const entries = entriesOf(findings.filter(({ kind }) => !isQuiet(kind)));
  const cases = entries.map((entry): Case => {
    const { finding, tags } = entry;
    return {
      name: someOf(tags, 1),
      kind: caseKind(finding, fails),
      type: finding.kind,
      text: finding.excused ?? findingText(entry, repository),
    };
  });
  const isSaid = cases.some(({ kind }) => kind === 'error');
  const right = summary.ok + summary.frozen;
  return [
    ...cases,
    ...(isUnknown && !isSaid
      ? [{ name: 'the list of tags', kind: 'error', type: 'unknown', text: notes.join('\n') } as const]
      : []),
    ...(right === 0 ? [] : [{ name: `${count(right, 'tag')} right`, kind: 'passed', type: 'ok', text: '' } as const]),
  ];
}

function caseKind(finding: Finding, fails: JunitAudit['fails']): Case['kind'] {
  if (finding.kind === 'unknown') return 'error';
  if (finding.excused !== null) return 'skipped';
  return fails(finding) ? 'failure' : 'skipped';
}

function counts(cases: readonly Case[]): string {
  const of = (kind: Case['kind']): string => String(cases.filter((one) => one.kind === kind).length);
  return attributes({
    tests: String(cases.length),
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  });
}

function caseText({ name, kind, type, text }: Case, classname: string, file: string): string {
  const opening = `    <testcase${attributes({ classname, name, file, time: '0' })}`;
  if (kind === 'passed') return `${opening}/>`;
  const [summary = ''] = text.split('. ');
  const told = kind === 'skipped' ? `<skipped${attributes({ message: text })}/>` : null;
  const body = told ?? `<${kind}${attributes({ message: summary, type })}>${escaped(text)}</${kind}>`;
  return `${opening}>${body}</testcase>`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A character that XML 1.0 has no way to write is a replacement character. @see https://www.w3.org/TR/xml/#charsets */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}
