/** Builders for configs and histories, short enough to read in a test. */
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { Config, ImageConfig } from '../../src/config/types.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { checkTags } from '../../src/plan/check-tags.ts';
import { shapeFinder, type ShapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags, type TagMap } from '../../src/plan/tag-map.ts';
import { knownReleases, type FactsInput, type KnownReleases } from '../../src/releases/known-releases.ts';

/** The smallest config that has Pythons and two flavors; tests change what they are about. */
export const smallConfig = {
  repository: 'registry.example/acme/app',
  pythons: ['3.9', '3.10'],
  flavors: { standard: { dockerfile: 'Dockerfile' }, conda: { dockerfile: 'conda.Dockerfile', suffix: '-conda' } },
  defaults: { python: 'highest' },
  rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
} satisfies MatrixConfig;

/** Reads a config that must be right. */
export function configOf(config: MatrixConfig): Config {
  const read = readConfig(config, 'matrix.config.ts');
  if (!read.ok) throw new Error(`the test's config is wrong:\n${JSON.stringify(read.problems, null, 1)}`);
  return read.value;
}

/** Its first image. */
export function imageOf(config: MatrixConfig): ImageConfig {
  const image = configOf(config).images[0];
  if (image === undefined) throw new Error("the test's config has no image");
  return image;
}

/** A fact that says all that a git repository does. */
export type DatedFact = Omit<ReleaseFact, 'revision' | 'committedAt'> & {
  readonly revision: string;
  readonly committedAt: string;
};

/** A row of a facts file; the revision follows from the version, so that equal versions are equal rows. */
export function fact(version: string, publishedAt: string, more: Partial<DatedFact> = {}): DatedFact {
  const instant = publishedAt.length === 10 ? `${publishedAt}T12:00:00Z` : publishedAt;
  return { version, revision: revisionOf(version), committedAt: instant, ...more };
}

/** 40 hex digits that differ from text to text. */
export function revisionOf(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(40, '0').slice(0, 40);
}

/** Facts in the order of a list of versions, one a day from 2024-01-01 on. */
export function daily(...versions: readonly string[]): DatedFact[] {
  return versions.map((version, index) => fact(version, new Date(Date.UTC(2024, 0, 1 + index, 12)).toISOString()));
}

export interface Planned {
  readonly image: ImageConfig;
  readonly known: KnownReleases;
  readonly finder: ShapeFinder;
  readonly tags: TagMap;
}

/** Facts to tag map, as commands do it; nothing is checked, so that tests of the checks can look. */
export function planned(
  config: MatrixConfig,
  facts: readonly ReleaseFact[],
  holds: FactsInput['holds'] = 'rows',
): Planned {
  const image = imageOf(config);
  const known = knownReleases({ facts, from: 'releases.json', holds }, image);
  const finder = shapeFinder(image, known.releases, 'releases.json');
  return { image, known, finder, tags: resolveTags(image, known.releases, finder) };
}

/** Every problem of a config and its facts, as a command would find them. */
export function problemsOf(config: MatrixConfig, facts: readonly ReleaseFact[]): string[] {
  const read = readConfig(config, 'matrix.config.ts');
  if (!read.ok) return read.problems.map(lineOf);
  const { image, known, finder, tags } = planned(config, facts);
  return [...known.problems, ...finder.problems, ...checkTags(tags, image, read.value)].map(lineOf);
}

function lineOf({ code, where, message }: { code: string; where: string; message: string }): string {
  return `${code} ${where}: ${message}`;
}

/** Convenience tag to `version python flavor` of its owner, `null` where nobody owns it. */
export function owners(tags: TagMap): Record<string, string | null> {
  return Object.fromEntries(
    tags.convenience.map(({ tag, owner }) => [
      tag,
      owner === null ? null : [owner.release.version.text, ...Object.values(owner.shape.axes)].join(' '),
    ]),
  );
}
