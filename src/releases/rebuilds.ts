/**
 * Rebuilds: releases that the config has built once more, on a newer base. Each is a release of its own right above the
 * one it is of, `2.20.25+2` above `2.20.25`, so that whatever follows from releases follows for them too.
 */
import type { ConfigRebuild, ImageConfig } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { Release } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';

/** `2.20.25+2`: where PEP 440 has a local part and semver build metadata, neither of which a source's version may have. */
export function rebuildText({ version, build }: Pick<ConfigRebuild, 'version' | 'build'>): string {
  return `${version}+${build}`;
}

/** @param releases ascending; the result is, too */
export function withRebuilds(releases: readonly Release[], image: ImageConfig): Release[] {
  return releases.flatMap((release) => [
    release,
    ...image.rebuilds
      .filter(({ version }) => version === release.version.text)
      .toSorted((a, b) => a.build - b.build)
      .map((entry) => rebuildOf(release, entry, image)),
  ]);
}

/** What was recorded of the release counts for its rebuild; a yank of either is one of the rebuild. */
function rebuildOf(release: Release, entry: ConfigRebuild, image: ImageConfig): Release {
  const text = rebuildText(entry);
  const own = image.yanked.find(({ version }) => version === text);
  return {
    ...release,
    version: { ...release.version, text },
    // On the day of its release it came out after it.
    publishedAt: Math.max(entry.on, release.publishedAt),
    yanked: release.yanked ?? (own === undefined ? null : { reason: own.reason, from: own.where, since: own.since }),
    rebuild: { number: entry.build, of: release.version.text, reason: entry.reason },
  };
}

/** @param releases without rebuilds */
export function unknownRebuilds(image: ImageConfig, releases: readonly Release[]): Problem[] {
  const known = new Set(releases.map((release) => release.version.text));
  return image.rebuilds
    .filter(({ version }) => !known.has(version))
    .map(({ version, where }) => ({
      code: 'REBUILD_UNKNOWN',
      where,
      message: `no source knows a release ${quote(version)} that could be built again`,
      fix: 'write the version as its source does, or take the line away',
    }));
}

/** Whether the one is a rebuild of the other. */
export function isRebuildOf(release: Release, of: Release): boolean {
  return release.rebuild !== undefined && of.rebuild === undefined && release.rebuild.of === of.version.text;
}

/** Releases as their sources have them: what a lint of the history is about. */
export function withoutRebuilds(releases: readonly Release[]): readonly Release[] {
  return releases.filter((release) => release.rebuild === undefined);
}
