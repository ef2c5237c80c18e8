/** HTML reports of registries that are described, as a command would have made them. */
import { summarize } from '../../src/audit/select.ts';
import { drawPicture } from '../../src/audit/picture.ts';
import type { AuditReport } from '../../src/audit/types.ts';
import { absent, type Seen } from '../../src/domain/snapshot.ts';
import { auditHtml } from '../../src/report/page/audit.ts';
import type { AuditPage as Shown } from '../../src/report/page/audit.ts';
import { audit, auditCase, cellDigest, cellOf, digestFor, healthy, on, type AuditCase } from './audit-case.ts';
import { prefectConfig, prefectFacts } from './prefect.ts';

export interface AuditPage {
  readonly html: string;
  readonly report: AuditReport;
}

export function pageOf(made: AuditCase, seen: ReadonlyMap<string, Seen>, notes: readonly string[] = []): AuditPage {
  const shown = shownOf(made, seen, { notes });
  return { html: auditHtml([shown]), report: shown.report };
}

/** What a page shows of one repository. */
export function shownOf(
  made: AuditCase,
  seen: ReadonlyMap<string, Seen>,
  { repository = 'docker.io/prefecthq/prefect', notes = [] }: { repository?: string; notes?: readonly string[] } = {},
): Shown {
  const audited = audit(made, seen);
  const report: AuditReport = {
    schema: 1,
    repository,
    checkedAt: '2026-11-24T12:00:00Z',
    requests: 4312,
    summary: summarize(audited),
    findings: audited.findings.map(({ finding }) => finding),
    notes,
  };
  return { report, picture: drawPicture(made.expected, audited, made.known.releases) };
}

export const prefect = auditCase(prefectConfig, prefectFacts());

/** All of Prefect's 2.x tags, with what went wrong with some of them. */
export function troubledRegistry(): ReadonlyMap<string, Seen> {
  const seen = healthy(prefect);
  const stand = (tag: string, fullTag: string): void => void seen.set(tag, on(cellDigest(cellOf(prefect, fullTag))));
  stand('2-latest', '2.20.18-python3.10');
  stand('2-python3.10', '2.20.24-python3.10');
  stand('2.19-python3.11-conda', '2.19.5-python3.11-conda');
  stand('2-python3.9', '2.20.25-python3.10');
  seen.set('2.20.21-python3.10', on(digestFor('pushed again')));
  seen.set('2-python3.12-kubernetes', on(digestFor('built by hand')));
  for (const suffix of ['', '-conda', '-kubernetes']) seen.set(`2.20.25-python3.12${suffix}`, absent);
  stand('v2.13.0-python3.10', '2.13.0-python3.10');
  seen.set('2.82-python3.10', on(digestFor('a typo')));
  seen.set('nightly', on(digestFor('nightly')));
  return seen;
}

/** A repository where nothing is. */
export function emptyRegistry(): ReadonlyMap<string, Seen> {
  return new Map([...healthy(prefect).keys()].map((tag) => [tag, absent]));
}
