/** What a publish or build did, as a report and an outcome. */
import { count } from '../../domain/count.ts';
import type { Digest } from '../../domain/digest.ts';
import { bytesOf, imageBlobs } from '../../domain/image-size.ts';
import type { Release } from '../../domain/release.ts';
import { describeCell, type Cell } from '../../plan/cell.ts';
import { wholePlan } from '../../plan/plan.ts';
import { convenienceRules } from '../../plan/tag-map.ts';
import { isDone, type MoveState } from '../../moves/move-result.ts';
import { plansJson } from '../../report/plan-json.ts';
import {
  publishJson,
  publishTable,
  type GoOn,
  type PlanFile,
  type PublishReport,
  type RepositoryReport,
} from '../../report/publish.ts';
import { weigh } from '../../sight/weigh.ts';
import { flagsOf } from '../look/repository-look.ts';
import type { Project } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import { sourceOf } from './copy.ts';
import { defaultPlanFile, type PublishOptions } from './options.ts';
import { sumWith } from '../release/read-records.ts';
import { isComplete, isMade, lackingCells, rightDigest, type CellState, type RepositoryRun } from './repository-run.ts';

export interface ReportOptions {
  readonly dryRun: boolean;
  /** The moves that are left to somebody's approval. */
  readonly plan: PlanFile | null;
  readonly goOn: GoOn;
}

export function publishReport(
  runs: readonly RepositoryRun[],
  project: Project,
  release: Release,
  { dryRun, goOn, plan }: ReportOptions,
): PublishReport {
  return {
    schema: 1,
    release: release.version.text,
    dryRun,
    goOn,
    plan,
    repositories: runs.map((run) => repositoryReport(run, runs, dryRun, plan)),
    warnings: project.warnings,
    rules: convenienceRules(project.tags),
  };
}

export function publishOutcome(report: PublishReport, json: boolean): Outcome {
  const hasFailed = report.repositories.some((repository) => repository.lags.length > 0);
  return {
    stdout: json ? publishJson(report) : publishTable(report),
    result: hasFailed ? 'outside-failed' : 'as-planned',
    document: { kind: 'publish', report },
  };
}

/**
 * The moves that are left to approve, of every repository whose pinned tags are done, as `apply` reads them.
 *
 * @returns `null` if the run was not to stop there, or no repository came so far
 */
export function planFileOf(
  runs: readonly RepositoryRun[],
  project: Project,
  options: PublishOptions,
  world: World,
): PlanFile | null {
  const { stopBeforeMoves, planOut, allowBackward } = options;
  const plan = wholePlan(project.image, project.tags, []);
  const [first, ...others] = runs
    .filter((run) => stopBeforeMoves && isComplete(run))
    .map((run) => ({
      ...plan,
      repository: run.name,
      cells: [],
      tags: [],
      moves: run.progress.moves.map(({ move }) => move),
    }));
  if (first === undefined) return null;
  const text = plansJson([first, ...others]);
  return { file: planOut ?? defaultPlanFile, text, hash: sumWith(world)(text), flags: flagsOf(options), allowBackward };
}

function repositoryReport(
  run: RepositoryRun,
  runs: readonly RepositoryRun[],
  dryRun: boolean,
  plan: PlanFile | null,
): RepositoryReport {
  const { moves, verifyMs, settleMs, staging, attached, failure } = run.progress;
  return {
    repository: run.name,
    cells: reportedCells(run, (cell) =>
      dryRun ? plannedState(run, cell, runs) : reportedStates[run.stateOf(cell).kind],
    ),
    moves,
    verifyMs,
    settleMs,
    journal: run.journal.path(),
    staging,
    attached,
    lags: [
      ...(failure === null ? [] : [`${failure.code}  ${failure.reason}`]),
      ...lackingCells(run).map(([cell, { code, reason }]) => `${code}  ${describeCell(cell)}: ${reason}`),
      ...(dryRun || (plan !== null && isComplete(run)) ? [] : lagsOf(run)),
    ],
  };
}

/** Sizes are from manifests that the run has read: nothing is asked here. */
function reportedCells(run: RepositoryRun, stateOf: (cell: Cell) => ReportedState): RepositoryReport['cells'] {
  const sight = run.looked?.audited.sight ?? null;
  const held = new Set<Digest>();
  for (const content of sight?.input.contents.values() ?? [])
    if (content.kind === 'read') for (const blob of imageBlobs(content.image).keys()) held.add(blob);
  return run.survey.map(({ cell }) => {
    const digest = rightDigest(run, cell);
    const state = run.stateOf(cell);
    const image = digest === null ? null : run.inspect.known(digest);
    const blobs = image === null ? null : [...imageBlobs(image)].filter(([blob]) => !held.has(blob));
    for (const [blob] of blobs ?? []) held.add(blob);
    return {
      version: cell.release.version.text,
      axes: cell.shape.axes,
      tags: cell.pinned.map((text) => text.tag),
      digest,
      state: stateOf(cell),
      work: state.kind === 'built' ? (state.work ?? null) : null,
      pushedBytes: blobs === null || !isMade(state) ? null : bytesOf(new Map(blobs)),
      sizes: image === null || sight === null ? [] : weigh(cell, image, sight),
      log: state.kind === 'lacking' ? (state.log ?? []) : [],
    };
  });
}

/** Moves that did not end where they should; those that were never begun are counted, not listed. */
function lagsOf(run: RepositoryRun): string[] {
  const stuck = run.progress.moves.filter((result) => !isDone(result));
  const begun = stuck.filter(({ state }) => state !== 'planned');
  const waiting = stuck.length - begun.length;
  return [
    ...begun.map(({ move, state, detail }) => `${moveCodes[state]}  ${run.name}:${move.tag}: ${detail ?? state}`),
    ...(waiting === 0
      ? []
      : [`MOVE_WAITING  ${count(waiting, 'convenience tag was', 'convenience tags were')} not moved`]),
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

type ReportedState = RepositoryReport['cells'][number]['state'];

/** What a dry run would do. */
function plannedState(run: RepositoryRun, cell: Cell, runs: readonly RepositoryRun[]): ReportedState {
  const state = run.stateOf(cell);
  if (state.kind === 'partial') return 'to copy';
  if (state.kind === 'absent') return sourceOf(cell, run, runs) === null ? 'to build' : 'to copy';
  return state.kind === 'mergeable' ? 'to merge' : reportedStates[state.kind];
}

const reportedStates: Readonly<Record<CellState['kind'], ReportedState>> = {
  present: 'there',
  built: 'built',
  copied: 'copied',
  merged: 'merged',
  partial: 'lacking',
  absent: 'lacking',
  mergeable: 'lacking',
  lacking: 'lacking',
  unknown: 'unknown',
};
