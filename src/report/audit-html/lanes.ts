/** Who owned each convenience tag over time, as lanes of strokes on one scale from the first release to the last. */
import { undated } from '../../domain/instant.ts';
import type { Picture, PictureRelease, Timeline } from '../../audit/picture.ts';
import { groupBy } from '../../domain/group-by.ts';
import { count } from '../words.ts';
import { dayOf, isWrong, scriptJson, type IdOf } from './texts.ts';

const width = 1000;
/** Rules with at most this many tags are open at first. */
const openUpTo = 24;

export function lanesOf(picture: Picture, idOf: IdOf): Readonly<Record<string, unknown>> {
  const releases = picture.releases
    .filter(({ publishedAt }) => publishedAt !== undated)
    .toSorted((a, b) => a.publishedAt - b.publishedAt);
  const scale = timeScale(releases);
  const places = new Map(releases.map((release, index) => [release.version, index]));
  const timelines = picture.timelines;
  const lanes = timelines.map((timeline, index) => ({ timeline, view: laneView(timeline, index, scale, idOf) }));
  // The broadest tags first: most people pull those.
  const rules = [...groupBy(lanes, ({ timeline }) => timeline.rule)].toReversed();
  return {
    years: yearsOf(releases, scale),
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
    lanesJson: scriptJson({
      releases: releases.map((release) => [release.version, dayOf(release), scale(release.publishedAt)]),
      lanes: timelines.map(({ takes }) => takes.flatMap(({ version }) => places.get(version) ?? [])),
    }),
  };
}

type Scale = (at: number) => number;

function timeScale(releases: readonly PictureRelease[]): Scale {
  const first = releases[0]?.publishedAt ?? 0;
  const last = releases.at(-1)?.publishedAt ?? first;
  const span = Math.max(1, last - first);
  // A little room at both ends, so that the first and the last stroke are whole.
  return (at) => Math.round((4 + ((at - first) / span) * (width - 8)) * 10) / 10;
}

function yearsOf(releases: readonly PictureRelease[], scale: Scale): readonly { year: number; left: string }[] {
  const first = releases[0];
  const last = releases.at(-1);
  if (first === undefined || last === undefined) return [];
  const years: { year: number; left: string }[] = [];
  for (let year = Number(dayOf(first).slice(0, 4)) + 1; ; year += 1) {
    const at = Date.parse(`${year}-01-01T00:00:00Z`);
    if (at > last.publishedAt) return years;
    years.push({ year, left: (scale(at) / (width / 100)).toFixed(1) });
  }
}

function laneView(timeline: Timeline, index: number, scale: Scale, idOf: IdOf): Readonly<Record<string, unknown>> {
  const { tag, takes, owner, actual, state } = timeline;
  const wrong = isWrong(timeline);
  const first = takes[0];
  const last = takes.at(-1);
  const actualAt = takes.find(({ version }) => version === actual)?.at;
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
  const owners = count(takes.length, 'owner');
  const now = owner === null ? 'nobody owns it' : `${owner} owns it`;
  const where = state === 'right' || state === 'frozen' ? state : `${state}, it points to ${actual ?? 'nothing known'}`;
  return `${tag}: ${owners} over time, ${now}; ${where}`;
}
