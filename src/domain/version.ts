/**
 * Versions behind one small interface, so that nothing else knows which scheme a project uses.
 */

/** `post` is PEP 440's; semver has `final` and `pre` alone. A `dev` build of anything is `dev`. */
export type VersionKind = 'final' | 'pre' | 'post' | 'dev';

/** One version, read by its scheme. `text` is as written; nothing is normalised into a tag. */
export interface Version {
  readonly text: string;
  readonly kind: VersionKind;
  /** The release numbers, at least major, minor and patch (missing ones are 0). */
  readonly numbers: readonly number[];
  /** The release numbers as written, leading zeros included: `2024`, `08`, `1`. Only those that are there. */
  readonly parts: readonly string[];
  /** Set where the text has a part that cannot be in a tag or in an order: PEP 440's epoch and local part. */
  readonly extra: string | null;
  /** What the named groups of the config's `tagPattern` matched; a group that took no part is not among them. */
  readonly groups?: Groups;
}

export type Groups = Readonly<Record<string, string>>;

/** A total order: negative, zero (equal, though perhaps written otherwise) or positive. */
export type Comparison = (a: Version, b: Version) => number;

/** A place in the order, between versions. */
export interface Cut {
  readonly version: Version;
  readonly side: 'below' | 'above';
}

/** A stretch of the order; `null` is no end. */
export interface Span {
  readonly from: Cut | null;
  readonly to: Cut | null;
}

/** Versions named by a text such as `>=2.7.10 <3`. */
export interface VersionRange {
  readonly text: string;
  /** Ascending and apart from each other; none: no version can be in it. */
  readonly spans: readonly Span[];
  includes(version: Version): boolean;
}

export interface VersionScheme {
  /** For messages: `semver`, or the compared parts. */
  readonly name: string;
  /** Some text of it means a pre-release. */
  readonly hasPreReleases: boolean;
  /** The config names the parts that are compared. */
  readonly isOfParts?: true;
  /**
   * @param groups what the config's pattern matched, for a scheme that compares them; left out, the text is matched anew
   * @returns `null` if the text is not a version of this scheme
   */
  parse(text: string, groups?: Groups): Version | null;
  readonly compare: Comparison;
  /** @returns `null` where the text is no range of this scheme */
  parseRange(text: string): VersionRange | null;
  /** Every version of a series (`2`, `2.11`) with its candidates, as {@link isInSeries} tells; `null` where it is none. */
  seriesRange(series: string): VersionRange | null;
}

/** `2` or `2.11`: true where the version's numbers start with it. */
export function isInSeries(version: Version, series: string): boolean {
  const parts = series.split('.');
  return parts.every((part, index) => version.numbers[index] === Number(part));
}
