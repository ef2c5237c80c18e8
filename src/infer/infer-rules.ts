/** Rules that explain the tags of an image: as few as say which values have a tag, in which series. */
import { groupBy } from '../domain/group-by.ts';
import { isCommit } from './commit-tags.ts';
import { rangeOf, type InferredValue } from './infer-values.ts';
import type { SchemeNames, SeenVersion } from './scheme-names.ts';

export interface InferredRule {
  readonly name: string;
  readonly kind: 'pinned' | 'convenience';
  readonly template: string;
  readonly range?: string;
  /** Values that have it, if some have not. */
  readonly only?: readonly string[];
  readonly releases?: 'finals' | 'pre' | 'all';
  /** It stays below the newest release, as its tags were found. */
  readonly held?: string;
}

export interface RuleSight {
  readonly seen: SchemeNames;
  readonly values: readonly InferredValue[];
  /** The template of what stands before and behind: `{{flavor}}-` and `-{{variant}}`, or nothing. */
  readonly front: string;
  readonly behind: string;
  readonly ofEnding: ReadonlyMap<string, readonly InferredValue[]>;
  readonly ofImage: ReadonlyMap<number, InferredValue>;
  readonly versionOf: ReadonlyMap<number, SeenVersion>;
}

const levels = ['{{major}}', '{{major}}.{{minor}}', '{{major}}.{{minor}}.{{patch}}'];
const levelNames = ['major', 'minor', 'patch'];
/** More stretches than these are no rule but noise. */
const maxBlocks = 4;

export function inferRules(sight: RuleSight): InferredRule[] {
  return [
    ...pinnedRules(sight),
    ...seriesRules(sight),
    ...channelRules(sight),
    ...newestRules(sight),
    ...wordRules(sight),
  ];
}

function pinnedRules({ seen, front, behind }: RuleSight): InferredRule[] {
  const v = seen.v ? 'v' : '';
  const hidden = seen.names.flatMap(({ what }) =>
    what.kind === 'version' && what.isBehind && what.version.pre !== null ? [what.version.pre.replace(/\d+$/, '')] : [],
  );
  const full: InferredRule = { name: 'full', kind: 'pinned', template: `${front}${v}{{version}}${behind}` };
  const [channel] = hidden;
  if (channel === undefined) return [full];
  const template = `${front}${v}${levels[seen.parts - 1] ?? '{{version}}'}${behind}-${channel}`;
  return [
    { ...full, releases: 'finals' },
    { name: 'candidate', kind: 'pinned', template, releases: 'pre' },
  ];
}

function seriesRules(sight: RuleSight): InferredRule[] {
  const { seen } = sight;
  const found: InferredRule[] = [];
  for (let count = seen.parts - 1; count >= 1; count -= 1) {
    const tagged = new Map<string, Moving[]>();
    for (const { what, ending, image } of seen.names) {
      if (what.kind !== 'series' || what.channel !== null || what.numbers.length !== count) continue;
      const key = what.numbers.join('.');
      const own = tagged.get(key) ?? [];
      tagged.set(key, own);
      own.push({ ending, image });
    }
    if (tagged.size === 0) continue;
    const name = levelNames[count - 1] ?? `series${count}`;
    const template = `${sight.front}${seen.v ? 'v' : ''}${levels[count - 1] ?? ''}${sight.behind}`;
    found.push(
      ...blocks(sight, count, tagged).map((block, index) => ({
        name: index === 0 ? name : `${name}${index + 1}`,
        kind: 'convenience' as const,
        template,
        ...block,
      })),
    );
  }
  return found;
}

type Block = Pick<InferredRule, 'range' | 'only'>;

/** Series after series that have their tags for the same values are one rule. */
function blocks(sight: RuleSight, count: number, tagged: ReadonlyMap<string, readonly Moving[]>): Block[] {
  const { seen } = sight;
  const finals = seen.versions.filter(({ pre }) => pre === null);
  const keyOf = ({ numbers }: SeenVersion): string => numbers.slice(0, count).join('.');
  const signs = new Map<string, string>();
  for (const [key, own] of groupBy(finals, keyOf)) {
    signs.set(key, signature(sight.values, own, taggedValues(sight, tagged.get(key) ?? [])));
  }
  const kinds = [...new Set(signs.values())].filter((sign) => sign !== 'none');
  // None: what is in the tags is the series of no release, but a date or the number of a build.
  if (kinds.length > maxBlocks) return [{}];
  return kinds.map((sign) => {
    const range = rangeOf((version) => signs.get(keyOf(version)) === sign, finals, seen.versions, seen.parts);
    return {
      ...(range === null ? {} : { range }),
      ...(sign === 'all' ? {} : { only: sign.slice('only '.length).split(' ') }),
    };
  });
}

/** `all`, `none`, or `only` with the values that have the tag. */
function signature(
  values: readonly InferredValue[],
  releases: readonly SeenVersion[],
  tagged: ReadonlySet<InferredValue>,
): string {
  const due = values.filter(({ endings }) => releases.some(({ text }) => endings.has(text)));
  const has = due.filter((value) => tagged.has(value));
  if (has.length === due.length) return 'all';
  return has.length === 0 ? 'none' : `only ${has.map(valueName).join(' ')}`;
}

