/** An audit as its JSON document. `ok` tags are counted, not listed; axes stand under their own names. */
import type { AuditReport, Finding } from '../audit/types.ts';
import { jsonText, standJson } from './plan-json.ts';

export function auditJson(report: AuditReport): string {
  return jsonText(auditDocument(report));
}

export function auditDocument(report: AuditReport): object {
  return { ...report, findings: report.findings.map(findingJson) };
}

export function findingJson(finding: Finding): object {
  const { kind, tag, rule, expected, actual, because, since, fix, excused } = finding;
  return { kind, tag, expected: standJson(expected), actual: standJson(actual), because, rule, since, fix, excused };
}
