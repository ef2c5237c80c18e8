/** Which tags of a repository hold their image: whoever cleans up leaves these alone. */
import { isAttachedTag } from '../domain/referrers.ts';
import type { Expected } from '../sight/expected.ts';
import { judgeListed } from './judge-listed.ts';

/** One image of the config that is published to the repository. */
export interface Holder {
  readonly expected: Expected;
}

/**
 * Tags of the plan, those that may be an event's, and those that read like a release that no source knows.
 *
 * @returns why nothing holds it; `null` if something does, and for a tag that belongs to a digest
 */
export function whyLoose(tag: string, holders: readonly Holder[]): string | null {
  if (isAttachedTag(tag)) return null;
  let because = '';
  for (const { expected } of holders) {
    const listed = judgeListed(tag, expected);
    if (listed === null || listed.kind === 'orphan') return null;
    if ((expected.eventGrammar?.(tag) ?? null) !== null) return null;
    // What one image excludes says more than that the others do not make it.
    if (because === '' || listed.kind === 'excluded') ({ because } = listed);
  }
  return because === '' ? null : because;
}
