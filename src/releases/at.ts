/** What was known at some moment: what came out later is left out, and what was withdrawn later is not withdrawn yet. */
import type { ImageConfig } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { parseDateEnd, parseInstant, undated, type Instant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { endLines } from './attributes.ts';
import { markBeforeFinals } from './before-finals.ts';
import { findRelease } from './find-release.ts';
import type { KnownReleases } from './known-releases.ts';

/**
 * Reads a VERSION (the moment it came out, itself included), an instant, or a bare date (its end in UTC), and leaves
 * out every release that was published later, excluded ones too.
 *
 * A yank whose `since` is later is not in effect; one that names no instant is in effect whatever the moment.
 *
 * @param where the flag, for the problem
 */
export function atFilter(
  known: KnownReleases,
  text: string,
  image: ImageConfig,
  where = '--at',
): Result<KnownReleases> {
  const problem = undatedProblem(known, where);
  if (problem !== null) return failed(problem);
  const moment = readMoment(known, text, image, where);
  return moment.ok ? ok(knownAt(known, moment.value)) : moment;
}

/** Facts that are versions alone say nothing of a moment. */
export function undatedProblem(known: KnownReleases, where: string): Problem | null {
  const unknown = known.releases.find(({ publishedAt }) => publishedAt === undated);
  if (unknown === undefined) return null;
  const message = `nothing says when ${unknown.version.text} came out`;
  return { code: 'FACTS_INVALID', where, message, fix: 'add committedAt to the facts, or read them from git' };
}

/** What was known at an instant. */
export function knownAt(known: KnownReleases, moment: Instant): KnownReleases {
  const out = known.releases.flatMap((release) => asOf(release, moment));
  const releases = markBeforeFinals(endLines(out, moment));
  const excluded = known.excluded.flatMap((entry) =>
    asOf(entry.release, moment).map((release) => ({ ...entry, release })),
  );
  return { ...known, releases, excluded, moment };
}

function asOf(release: Release, moment: Instant): Release[] {
  if (release.publishedAt > moment) return [];
  const since = release.yanked?.since ?? null;
  return [since !== null && since > moment ? { ...release, yanked: null } : release];
}

function readMoment(known: KnownReleases, text: string, image: ImageConfig, where: string): Result<Instant> {
  const instant = parseDateEnd(text) ?? parseInstant(text);
  if (instant !== null) return ok(instant);
  if (/^\d{4}-\d/.test(text)) {
    const fix = "write a date ('2024-09-30') or an instant with its offset ('2024-09-30T12:00:00Z')";
    return failed({ code: 'INSTANT_INVALID', where, message: `${quote(text)} is no instant`, fix });
  }
  const release = findRelease(known, text, image, where);
  return release.ok ? ok(release.value.publishedAt) : release;
}
