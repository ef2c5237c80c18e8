/** The nearest of some known names, for "did you mean": at most a third of the letters may differ. */
export function nearest(name: string, known: Iterable<string>): string | null {
  // No name of ours is longer, and comparing takes time by the product of the lengths.
  if (name.length > 200) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const isNearer =
      distance < bestDistance ||
      (distance === bestDistance && sharedStart(name, candidate) > sharedStart(name, best ?? ''));
    if (best === null ? distance >= bestDistance : !isNearer) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Of two that are as near, the one that starts alike: 2.11.5 for 2.11.6, not 2.19.6. */
function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      current.push(cost);
    }
    older = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
