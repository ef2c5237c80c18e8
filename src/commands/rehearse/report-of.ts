import type { AuditReport } from '../../audit/types.ts';
import { InternalError } from '../../domain/errors.ts';
import type { Outcome } from '../world.ts';

/** The report of an audit of one repository, as data. */
export function auditReportOf({ document }: Outcome): AuditReport {
  if (document?.kind !== 'audit') throw new InternalError('an audit has a report');
  return document.reports[0];
}
