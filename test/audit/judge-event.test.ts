/** Tags of events, judged from facts: which of them show that a tag is wrong, and which leave it open. */
import { describe, expect, test } from 'vitest';
import { judgeBranch, judgePull, judgeSchedule, type EventSight, type PullTag } from '../../src/audit/judge-event.ts';
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
  readonly hours?: number;
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
        'org.opencontainers.image.created': new Date(start + hours * hour).toISOString(),
        'io.tagwright.ref': ref,
      };
    },
  };
}

describe('a tag of a branch, whose second commit is the newest that has an image', () => {
  const tag = { tag: 'main', rule, branch: 'main', line: commits, newest: { tag: 'commit-b', index: 1 } };
  const cases: readonly {
    name: string;
    tags: Record<string, string>;
    images: Record<string, Built>;
    found: boolean;
  }[] = [
    { name: 'on an earlier commit', tags: { main: '1' }, images: { 1: { of: 'a' } }, found: true },
    { name: 'on the newest itself', tags: { main: '2' }, images: {}, found: false },
    { name: 'absent', tags: {}, images: {}, found: false },
    {
      name: 'on a later commit, whose pinned tag is gone',
      tags: { main: '1' },
      images: { 1: { of: 'c' } },
      found: false,
    },
    { name: 'on another image of the same commit', tags: { main: '1' }, images: { 1: { of: 'b' } }, found: false },
    { name: 'on an image that says nothing', tags: { main: '1' }, images: {}, found: false },
    {
      name: 'on a commit of nowhere, built before',
      tags: { main: '1' },
      images: { 1: { of: 'f', hours: 1 } },
      found: true,
    },
    {
      name: 'on a commit of nowhere, built after',
      tags: { main: '1' },
      images: { 1: { of: 'f', hours: 3 } },
      found: false,
    },
    {
      name: 'on a commit of another branch, built before',
      tags: { main: '1' },
      images: { 1: { of: 'f', hours: 1, ref: 'refs/heads/other' } },
      found: false,
    },
  ];

  test.each(cases)('$name', ({ tags, images, found }) => {
    const sight = sightOf({ 'commit-b': '2', ...tags }, { 2: { of: 'b', hours: 2 }, ...images });
    const judged = judgeBranch(tag, sight);
    const fix = `crane tag registry.example/acme/app@${digestNamed('2')} main`;
    expect([judged?.finding.kind, judged?.finding.fix]).toEqual(found ? ['behind', fix] : [undefined, undefined]);
  });
});

describe('a tag of a schedule that runs each day', () => {
  const tag = { tag: 'nightly', rule, everyMs: 24 * hour, branch: 'main', line: commits };
  const cases: readonly { name: string; image: Built | null; found: boolean }[] = [
    { name: 'of an earlier commit, and old', image: { of: 'a' }, found: true },
    { name: 'of an earlier commit, and young', image: { of: 'a', hours: 90 }, found: false },
    { name: 'of the newest commit', image: { of: 'c' }, found: false },
    { name: 'of a commit that is not on the branch', image: { of: 'f' }, found: false },
    { name: 'of an image that says nothing', image: null, found: false },
  ];

  test.each(cases)('$name', ({ image, found }) => {
    const judged = judgeSchedule(tag, sightOf({ nightly: '1' }, image === null ? {} : { 1: image }));
    expect(judged?.finding.kind ?? null).toBe(found ? 'overdue' : null);
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
    judgePull(pull(state), others, sight).map(({ finding }) => finding.tag);

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
    expect(found(closed, [], sightOf({}, images))).toEqual([]);
  });
});
