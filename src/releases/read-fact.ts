/** One row of a source, read: which version it is, whether it is a release of this image, and what is wrong with it. */
import type { ConfigYank, ImageConfig } from '../config/types.ts';
import { matchShape, readShaped } from '../config/version-shape.ts';
import type { Problem } from '../domain/errors.ts';
import { parseInstant, undated } from '../domain/instant.ts';
import { isRevision, type Release, type ReleaseFact, type Yank } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Version } from '../domain/version.ts';
import { attributesOf } from './attributes.ts';

export type ReadText =
  | { readonly kind: 'release'; readonly version: Version }
  /** Of the shape, and not a version of the scheme. */
  | { readonly kind: 'unreadable'; readonly version: null; readonly text: string }
  /** Not a release of this image. */
  | { readonly kind: 'other'; readonly version: Version | null; readonly why: 'shape' | 'range' };

export function readText(source: string, image: ImageConfig): ReadText {
  const shaped = matchShape(source, image.shape);
  if (shaped === null) return { kind: 'other', version: image.scheme.parse(source), why: 'shape' };
  const version = readShaped(shaped, image);
  if (version === null) return { kind: 'unreadable', version, text: shaped.text };
  const isInRange = image.shape.range === null || image.shape.range.includes(version);
  return isInRange ? { kind: 'release', version } : { kind: 'other', version, why: 'range' };
}

/** `null` if a date cannot be read, which is among the problems then. */
export function readFact(
  fact: ReleaseFact,
  version: Version,
  image: ImageConfig,
  place: { readonly from: string; readonly where: string },
  problems: Problem[],
): Release | null {
  const { where } = place;
  const committedAt = fact.committedAt === undefined ? undated : parseInstant(fact.committedAt);
  const publishedAt = fact.publishedAt === undefined ? committedAt : parseInstant(fact.publishedAt);
  if (committedAt === null || publishedAt === null) {
    const bad = (committedAt === null ? fact.committedAt : fact.publishedAt) ?? '';
    const fix = "write it with its offset, such as '2023-08-24T14:14:26-05:00'";
    problems.push({ code: 'INSTANT_INVALID', where, message: `${quote(bad)} is not an instant`, fix });
  }
  if (fact.revision !== undefined && !isRevision(fact.revision)) {
    const message = `revision ${quote(fact.revision)} is not a git commit`;
    problems.push({ code: 'FACTS_INVALID', where, message, fix: 'expected 40 lower-case hex digits' });
  }
  const yanked = readYank(fact, version, image, place, problems);
  if (committedAt === null || publishedAt === null) return null;
  const hold = image.holds.find((entry) => isNamed(entry, fact.version, version));
  return {
    version,
    revision: fact.revision ?? null,
    committedAt,
    publishedAt,
    builtFor: recordedFor(fact, image),
    prerelease: fact.prerelease === true || version.kind === 'pre' || version.kind === 'dev',
    yanked,
    ...(fact.version === version.text ? {} : { sourceText: fact.version }),
    ...(hold === undefined ? {} : { hold: { reason: hold.reason, where: hold.where } }),
    ...attributesOf(fact, version, image, where, problems),
  };
}

/** A line names a release by its source's own text, or by its version. */
export function isNamed({ version }: { readonly version: string }, sourceText: string, read: Version | null): boolean {
  return version === sourceText || version === read?.text;
}

/** Facts that several images share record the flavors of all; without one of this image's they are silent about it. */
function recordedFor({ builtFor }: ReleaseFact, image: ImageConfig): Release['builtFor'] {
  if (builtFor === undefined) return null;
  const flavors = Object.keys(builtFor);
  const own = flavors.filter((flavor) => !image.siblingFlavors.has(flavor));
  if (own.length === flavors.length) return builtFor;
  return own.length === 0 ? null : Object.fromEntries(own.map((flavor) => [flavor, builtFor[flavor] ?? []]));
}

/** The config's word comes first; what the source says is the other. */
function readYank(
  fact: ReleaseFact,
  version: Version,
  image: ImageConfig,
  { from, where }: { readonly from: string; readonly where: string },
  problems: Problem[],
): Yank | null {
  const configured: ConfigYank | undefined = image.yanked.find((entry) => isNamed(entry, fact.version, version));
  if (configured !== undefined) return { reason: configured.reason, from: configured.where, since: configured.since };
  if (fact.yanked === undefined || fact.yanked === false) return null;
  if (fact.yanked === true) return { reason: 'no reason was given', from, since: null };
  const since = fact.yanked.since === undefined ? null : parseInstant(fact.yanked.since);
  if (fact.yanked.since !== undefined && since === null) {
    const message = `${quote(fact.yanked.since)} is not an instant`;
    problems.push({ code: 'INSTANT_INVALID', where: `${where} yanked.since`, message });
  }
  return { reason: fact.yanked.reason, from: fact.yanked.from ?? from, since };
}
