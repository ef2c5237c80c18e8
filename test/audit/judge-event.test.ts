/** Tags of events, judged from facts: which of them show that a tag is wrong, and which leave it open. */
import { describe, expect, test } from 'vitest';
import type { EventSight, Verdict } from '../../src/audit/event-verdict.ts';
import { judgeBranch } from '../../src/audit/judge-branch.ts';
import { judgePull, type PullTag } from '../../src/audit/judge-pull.ts';
import { judgeSchedule } from '../../src/audit/judge-schedule.ts';
import { digestNamed } from '../support/digests.ts';
import { imageOf, smallConfig } from '../support/history.ts';

const rules = imageOf({
  ...smallConfig,
  events: { branch: '{{branch}}-python{{python}}{{suffix}}', pullRequest: 'pr-{{number}}-python{{python}}{{suffix}}' },
}).events?.moving;
const [rule] = rules ?? [];
if (rule === undefined) throw new Error('the config has no rule of events');

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 1);
const commits = ['c', 'b', 'a'].map((letter, index) => ({
  revision: letter.repeat(40),
  at: start + (3 - index) * hour,
}));

interface Built {
  readonly of: string;
  readonly ref?: string;
  /** `null`: it does not say. */
  readonly hours?: number | null;
}

/** Tags by the letter of their digest, and what the image of each says. */
function sightOf(tags: Readonly<Record<string, string>>, images: Readonly<Record<string, Built>>): EventSight {
  return {
    repository: { registry: 'registry.example', path: 'acme/app' },
    now: start + 100 * hour,
    graceMs: 0,
    digestAt: (tag) => (tags[tag] === undefined ? null : digestNamed(tags[tag])),
    labels: (at) => {
      const built = Object.entries(images).find(([name]) => digestNamed(name) === at)?.[1];
      if (built === undefined) return null;
      const { of, ref = 'refs/heads/main', hours = 1 } = built;
      return {
        'org.opencontainers.image.revision': of.repeat(40),
        ...(hours === null ? {} : { 'org.opencontainers.image.created': new Date(start + hours * hour).toISOString() }),
        'io.tagwright.ref': ref,
      };
    },
  };
}

