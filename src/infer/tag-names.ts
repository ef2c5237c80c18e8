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
  return {
    full: versions.filter(({ numbers }) => numbers.length === parts),
    series: versions.filter(({ numbers, isPre }) => numbers.length < parts && !isPre),
    newest,
    others: [...others, ...versions.filter(({ numbers }) => numbers.length > parts).map(({ tag }) => tag)],
    parts,
  };
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
