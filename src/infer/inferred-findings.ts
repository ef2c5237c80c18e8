/** What is wrong with tags by their names and digests alone. Nothing is said on a guess: each finding has its evidence. */
import { count } from '../domain/count.ts';
import { unfitBecause, type KnownVersions } from './known-versions.ts';
import { groupBy } from '../domain/group-by.ts';
import {
  compareNumbers,
  kindOf,
  numberSchemes,
  shownVersion,
  versionText,
  type NamedTags,
  type TagName,
} from './tag-names.ts';

/** `unsure`: it may well be meant so, and fails nothing. */
export type Certainty = 'sure' | 'likely' | 'unsure';

export interface InferredFinding {
  readonly tag: string;
  readonly message: string;
  readonly evidence: string;
  readonly certainty: Certainty;
}

/** What one image holds, for those that were looked into. */
export interface SeenImage {
  readonly platforms: readonly string[];
  /** `PYTHON_VERSION` of its config. */
  readonly python: string | null;
}

export interface SeenTags {
  readonly names: NamedTags;
  /** Of tags that the registry answered. */
  readonly digests: ReadonlyMap<string, string>;
  /** By tag; none for a tag that was not looked into. */
  readonly images: ReadonlyMap<string, SeenImage>;
  /** What git tags or a forge say; left out where nobody was asked. */
  readonly known?: KnownVersions;
  /** Not every version tag was asked where it points. */
  readonly isPartial?: boolean;
}