describe('a tag of a branch, whose second commit is the newest that has an image', () => {
  const tag = { tag: 'main', rule, branch: 'main', line: commits, builds: [{ tag: 'commit-b', index: 1 }] };
  type Outcome = Verdict['kind'];
  const cases: readonly {
    name: string;
    tags: Record<string, string>;
    images: Record<string, Built>;
    verdict: Outcome;
  }[] = [
    { name: 'on an earlier commit', tags: { main: '1' }, images: { 1: { of: 'a' } }, verdict: 'found' },
    { name: 'on the newest itself', tags: { main: '2' }, images: {}, verdict: 'right' },
    { name: 'absent', tags: {}, images: {}, verdict: 'unknown' },
    {
      name: 'on a later commit, whose pinned tag is gone',
      tags: { main: '1' },
      images: { 1: { of: 'c' } },
      verdict: 'right',
    },
    { name: 'on another image of the same commit', tags: { main: '1' }, images: { 1: { of: 'b' } }, verdict: 'right' },
    { name: 'on an image that says nothing', tags: { main: '1' }, images: {}, verdict: 'unknown' },
    {
      name: 'on a commit of nowhere, built before',
      tags: { main: '1' },
      images: { 1: { of: 'f', hours: 1 } },
      verdict: 'found',
    },
    {
      name: 'on a commit of nowhere, built after',
      tags: { main: '1' },
      images: { 1: { of: 'f', hours: 3 } },
      verdict: 'elsewhere',
    },
    {
      name: 'on a commit of another branch, built before',
      tags: { main: '1' },
      images: { 1: { of: 'f', hours: 1, ref: 'refs/heads/other' } },
      verdict: 'elsewhere',
    },
    {
      name: 'on an earlier commit, where a pull request built the newest',
      tags: { main: '1' },
      images: { 1: { of: 'a' }, 2: { of: 'b', ref: 'refs/pull/12', hours: 2 } },
      verdict: 'unknown',
    },
  ];

  test.each(cases)('$name', ({ tags, images, verdict }) => {
    const sight = sightOf({ 'commit-b': '2', ...tags }, { 2: { of: 'b', hours: 2 }, ...images });
    const judged = judgeBranch(tag, sight);
    const fix = `crane tag registry.example/acme/app@${digestNamed('2')} main`;
    const finding = judged.kind === 'found' ? judged.found.finding : null;
    expect([judged.kind, finding?.kind, finding?.fix]).toEqual(
      verdict === 'found' ? ['found', 'behind', fix] : [verdict, undefined, undefined],
    );
  });

  test('a build for another branch says nothing, and the one before it for this branch does', () => {
    const images = {
      1: { of: 'a' },
      2: { of: 'b', hours: 2 },
      3: { of: 'c', ref: 'refs/heads/feature', hours: 3 },
    };
    const builds = [
      { tag: 'commit-c', index: 0 },
      { tag: 'commit-b', index: 1 },
    ];
    const seen = { main: '1', 'commit-b': '2', 'commit-c': '3' };
    const found = judgeBranch({ ...tag, builds }, sightOf(seen, images));
    expect(found).toMatchObject({
      found: {
        finding: {
          because:
            'a newer build of branch "main" is of commit bbbbbbbbbbbb (commit-b); this one is of commit aaaaaaaaaaaa',
        },
      },
    });
    expect(judgeBranch({ ...tag, builds: builds.slice(0, 1) }, sightOf(seen, images))).toEqual({
      kind: 'unknown',
      note: 'whether main is behind is not known: the image of commit cccccccccccc (commit-c) was built for branch "feature", and nothing says when branch "main" got that commit',
    });
  });

  test('an image that does not say when it was built has no date of a commit in its place', () => {
    const sight = sightOf({ main: '1', 'commit-b': '2' }, { 1: { of: 'a' }, 2: { of: 'b', hours: null } });
    const late = judgeBranch(tag, sight);
    expect(late).toMatchObject({ found: { finding: { kind: 'behind', since: null, excused: null } } });
    expect(judgeBranch(tag, { ...sight, graceMs: hour })).toMatchObject({
      found: { finding: { excused: expect.stringMatching(/^when commit b+ was built is not known/) } },
    });
  });
});

