/** What is next to versions, as values of one axis: the longest name of an image is its value, the others are aliases. */
import { groupBy } from '../domain/group-by.ts';
import type { SchemeNames, SeenName, SeenVersion } from './scheme-names.ts';

export interface InferredAlias {
  readonly name: string;
  /** `null`: for all releases of its value. */
  readonly range: string | null;
}

export interface InferredValue {
  /** Its ending without the dash; `''` for none. */
  readonly name: string;
  readonly range: string | null;
  readonly aliases: readonly InferredAlias[];
  /** By version text, the endings of its image. */
  readonly endings: ReadonlyMap<string, readonly string[]>;
}

/** Versions in order: ranges are said by them. */
export function inferValues({ names, versions, parts }: SchemeNames): InferredValue[] {
  const found = new Map<string, Map<string, Set<string>>>();
  const own = groupBy(names, ({ what }) => (what.kind === 'version' ? what.version.text : ''));
  const kept = oftenSeen(names);
  for (const version of versions) {
    const seen = (own.get(version.text) ?? []).filter(({ ending }) => kept.has(ending));
    for (const endings of imagesOf(seen)) {
      const value = endings[0] ?? '';
      const byVersion = found.get(value) ?? new Map<string, Set<string>>();
      found.set(value, byVersion.set(version.text, new Set(endings)));
    }
  }
  const span = (isIn: (version: SeenVersion) => boolean, among: readonly SeenVersion[]): string | null =>
    rangeOf(isIn, among, versions, parts);
  return [...found].map(([value, byVersion]) => {
    const among = versions.filter(({ text }) => byVersion.has(text));
    const aliases = [...new Set([...byVersion.values()].flatMap((endings) => [...endings]))].filter(
      (ending) => ending !== value,
    );
    return {
      name: value.replace(/^-/, ''),
      range: span(({ text }) => byVersion.has(text), versions),
      aliases: aliases.map((ending) => ({
        name: ending.replace(/^-/, ''),
        range: span(({ text }) => byVersion.get(text)?.has(ending) === true, among),
      })),
      endings: new Map([...byVersion].map(([text, endings]) => [text, [...endings]])),
    };
  });
}

/** More endings than these are no values of a matrix: most of them are dates, commits or build numbers. */
const maxEndings = 256;

/** Endings of more than one version, the most frequent first, where there are many. */
function oftenSeen(names: readonly SeenName[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { what, ending } of names) if (what.kind === 'version') counts.set(ending, (counts.get(ending) ?? 0) + 1);
  if (counts.size <= 64) return new Set(counts.keys());
  const often = [...counts].filter(([, count]) => count > 1).toSorted((a, b) => b[1] - a[1]);
  const few = often.length === 0 ? [...counts] : often;
  return new Set(few.slice(0, maxEndings).map(([ending]) => ending));
}

/** Endings of each image of a version, the longest first. */
function imagesOf(names: readonly SeenName[]): string[][] {
  const images = new Map<string, Set<string>>();
  for (const { front, ending, image } of names) {
    const key = image === null ? `${front} ${ending}` : String(image);
    images.set(key, (images.get(key) ?? new Set()).add(ending));
  }
  const byValue = new Map<string, string[]>();
  for (const endings of images.values()) {
    const sorted = [...endings].toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
    byValue.set(sorted[0] ?? '', [...new Set([...(byValue.get(sorted[0] ?? '') ?? []), ...sorted])]);
  }
  return [...byValue.values()];
}

/** A range of more stretches than these is noise; the last one counts. */
const maxStretches = 4;

/**
 * The stretches of versions for which something holds, as a range; `null` where it holds for all of `among`. A stretch
 * begins and ends with a series wherever one does.
 */
export function rangeOf(
  isIn: (version: SeenVersion) => boolean,
  among: readonly SeenVersion[],
  all: readonly SeenVersion[],
  parts: number,
): string | null {
  if (among.every(isIn)) return null;
  const stretches: string[] = [];
  let from: number | null = null;
  for (let index = 0; index <= among.length; index += 1) {
    const version = among[index];
    const holds = version !== undefined && isIn(version);
    if (holds && from === null) from = index;
    if (holds || from === null) continue;
    const begin = from === 0 ? [] : [`>=${bound(from, among, all, parts)}`];
    const end = version === undefined ? [] : [`<${bound(index, among, all, parts)}`];
    stretches.push([...begin, ...end].join(' '));
    from = null;
  }
  return stretches.length > maxStretches ? stretches.slice(-1).join('') : stretches.join(' || ');
}

/** The lowest version of the series that begins at `index`; inside of a series the version itself. */
function bound(index: number, among: readonly SeenVersion[], all: readonly SeenVersion[], parts: number): string {
  const version = among[index];
  const before = among[index - 1];
  if (version === undefined) return '';
  for (let count = 1; count < parts; count += 1) {
    const key = version.numbers.slice(0, count).join('.');
    if (before !== undefined && before.numbers.slice(0, count).join('.') === key) continue;
    const first = all.find(({ numbers }) => numbers.slice(0, count).join('.') === key);
    // A candidate comes before the first final of its series.
    return first?.pre === null || first === undefined ? key : `${key}.dev0`;
  }
  return version.text;
}
