/** What reports say of each kind of finding. */
import type { Finding, FindingKind } from '../audit/types.ts';
import type { Stand } from '../plan/types.ts';
import { shortDigest } from './words.ts';

/** One clause a kind: what it means to somebody who pulls the tag. */
export const kindMeanings: Readonly<Record<FindingKind, string>> = {
  unknown: 'the registry would not say',
  missing: 'not there',
  crossed: "on another Python's, flavor's or series' image",
  ahead: 'on a release that may not have it',
  stale: 'on an earlier release',
  incomplete: 'a platform or a part of the image is gone',
  mislabelled: 'the image says it is something else',
  drift: 'the digest is not the recorded one, or nothing explains it',
  orphan: 'reads like one of our tags, and no plan has it',
  excluded: 'of a release that is left out on purpose',
  frozen: 'right, and no longer moving',
  unmanaged: 'not of our making',
  ok: 'right',
};

/** Kinds that only inform. */
export function isQuiet(kind: FindingKind): boolean {
  return kind === 'excluded' || kind === 'frozen' || kind === 'unmanaged' || kind === 'ok';
}

/** `2.20.18 python 3.10, flavor standard`, the digest where the cell is not known, or a dash. */
export function standWords(stand: Stand): string {
  if (stand.owner !== null) {
    const axes = Object.entries(stand.owner.axes).map(([axis, value]) => `${axis} ${value}`);
    return [stand.owner.version, axes.join(', ')].filter((part) => part !== '').join(' ');
  }
  return stand.digest === null ? '–' : shortDigest(stand.digest);
}

/** Commands that fix findings, with the number of tags each is for, most first. */
export function fixes(findings: readonly Finding[]): readonly { readonly command: string; readonly tags: number }[] {
  const counts = new Map<string, number>();
  for (const { fix, kind } of findings) {
    if (fix !== null && !isQuiet(kind)) counts.set(fix, (counts.get(fix) ?? 0) + 1);
  }
  return [...counts].map(([command, tags]) => ({ command, tags })).toSorted((a, b) => b.tags - a.tags);
}

/** `1.4 GB`, as registries and Docker count. */
export function sizeWords(sizeBytes: number | null): string {
  if (sizeBytes === null) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}