/** Whose tags these are: by their images, or else by their endings. */
function taggedValues({ ofImage, ofEnding }: RuleSight, tags: readonly Moving[]): Set<InferredValue> {
  return new Set(
    tags.flatMap(({ ending, image }) => {
      const value = image === null ? undefined : ofImage.get(image);
      return value === undefined ? (ofEnding.get(ending) ?? []) : [value];
    }),
  );
}

/** What rules are inferred from: values by image and by ending, so that many tags are read once. */
export function ruleSight(sight: Pick<RuleSight, 'seen' | 'values' | 'front' | 'behind'>): RuleSight {
  const ofEnding = new Map<string, InferredValue[]>();
  const ofName = new Map<string, InferredValue>();
  for (const value of sight.values) {
    for (const [version, endings] of value.endings)
      for (const ending of endings) ofName.set(`${version} ${ending}`, value);
    for (const ending of new Set([...value.endings.values()].flat()))
      ofEnding.set(ending, [...(ofEnding.get(ending) ?? []), value]);
  }
  const ofImage = new Map<number, InferredValue>();
  const versionOf = new Map<number, SeenVersion>();
  for (const { image, ending, what } of sight.seen.names) {
    if (image === null || what.kind !== 'version') continue;
    versionOf.set(image, what.version);
    const value = ofName.get(`${what.version.text} ${ending}`);
    if (value !== undefined) ofImage.set(image, value);
  }
  return { ...sight, ofEnding, ofImage, versionOf };
}

/** A config names every value, also one that is nothing in a tag. */
export function valueName({ name }: Pick<InferredValue, 'name'>): string {
  return name === '' ? 'standard' : name;
}

/** `8.6-rc-alpine` and `13.0-ubi10-rc`: the candidates of a series. */
function channelRules({ seen, front, behind }: RuleSight): InferredRule[] {
  const found = new Map<string, InferredRule>();
  const isSplit = seen.names.some(({ what }) => what.kind === 'series' && what.channel !== null && !what.isBehind);
  for (const { what } of seen.names) {
    if (what.kind !== 'series' || what.channel === null) continue;
    const { channel, numbers } = what;
    const level = levels[numbers.length - 1] ?? '';
    const template = isSplit ? `${front}${level}-${channel}${behind}` : `${front}${level}${behind}-${channel}`;
    found.set(template, { name: channel, kind: 'convenience', template, releases: 'pre' });
  }
  return [...found.values()];
}

interface Moving {
  readonly ending: string;
  readonly image: number | null;
}

/** `latest`, and endings that go without a version. */
function newestRules(sight: RuleSight): InferredRule[] {
  const { seen, front, behind } = sight;
  const latest = seen.names.filter(({ what }) => what.kind === 'newest');
  const plain = latest.filter(({ ending }) => ending === '');
  const bare = seen.others.flatMap(({ tag, image }) =>
    isEnding(sight, `-${tag}`) ? [{ ending: `-${tag}`, image }] : [],
  );
  const worded = latest.filter(({ ending }) => ending !== '');
  if (bare.length > 0 && worded.length === 0)
    return moving(sight, 'latest', `${front}${behind.slice(1)}`, [...bare, ...plain]);
  const rules = bare.length > 0 ? moving(sight, 'newest', behind.slice(1), bare) : [];
  if (worded.length > 0) return [...rules, ...moving(sight, 'latest', `${front}latest${behind}`, latest)];
  return [...rules, ...moving(sight, 'latest', `${front}latest${behind}`, plain)];
}

function isEnding({ ofEnding }: RuleSight, ending: string): boolean {
  return ofEnding.has(ending);
}

/** More words than these are names of branches or builds, and no channels that move. */
const maxWords = 48;

/** `lts`, `stable-alpine`, `jod`: words that move with an image that is known; those with the most tags, if there are many. */
function wordRules(sight: RuleSight): InferredRule[] {
  const { seen } = sight;
  const endings = [...sight.ofEnding.keys()].filter((ending) => ending !== '').toSorted((a, b) => b.length - a.length);
  const words = new Map<string, Moving[]>();
  for (const { tag, image } of seen.others) {
    if (image === null || endings.includes(`-${tag}`)) continue;
    const ending = endings.find((one) => tag.endsWith(one) && tag.length > one.length) ?? '';
    const word = ending === '' ? tag : tag.slice(0, -ending.length);
    const own = words.get(word) ?? [];
    words.set(word, own);
    own.push({ ending, image });
  }
  return mostUsed(words).flatMap(([word, tags]) => {
    const rules = moving(sight, camel(word), `${sight.front}${word}${sight.behind}`, tags);
    return rules.flatMap((rule) => namedRules(sight, rule, word, tags) ?? [rule]);
  });
}

/** More tags of one word than these are one rule, with some more than there are. */
const maxNamed = 16;

