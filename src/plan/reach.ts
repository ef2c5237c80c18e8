/** How far a rule's tags reach: the fewer parts of a version a tag names, the more people follow it. */
import type { Rule } from '../config/types.ts';
import { breadthOf } from './plan.ts';

/** Widest first. `series`: a convenience tag of something narrower than a minor series. */
export const reaches = ['latest', 'major', 'minor', 'series', 'pinned'] as const;

export type Reach = (typeof reaches)[number];

const byBreadth: Readonly<Record<ReturnType<typeof breadthOf>, Reach>> = {
  0: 'series',
  1: 'minor',
  2: 'major',
  3: 'latest',
};

/** A tag that says `latest` is what people pull who name nothing, whatever series stands before it. */
export function reachOf(rule: Pick<Rule, 'kind' | 'template'>): Reach {
  if (rule.kind === 'pinned') return 'pinned';
  const isLatest = rule.template.pieces.some((piece) => piece.kind === 'text' && /(?:^|[-_.])latest/.test(piece.text));
  return isLatest ? 'latest' : byBreadth[breadthOf(rule)];
}
