import type { Timeline } from '../../audit/picture.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';

/** Ids of findings, by tag; empty where there is none. */
export type IdOf = (tag: string | null) => string;

export function dayOf(instant: Instant): string {
  return formatInstant(instant).slice(0, 10);
}

export function isWrong(timeline: Pick<Timeline, 'state'>): boolean {
  return timeline.state !== 'right' && timeline.state !== 'frozen';
}

/** JSON inside a script element: nothing in it may end the element or begin a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