/**
 * `mainline` and `mainline-alpine` of images that are called `bookworm` and `alpine3.22` too: each tag by itself, for a
 * rule over all values would have `mainline-bookworm`. `null` where the word goes with every name of its images.
 */
function namedRules(
  sight: RuleSight,
  rule: InferredRule,
  word: string,
  tags: readonly Moving[],
): InferredRule[] | null {
  if (sight.front !== '' || rule.releases !== undefined || tags.length > maxNamed) return null;
  const owned = tags.flatMap(({ ending, image }) => {
    const value = sight.ofImage.get(image ?? -1);
    const version = sight.versionOf.get(image ?? -1);
    return value === undefined || version === undefined ? [] : [{ ending, value, version }];
  });
  const lacks = owned.some(({ value, version }) =>
    (value.endings.get(version.text) ?? []).some(
      (due) => !owned.some((one) => one.value === value && one.ending === due),
    ),
  );
  if (!lacks || owned.length !== tags.length) return null;
  const { only: _only, ...common } = rule;
  return owned.map(({ ending, value }) => ({
    ...common,
    name: camel(`${word}${ending}`),
    template: `${word}${ending}`,
    ...(sight.values.length > 1 ? { only: [valueName(value)] } : {}),
  }));
}

function mostUsed<T>(words: ReadonlyMap<string, readonly T[]>): (readonly [string, readonly T[]])[] {
  const named = [...words].filter(([word]) => /^[a-z][\w.-]*$/i.test(word) && !isCommit(word));
  if (named.length <= maxWords) return named;
  return named.toSorted((a, b) => b[1].length - a[1].length).slice(0, maxWords);
}

/** A rule for tags that move together; none where their images are no version's. */
function moving(sight: RuleSight, name: string, template: string, tags: readonly Moving[]): InferredRule[] {
  const { seen } = sight;
  if (tags.length === 0) return [];
  const finals = seen.versions.filter(({ pre }) => pre === null);
  const owner = ownerOf(sight, tags);
  if (owner === undefined) return [];
  const rule = { name, kind: 'convenience' as const };
  if (owner.pre !== null) {
    const releases = owner === seen.versions.at(-1) && /dev/i.test(owner.pre) ? 'all' : 'pre';
    return [{ ...rule, template, releases }];
  }
  const line = lineOf(owner, finals, name === 'latest');
  return [movingRule(sight, rule, template, { tags, line, own: taggedValues(sight, tags) })];
}

interface MovingTags {
  readonly tags: readonly Moving[];
  readonly line: readonly SeenVersion[];
  readonly own: ReadonlySet<InferredValue>;
}

function movingRule(
  { seen, values, behind }: RuleSight,
  rule: Pick<InferredRule, 'name' | 'kind'>,
  template: string,
  { tags, line, own }: MovingTags,
): InferredRule {
  const finals = seen.versions.filter(({ pre }) => pre === null);
  const range = rangeOf((version) => line.includes(version), finals, seen.versions, seen.parts);
  const [owner, newest] = [line.at(-1), finals.at(-1)];
  const held = `its tags were found on ${owner?.text ?? ''}, and ${newest?.text ?? ''} is out: without range they follow it`;
  const where = range === null ? {} : { range, ...(owner === newest ? {} : { held }) };
  const sign = signature(values, line, own);
  if (sign === 'all' || sign === 'none') return { ...rule, template, ...where };
  const only = sign.slice('only '.length).split(' ');
  const isPlain = tags.every(({ ending }) => ending === '');
  const isWhole = values.find((value) => valueName(value) === only[0])?.name === '';
  const isOne = only.length === 1 && isPlain && behind !== '' && !isWhole;
  const shown = isOne ? template.replace(behind, '').replace(behind.slice(1), '') : template;
  return { ...rule, template: shown === '' ? 'latest' : shown, ...where, only };
}

/** The version that most of the tags point to; the newest final where images are not known. */
function ownerOf({ seen, versionOf }: RuleSight, tags: readonly Moving[]): SeenVersion | undefined {
  const counts = new Map<string, number>();
  for (const { image } of tags) {
    const text = image === null ? undefined : versionOf.get(image)?.text;
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (tags.every(({ image }) => image === null)) return seen.versions.findLast(({ pre }) => pre === null);
  const [text] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  return seen.versions.find((version) => version.text === text);
}

/** The finals among which it is the newest: all, those up to it, or those of its series. */
function lineOf(owner: SeenVersion, finals: readonly SeenVersion[], isUpTo: boolean): readonly SeenVersion[] {
  if (owner === finals.at(-1)) return finals;
  const key = (version: SeenVersion, count: number): string => version.numbers.slice(0, count).join('.');
  for (let count = 1; count < owner.numbers.length; count += 1) {
    const series = finals.filter((version) => key(version, count) === key(owner, count));
    if (series.at(-1) !== owner) continue;
    return isUpTo ? finals.slice(0, finals.indexOf(owner) + 1) : series;
  }
  return [owner];
}

function camel(word: string): string {
  return word.replaceAll(/[^A-Za-z0-9]+(?<next>[A-Za-z0-9]?)/g, (_all, next: string) => next.toUpperCase());
}
