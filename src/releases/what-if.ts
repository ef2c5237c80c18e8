/** What if: a release that is not out, or one that is withdrawn. Pure changes to what is known; nothing else differs. */
import type { ImageConfig } from '../config/types.ts';
import { matchShape, readSourceText } from '../config/version-shape.ts';
import type { Instant } from '../domain/instant.ts';
import { isRevision, type Release } from '../domain/release.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import type { Version } from '../domain/version.ts';
import type { Warning } from '../domain/warning.ts';
import { attributesOf } from './attributes.ts';
import { markBeforeFinals } from './before-finals.ts';
import { findRelease } from './find-release.ts';
import type { KnownReleases } from './known-releases.ts';
import { isRebuildOf } from './rebuilds.ts';

/**
 * As if `2.20.26` or `2.20.26@<40 hex>` had just come out, built as the config's ranges say. Without a revision its
 * revision tags are left out, and REVISION_MISSING says so.
 *
 * @param now when it came out
 * @param where the flag, for the problem
 */
export function withRelease(
  known: KnownReleases,
  text: string,
  image: ImageConfig,
  now: Instant,
  where = '--with',
): Result<KnownReleases> {
  const [versionText = '', revision, ...rest] = text.split('@');
  const version = readSourceText(versionText, image);
  if (version === null || rest.length > 0) {
    const fix = "write VERSION or VERSION@REVISION, such as '2.20.26'";
    const message = `${quote(text)} is no ${image.scheme.name} version`;
    return failed({ code: 'VERSION_UNREADABLE', where, message, fix });
  }
  const shapeFault = faultOfShape(versionText, version, image);
  if (shapeFault !== null) {
    const fix = 'name a version that this image could have';
    return failed({ code: 'VERSION_SHAPE', where, message: `${quote(version.text)} ${shapeFault}`, fix });
  }
  if (revision !== undefined && !isRevision(revision)) {
    const message = `${quote(revision)} is no git commit`;
    return failed({ code: 'USAGE', where, message, fix: 'expected 40 lower-case hex digits after @' });
  }
  const found = findRelease(known, versionText, image, where);
  if (!found.ok && found.problems.some(({ code }) => code === 'VERSION_AMBIGUOUS')) return found;
  if (found.ok) {
    const message = `${version.text} is out already`;
    return failed({ code: 'VERSION_DUPLICATE', where, message, fix: 'plan it as it is, or leave it out with --at' });
  }
  const exclusion = image.excludedReleases.find(
    (entry) => entry.version === version.text || entry.range?.includes(version) === true,
  );
  if (exclusion !== undefined) {
    const message = `${version.text} would be excluded: ${exclusion.reason}`;
    return failed({ code: 'VERSION_NOT_PUBLISHABLE', where, message, fix: `see ${exclusion.where}` });
  }
  const release: Release = {
    version,
    revision: revision ?? null,
    committedAt: now,
    publishedAt: now,
    builtFor: null,
    prerelease: version.kind === 'pre' || version.kind === 'dev',
    yanked: null,
    ...attributesOf({ version: versionText }, version, image, where, []),
  };
  const releases = [...known.releases, release].toSorted((a, b) => image.scheme.compare(a.version, b.version));
  const warnings = revision === undefined ? [...known.warnings, revisionMissing(version.text)] : known.warnings;
  return ok({ ...known, releases: markBeforeFinals(releases), warnings });
}

/** The version typed alone stands for the source's text, whose prefix (`v`, `release-`) the config's pattern shows. */
function faultOfShape(typed: string, version: Version, image: ImageConfig): string | null {
  const { text, range } = image.shape;
  if (version.extra !== null) return `has ${version.extra}, which no tag can hold`;
  if (range?.includes(version) === false) return `is not among the releases ${range.text}`;
  const prefix = /^\^(?<prefix>[\w/-]*)\??\(\?<version>/.exec(text)?.groups?.['prefix'];
  if (prefix === undefined) return null;
  const isOne = [typed, `${prefix}${version.text}`].some((form) => matchShape(form, image.shape) !== null);
  return isOne ? null : `is not of the shape ${text}`;
}

function revisionMissing(version: string): Warning {
  return {
    code: 'REVISION_MISSING',
    message: `${version} has no revision yet, so its revision tags are left out`,
    versions: [version],
    fix: `name it: --with ${version}@<40 hex digits>`,
  };
}

/**
 * As if a release had been withdrawn: it owns nothing, and what it owned goes back.
 *
 * @param where the flag, for the problem
 */
export function withYank(
  known: KnownReleases,
  text: string,
  image: ImageConfig,
  where = '--yank',
): Result<KnownReleases> {
  const found = findRelease(known, text, image, where);
  if (!found.ok) return found;
  const yanked = { reason: 'withdrawn, as if', from: where, since: null };
  const releases = known.releases.map((release) =>
    release === found.value || isRebuildOf(release, found.value)
      ? { ...release, yanked: release.yanked ?? yanked }
      : release,
  );
  return ok({ ...known, releases: markBeforeFinals(releases) });
}
