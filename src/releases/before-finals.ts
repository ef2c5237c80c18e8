/** A project that has no final yet: its pre-releases may own what a rule with `fallback: 'pre'` gives. */
import type { Release } from '../domain/release.ts';

/** A final that is yanked or held, and a rebuild or post release alone, is none yet. */
export function isFinal({ version, prerelease, yanked, hold }: Release): boolean {
  return version.kind === 'final' && !prerelease && yanked === null && hold === undefined;
}

/** @returns the same list where no release changes */
export function markBeforeFinals(releases: readonly Release[]): readonly Release[] {
  const isBefore = !releases.some(isFinal);
  if (releases.every((release) => (release.isBeforeFinals === true) === (isBefore && release.prerelease)))
    return releases;
  return releases.map((release) => {
    const { isBeforeFinals: _before, ...rest } = release;
    return isBefore && release.prerelease ? { ...rest, isBeforeFinals: true } : rest;
  });
}
