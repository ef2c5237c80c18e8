/** What a publish or build has done in one repository. Only this file changes it; the phases note what they did. */
import type { BuildWork } from '../../domain/build-work.ts';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { assertNever, OutsideError } from '../../domain/errors.ts';
import type { Cell } from '../../plan/cell.ts';
import type { MoveResult } from '../../moves/move-result.ts';
import type { PinnedDecision } from '../../pinned/decide.ts';
import type { AttachedReport, RepositoryReport } from '../../report/publish.ts';
import type { Expected } from '../../sight/expected.ts';
import type { RepositoryLook } from '../look/repository-look.ts';
import type { OpenRepository } from '../move/open-repository.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { attachedTags } from '../copy/copy-attached.ts';

/** Given to every phase: the plan, the world, the repository, and what has been done in it so far. */
export interface RepositoryRun extends OpenRepository {
  readonly project: Project;
  readonly expected: Expected;
  readonly options: CommonOptions;
  readonly world: World;
  /** What was read before anything was done; `null` until then. */
  readonly looked: RepositoryLook | null;
  /** What was found of each cell before anything was done. */
  readonly survey: readonly CellSurvey[];
  readonly progress: Progress;
  readonly stateOf: (cell: Cell) => CellState;
  /** Takes over what the survey found. */
  readonly begin: (survey: readonly CellSurvey[], looked: RepositoryLook) => void;
  readonly set: (cell: Cell, state: CellState) => void;
  readonly attach: (attached: AttachedReport) => void;
  /** Tags made of a digest, such as `sha256-<hex>.sig`; listed once. */
  readonly attachedTags: (digest: Digest) => Promise<readonly string[]>;
  readonly note: (change: Partial<Progress>) => void;
}

export interface CellSurvey {
  readonly cell: Cell;
  readonly decision: PinnedDecision;
}

/** What has become of one cell. */
export type CellState =
  /** Every pinned tag was there and right. */
  | { readonly kind: 'present'; readonly digest: Digest }
  /** One of its pinned tags is there and right; the others are to be copied from it. */
  | { readonly kind: 'partial'; readonly digest: Digest }
  | { readonly kind: 'absent' }
  /** Absent, but its parts are here: the manifest to put. */
  | { readonly kind: 'mergeable'; readonly manifest: Manifest }
  | { readonly kind: 'built'; readonly digest: Digest; readonly work?: BuildWork }
  | { readonly kind: 'copied' | 'merged'; readonly digest: Digest }
  /** It lacks a pinned tag when the run ends. */
  | ({ readonly kind: 'lacking' } & Failure)
  | { readonly kind: 'unknown' };

export interface Progress {
  readonly moves: readonly MoveResult[];
  /** What became of the tags that parts were pushed under; `null` if there were none to look for. */
  readonly staging: RepositoryReport['staging'];
  /** What hangs on the cells that were copied here. */
  readonly attached: AttachedReport;
  /** Checks that digests of this release have every pass of. */
  readonly passed: ReadonlyMap<Digest, ReadonlySet<string>>;
  /** Why this repository was given up. */
  readonly failure: Failure | null;
  readonly verifyMs: number;
  readonly settleMs: number;
}

export interface Failure {
  readonly code: string;
  readonly reason: string;
  /** The last lines of the step of a build that failed. */
  readonly log?: readonly string[];
}

/** What a run is about. */
export type RunPlan = Pick<RepositoryRun, 'project' | 'expected' | 'options'>;

