/** The order of the values of an axis. */

/** Pythons by number, `3.9` before `3.10`, and the free-threaded `3.14t` after `3.14`. */
export function comparePythons(a: string, b: string): number {
  return compareParts(partsOf(a) ?? [], partsOf(b) ?? []) || Number(a.endsWith('t')) - Number(b.endsWith('t'));
}

/**
 * The order of an axis's values: as versions if all of them read as versions (`alpine3.9` before `alpine3.24`), else as
 * they are listed.
 */
export function heightsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const ordered = readAsVersions(values) ? values.toSorted(comparePythons) : values;
  return new Map(ordered.map((value, index) => [value, index]));
}

/** Whether the highest of these values is the one with the highest number. */
export function readAsVersions(values: readonly string[]): boolean {
  const stems = new Set(values.map((value) => /^[a-z]*/i.exec(value)?.[0]));
  return stems.size === 1 && values.every((value) => partsOf(value) !== null);
}

function partsOf(text: string): readonly number[] | null {
  const digits = /^[a-z]*(?<digits>\d+(?:\.\d+)*)t?$/i.exec(text)?.groups?.['digits'];
  return digits === undefined ? null : digits.split('.').map(Number);
}

function compareParts(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
