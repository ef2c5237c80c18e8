/** Who owned each convenience tag over time, as lanes of strokes on one scale from the first release to the last. */
import { undated, type Instant } from '../../domain/instant.ts';
import type { Picture, Timeline } from '../../audit/picture.ts';
import { groupBy } from '../../domain/group-by.ts';
import { count } from '../words.ts';
import { dayOf, isWrong, scriptJson, type IdOf } from './texts.ts';

const width = 1000;
/** Rules with at most this many tags are open at first. */
const openUpTo = 24;

export function lanesOf(picture: Picture, idOf: IdOf): Readonly<Record<string, unknown>> {
  const timelines = picture.timelines;
  const moments = momentsOf(picture);
  const scale = timeScale(moments);
  const lanes = timelines.map((timeline, index) => ({ timeline, view: laneView(timeline, index, scale, idOf) }));
  // The broadest tags first: most people pull those.
  const rules = [...groupBy(lanes, ({ timeline }) => timeline.rule)].toReversed();
  return {
    years: yearsOf(moments, scale),
    rules: rules.map(([rule, members]) => {
      const wrong = members.filter(({ timeline }) => isWrong(timeline)).length;
      return {
        rule,
        count: members.length,
        wrong: wrong === 0 ? '' : count(wrong, 'finding'),
        open: members.length <= openUpTo,
        lanes: members.map(({ view }) => view),
      };
    }),
    lanesJson: scriptJson(lanesData(picture, moments, scale)),
  };
}

/** When a release came out or a tag changed its owner, earliest first. */
function momentsOf({ releases, timelines }: Picture): readonly Instant[] {
  const moments = new Set(releases.map(({ publishedAt }) => publishedAt));
  for (const { takes } of timelines) for (const { at } of takes) moments.add(at);
  moments.delete(undated);
  return [...moments].toSorted((a, b) => a - b);
}

/** Owners by their places in a list of versions and a list of moments, which the lanes have in common. */
function lanesData({ releases, timelines }: Picture, moments: readonly Instant[], scale: Scale): unknown {
  const versions = new Map(releases.map(({ version }, index) => [version, index]));
  const places = new Map(moments.map((at, index) => [at, index]));
  return {
    versions: [...versions.keys()],
    moments: moments.map((at) => [dayOf(at), scale(at)]),
    lanes: timelines.map(({ takes }) =>
      takes.map(({ version, at }) => [version === null ? -1 : versions.get(version), places.get(at)]),
    ),
  };
}

type Scale = (at: Instant) => number;

function timeScale(moments: readonly Instant[]): Scale {
  const first = moments[0] ?? 0;
  const last = moments.at(-1) ?? first;
  const span = Math.max(1, last - first);
  // A little room at both ends, so that the first and the last stroke are whole.
  return (at) => Math.round((4 + ((at - first) / span) * (width - 8)) * 10) / 10;
}

function yearsOf(moments: readonly Instant[], scale: Scale): readonly { year: number; left: string }[] {
  const first = moments[0];
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return [];
  const years: { year: number; left: string }[] = [];
  for (let year = Number(dayOf(first).slice(0, 4)) + 1; ; year += 1) {
    const at = Date.parse(`${year}-01-01T00:00:00Z`);
    if (at > last) return years;
    years.push({ year, left: (scale(at) / (width / 100)).toFixed(1) });
  }
}

function laneView(timeline: Timeline, index: number, scale: Scale, idOf: IdOf): Readonly<Record<string, unknown>> {
  const { tag, takes, owner, actual, state } = timeline;
  const wrong = isWrong(timeline);
  const first = takes[0];
  const last = takes.at(-1);
  const actualAt = takes.findLast(({ version }) => version !== null && version === actual)?.at;
  const lateFrom = wrong && actualAt !== undefined && actual !== owner ? scale(actualAt) : null;
  const end = state === 'frozen' && last !== undefined ? scale(last.at) : width;
  return {
    index,
    tag,
    tone: wrong ? 'bad' : '',
    find: [tag, owner ?? '', actual ?? '', state].join(' ').toLowerCase(),
    owner: wrong ? wrongOwner(timeline) : (owner ?? 'nobody'),
    href: wrong ? idOf(tag) : '',
    base: first === undefined ? '' : `M${scale(first.at)} 10H${end}`,
    ticks: takes.map(({ at }) => `M${scale(at)} 4V16`).join(''),
    late: lateFrom === null ? '' : `M${lateFrom} 10H${width}`,
    at: lateFrom === null ? '' : `M${lateFrom} 1V19`,
    say: sayOf(timeline),
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
