/** Laws of the tags of events: for any branch, what is handed over is a tag, and never a release's. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { branchFault, branchText, type BuildEvent } from '../../src/domain/build-event.ts';
import { readBuildEvent } from '../../src/domain/read-build-event.ts';
import { isTag } from '../../src/domain/tag.ts';
import { takenTags } from '../../src/plan/check-events.ts';
import { eventLanes, tagsOfCell } from '../../src/plan/event-lanes.ts';
import { daily, imageOf, planned, smallConfig } from '../support/history.ts';

const context = { file: 'matrix.config.ts', limits: { jobs: 256, tags: 1_000_000 } };
const events = {
  branch: '{{branch}}-python{{python}}{{suffix}}',
  pullRequest: 'pr-{{number}}-python{{python}}{{suffix}}',
  schedule: 'nightly-python{{python}}{{suffix}}',
  edge: { template: 'edge{{suffix}}', only: { python: 'default' as const } },
};
const config = { ...smallConfig, events };
const { image, tags } = planned(config, daily('1.0.0', '1.1.0', '2.0.0rc1', '2.0.0'));

const part = fc.oneof(
  fc.constantFrom('main', 'feature', '2', '1.1', '2.0.0', '2-latest', 'sha', 'latest', 'conda', '🚀', 'ü', '.', '-'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const branches = fc
  .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom('/', '-', '.'))
  .map(([parts, joint]) => parts.join(joint))
  .filter((text) => branchFault(text) === null);
const revisions = fc.stringMatching(/^[0-9a-f]{40}$/);

const builds: fc.Arbitrary<BuildEvent> = fc
  .tuple(
    fc.oneof(
      branches.map((branch) => ({ kind: 'branch' as const, branch })),
      fc.integer({ min: 1, max: 1e6 }).map((number) => ({ kind: 'pull-request' as const, number })),
      fc.option(branches).map((branch) => ({ kind: 'schedule' as const, branch })),
    ),
    revisions,
    fc.constantFrom('main', '2'),
  )
  .map(([kind, revision, defaultBranch]) => ({
    ...kind,
    revision,
    defaultBranch,
    at: Date.UTC(2026, 0, 1),
    fork: false,
  }));

test('what is handed over is a tag, is no release’s, and each cell has its own pinned one', () => {
  const released = new Set([...tags.pinned.keys(), ...tags.convenience.map(({ tag }) => tag)]);
  let handed = 0;
  fc.assert(
    fc.property(builds, (build) => {
      const lanes = eventLanes(image, build, context);
      const refused = lanes.ok ? [] : lanes.problems.map(({ code }) => code);
      expect(refused.filter((code) => code !== 'TAG_INVALID')).toEqual([]);
      for (const lane of lanes.ok ? lanes.value : []) {
        const all = lane.tags.cells.flatMap((cell) => tagsOfCell(cell, lane.tags));
        expect(new Set(all).size).toBe(all.length);
        expect(all.filter((tag) => !isTag(tag))).toEqual([]);
        expect(lane.tags.cells.map(({ pinned }) => pinned.length)).toEqual([1, 1, 1, 1]);
        const taken = all.filter((tag) => released.has(tag));
        const isTold = takenTags(lane, image, build, tags).length > 0;
        expect(isTold ? [] : taken).toEqual([]);
        expect(!isTold || lane.rules.has('branch')).toBe(true);
        handed += all.length;
      }
    }),
  );
  expect(handed).toBeGreaterThan(0);
});

test('a branch text is one of tag characters, and keeps those that are', () => {
  fc.assert(
    fc.property(branches, (branch) => {
      const text = branchText(branch);
      expect(text).toMatch(/^[A-Za-z0-9._-]+$/);
      expect(branchText(text)).toBe(text);
      expect(text.replaceAll(/[^A-Za-z0-9]/g, '')).toBe(branch.replaceAll(/[^A-Za-z0-9]/g, ''));
    }),
  );
});

test('an event is read as it was written, and nothing else is read', () => {
  fc.assert(
    fc.property(builds, (build) => {
      const written = { ...build, at: new Date(build.at).toISOString() };
      expect(readBuildEvent(JSON.parse(JSON.stringify(written)), 'event.json')).toEqual({ ok: true, value: build });
    }),
  );
  const right = { kind: 'branch', branch: 'main', revision: '0'.repeat(40), at: '2026-11-29T03:00:00Z' };
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, 'event.json'],
    [[], 'event.json'],
    [{ ...right, kind: 'release' }, 'event.json kind'],
    [{ ...right, branch: '' }, 'event.json branch'],
    [{ ...right, branch: '../../x' }, 'event.json branch'],
    [{ ...right, branch: 'a\nb' }, 'event.json branch'],
    [{ ...right, branch: 12 }, 'event.json branch'],
    [{ ...right, revision: 'abc' }, 'event.json revision'],
    [{ ...right, at: 'yesterday' }, 'event.json at'],
    [{ ...right, number: 12 }, 'event.json'],
    [{ ...right, kind: 'pull-request', branch: undefined, number: 0 }, 'event.json number'],
    [{ ...right, kind: 'pull-request', branch: undefined, number: '12' }, 'event.json number'],
  ];
  for (const [value, where] of wrong) {
    const read = readBuildEvent(JSON.parse(JSON.stringify(value)), 'event.json');
    expect(read.ok ? read.value : read.problems.map((problem) => problem.where)).toEqual([where]);
  }
});

test('the image of the laws is the one that the config names', () => {
  expect(imageOf(config).events?.moving.map(({ event }) => event)).toEqual([
    'schedule',
    'edge',
    'branch',
    'pullRequest',
  ]);
});
