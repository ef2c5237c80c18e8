import type { Timeline } from '../../audit/picture.ts';
import { formatInstant, undated, type Instant } from '../../domain/instant.ts';

/** The tag whose row others link to for this one: of several tags that were not seen, the first; `null` without a row. */
export type RowTag = (tag: string) => string | null;

/** Empty if nobody said when. */
export function dayOf(instant: Instant): string {
  return instant === undated ? '' : formatInstant(instant).slice(0, 10);
}

export function isWrong(timeline: Pick<Timeline, 'state'>): boolean {
  return timeline.state !== 'right' && timeline.state !== 'frozen';
}

/** Ids of rows begin with it, and the tag ends them: the same in every page, whatever else is found. */
export function rowPrefix(repository: string): string {
  return `${repository}:`;
}
