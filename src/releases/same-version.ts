import type { ImageConfig } from '../config/types.ts';
import { matchShape, readShaped } from '../config/version-shape.ts';
import type { Version } from '../domain/version.ts';

/** Which texts of several sources mean one version: `v2.11.5` of git and `2.11.5` of a package index. */
export interface SameVersion {
  /** Of the name of a git tag, or of a row of facts: equal where both mean one version, or are one text. */
  tagKey(text: string): string;
  /** Of a bare version, as an index writes it: equal to the key of the git tags that mean it. */
  versionKey(text: string): string;
  /** Whether a git tag or row is a release of the image, and one that the config does not exclude. */
  isOurs(text: string): boolean;
}

export type VersionReader = Pick<ImageConfig, 'scheme' | 'shape' | 'excludedReleases'>;

export function sameVersion(tags: Iterable<string>, versions: Iterable<string>, image: VersionReader): SameVersion {
  const ofTags = readAll(tags, (text) => {
    const shaped = matchShape(text, image.shape);
    return shaped === null ? null : readShaped(shaped, image);
  });
  const ofVersions = readAll(versions, (text) => image.scheme.parse(text));
  const keys = numberEqual([...ofTags.values(), ...ofVersions.values()], image);
  const key = (version: Version | null | undefined, text: string): string =>
    version ? `version ${keys.get(version)}` : `text ${text}`;
  return {
    tagKey: (text) => key(ofTags.get(text), text),
    versionKey: (text) => key(ofVersions.get(text), `of an index ${text}`),
    isOurs: (text) => isRelease(text, ofTags.get(text) ?? null, image),
  };
}

function readAll(texts: Iterable<string>, read: (text: string) => Version | null): Map<string, Version | null> {
  return new Map([...new Set(texts)].map((text) => [text, read(text)]));
}

/** Numbers versions in their order, equal ones alike. */
function numberEqual(versions: readonly (Version | null)[], image: VersionReader): Map<Version, number> {
  const sorted = versions.filter((version) => version !== null).sort((a, b) => image.scheme.compare(a, b));
  const numbers = new Map<Version, number>();
  let number = 0;
  for (const [index, version] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && image.scheme.compare(before, version) !== 0) number += 1;
    numbers.set(version, number);
  }
  return numbers;
}

function isRelease(text: string, version: Version | null, { shape, excludedReleases }: VersionReader): boolean {
  if (version === null || (shape.range !== null && !shape.range.includes(version))) return false;
  return !excludedReleases.some(
    (entry) => entry.version === text || entry.version === version.text || entry.range?.includes(version) === true,
  );
}
