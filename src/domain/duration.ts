/** Spans of time as people write them in a flag: `90s`, `45m`, `2h`, `1d`. */

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const durationPattern = /^(?<number>\d{1,9})(?<unit>ms|s|m|h|d)$/;

/** @returns milliseconds, or `null` where the text is no such span */
export function parseDuration(text: string): number | null {
  const { number, unit } = durationPattern.exec(text)?.groups ?? {};
  const unitMs = unitsMs[unit ?? ''];
  return number === undefined || unitMs === undefined ? null : Number(number) * unitMs;
}
