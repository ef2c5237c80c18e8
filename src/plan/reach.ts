/** How far a rule's tags reach: the fewer parts of a version a tag names, the more people follow it. */
import type { Rule } from '../config/types.ts';

/** Widest first. `series`: a convenience tag of something narrower than a minor series. */
export const reaches = ['latest', 'major', 'minor', 'series', 'pinned'] as const;

export type Reach = (typeof reaches)[number];

/** A tag that says `latest` is what people pull who name nothing, whatever series stands before it. */
export function reachOf({ kind, template }: Pick<Rule, 'kind' | 'template'>): Reach {
  if (kind === 'pinned') return 'pinned';
  const saysLatest = template.pieces.some((piece) => piece.kind === 'text' && /(?:^|[-_.])latest/.test(piece.text));
  if (saysLatest) return 'latest';
  const names = (...wanted: readonly string[]): boolean => wanted.some((name) => template.names.has(name));
  if (names('version', 'patch', 'revision', 'date', 'day', 'build')) return 'series';
  if (names('minor', 'month')) return 'minor';
  return names('major', 'year') ? 'major' : 'latest';
}
