/**
 * A tag list without a config: which tags name a version in full, which a series or the newest, and what else is in them.
 * All of it is inferred from the names, and is said as inferred.
 */

/** A tag in parts: `v2.20.25-python3.10` is `v`, 2.20.25, and the ending `-python3.10`. */
export interface TagName {
  readonly tag: string;
  readonly v: boolean;
  readonly numbers: readonly number[];
  readonly isPre: boolean;
  readonly ending: string;
}

export interface NamedTags {
  /** One a release and ending. */
  readonly full: readonly TagName[];
  /** `2.20-python3.10`: fewer numbers than a version has. */
  readonly series: readonly TagName[];
  /** `latest`, `2-latest-conda`: the numbers of a series or none, and the ending. */
  readonly newest: readonly TagName[];
  /** Everything else. */
  readonly others: readonly string[];
  /** How many numbers a version has. */
  readonly parts: number;
}

const versionTag =
  /^(?<v>v?)(?<numbers>\d{1,9}(?:\.\d{1,9}){0,3})(?<pre>[-.]?(?:a|b|c|rc|alpha|beta|dev|pre|preview|nightly|snapshot)[-.]?\d*(?:\.\d+)*)?(?<ending>(?:-[\w.-]+)?)$/i;
const newestTag = /^(?:(?<v>v?)(?<numbers>\d{1,9}(?:\.\d{1,9}){0,2})-)?latest(?<ending>(?:-[\w.-]+)?)$/;

/** Some write it behind the base: `13.0.1-ubi10-rc`. */
const preEnding = /-(?:rc|alpha|beta|dev|preview|nightly|snapshot)\.?\d*$/i;

/** Reads 100,000 tags in a second. */
export function readTagNames(tags: readonly string[]): NamedTags {
  const versions: TagName[] = [];
  const newest: TagName[] = [];
  const others: string[] = [];
  for (const tag of tags) {
    const last = newestTag.exec(tag)?.groups;
    const found = last ?? versionTag.exec(tag)?.groups;
    if (found === undefined) {
      others.push(tag);
      continue;
    }
    const name = {
      tag,
      v: found['v'] === 'v' || found['v'] === 'V',
      numbers: (found['numbers'] ?? '')
        .split('.')
        .filter((number) => number !== '')
        .map(Number),
      isPre: (found['pre'] ?? '') !== '' || preEnding.test(found['ending'] ?? ''),
      ending: found['ending'] ?? '',
    };
    (last === undefined ? versions : newest).push(name);
  }
  const parts = versionParts(versions);
  const full = withPreviews(versions.filter(({ numbers }) => numbers.length === parts));
  const known = new Set(full.flatMap(({ numbers }) => numbers.map((_, index) => seriesKey(numbers.slice(0, index)))));
  // A date such as 20240131, or the number of a build, is not the series of any version.
  const isSeries = ({ numbers }: TagName): boolean => numbers.length < parts && known.has(seriesKey(numbers));
  const isStray = (name: TagName): boolean => name.numbers.length !== parts && !isSeries(name);
  return {
    full,
    series: versions.filter((name) => isSeries(name) && !name.isPre),
    newest,
    others: [...others, ...versions.filter(isStray).map(({ tag }) => tag)],
    parts,
  };
}

/** A run, a day or a second: `12.2.0-17567790421`. */
const buildEnding = /^-\d{6,}(?:[.-]|$)/;

/**
 * Versions that have endings of builds alone, where another version has not.
 *
 * @param keyOf the version of a name
 */
export function previewsOf<T extends { readonly ending: string }>(
  names: readonly T[],
  keyOf: (name: T) => string,
): ReadonlySet<string> {
  const released = new Set(names.filter(({ ending }) => !buildEnding.test(ending)).map(keyOf));
  if (released.size === 0) return released;
  return new Set(names.map(keyOf).filter((key) => !released.has(key)));
}

/** A version of which there are only builds is on its way: nothing lags behind it. */
function withPreviews(full: readonly TagName[]): readonly TagName[] {
  const previews = previewsOf(full, versionText);
  return previews.size === 0
    ? full
    : full.map((name) => (previews.has(versionText(name)) ? { ...name, isPre: true } : name));
}

function seriesKey(numbers: readonly number[]): string {
  return numbers.join('.');
}

/** The most numbers that a tenth of the tags have. */
function versionParts(versions: readonly TagName[]): number {
  const counts = new Map<number, number>();
  for (const { numbers } of versions) counts.set(numbers.length, (counts.get(numbers.length) ?? 0) + 1);
  const often = [...counts].filter(([, count]) => count * 10 >= versions.length).map(([parts]) => parts);
  return Math.max(1, ...often);
}

export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function versionText({ numbers }: Pick<TagName, 'numbers'>): string {
  return numbers.join('.');
}

/** As its tag writes it, with leading zeros: `2026.02.0`. */
export function shownVersion({ tag, v, ending }: Pick<TagName, 'tag' | 'v' | 'ending'>): string {
  return tag.slice(v ? 1 : 0, tag.length - ending.length);
}

/** Versions of one scheme: by date (`2026.11.0`) or by number (`4.2.0`). */
export interface NumberScheme {
  readonly kind: 'dated' | 'numbered';
  /** The newest first. */
  readonly finals: readonly TagName[];
}

/** One, or two where both kinds have at least two versions. */
export function numberSchemes(finals: readonly TagName[]): NumberScheme[] {
  const sorted = finals.toSorted((a, b) => compareNumbers(b.numbers, a.numbers));
  const schemes = (['dated', 'numbered'] as const).map((kind) => ({
    kind,
    finals: sorted.filter((one) => kindOf(one) === kind),
  }));
  return schemes.every((scheme) => new Set(scheme.finals.map(versionText)).size > 1)
    ? schemes
    : [{ kind: kindOf(sorted[0] ?? { numbers: [] }), finals: sorted }];
}

export function kindOf({ numbers: [first = 0] }: Pick<TagName, 'numbers'>): NumberScheme['kind'] {
  return first >= 1990 && first < 2100 ? 'dated' : 'numbered';
}
