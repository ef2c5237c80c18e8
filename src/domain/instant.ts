/** Instants: points in time, compared as such whatever offset they were written with. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

const instantPattern = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;

/** Before every instant: nobody said when. */
export const undated: Instant = Number.NEGATIVE_INFINITY;

/** Reads an RFC 3339 instant, offset included; `null` for anything else, impossible dates (February 30) too. */
export function parseInstant(text: string): Instant | null {
  if (!instantPattern.test(text)) return null;
  const date = text.slice(0, 10);
  if (!isCalendarDate(date)) return null;
  const ms = Date.parse(`${date}T${text.slice(11).toUpperCase()}`);
  return Number.isNaN(ms) ? null : ms;
}

/** Reads a bare date as its last millisecond in UTC, so that "as of that day" holds the whole day. */
export function parseDateEnd(text: string): Instant | null {
  if (!datePattern.test(text) || !isCalendarDate(text)) return null;
  return Date.parse(`${text}T00:00:00Z`) + 86_399_999;
}

/** RFC 3339 in UTC with seconds: `2023-08-24T19:14:26Z`; of a release without one, that it has none. */
export function formatInstant(instant: Instant): string {
  if (instant === undated) return 'at an unknown time';
  return `${new Date(instant).toISOString().slice(0, -'.000Z'.length)}Z`;
}

function isCalendarDate(date: string): boolean {
  const month = Number(date.slice(5, 7));
  const day = Number(date.slice(8));
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= daysOf(Number(date.slice(0, 4)), month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
