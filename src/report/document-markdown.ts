import { assertNever } from '../domain/errors.ts';
import { shownPlans } from '../plan/plan.ts';
import { auditsMarkdown } from './audit-markdown.ts';
import type { ReportDocument } from './document.ts';
import { eventPlanMarkdown } from './event-plan.ts';
import { planDiffMarkdown } from './plan-diff.ts';
import { folded, planMarkdown } from './plan-markdown.ts';
import { partsMarkdown } from './parts-markdown.ts';
import { publishMarkdown } from './publish-markdown.ts';
import { markdownTable } from './table.ts';
import { count } from './words.ts';

/** What a command came to, as Markdown. */
export function documentMarkdown(document: ReportDocument): string {
  switch (document.kind) {
    case 'plan':
      return shownPlans(document.plans)
        .map((plan, index) => planMarkdown(plan, index > 0))
        .join('\n');
    case 'event':
      return eventPlanMarkdown(document.plan);
    case 'plan-diff':
      return planDiffMarkdown(document.diff);
    case 'publish':
      return publishMarkdown(document.report);
    case 'build':
      return partsMarkdown(document.report);
    case 'audit':
      return auditsMarkdown(document.reports);
    case 'matrix':
      return matrixMarkdown(document);
    default:
      return assertNever(document);
  }
}

function matrixMarkdown({ matrix }: Extract<ReportDocument, { kind: 'matrix' }>): string {
  const jobs = matrix.include;
  const rows = jobs.map((job) => [job.name, job.runner, job.emulate]);
  const body = folded('Jobs', markdownTable(['job', 'runner', 'emulated'], rows));
  return `### Building ${jobs[0]?.version ?? ''} in ${count(jobs.length, 'job')}\n\n${body}\n`;
}
