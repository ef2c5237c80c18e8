/** What a publish or build came to, as output and result. */
import type { Release } from '../../domain/release.ts';
import { describeCell } from '../../plan/cell.ts';
import { isDone, type MoveState } from '../../publish/move-result.ts';
import {
  publishJson,
  publishTable,
  type GoOn,
  type PublishReport,
  type RepositoryReport,
} from '../../report/publish.ts';
import type { Project } from '../read-project.ts';
import type { Outcome } from '../world.ts';
import { rightDigest } from './copy-phase.ts';
import type { LaneRun } from './lane-run.ts';
import type { CellSurvey } from './survey.ts';

export interface OutcomeOptions {
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly goOn: GoOn;
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
    goOn: options.goOn,
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
  return {
    repository: run.lane.name,
    cells: run.survey.map((surveyed) => ({
      version: surveyed.cell.release.version.text,
      axes: surveyed.cell.shape.axes,
      tags: surveyed.cell.pinned.map((text) => text.tag),
      digest: rightDigest(run, surveyed.cell),
      state: cellState(run, surveyed, dryRun),
    })),
    moves: run.moves,
    verifyMs: run.verifyMs,
    settleMs: run.settleMs,
    journal: run.lane.journal.path(),
    staging: run.staging,
    lags: [
      ...(run.failure === null ? [] : [`${run.failure.code}  ${run.failure.reason}`]),
      ...[...run.lacking].map(([cell, { code, reason }]) => `${code}  ${describeCell(cell)}: ${reason}`),
      ...(dryRun ? [] : lagsOf(run)),
    ],
  };
}

/** Moves that did not end where they should; those that were never begun are counted, not listed. */
function lagsOf(run: LaneRun): string[] {
  const stuck = run.moves.filter((result) => !isDone(result));
  const begun = stuck.filter(({ state }) => state !== 'planned');
  const waiting = stuck.length - begun.length;
  return [
    ...begun.map(({ move, state, detail }) => `${moveCodes[state]}  ${run.lane.name}:${move.tag}: ${detail ?? state}`),
    ...(waiting === 0 ? [] : [`MOVE_WAITING  ${waiting} convenience tags were not moved`]),
  ];
}

const moveCodes: Readonly<Record<MoveState, string>> = {
  planned: 'MOVE_WAITING',
  moved: '',
  already: '',
  failed: 'MOVE_FAILED',
  raced: 'TAG_RACED',
  unknown: 'TAG_UNKNOWN',
  unsettled: 'TAG_NOT_SETTLED',
  deleted: '',
  impossible: 'MOVE_FAILED',
};

function cellState(run: LaneRun, { cell, decision }: CellSurvey, dryRun: boolean): CellState {
  if (run.lacking.has(cell)) return 'lacking';
  if (dryRun) return run.merged.has(cell) ? 'to merge' : dryState(decision.kind);
  if (run.merged.has(cell)) return 'merged';
  if (run.made.has(cell)) return decision.kind === 'copy' || run.copied.has(cell) ? 'copied' : 'built';
  return run.digests.has(cell) ? 'there' : 'lacking';
}

type CellState = RepositoryReport['cells'][number]['state'];

function dryState(decision: CellSurvey['decision']['kind']): CellState {
  if (decision === 'build') return 'to build';
  if (decision === 'copy') return 'to copy';
  return decision === 'present' ? 'there' : 'lacking';
}
