/** A variable that is on or off, in the words that Docker, Go, npm and YAML have for it. */

const on: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on']);
const off: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off']);

export const switchWords = '1, true, yes or on, or else 0, false, no or off';

/** @returns `null` for any other text, an empty one too: a variable that is empty is not set */
export function readSwitch(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  return on.has(word) ? true : off.has(word) ? false : null;
}
