import type { ImageConfig } from '../config/types.ts';
import { matchShape, readSourceText } from '../config/version-shape.ts';
import type { Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import type { Release } from '../domain/release.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import type { ExcludedRelease, KnownReleases } from './known-releases.ts';

/**
 * The release of a version, however it is spelt (`2.11.5rc1` and `2.11.5-rc.1` are one in PEP 440).
 *
 * @param where the argument or flag, for the problem
 * @returns VERSION_UNKNOWN where no source knows it, or where the config excludes it, with the reason; VERSION_SHAPE where
 *   it is not a version at all, VERSION_AMBIGUOUS where it is the start of several
 */
export function findRelease(known: KnownReleases, text: string, image: ImageConfig, where: string): Result<Release> {
  const isIt = sameVersion(text, image);
  const release = known.releases.find(isIt) ?? withoutV(known, text, image);
  const inSeries = release?.version.text === text ? [] : releasesOf(known, text);
  if (inSeries.length > 1 || (inSeries.length === 1 && release === undefined)) {
    return failed(ambiguous(text, inSeries, where));
  }
  if (release !== undefined) return ok(release);
  const excluded = known.excluded.find((entry) => isIt(entry.release));
  if (excluded !== undefined) return failed(excludedRelease(excluded, text, where));
  const isVersion = matchShape(text, image.shape) !== null || readSourceText(text, image) !== null;
  return failed(isVersion ? unknownRelease(known, text, where) : noVersion(text, image, where));
}

/** `v2.11.5`, where versions are written without a v. */
function withoutV(known: KnownReleases, text: string, image: ImageConfig): Release | undefined {
  const [, version] = /^v(?<version>\d.*)$/i.exec(text) ?? [];
  return version === undefined ? undefined : known.releases.find(sameVersion(version, image));
}

/** What `2.11` may mean if it is not a release by that text: every release that it is the start of, newest first. */
function releasesOf(known: KnownReleases, text: string): readonly Release[] {
  const start = text.replace(/^v(?=\d)/i, '');
  if (!/^\d+(?:\.\d+)*$/.test(start)) return [];
  return known.releases
    .filter(({ version }) => /^\.\d/.test(version.text.slice(start.length)) && version.text.startsWith(start))
    .toReversed();
}

function ambiguous(text: string, releases: readonly Release[], where: string): Problem {
  const candidates = releases.map(({ version }) => version.text);
  const shown = candidates.slice(0, 6);
  const more = candidates.length - shown.length;
  return {
    code: 'VERSION_AMBIGUOUS',
    where,
    message: `${quote(text)} is not a release but the start of ${candidates.length === 1 ? 'one' : candidates.length}`,
    fix: `write one of ${shown.join(', ')}${more > 0 ? ` (and ${more} older)` : ''}`,
    candidates,
  };
}

function noVersion(text: string, image: ImageConfig, where: string): Problem {
  return {
    code: 'VERSION_SHAPE',
    where,
    message: `${quote(text)} is not a version of ${image.name}`,
    fix: `releases read like ${image.shape.text}`,
  };
}

function sameVersion(text: string, image: ImageConfig): (release: Release) => boolean {
  const version = readSourceText(text, image);
  // What no source may write is a rebuild's: `2.20.25+2` is that one, and not 2.20.25.
  if (version === null || version.extra !== null) return (release) => release.version.text === text;
  return (release) => release.rebuild === undefined && image.scheme.compare(release.version, version) === 0;
}

function excludedRelease({ reason, where: line }: ExcludedRelease, text: string, where: string): Problem {
  return {
    code: 'VERSION_UNKNOWN',
    where,
    message: `${quote(text)} is excluded: ${reason}`,
    fix: `name another release, or take the line away: ${line}`,
  };
}

function unknownRelease(known: KnownReleases, text: string, where: string): Problem {
  const texts = known.releases.map((release) => release.version.text);
  const near = nearest(text, texts.toReversed());
  const newest = texts.at(-1) === undefined ? noRelease(known) : `the newest known is ${texts.at(-1)}`;
  return {
    code: 'VERSION_UNKNOWN',
    where,
    message: `no source knows a release ${quote(text)}`,
    fix: near === null ? newest : `did you mean ${near}? ${newest}`,
  };
}

/** What was passed over is why, and has the line that reads it. */
function noRelease({ warnings }: KnownReleases): string {
  const ignored = warnings.find(({ code }) => code === 'TEXTS_IGNORED');
  const why = ignored === undefined ? '' : `: ${ignored.message}`;
  return `no release is known at all${why}${ignored?.fix === undefined ? '' : `; ${ignored.fix}`}`;
}
