/** Which tags of a repository hold their image: whoever cleans up leaves these alone. */
import { isAttachedTag } from '../domain/referrers.ts';
import type { Grammar } from '../plan/grammar.ts';
import type { Expected } from '../sight/expected.ts';
import { judgeListed } from './judge-listed.ts';

/** One image of the config that is published to the repository. */
export interface Holder {
  readonly expected: Expected;
  /** The rules of `events` read backwards; `null` if the config has none. */
  readonly events: Grammar | null;
}

/**
 * Tags of the plan, those that may be an event's, and those that read like a release that no source knows.
 *
 * @returns why nothing holds it; `null` if something does, and for a tag that belongs to a digest
 */
export function whyLoose(tag: string, holders: readonly Holder[]): string | null {
  if (isAttachedTag(tag)) return null;
  let because = '';
  for (const { expected, events } of holders) {
    const listed = judgeListed(tag, expected);
    if (listed === null || listed.kind === 'orphan') return null;
    if (events !== null && events(tag) !== null) return null;
    // What one image excludes says more than that the others do not make it.
    if (because === '' || listed.kind === 'excluded') ({ because } = listed);
  }
  return because === '' ? null : because;
}