export function repositoryRun(open: OpenRepository, plan: RunPlan, world: World): RepositoryRun {
  const attached: AttachedReport = { copied: [], left: [] };
  let progress: Progress = {
    moves: [],
    staging: null,
    attached,
    passed: new Map(),
    failure: null,
    verifyMs: 0,
    settleMs: 0,
  };
  let survey: readonly CellSurvey[] = [];
  let looked: RepositoryLook | null = null;
  const states = new Map<Cell, CellState>();
  return {
    ...open,
    ...plan,
    world,
    get looked() {
      return looked;
    },
    get survey() {
      return survey;
    },
    get progress() {
      return progress;
    },
    stateOf: (cell) => states.get(cell) ?? { kind: 'unknown' },
    begin: (found, seen) => {
      survey = found;
      looked = seen;
      for (const { cell, decision } of found) {
        states.set(cell, stateAt(decision));
        if (decision.kind === 'unknown' && progress.failure === null)
          progress = { ...progress, failure: { code: 'TAG_UNKNOWN', reason: decision.reason } };
      }
    },
    set: (cell, state) => void states.set(cell, state),
    attach: ({ copied, left }) => {
      const { attached } = progress;
      const all = { copied: [...attached.copied, ...copied], left: [...attached.left, ...left] };
      progress = { ...progress, attached: all };
    },
    attachedTags: attachedTags(open.registry, world.signal),
    note: (change) => {
      progress = { ...progress, ...change };
    },
  };
}

function stateAt(decision: PinnedDecision): CellState {
  switch (decision.kind) {
    case 'present':
      return { kind: 'present', digest: decision.digest };
    case 'copy':
      return { kind: 'partial', digest: decision.digest };
    case 'build':
      return { kind: 'absent' };
    case 'refused':
    case 'unknown':
      return { kind: 'unknown' };
    default:
      return assertNever(decision);
  }
}

/** True if this run pushed or copied the cell; it was there otherwise. */
export function isMade({ kind }: CellState): boolean {
  return kind === 'built' || kind === 'copied' || kind === 'merged';
}

/** The digest of a cell whose pinned tags are all there, or were put there by this run. */
export function doneDigest(run: RepositoryRun, cell: Cell): Digest | null {
  const state = run.stateOf(cell);
  return 'digest' in state && state.kind !== 'partial' ? state.digest : null;
}

/** The digest of a cell in a repository that has it whole or in part. */
export function rightDigest(run: RepositoryRun, cell: Cell): Digest | null {
  const state = run.stateOf(cell);
  return 'digest' in state ? state.digest : null;
}

export function doneCells(run: RepositoryRun): (readonly [Cell, Digest])[] {
  return run.survey.flatMap(({ cell }) => {
    const digest = doneDigest(run, cell);
    return digest === null ? [] : [[cell, digest] as const];
  });
}

/** Pinned tags of a cell that hold the rest of an interrupted push, with what they pointed to before this run. */
export function overOf({ decision }: CellSurvey): ReadonlyMap<string, Digest> {
  return decision.kind === 'build' || decision.kind === 'copy' ? decision.over : new Map();
}

/** Cells that this repository does not have at all. */
export function absentCells(run: RepositoryRun): CellSurvey[] {
  return run.survey.filter(({ decision }) => decision.kind === 'build');
}

export function lackingCells(run: RepositoryRun): (readonly [Cell, Failure])[] {
  return run.survey.flatMap(({ cell }) => {
    const state = run.stateOf(cell);
    return state.kind === 'lacking' ? [[cell, state] as const] : [];
  });
}

/** True if every cell of the release is there with all pinned tags: only then does a convenience tag move. */
export function isComplete(run: RepositoryRun): boolean {
  return run.progress.failure === null && doneCells(run).length === run.survey.length;
}

/**
 * Runs one step in every repository that has not failed. What an external service does to one of them is that one's
 * failure, a journal that cannot be written included; an abort and mistakes of the user's end the run, once every
 * repository has ended its step.
 */
export async function inEach(
  runs: readonly RepositoryRun[],
  step: (run: RepositoryRun) => Promise<void>,
): Promise<void> {
  const ended = await Promise.allSettled(
    runs
      .filter((run) => run.progress.failure === null)
      .map(async (run) => {
        try {
          await step(run);
        } catch (error) {
          noteFailure([run], error);
        }
      }),
  );
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** @throws the error itself if it is not one that an external service caused */
export function noteFailure(runs: readonly RepositoryRun[], error: unknown): void {
  if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
  for (const run of runs) run.note({ failure: { code: error.code, reason: error.message } });
}
