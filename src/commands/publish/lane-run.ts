/** What a publish has come to in one repository, while it runs. */
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { Cell } from '../../plan/cell.ts';
import type { Move } from '../../plan/types.ts';
import type { Lane } from './lane.ts';
import type { CellSurvey } from './survey.ts';

export interface LaneRun {
  readonly lane: Lane;
  survey: readonly CellSurvey[];
  /** Cells whose pinned tags are all there, with the digest they stand on. */
  readonly digests: Map<Cell, Digest>;
  /** Cells this run pushed or copied; the others were there. */
  readonly made: Set<Cell>;
  /** Cells that lack a pinned tag, with the reason. */
  readonly lacking: Map<Cell, string>;
  moves: MoveResult[];
  /** Why this repository was given up. */
  failure: LaneFailure | null;
  verifyMs: number;
  settleMs: number;
}

export interface LaneFailure {
  readonly code: string;
  readonly reason: string;
}

export interface MoveResult {
  readonly move: Move;
  readonly state: 'planned' | 'moved' | 'already' | 'failed' | 'raced' | 'unsettled' | 'deleted' | 'impossible';
  readonly detail: string | null;
}

export function laneRun(lane: Lane): LaneRun {
  return {
    lane,
    survey: [],
    digests: new Map(),
    made: new Set(),
    lacking: new Map(),
    moves: [],
    failure: null,
    verifyMs: 0,
    settleMs: 0,
  };
}

/**
 * Runs one step in every repository that has not failed. What the outside does to one of them is that one's failure;
 * an abort and mistakes of the user's end the run.
 */
export async function inEach(runs: readonly LaneRun[], step: (run: LaneRun) => Promise<void>): Promise<void> {
  await Promise.all(
    runs
      .filter((run) => run.failure === null)
      .map(async (run) => {
        try {
          await step(run);
        } catch (error) {
          if (!(error instanceof OutsideError) || error.code === 'ABORTED' || error.code === 'FILE_FAILED') throw error;
          run.failure = { code: error.code, reason: error.message };
        }
      }),
  );
}
