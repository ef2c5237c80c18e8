/** Moves that no statement has: where a run found a tag is not where the move before had left it. */
import type { Instant } from '../domain/instant.ts';
import { parseInstant } from '../domain/instant.ts';
import { printable } from '../domain/text.ts';
import type { EvidenceFault } from './check.ts';
import type { MovesPredicate, StatedMove } from './statement.ts';

/** Somebody moved a tag, and no statement says who. */
export interface MoveGap {
  readonly tag: string;
  /** `statement 5`: the one that found it. */
  readonly place: string;
  /** A clause, with when that was. */
  readonly because: string;
}

export interface Leaps {
  readonly leaps: readonly EvidenceFault[];
  readonly gaps: readonly MoveGap[];
}

export interface PlacedMove {
  readonly move: StatedMove;
  /** Of its statement. */
  readonly sequence: number;
  readonly command: MovesPredicate['command'];
  readonly isVerified: boolean;
  /** Statements are missing between two parts. */
  readonly part: number;
}

/**
 * Tags that were elsewhere when a run came to them than where the move before had left them. A statement that could not be
 * written at once comes late, so the time of a move counts and not its place in the file.
 */
export function leapsIn(moves: readonly PlacedMove[]): Leaps {
  const left = new Map<string, PlacedMove>();
  const found = new Map<number, string[]>();
  const gaps: MoveGap[] = [];
  for (const placed of moves.toSorted((a, b) => a.part - b.part || timeOf(a.move) - timeOf(b.move))) {
    const { move, sequence } = placed;
    const before = left.get(move.tag);
    const leap = before?.part === placed.part ? leapOf(move, before) : null;
    if (before !== undefined && leap !== null && isHistory(placed, before))
      gaps.push({ tag: move.tag, place: `statement ${sequence}`, because: leap });
    else if (leap !== null) found.set(sequence, [...(found.get(sequence) ?? []), leap]);
    left.set(move.tag, placed);
  }
  const leaps = [...found].map(([sequence, [first = '', ...others]]): EvidenceFault => {
    const more = others.length === 0 ? '' : `; so it is with ${others.length} more of its tags`;
    return { kind: 'unexplained', place: `statement ${sequence}`, because: `${first}${more}` };
  });
  return { leaps, gaps };
}

/**
 * The tag was put back; or both statements are signed, so that each one between them is there. Anything else looks the
 * same as a statement that was taken out of a file whose chain was written anew.
 */
function isHistory({ move, command, isVerified }: PlacedMove, before: PlacedMove): boolean {
  if (isVerified && before.isVerified) return true;
  const isBack = (move.to?.digest ?? null) === (before.move.to?.digest ?? null);
  return isBack && (command === 'apply' || command === 'publish');
}

export function timeOf({ at }: StatedMove): Instant {
  return parseInstant(at) ?? 0;
}

function leapOf({ tag, from, how, to, at }: StatedMove, before: PlacedMove): string | null {
  const was = from?.digest ?? null;
  const left = before.move.to?.digest ?? null;
  if (was === left || (how === 'already' && left === (to?.digest ?? null))) return null;
  const did = was === null ? 'deleted' : `moved to ${was}`;
  const end = left === null ? 'deleted it' : `left it at ${left}`;
  return `${printable(tag)} was ${did} by nobody that is known, after ${before.move.at} (statement ${before.sequence} ${end}) and before ${at}`;
}
