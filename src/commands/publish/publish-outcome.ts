/** What a publish or build came to, as output and result. */
import type { Release } from '../../domain/release.ts';
import { describeCell } from '../../plan/cell.ts';
import { publishJson, publishTable, type PublishReport, type RepositoryReport } from '../../report/publish.ts';
import type { Project } from '../read-project.ts';
import type { Outcome } from '../world.ts';
import type { LaneRun } from './lane-run.ts';

export interface OutcomeOptions {
  readonly json: boolean;
  readonly dryRun: boolean;
}

export function publishOutcome(
  runs: readonly LaneRun[],
  project: Project,
  release: Release,
  options: OutcomeOptions,
): Outcome {
  const report: PublishReport = {
    schema: 1,
    release: release.version.text,
    dryRun: options.dryRun,
    repositories: runs.map((run) => repositoryReport(run, options.dryRun)),
    warnings: project.warnings,
  };
  const failed = report.repositories.some((repository) => repository.lags.length > 0);
  return {
    stdout: options.json ? publishJson(report) : publishTable(report),
    result: failed ? 'outside-failed' : 'as-planned',
    document: { kind: 'publish', report },
  };
}

function repositoryReport(run: LaneRun, dryRun: boolean): RepositoryReport {
  const stuck = run.moves.filter((result) => !['moved', 'already'].includes(result.state));
  return {
    repository: run.lane.name,
    cells: run.survey.map(({ cell, decision }) => ({
      version: cell.release.version.text,
      axes: cell.shape.axes,
      tags: cell.pinned.map((text) => text.tag),
      digest: run.digests.get(cell) ?? (decision.kind === 'copy' ? decision.digest : null),
      state: run.lacking.has(cell)
        ? 'lacking'
        : dryRun
          ? dryState(decision.kind)
          : run.made.has(cell)
            ? madeState(decision.kind)
            : run.digests.has(cell)
              ? 'there'
              : 'lacking',
    })),
    moves: run.moves,
    verifyMs: run.verifyMs,
    settleMs: run.settleMs,
    journal: run.lane.journal.path(),
    lags: [
      ...(run.failure === null ? [] : [`${run.failure.code}  ${run.failure.reason}`]),
      ...[...run.lacking].map(([cell, reason]) => `${describeCell(cell)}: ${reason}`),
      ...(dryRun ? [] : stuck.map((result) => `${result.move.tag}: ${result.detail ?? 'not moved'}`)),
    ],
  };
}

type CellState = RepositoryReport['cells'][number]['state'];

function dryState(decision: string): CellState {
  if (decision === 'build') return 'to build';
  return decision === 'copy' ? 'to copy' : 'there';
}

function madeState(decision: string): CellState {
  return decision === 'copy' ? 'copied' : 'built';
}