describe('a tag of a schedule that runs each day', () => {
  const day = 24 * hour;
  const tag = { tag: 'nightly', rule, everyMs: day, branch: 'main', builds: [] };
  /** Hours after the start at which commits c, b and a are dated, as `line` has them. */
  const lineAt = (...hours: readonly number[]): typeof commits =>
    commits.map(({ revision }, index) => ({ revision, at: start + (hours[index] ?? 0) * hour }));
  const note = expect.stringMatching(/^whether nightly is overdue is not known/);
  const cases: readonly {
    name: string;
    image: Built | null;
    hours: readonly number[];
    now: number;
    verdict: object;
  }[] = [
    {
      name: 'of an earlier commit, all of whose followers are dated a week ago',
      image: { of: 'a' },
      hours: [3, 2, 1],
      now: 200,
      verdict: {
        kind: 'found',
        found: {
          finding: {
            kind: 'overdue',
            since: '2026-11-02T02:00:00Z',
            because:
              'it is of 2026-11-01T01:00:00Z, and branch "main" has commit bbbbbbbbbbbb, which its committer dated 2026-11-01T02:00:00Z: if it was pushed within 7d, a schedule that runs every 1d should have built it',
          },
        },
      },
    },
    {
      name: 'the same, dated some days ago: it may have been pushed just now',
      image: { of: 'a' },
      hours: [3, 2, 1],
      now: 100,
      verdict: { kind: 'unknown', note },
    },
    {
      name: 'followed by a commit that is older than its own build, as after a rebase or a fast-forward',
      image: { of: 'a', hours: 50 },
      hours: [3, 2, 1],
      now: 999,
      verdict: { kind: 'unknown', note },
    },
    {
      name: 'of an earlier commit, and young',
      image: { of: 'a', hours: 90 },
      hours: [3, 2, 1],
      now: 100,
      verdict: { kind: 'right' },
    },
    {
      name: 'of an earlier commit, with young followers',
      image: { of: 'a' },
      hours: [99, 98, 1],
      now: 100,
      verdict: { kind: 'right' },
    },
    { name: 'of the newest commit', image: { of: 'c' }, hours: [3, 2, 1], now: 999, verdict: { kind: 'right' } },
    {
      name: 'of a commit that is not on the branch',
      image: { of: 'f' },
      hours: [3, 2, 1],
      now: 999,
      verdict: { kind: 'elsewhere' },
    },
    {
      name: 'of an image that says nothing',
      image: null,
      hours: [3, 2, 1],
      now: 999,
      verdict: { kind: 'unknown', note: null },
    },
  ];

  test.each(cases)('$name', ({ image, hours, now, verdict }) => {
    const sight = sightOf({ nightly: '1' }, image === null ? {} : { 1: image });
    const judged = judgeSchedule({ ...tag, line: lineAt(...hours) }, { ...sight, now: start + now * hour });
    expect(judged).toMatchObject(verdict);
  });

  test('a build of a later commit for the branch shows when the commit was there, and for another branch does not', () => {
    const because =
      'it is of 2026-11-01T05:00:00Z, and branch "main" was built at commit bbbbbbbbbbbb on 2026-11-03T12:00:00Z (commit-b): a schedule that runs every 1d should have built that commit or a later one';
    const judged = (ref: string, now: number): Verdict => {
      const images = { 1: { of: 'a', hours: 5 }, 2: { of: 'b', ref, hours: 60 } };
      const sight = { ...sightOf({ nightly: '1', 'commit-b': '2' }, images), now: start + now * hour };
      return judgeSchedule({ ...tag, line: lineAt(3, 2, 1), builds: [{ tag: 'commit-b', index: 1 }] }, sight);
    };
    expect(judged('refs/heads/main', 100)).toMatchObject({
      kind: 'found',
      found: { finding: { because }, evidence: ['nightly', 'commit-b'] },
    });
    expect(judged('refs/heads/other', 100)).toMatchObject({ kind: 'unknown' });
    // Not before the schedule has had its time since then.
    expect(judged('refs/heads/main', 80)).toEqual({ kind: 'right' });
  });
});

describe('a tag of a pull request', () => {
  const closed = { kind: 'closed', isMerged: false, at: null } as const;
  const pull = (state: PullTag['state']): PullTag => ({
    tag: 'pr-12',
    rule,
    number: 12,
    state,
    pinned: (revision) => `commit-${revision}`,
  });
  const tags = { 'pr-12': '1', [`commit-${'f'.repeat(40)}`]: '1' };
  const images = { 1: { of: 'f', ref: 'refs/pull/12' } };
  const found = (state: PullTag['state'], others: readonly string[], sight: EventSight): string[] =>
    judgePull(pull(state), others, sight).flatMap((verdict) =>
      verdict.kind === 'found' ? [verdict.found.finding.tag] : [],
    );

  test('closed: it and the pinned tag of its image', () => {
    expect(found(closed, ['main'], sightOf({ ...tags, main: '2' }, images))).toEqual(Object.keys(tags));
  });
  test('the pinned tag stays where a branch or a schedule has the image, and where a branch built it', () => {
    expect(found(closed, ['main'], sightOf({ ...tags, main: '1' }, images))).toEqual(['pr-12']);
    expect(found(closed, [], sightOf(tags, { 1: { of: 'f', ref: 'refs/heads/main' } }))).toEqual(['pr-12']);
    expect(found(closed, [], sightOf(tags, {}))).toEqual(['pr-12']);
  });
  test('open, or absent: nothing', () => {
    expect(found({ kind: 'open' }, [], sightOf(tags, images))).toEqual([]);
    expect(judgePull(pull({ kind: 'open' }), [], sightOf(tags, images))).toEqual([{ kind: 'right' }]);
    expect(found(closed, [], sightOf({}, images))).toEqual([]);
  });
});
