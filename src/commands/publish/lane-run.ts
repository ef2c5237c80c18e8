/** What a publish has come to in one repository, while it runs. */
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { Cell } from '../../plan/cell.ts';
import type { MoveResult } from '../../publish/move-result.ts';
import type { Lane } from './lane.ts';
import type { CellSurvey } from './survey.ts';

export interface LaneRun {
  readonly lane: Lane;
  survey: readonly CellSurvey[];
  /** Cells whose pinned tags are all there, with the digest they stand on. */
  readonly digests: Map<Cell, Digest>;
  /** Cells this run pushed or copied; the others were there. */
  readonly made: Set<Cell>;
  /** Those of them that were copied from another repository. */
  readonly copied: Set<Cell>;
  /** Those of them that were put together from recorded parts. */
  readonly merged: Set<Cell>;
  /** Cells that lack a pinned tag, with the reason. */
  readonly lacking: Map<Cell, LaneFailure>;
  moves: readonly MoveResult[];
  /** What became of the tags that parts were pushed under; `null` where none were asked for. */
  staging: StagingTags | null;
  /** Why this repository was given up. */
  failure: LaneFailure | null;
  verifyMs: number;
  settleMs: number;
}

export interface StagingTags {
  readonly deleted: readonly string[];
  /** The registry does not delete a tag alone, or refused. */
  readonly left: readonly string[];
}

export interface LaneFailure {
  readonly code: string;
  readonly reason: string;
}

export function laneRun(lane: Lane): LaneRun {
  return {
    lane,
    survey: [],
    digests: new Map(),
    made: new Set(),
    copied: new Set(),
    merged: new Set(),
    staging: null,
    lacking: new Map(),
    moves: [],
    failure: null,
    verifyMs: 0,
    settleMs: 0,
  };
}

/** True where every cell of the release is there, pinned tags and all: only then does a convenience tag move. */
export function isComplete(run: LaneRun): boolean {
  return run.failure === null && run.lacking.size === 0 && run.digests.size === run.survey.length;
}

/**
 * Runs one step in every repository that has not failed. What the outside does to one of them is that one's failure,
 * its journal that cannot be written included; an abort and mistakes of the user's end the run, once every repository
 * has ended its step.
 */
export async function inEach(runs: readonly LaneRun[], step: (run: LaneRun) => Promise<void>): Promise<void> {
  const ended = await Promise.allSettled(
    runs
      .filter((run) => run.failure === null)
      .map(async (run) => {
        try {
          await step(run);
        } catch (error) {
          if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
          run.failure = { code: error.code, reason: error.message };
        }
      }),
  );
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