export function inferFindings(seen: SeenTags): InferredFinding[] {
  const found = [
    ...moving(seen),
    ...missingSeries(seen),
    ...halfPublished(seen),
    ...oddPrefixes(seen),
    ...contents(seen),
  ];
  return found.toSorted((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
}

/** Tags that move: each belongs to the highest final release of what it names. */
function moving({ names, digests, known = new Map(), isPartial = false }: SeenTags): InferredFinding[] {
  const all = names.full.filter(({ isPre, tag }) => !isPre && digests.has(tag));
  const unfit = (full: TagName): string | null => unfitBecause(known.get(versionText(full)));
  const finals = all.filter((full) => unfit(full) === null);
  const named = [...names.series, ...names.newest].filter(
    ({ ending, numbers }) => ending === '' || finals.some((full) => fits(full, numbers, ending)),
  );
  const ofDigest = groupBy(all, ({ tag }) => digests.get(tag) ?? '');
  return named.flatMap((name): InferredFinding[] => {
    const digest = digests.get(name.tag);
    const candidates = finals.filter((full) => fits(full, name.numbers, name.ending));
    const highest = highestOf(candidates);
    if (digest === undefined || highest === undefined) return [];
    const isOf = (version: TagName): boolean =>
      candidates.some((one) => compareNumbers(one.numbers, version.numbers) === 0 && digests.get(one.tag) === digest);
    if (isOf(highest)) return [];
    const holders = (ofDigest.get(digest) ?? []).toSorted((a, b) => compareNumbers(b.numbers, a.numbers));
    const holder = holders.find((full) => unfit(full) === null);
    const [refused] = holders;
    if (holder === undefined && refused !== undefined) return [unfitHolder(name, refused, highest, known)];
    if (holder === undefined) return isPartial ? [] : unexplained(name, digests, candidates, names);
    const newest = rivalOf(holder, candidates) ?? highest;
    if (compareNumbers(holder.numbers, newest.numbers) >= 0) return [];
    const evidence = `it has the digest of ${holder.tag}; ${newest.tag} has another one${daysOf(holder, newest, known)}`;
    const message = `points to ${shownVersion(holder)}, and ${shownVersion(newest)} is out`;
    if (name.numbers.length === 0 && isHeld(holder, candidates, names)) {
      const why = `${shownVersion(holder)} is the newest of its line, so it may be held there on purpose`;
      return [{ tag: name.tag, message, evidence: `${evidence}; ${why}`, certainty: 'unsure' }];
    }
    return [{ tag: name.tag, message, evidence, certainty: candidates.includes(holder) ? 'sure' : 'likely' }];
  });
}

function highestOf(finals: readonly TagName[]): TagName | undefined {
  return finals.reduce<TagName | undefined>(
    (best, one) => (best === undefined || compareNumbers(one.numbers, best.numbers) > 0 ? one : best),
    undefined,
  );
}

/** Of two schemes at once, a newer version of its own; `null` where there is none, or one scheme. */
function rivalOf(holder: TagName, candidates: readonly TagName[]): TagName | null {
  const schemes = numberSchemes(candidates);
  const newest = schemes.find(({ kind }) => kind === kindOf(holder))?.finals[0];
  if (schemes.length < 2 || newest === undefined) return null;
  return compareNumbers(holder.numbers, newest.numbers) < 0 ? newest : null;
}

/** A tag on a release that its own source calls withdrawn, or a pre-release. */
function unfitHolder(name: TagName, holder: TagName, highest: TagName, known: KnownVersions): InferredFinding {
  const said = known.get(versionText(holder));
  const why = unfitBecause(said) ?? '';
  const isSaid = said?.isYanked === true ? 'withdrawn' : 'a pre-release';
  return {
    tag: name.tag,
    message: `points to ${shownVersion(holder)}, ${why}`,
    evidence: `its release ${said?.text ?? ''} is marked as ${isSaid}; ${highest.tag} is the highest that is not`,
    certainty: 'sure',
  };
}

/** When both came out, where that is known. */
function daysOf(holder: TagName, highest: TagName, known: KnownVersions): string {
  const days = [holder, highest].map((full) => known.get(versionText(full))?.day ?? null);
  const [own, other] = days;
  if (own === undefined || own === null || other === undefined || other === null) return '';
  return `; ${shownVersion(holder)} came out on ${own}, ${shownVersion(highest)} on ${other}`;
}

/** `latest` on the newest release of an older line, such as the one with long-term support. */
function isHeld(holder: TagName, candidates: readonly TagName[], { parts }: NamedTags): boolean {
  const line = candidates.filter(({ numbers }) => numbers[0] === holder.numbers[0]);
  return parts < 3 || line.every(({ numbers }) => compareNumbers(numbers, holder.numbers) <= 0);
}

/** An image that no version tag has is odd only where the tags beside it are explained. */
function unexplained(
  name: TagName,
  digests: ReadonlyMap<string, string>,
  candidates: readonly TagName[],
  names: NamedTags,
): InferredFinding[] {
  const known = new Set(names.full.flatMap(({ tag }) => digests.get(tag) ?? []));
  const peers = [...names.series, ...names.newest].filter(({ tag }) => tag !== name.tag && digests.has(tag));
  const explained = peers.filter(({ tag }) => known.has(digests.get(tag) ?? ''));
  const isUsual = peers.length > 0 && explained.length * 10 >= peers.length * 8;
  if (!isUsual || candidates.length < 2) return [];
  return [
    {
      tag: name.tag,
      message: 'points to an image that no version tag has',
      evidence: `the digest of a version is under ${explained.length} of ${count(peers.length, 'other moving tag')}`,
      certainty: 'likely',
    },
  ];
}

function fits(full: TagName, numbers: readonly number[], ending: string): boolean {
  const isSeries = numbers.every((number, index) => full.numbers[index] === number);
  return isSeries && (ending === '' || full.ending === ending || full.ending.endsWith(ending));
}

/** `2.21` is missing where every older series has such a tag. */
function missingSeries({ names }: SeenTags): InferredFinding[] {
  const finals = names.full.filter(({ isPre }) => !isPre);
  const found: InferredFinding[] = [];
  for (let parts = 1; parts < names.parts; parts += 1) {
    for (const ending of new Set(
      names.series.filter(({ numbers }) => numbers.length === parts).map((one) => one.ending),
    )) {
      const own = finals.filter((full) => full.ending === ending);
      const keyOf = ({ numbers }: TagName): string => numbers.slice(0, parts).join('.');
      const all = [...new Set(own.toSorted((a, b) => compareNumbers(a.numbers, b.numbers)).map(keyOf))];
      const tagged = new Map(
        names.series
          .filter((one) => one.ending === ending && one.numbers.length === parts)
          .map((one) => [keyOf(one), one]),
      );
      const [sample] = tagged.values();
      const newest = all.at(-1);
      const older = all.slice(0, -1);
      if (newest === undefined || tagged.has(newest) || older.length < 3 || !older.every((key) => tagged.has(key)))
        continue;
      found.push({
        tag: `${sample?.v === true ? 'v' : ''}${newest}${ending}`,
        message: 'is missing',
        evidence: `each of the ${older.length} older series has such a tag`,
        certainty: 'likely',
      });
    }
  }
  return found;
}

/** `-ls278` of one release is `-ls285` of the next. */
function isBuildNumber(ending: string, before: readonly TagName[], newest: readonly TagName[]): boolean {
  const word = /^(?<word>-[a-z]*)\d+$/i.exec(ending)?.groups?.['word'];
  const alike = (names: readonly TagName[]): number =>
    names.filter((name) => /^(?<word>-[a-z]*)\d+$/i.exec(name.ending)?.groups?.['word'] === word).length;
  return word !== undefined && alike(before) === 1 && alike(newest) === 1;
}

/** Endings that the release before has, and the newest lacks while it has others. */
function halfPublished(seen: SeenTags): InferredFinding[] {
  const { names } = seen;
  const byVersion = new Map<string, TagName[]>();
  for (const full of names.full.filter(({ isPre }) => !isPre))
    byVersion.set(versionText(full), [...(byVersion.get(versionText(full)) ?? []), full]);
  const ordered = [...byVersion.values()].toSorted((a, b) => compareNumbers(a[0]?.numbers ?? [], b[0]?.numbers ?? []));
  const [newest, before] = [ordered.at(-1), ordered.at(-2)];
  if (newest === undefined || before === undefined) return [];
  const [one] = newest;
  const [last] = before;
  if (one === undefined || last === undefined || one.numbers[0] !== last.numbers[0]) return [];
  const version = shownVersion(one);
  const lacking = before.filter(
    ({ ending }) => !newest.some((other) => other.ending === ending) && !isBuildNumber(ending, before, newest),
  );
  // A value that was dropped on purpose holds no tag back.
  const waits = moving(seen).some(({ message }) => message.endsWith(` ${version} is out`));
  if (!waits) return [];
  const others = count(newest.length, 'other tag');
  return lacking.map(({ ending, tag }) => ({
    tag: `${one.v ? 'v' : ''}${version}${ending}`,
    message: 'is missing: the newest release may be half published',
    evidence: `${tag} is there, and ${others} of ${version}`,
    certainty: 'likely' as const,
  }));
}

/** A `v` that nearly no other version has. */
function oddPrefixes({ names }: SeenTags): InferredFinding[] {
  const odd = names.full.filter(({ v }) => v);
  const usual = [...names.full, ...names.series].filter(({ v }) => !v).length;
  if (odd.length === 0 || odd.length * 2 > usual) return [];
  const has = new Set(names.full.map(({ tag }) => tag));
  return odd
    .filter(({ tag }) => !has.has(tag.slice(1)))
    .map(({ tag }) => ({
      tag,
      message: `has a v, and ${tag.slice(1)} is missing`,
      evidence: `${count(usual, 'other version tag has', 'other version tags have')} no v`,
      certainty: 'sure' as const,
    }));
}

/** A platform that the releases before and after have; a Python that the name does not say. */
function contents({ names, images }: SeenTags): InferredFinding[] {
  const found: InferredFinding[] = [];
  for (const full of names.full) {
    const image = images.get(full.tag);
    if (image === undefined) continue;
    const named = /-(?:python|py)(?<python>\d+\.\d+)(?:-|$)/.exec(full.ending)?.groups?.['python'];
    if (
      named !== undefined &&
      image.python !== null &&
      image.python !== named &&
      !image.python.startsWith(`${named}.`)
    ) {
      found.push({
        tag: full.tag,
        message: `holds Python ${image.python}`,
        evidence: 'PYTHON_VERSION in the config of the image',
        certainty: 'sure',
      });
    }
    const peers = names.full.filter(
      ({ ending, tag, isPre }) => ending === full.ending && tag !== full.tag && !isPre && images.has(tag),
    );
    const near = peers.toSorted((a, b) => distance(a, full) - distance(b, full)).slice(0, 2);
    const lost = (images.get(near[0]?.tag ?? '')?.platforms ?? []).filter(
      (platform) =>
        !image.platforms.includes(platform) &&
        near.every(({ tag }) => images.get(tag)?.platforms.includes(platform) === true),
    );
    if (lost.length === 0 || image.platforms.length === 0 || near.length === 0) continue;
    found.push({
      tag: full.tag,
      message: `has no ${lost.join(', ')}`,
      evidence: `${near.map(({ tag }) => tag).join(' and ')} ${near.length === 1 ? 'has' : 'have'} it`,
      certainty: 'likely',
    });
  }
  return found;
}

/** How far two versions are apart, the first numbers counting most. */
function distance(a: TagName, b: TagName): number {
  return a.numbers.reduce((sum, number, index) => sum * 1000 + Math.abs(number - (b.numbers[index] ?? 0)), 0);
}
