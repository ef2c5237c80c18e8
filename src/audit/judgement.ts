import type { Digest } from '../domain/digest.ts';
import type { Instant } from '../domain/instant.ts';
import type { PlannedMoves } from '../moves/plan-moves.ts';
import type { Repair, RepairContext } from '../moves/repair.ts';
import { describeAxes } from '../plan/cell.ts';
import type { Move, Stand } from '../plan/types.ts';
import type { Expected } from '../sight/expected.ts';
import type { Identity } from '../sight/identify.ts';
import type { Sight } from '../sight/sight.ts';
import type { AuditInput } from './input.ts';
import type { LastMoves } from './judge-evidence.ts';
import type { FindingKind } from './kinds.ts';

/** One thing that is wrong with a tag; the first by kind becomes its finding. */
export interface Fault {
  readonly kind: FindingKind;
  readonly because: string;
  /** Tags whose digests it rests on, beside the tag itself. */
  readonly evidence: readonly string[];
  readonly since?: Instant;
  /** What fixes it, if that is not what fixes the tag. */
  readonly repair?: Repair;
}

/** What came of one tag. */
export interface Judgement {
  readonly faults: readonly Fault[];
  readonly expected: Stand;
  readonly actual: Stand;
  readonly repair: Repair;
  /** The move that fixes it, where moving is all it takes. */
  readonly move: Move | null;
}

/** What the judges share. */
export interface AuditContext {
  readonly input: AuditInput;
  readonly expected: Expected;
  readonly sight: Sight;
  readonly moves: PlannedMoves;
  readonly repair: RepairContext;
  /** What statements say of each tag. */
  readonly lastMoves: LastMoves;
  /** What has to be done before `apply` does not refuse as a whole; `null` where it does not. */
  readonly refused: Repair | null;
  /** The judgement of a pinned tag; `null` where it could not be seen or is none. */
  pinned(tag: string): Judgement | null;
}

/** `2.11.4 (python 3.10, flavor conda)`, with the evidence where that is not a tag. */
export function describeIdentity({ owner, by }: Identity): string {
  const how = by === 'lock' ? ' by the lock' : by === 'labels' ? ' by its labels' : '';
  return `${owner.version} (${describeAxes(owner.axes)})${how}`;
}

/** Twelve hex digits: enough to compare by eye; findings have the digests whole. */
export function short(digest: Digest): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
