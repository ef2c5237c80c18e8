import { expect, test } from 'vitest';
import { atFilter } from '../../src/releases/at.ts';
import { fact, planned, smallConfig } from '../support/history.ts';

const { known, image } = planned(
  {
    ...smallConfig,
    exclude: [{ version: '1.9.9', reason: 'a test tag' }],
    yanked: [
      { version: '1.1.0', reason: 'breaks logging', since: '2024-03-05T00:00:00Z' },
      { version: '1.0.1', reason: 'bad wheel' },
    ],
  },
  [
    fact('1.0.0', '2024-01-01'),
    fact('1.0.1', '2024-01-31T23:30:00-05:00'),
    fact('1.1.0', '2024-03-01T20:00:00-08:00'),
    fact('1.9.9', '2024-03-02T05:00:00Z'),
    fact('2.0.0rc1', '2024-04-01'),
    fact('1.0.2', '2024-05-01', { publishedAt: '2024-05-09T10:00:00Z' }),
  ],
);

const cases: { name: string; at: string; releases: string[]; yanked: string[]; excluded: string[] }[] = [
  { name: 'a version, itself included', at: '1.0.0', releases: ['1.0.0'], yanked: [], excluded: [] },
  {
    name: 'a version in another spelling',
    at: '2.0.0-rc.1',
    releases: ['1.0.0', '1.0.1', '1.1.0', '2.0.0rc1'],
    yanked: ['1.0.1', '1.1.0'],
    excluded: ['1.9.9'],
  },
  {
    name: 'a bare date is its end in UTC, and a release of that evening in New York came out the next day',
    at: '2024-01-31',
    releases: ['1.0.0'],
    yanked: [],
    excluded: [],
  },
  {
    name: 'a yank without an instant always counts, one with a later instant does not yet',
    at: '2024-03-02T04:00:00Z',
    releases: ['1.0.0', '1.0.1', '1.1.0'],
    yanked: ['1.0.1'],
    excluded: [],
  },
  {
    name: 'publishedAt counts where it differs from committedAt',
    at: '2024-05-08',
    releases: ['1.0.0', '1.0.1', '1.1.0', '2.0.0rc1'],
    yanked: ['1.0.1', '1.1.0'],
    excluded: ['1.9.9'],
  },
  { name: 'before everything', at: '2023-12-31', releases: [], yanked: [], excluded: [] },
];

test.each(cases)('$name', ({ at, releases, yanked, excluded }) => {
  const result = atFilter(known, at, image);
  expect(result.ok).toBe(true);
  const then = result.ok ? result.value : known;
  expect({
    releases: then.releases.map((release) => release.version.text),
    yanked: then.releases.filter((release) => release.yanked !== null).map((release) => release.version.text),
    excluded: then.excluded.map((entry) => entry.release.version.text),
  }).toEqual({ releases, yanked, excluded });
});

const mistakes: { name: string; at: string; problem: object }[] = [
  {
    name: 'an unknown version, with the nearest one',
    at: '1.0.3',
    problem: {
      code: 'VERSION_UNKNOWN',
      where: '--at',
      message: 'no source knows a release "1.0.3"',
      fix: 'did you mean 1.0.2? the newest known is 2.0.0rc1',
    },
  },
  {
    name: 'an excluded version, with the reason',
    at: '1.9.9',
    problem: {
      code: 'VERSION_UNKNOWN',
      where: '--at',
      message: '"1.9.9" is excluded: a test tag',
      fix: 'name another release, or take the line away: matrix.config.ts exclude[0]',
    },
  },
  {
    name: 'a date that is none',
    at: '2024-02-30',
    problem: {
      code: 'INSTANT_INVALID',
      where: '--at',
      message: '"2024-02-30" is no instant',
      fix: "write a date ('2024-09-30') or an instant with its offset ('2024-09-30T12:00:00Z')",
    },
  },
];

test.each(mistakes)('$name', ({ at, problem }) => {
  expect(atFilter(known, at, image)).toEqual({ ok: false, problems: [problem] });
});
