import type { Move } from '../plan/types.ts';

/** What came of one move. */
export interface MoveResult {
  readonly move: Move;
  readonly state: MoveState;
  readonly detail: string | null;
}

export type MoveState =
  /** Not reached, or a dry run. */
  | 'planned'
  | 'moved'
  | 'already'
  /** It is where it was. */
  | 'failed'
  /** Somebody else moved it. */
  | 'raced'
  /** The PUT failed, and so did reading back. */
  | 'unknown'
  /** The registry still answers as before, or with 404. */
  | 'unsettled'
  | 'deleted'
  /** It did not exist before, and the registry cannot delete a tag. */
  | 'impossible';

/** True where the tag stands where the move takes it. */
export function isDone({ state }: Pick<MoveResult, 'state'>): boolean {
  return state === 'moved' || state === 'already' || state === 'deleted';
}

export function plannedResult(move: Move): MoveResult {
  return { move, state: 'planned', detail: null };
}
