/** An audit as its JSON document. `ok` tags are counted, not listed; axes stand under their own names. */
import type { AuditReport, Finding } from '../audit/types.ts';
import { jsonText, standJson } from './plan-json.ts';

/** Audits of several repositories are in one document; of one, its audit is the document. */
export function auditJson(reports: readonly [AuditReport, ...AuditReport[]]): string {
  const [first, ...others] = reports;
  const document = others.length === 0 ? auditDocument(first) : { schema: 1, repositories: reports.map(auditDocument) };
  return jsonText(document);
}

export function auditDocument(report: AuditReport): object {
  return { ...report, findings: report.findings.map(findingJson) };
}

export function findingJson(finding: Finding): object {
  const { kind, tag, rule, expected, actual, because, since, fix, choices, excused } = finding;
  const ends = { expected: standJson(expected), actual: standJson(actual) };
  return { kind, tag, ...ends, because, rule, since, fix, choices, excused };
}
