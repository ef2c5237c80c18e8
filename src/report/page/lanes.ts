/** Who owned each convenience tag over time, as lanes of strokes on one scale from the first release to the last. */
import { undated, type Instant } from '../../domain/instant.ts';
import type { Picture, Timeline } from '../../audit/picture.ts';
import type { Lane, LanesPart } from '../../browser/page-data.ts';
import { groupBy } from '../../domain/group-by.ts';
import { count, grouped } from '../words.ts';
import { dayOf, isWrong, type RowTag } from './texts.ts';

const width = 1000;
/** Rules with at most this many tags are open at first. */
const openUpTo = 24;

/** What lanes are drawn from. */
export type Timed = Pick<Picture, 'timelines'> & {
  readonly releases: readonly Pick<Picture['releases'][number], 'version' | 'publishedAt'>[];
};

export function lanesPart(picture: Timed, id: string, prefix: string, rowTag: RowTag): LanesPart {
  const moments = momentsOf(picture);
  const scale = timeScale(moments);
  const versions = [...new Set(picture.releases.map(({ version }) => version))];
  const places = {
    versions: new Map(versions.map((version, index) => [version, index])),
    moments: new Map(moments.map((at, index) => [at, index])),
  };
  // The broadest tags first: most people pull those.
  const rules = [...groupBy(picture.timelines, ({ rule }) => rule)].toReversed();
  return {
    kind: 'lanes',
    id,
    prefix,
    title: 'Owners over time',
    lead: 'A stroke is a release that took the tag over. A line that ends is a tag that no longer moves. Use ← and → on a tag to walk through its owners.',
    years: yearsOf(moments, scale),
    versions,
    moments: moments.map((at) => [dayOf(at), scale(at)] as const),
    rules: rules.map(([rule, members]) => {
      const wrong = members.filter(isWrong).length;
      return {
        rule,
        count: grouped(members.length),
        wrong: wrong === 0 ? '' : count(wrong, 'finding'),
        open: members.length <= openUpTo,
        // The highest series first, as everywhere.
        lanes: [...groupBy(members, ({ label }) => label).values()]
          .toReversed()
          .flat()
          .map((timeline) => laneOf(timeline, scale, places, rowTag)),
      };
    }),
  };
}

/** When a release came out or a tag changed its owner, earliest first. */
function momentsOf({ releases, timelines }: Timed): readonly Instant[] {
  const moments = new Set(releases.map(({ publishedAt }) => publishedAt));
  for (const { takes } of timelines) for (const { at } of takes) moments.add(at);
  moments.delete(undated);
  return [...moments].toSorted((a, b) => a - b);
}

type Scale = (at: Instant) => number;

function timeScale(moments: readonly Instant[]): Scale {
  const first = moments[0] ?? 0;
  const last = moments.at(-1) ?? first;
  const span = Math.max(1, last - first);
  // A little room at both ends, so that the first and the last stroke are whole.
  return (at) => Math.round((4 + ((at - first) / span) * (width - 8)) * 10) / 10;
}

function yearsOf(moments: readonly Instant[], scale: Scale): LanesPart['years'] {
  const first = moments[0];
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return [];
  const years: { year: number; left: number }[] = [];
  for (let year = Number(dayOf(first).slice(0, 4)) + 1; ; year += 1) {
    const at = Date.parse(`${year}-01-01T00:00:00Z`);
    if (!(at <= last)) return years;
    years.push({ year, left: Math.round(scale(at)) / (width / 100) });
  }
}

interface Places {
  readonly versions: ReadonlyMap<string, number>;
  readonly moments: ReadonlyMap<Instant, number>;
}

function laneOf(timeline: Timeline, scale: Scale, places: Places, rowTag: RowTag): Lane {
  const { tag, takes, owner, actual, state } = timeline;
  const wrong = isWrong(timeline);
  const last = takes.at(-1);
  const actualAt = takes.findLast(({ version }) => version !== null && version === actual)?.at;
  const isLate = wrong && actualAt !== undefined && actual !== owner;
  return {
    tag,
    takes: takes.map(({ version, at }) => [
      version === null ? -1 : (places.versions.get(version) ?? -1),
      places.moments.get(at) ?? 0,
    ]),
    owner: wrong ? wrongOwner(timeline) : (owner ?? 'nobody'),
    say: sayOf(timeline),
    ...(state === 'frozen' && last !== undefined ? { end: scale(last.at) } : {}),
    ...(wrong ? { wrong } : {}),
    ...(isLate ? { late: scale(actualAt) } : {}),
    ...(wrong && rowTag(tag) === tag ? { row: true } : {}),
  };
}

/** `2.20.18 → 2.20.25`; where the release is the same, or not known, what else is wrong. */
function wrongOwner({ owner, actual, state }: Timeline): string {
  const from = actual === null || actual === owner ? state : actual;
  return `${from} → ${owner ?? 'nobody'}`;
}

function sayOf({ tag, takes, owner, actual, state }: Timeline): string {
  const owners = count(takes.filter(({ version }) => version !== null).length, 'owner');
  const now = owner === null ? 'nobody owns it' : `${owner} owns it`;
  const where = state === 'right' || state === 'frozen' ? state : `${state}, it points to ${actual ?? 'nothing known'}`;
  return `${tag}: ${owners} over time, ${now}; ${where}`;
}
