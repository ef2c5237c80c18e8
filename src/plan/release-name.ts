import { builtVersion, type Release } from '../domain/release.ts';

/** What a release is called on its forge, where its git tag names it: `v2.20.25`. */
export function releaseName(release: Release): string {
  return release.sourceText ?? builtVersion(release);
}
