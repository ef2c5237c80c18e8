/** The tags of an image, read for the scheme behind them: versions, series, words such as `lts`, and what is next to them. */
import { previewsOf, readTagNames } from './tag-names.ts';

export interface SeenVersion {
  /** As a config reads it: `8.6.0beta1`. */
  readonly text: string;
  /** As the tags write them: `['24', '04']`. */
  readonly numbers: readonly string[];
  /** `rc1`; `null` for a final. */
  readonly pre: string | null;
}

/** One tag, taken apart: `slim-2.9.0-python3.8` has the front `slim-`, a version, and the ending `-python3.8`. */
export interface SeenName {
  readonly tag: string;
  /** Tags of one image have one number; none where only names are known. */
  readonly image: number | null;
  readonly front: string;
  readonly ending: string;
  readonly what:
    | { readonly kind: 'version'; readonly version: SeenVersion; readonly isBehind: boolean }
    | {
        readonly kind: 'series';
        readonly numbers: readonly string[];
        readonly channel: string | null;
        readonly isBehind: boolean;
      }
    | { readonly kind: 'newest' };
}

export interface SchemeNames {
  readonly names: readonly SeenName[];
  /** Tags that are none of these, by image. */
  readonly others: readonly { readonly tag: string; readonly image: number | null }[];
  readonly versions: readonly SeenVersion[];
  /** How many numbers a version has. */
  readonly parts: number;
  readonly v: boolean;
}

export interface TagOfImage {
  readonly tag: string;
  readonly image: number | null;
}

const pattern =
  /^(?<front>(?:[a-z]+-)?)(?<v>v?)(?<numbers>\d{1,9}(?:\.\d{1,9}){0,3})(?<pre>(?:[-.]?(?:alpha|beta|pre|preview|dev|rc|a|b|c)[-.]?\d+(?:\.\d+)*)|-(?:rc|alpha|beta|dev))?(?<ending>(?:-[\w.-]+)?)$/i;
const newestPattern = /^(?<front>(?:[a-z]+-)?)latest(?<ending>(?:-[\w.-]+)?)$/;
const behindPattern = /^(?<ending>.*?)-(?<channel>rc|alpha|beta|dev)$/;

export function readSchemeNames(tags: readonly TagOfImage[]): SchemeNames {
  const { parts } = readTagNames(tags.map(({ tag }) => tag));
  const names: SeenName[] = [];
  const others: TagOfImage[] = [];
  let withV = 0;
  for (const { tag, image } of tags) {
    const last = newestPattern.exec(tag)?.groups;
    const found = pattern.exec(tag)?.groups;
    if (last !== undefined) {
      names.push({ tag, image, front: last['front'] ?? '', ending: last['ending'] ?? '', what: { kind: 'newest' } });
    } else if (found === undefined || (found['numbers'] ?? '').split('.').length > parts) others.push({ tag, image });
    else {
      if (found['v'] !== '') withV += 1;
      names.push({ tag, image, front: found['front'] ?? '', ...numbered(found, parts) });
    }
  }
  return { ...keepFronts(names, others), parts, v: withV * 2 > names.length };
}

function numbered(found: Readonly<Record<string, string>>, parts: number): Pick<SeenName, 'ending' | 'what'> {
  const numbers = (found['numbers'] ?? '').split('.');
  const behind = behindPattern.exec(found['ending'] ?? '')?.groups;
  const pre = found['pre'] ?? '';
  const isWord = pre.startsWith('-') && !/\d/.test(pre);
  const channel = behind?.['channel'] ?? (isWord ? pre.slice(1) : null);
  const ending = behind?.['ending'] ?? found['ending'] ?? '';
  const isBehind = behind !== undefined || (isWord && ending === '');
  // `19beta3` comes before 19.0.
  if (numbers.length < parts && !/\d/.test(pre))
    return { ending, what: { kind: 'series', numbers, channel, isBehind } };
  // A candidate without its number is the first one.
  const mark = channel === null ? pre : `${channel}1`;
  const version = { text: `${numbers.join('.')}${mark}`, numbers, pre: mark === '' ? null : mark };
  return { ending, what: { kind: 'version', version, isBehind: channel !== null } };
}

/** A word in front of a version is a part of the tag if the same version goes without it too. */
function keepFronts(
  all: readonly SeenName[],
  others: readonly TagOfImage[],
): Pick<SchemeNames, 'names' | 'others' | 'versions'> {
  const versions = new Map<string, SeenVersion>();
  const kept: SeenName[] = [];
  const textOf = ({ what }: SeenName): string => (what.kind === 'version' ? what.version.text : '');
  const previews = previewsOf(
    all.filter(({ what }) => what.kind === 'version'),
    textOf,
  );
  const names = all.filter((name) => !previews.has(textOf(name)));
  const builds = all.filter((name) => previews.has(textOf(name))).map(({ tag, image }) => ({ tag, image }));
  const left: TagOfImage[] = [...others, ...builds];
  for (const { front, what } of names)
    if (front === '' && what.kind === 'version') versions.set(what.version.text, what.version);
  const fronts = new Set(
    names.flatMap(({ front, what }) => (what.kind === 'version' && versions.has(what.version.text) ? [front] : [])),
  );
  for (const name of names) {
    if (name.front === '' || fronts.has(name.front)) kept.push(name);
    else left.push({ tag: name.tag, image: name.image });
    if (fronts.has(name.front) && name.what.kind === 'version') versions.set(name.what.version.text, name.what.version);
  }
  return { names: kept, others: left, versions: [...versions.values()].toSorted(compareSeen) };
}

export function compareSeen(a: SeenVersion, b: SeenVersion): number {
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
    const difference = Number(a.numbers[index] ?? 0) - Number(b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre === null || b.pre === null) return (a.pre === null ? 1 : 0) - (b.pre === null ? 1 : 0);
  return preKey(a.pre) < preKey(b.pre) ? -1 : preKey(a.pre) > preKey(b.pre) ? 1 : 0;
}

/** dev before alpha before beta before rc, and numbers as numbers. */
function preKey(pre: string): string {
  const [word = '', number = ''] = [/[a-z]+/i.exec(pre)?.[0].toLowerCase(), /\d+/.exec(pre)?.[0]];
  const rank = ['dev', 'a', 'alpha', 'b', 'beta', 'c', 'pre', 'preview', 'rc'].indexOf(word);
  return `${rank}.${number.padStart(12, '0')}`;
}
