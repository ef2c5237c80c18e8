/**
 * An audit as a Code Quality report, which GitLab shows in a merge request: one entry for each finding, at the config;
 * tags that were not seen for one reason are one.
 *
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
import { isQuiet } from '../audit/kinds.ts';
import type { AuditReport, Finding } from '../audit/types.ts';
import { entriesOf } from './causes.ts';
import { findingText, pathInside } from './finding-text.ts';
import { jsonText } from './plan-json.ts';

export interface QualityAudit {
  readonly report: AuditReport;
  /** Whether the finding makes the exit code 1. */
  readonly fails: (finding: Finding) => boolean;
}

/** @param configFile relative to the root of the git repository */
export function auditCodequality(audits: readonly QualityAudit[], configFile: string): string {
  return jsonText(
    audits.flatMap(({ report: { repository, findings }, fails }) =>
      entriesOf(findings.filter(({ kind }) => !isQuiet(kind))).map((entry) => {
        const { finding } = entry;
        return {
          description: findingText(entry, repository),
          check_name: finding.kind,
          // The same finding is the same in the next report, whatever else was found.
          fingerprint: `${finding.kind}:${repository}:${finding.tag}`,
          severity: severityOf(finding, fails),
          location: { path: pathInside(configFile), lines: { begin: 1 } },
        };
      }),
    ),
  );
}

function severityOf(finding: Finding, fails: QualityAudit['fails']): 'info' | 'minor' | 'major' {
  if (finding.kind === 'unknown') return 'minor';
  return fails(finding) ? 'major' : 'info';
}
