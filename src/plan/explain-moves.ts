/** When a convenience tag last changed its owner, in words. */
import type { Rule } from '../config/types.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Candidate, ExplainInput } from './explain-candidates.ts';
import { ownerChanges, type OwnerChange } from './owner-changes.ts';
import { ownerOf } from './plan.ts';
import type { Owner } from './types.ts';

export interface LastMove {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly from: Owner | null;
  readonly to: Owner | null;
  /** What happened: `2.10.19 came out`, `2.20.25 was yanked`. */
  readonly when: string;
}

/**
 * @param candidates highest first
 * @returns `null` where no release ever owned it, or nobody knows when they came out
 */
export function lastMoveOf(candidates: readonly Candidate[], rule: Rule, input: ExplainInput): LastMove | null {
  const built = candidates.filter(({ verdict }) => verdict !== 'excluded' && verdict !== 'not-built');
  const last = ownerChanges(built.toReversed(), rule, input.image, input.known.releases).at(-1);
  if (last === undefined) return null;
  const { at, from, to } = last;
  return {
    at: formatInstant(at),
    from: from === null ? null : ownerOf(from),
    to: to === null ? null : ownerOf(to),
    when: whatHappened(last),
  };
}

function whatHappened({ at, from, to }: OwnerChange<Candidate>): string {
  if (from?.release.yanked?.since === at) return `${from.release.version.text} was yanked`;
  return to === null ? 'a final came out' : `${to.release.version.text} came out`;
}
