import type { WireAnswer } from './wire.ts';

/**
 * How long an answer asks to be left alone, in ms; `null` where it does not say. A date is taken relative to the
 * answer's own `Date`, so that two clocks that disagree do no harm.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(answer: Pick<WireAnswer, 'headers'>, nowMs: number): number | null {
  const text = answer.headers['retry-after']?.trim();
  if (text === undefined) return untilInstant(answer.headers['x-retry-after'], nowMs);
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse alone takes `-5` for a year.
  const date = /^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date)) return null;
  const serverNow = Date.parse(answer.headers['date'] ?? '');
  return Math.max(0, date - (Number.isNaN(serverNow) ? nowMs : serverNow));
}

/** Docker Hub's own API names an instant, in seconds since 1970. */
function untilInstant(text: string | undefined, nowMs: number): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Math.max(0, Number(text) * 1000 - nowMs) : null;
}
