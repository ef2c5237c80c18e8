/** When a convenience tag last changed its owner, from facts alone: releases and yanks in the order they happened. */
import { formatInstant, type Instant } from '../domain/instant.ts';
import { compareReleases } from '../domain/release.ts';
import type { Candidate, ExplainInput } from './explain-candidates.ts';
import type { Owner } from './types.ts';

export interface LastMove {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly from: Owner | null;
  readonly to: Owner | null;
  /** What happened: `2.10.19 came out`, `2.20.25 was yanked`. */
  readonly when: string;
}

/** @returns `null` where no release ever owned it; a yank without an instant counts as if it had always been so */
export function lastMoveOf(candidates: readonly Candidate[], { image }: ExplainInput): LastMove | null {
  const ascending = candidates
    .filter(({ verdict }) => verdict === 'owner' || verdict === 'yanked')
    .toSorted((a, b) => compareReleases(a.release, b.release, image.scheme));
  const instants = ascending
    .flatMap(({ release }) => [release.publishedAt, release.yanked?.since ?? []].flat())
    .toSorted((a, b) => a - b);
  let owner: Candidate | null = null;
  let last: LastMove | null = null;
  for (const instant of instants) {
    const next = ascending.findLast((candidate) => owns(candidate, instant)) ?? null;
    if (next === owner) continue;
    last = {
      at: formatInstant(instant),
      from: ownerOf(owner),
      to: ownerOf(next),
      when: whatHappened(owner, next, instant),
    };
    owner = next;
  }
  return last;
}

function owns({ release }: Candidate, instant: Instant): boolean {
  if (release.publishedAt > instant) return false;
  return release.yanked === null || (release.yanked.since !== null && release.yanked.since > instant);
}

function whatHappened(before: Candidate | null, after: Candidate | null, instant: Instant): string {
  if (before !== null && !owns(before, instant)) return `${before.release.version.text} was yanked`;
  return `${after?.release.version.text ?? ''} came out`;
}

function ownerOf(candidate: Candidate | null): Owner | null {
  return candidate === null ? null : { version: candidate.release.version.text, axes: candidate.shape.axes };
}
