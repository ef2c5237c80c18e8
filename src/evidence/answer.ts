/** What statements say of a tag at a moment: where it pointed, who moved it there, and why. */
import type { Instant } from '../domain/instant.ts';
import { parseInstant } from '../domain/instant.ts';
import type { SoundStatement } from './check.ts';
import type { StatedMove } from './statement.ts';

/** One move, with the statement that tells of it. */
export interface TagMove {
  readonly move: StatedMove;
  readonly by: SoundStatement;
}

export interface TagEvidence {
  readonly tag: string;
  /** Earliest first; the last one says where the tag pointed at the moment. Never empty. */
  readonly moves: readonly TagMove[];
}

/**
 * @param asked the tag; `null`: all
 * @param until what came later is left out; `null`: nothing is
 * @returns in the order in which tags were first moved
 */
export function tagEvidence(
  statements: readonly SoundStatement[],
  asked: string | null,
  until: Instant | null,
): readonly TagEvidence[] {
  const found = new Map<string, TagMove[]>();
  for (const by of statements) {
    for (const move of by.statement.predicate.moves) {
      const at = parseInstant(move.at);
      if ((asked !== null && move.tag !== asked) || (until !== null && at !== null && at > until)) continue;
      found.set(move.tag, [...(found.get(move.tag) ?? []), { move, by }]);
    }
  }
  // A statement that could not be written at once comes late in the file.
  const byTime = (a: TagMove, b: TagMove): number => (parseInstant(a.move.at) ?? 0) - (parseInstant(b.move.at) ?? 0);
  return [...found].map(([tag, moves]) => ({ tag, moves: moves.toSorted(byTime) }));
}

/** The first move of a tag, which says where it was before there were any statements; `null` if there is none. */
export function firstMove(statements: readonly SoundStatement[], tag: string): TagMove | null {
  return tagEvidence(statements, tag, null)[0]?.moves[0] ?? null;
}
