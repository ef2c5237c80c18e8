import { describe, expect, test } from 'vitest';
import type { InspectedImage } from '../../src/domain/image.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { absent as absentTag, type Seen } from '../../src/domain/snapshot.ts';
import { decidePinned, type PinnedDecision, type PinnedPolicy } from '../../src/pinned/decide.ts';
import { expectedLabels } from '../../src/plan/expected-image.ts';
import type { Content } from '../../src/sight/input.ts';
import { createSight } from '../../src/sight/sight.ts';
import { auditCase, cellOf } from '../support/audit-case.ts';
import { digestNamed } from '../support/digests.ts';
import { daily, smallConfig } from '../support/history.ts';

const made = auditCase(
  { ...smallConfig, platforms: ['linux/amd64', 'linux/arm64'], defaults: { python: { '1': '3.9' } } },
  daily('1.2.3'),
);
const full = '1.2.3-python3.9';
const cell = cellOf(made, full);
const sha = cell.pinned[1]?.tag ?? '';
const [owned = ''] = made.expected.owned(cell);
const a = digestNamed('a');
const b = digestNamed('b');

const ours = expectedLabels(cell, made.image);
const otherVersion = { ...ours, 'org.opencontainers.image.version': '1.2.2' };

/** How an image differs from one of ours that is whole. */
interface Look {
  readonly labels?: Readonly<Record<string, string>>;
  readonly platforms?: readonly string[];
  readonly more?: Partial<InspectedImage>;
}

function image(digest: typeof a, { labels = ours, platforms = cell.platforms, more = {} }: Look = {}): InspectedImage {
  return {
    digest,
    mediaType: mediaTypes.ociIndex,
    kind: 'index',
    platforms,
    configs: platforms.map((platform) => ({ platform, digest, labels, pythonVersion: null, created: null })),
    attestations: 0,
    children: [],
    reason: null,
    ...more,
  };
}

interface Row {
  readonly tag: string;
  readonly seen: Seen;
  readonly content: Content | null;
}

const absent = (tag: string): Row => ({ tag, seen: absentTag, content: null });
const unknown = (tag: string): Row => ({ tag, seen: { kind: 'unknown', reason: '403' }, content: null });
function there(tag: string, digest: typeof a, look: Look = {}): Row {
  return { tag, seen: present(digest), content: { kind: 'read', image: image(digest, look) } };
}
const unread = (tag: string, digest: typeof a): Row => ({ tag, seen: present(digest), content: null });
function present(digest: typeof a): Seen {
  return { kind: 'present', descriptor: { mediaType: mediaTypes.ociIndex, digest, sizeBytes: 1 }, hashed: false };
}

const noLabels: Look = { labels: {} };
const amd64Only: Look = { platforms: ['linux/amd64'] };

interface Evidence {
  readonly journal?: typeof a;
  readonly lock?: typeof a;
  /** What the lock's digest holds; `null` if the registry no longer has it. */
  readonly locked?: InspectedImage | null;
  readonly begun?: boolean;
  /** Where a convenience tag of the cell points. */
  readonly published?: typeof a;
}

interface Case {
  readonly name: string;
  readonly tags: readonly Row[];
  readonly evidence?: Evidence;
  readonly policy?: Partial<PinnedPolicy>;
  readonly expected: object;
}

function decide({ tags, evidence = {}, policy }: Omit<Case, 'name' | 'expected'>): PinnedDecision {
  const { journal, lock, locked, begun = false, published } = evidence;
  const seen = new Map(tags.map((row) => [row.tag, row.seen]));
  for (const { tag } of cell.pinned) if (!seen.has(tag)) seen.set(tag, absentTag);
  if (published !== undefined) seen.set(owned, present(published));
  const contents = new Map<typeof a, Content>();
  for (const { seen: at, content } of tags)
    if (content !== null && at.kind === 'present') contents.set(at.descriptor.digest, content);
  if (lock !== undefined && !contents.has(lock))
    contents.set(lock, locked ? { kind: 'read', image: locked } : { kind: 'gone' });
  const entry = { version: '1.2.3', axes: cell.shape.axes, platforms: null };
  const sight = createSight({
    expected: made.expected,
    seen,
    listing: null,
    contents,
    lock:
      lock === undefined ? null : { repository: 'registry.example/acme/app', entries: [{ ...entry, digest: lock }] },
    past: {
      pushing: new Set(begun ? [full] : []),
      digests: new Map(journal === undefined ? [] : [[full, journal]]),
    },
  });
  const context = { sight, repository: { registry: 'registry.example', path: 'acme/app' }, flags: '', others: [] };
  return decidePinned(cell, context, { adopt: false, replacePartial: false, ...policy });
}

const conflict = (reason: string): object => ({
  kind: 'refused',
  code: 'PINNED_CONFLICT',
  reason: expect.stringContaining(reason),
});
const partial = (reason: string): object => ({
  kind: 'refused',
  code: 'PINNED_PARTIAL',
  reason: `${reason}, and no journal here saw that push`,
  fix: '--replace-partial pushes it again',
});
const inDoubt = (...claimants: string[]): object => ({
  kind: 'refused',
  code: 'PINNED_CONFLICT',
  reason: `two images claim to be 1.2.3 (python 3.9, flavor standard): ${claimants.join(' and ')}`,
  fix: expect.stringMatching(/^crane tag .* \(if sha256:.* is 1\.2\.3 .*\); or crane tag /),
});
const build = (...over: [string, typeof a][]): PinnedDecision => ({ kind: 'build', over: new Map(over) });
const copy = (from: string, to: string[], ...over: [string, typeof a][]): PinnedDecision => ({
  kind: 'copy',
  digest: a,
  from,
  to,
  over: new Map(over),
});
const ok: PinnedDecision = { kind: 'present', digest: a };

describe('nothing or everything is there', () => {
  const cases: Case[] = [
    { name: 'nothing is there: build', tags: [absent(full), absent(sha)], expected: build() },
    { name: 'both are there and fit', tags: [there(full, a), there(sha, a)], expected: ok },
    {
      name: 'the registry did not answer: unknown, whatever the other one is',
      tags: [there(full, a, { labels: otherVersion }), unknown(sha)],
      expected: { kind: 'unknown', reason: `${sha}: 403` },
    },
    {
      name: 'it is there and could not be read: unknown',
      tags: [unread(full, a), absent(sha)],
      expected: { kind: 'unknown', reason: `what ${a} holds could not be read` },
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toMatchObject(row.expected));
});

describe('one of the two is there: it is the source of the other, and nothing is built', () => {
  const cases: Case[] = [
    { name: 'the sha tag is gone', tags: [there(full, a), absent(sha)], expected: copy(full, [sha]) },
    { name: 'the full tag is gone', tags: [absent(full), there(sha, a)], expected: copy(sha, [full]) },
    {
      name: 'the full tag is the rest of an interrupted push of ours',
      tags: [there(full, b, amd64Only), there(sha, a)],
      evidence: { begun: true },
      expected: copy(sha, [full], [full, b]),
    },
    {
      name: 'the full tag is the rest of somebody’s push',
      tags: [there(full, b, amd64Only), there(sha, a)],
      expected: partial(`${full} (${b}) lacks linux/arm64`),
    },
    {
      name: 'only a convenience tag has the image, with our labels: the pinned tags are copied from it',
      tags: [absent(full), absent(sha), there(owned, a)],
      expected: copy(a, [full, sha]),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toMatchObject(row.expected));
});

describe('what a push leaves that was cut off', () => {
  const attestation: Look = {
    platforms: [],
    more: { mediaType: mediaTypes.ociManifest, kind: 'attestation', reason: 'it is the attestation of an image' },
  };
  const rests: { name: string; rest: Row; reason: string }[] = [
    {
      name: "one platform's image",
      rest: there(full, b, { ...amd64Only, more: { kind: 'image' } }),
      reason: `${full} (${b}) lacks linux/arm64`,
    },
    {
      name: 'an attestation manifest',
      rest: there(full, b, attestation),
      reason: `${full} (${b}) points to an attestation manifest, the rest of an interrupted push`,
    },
    {
      name: 'an index with a child missing',
      rest: there(full, b, { more: { reason: 'the image of linux/arm64 is missing' } }),
      reason: `${full} (${b}) is incomplete: the image of linux/arm64 is missing`,
    },
  ];
  test.each(rests)('$name, and a journal saw the push begin: pushed again', ({ rest }) => {
    expect(decide({ tags: [rest, absent(sha)], evidence: { begun: true } })).toMatchObject(build([full, b]));
  });
  test.each(rests)('$name, without a journal: refused', ({ rest, reason }) => {
    expect(decide({ tags: [rest, absent(sha)] })).toMatchObject(partial(reason));
  });
  test.each(rests)('$name, with --replace-partial: pushed again', ({ rest }) => {
    expect(decide({ tags: [rest, absent(sha)], policy: { replacePartial: true } })).toMatchObject(build([full, b]));
  });

  test('another release’s child is no rest of ours, journal or not', () => {
    const tags = [there(full, b, { ...amd64Only, labels: otherVersion }), absent(sha)];
    const decided = decide({ tags, evidence: { begun: true }, policy: { replacePartial: true } });
    expect(decided).toMatchObject(conflict('org.opencontainers.image.version says 1.2.2, expected 1.2.3'));
  });

  test('an artifact is no rest of a push, and is not replaced', () => {
    const look: Look = { platforms: [], more: { kind: 'artifact', reason: 'it is application/vnd.cosign' } };
    const decided = decide({ tags: [there(full, b, look), absent(sha)], policy: { replacePartial: true } });
    expect(decided).toMatchObject(conflict(`${full} (${b}) is not the image of the cell: it is not an image`));
  });
});

describe('what is wrong is refused, with both digests', () => {
  const cases: Case[] = [
    {
      name: 'another image under the full tag, the right one under the sha tag',
      tags: [there(full, b, { labels: otherVersion }), there(sha, a)],
      expected: conflict(
        `${full} (${b}) is another image: org.opencontainers.image.version says 1.2.2, expected 1.2.3; ${sha} is ${a}`,
      ),
    },
    {
      name: 'two builds of one source: a person chooses',
      tags: [there(full, a), there(sha, b)],
      expected: inDoubt(`${a} (${full})`, `${b} (${sha})`),
    },
    {
      name: 'the lock recorded another digest, and labels do not save it',
      tags: [there(full, b), absent(sha)],
      evidence: { lock: a, locked: image(a) },
      expected: conflict(`${full} is ${b}, and the lock file recorded ${a}`),
    },
    {
      name: 'the lock recorded another digest, which only the sha tag has',
      tags: [there(full, b), there(sha, a)],
      evidence: { lock: a },
      expected: conflict(`${full} is ${b}, and the lock file recorded ${a}`),
    },
    {
      name: 'overwritten in place by an image that lost a platform: the lock is the evidence, no push of ours',
      tags: [there(full, b, amd64Only), absent(sha)],
      evidence: { lock: a, locked: image(a), begun: true },
      policy: { replacePartial: true },
      expected: conflict(`${full} is ${b}, and the lock file recorded ${a}`),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toMatchObject(row.expected));

  test('by the lock, another cell’s image is called one, and the way back is the command of audit', () => {
    const evidence = { lock: a, locked: image(a) };
    expect(decide({ tags: [there(full, b, { labels: otherVersion }), there(sha, a)], evidence })).toMatchObject({
      reason: `${full} is ${b}, and the lock file recorded ${a}: org.opencontainers.image.version says 1.2.2, expected 1.2.3; ${sha} is ${a}`,
      fix: expect.stringMatching(new RegExp(`^crane tag \\S+@${a} ${full}$`)),
    });
  });

  test('the true image is put back where labels alone tell the two apart', () => {
    const tags = [there(full, b, { labels: otherVersion }), there(sha, a)];
    expect(decide({ tags })).toMatchObject({ fix: expect.stringMatching(new RegExp(`@${a} ${full}$`)) });
    // The true image is nowhere: the proven wrong one goes, and the release is published.
    expect(decide({ tags: [there(full, b, { labels: otherVersion }), absent(sha)] })).toMatchObject({
      fix: expect.stringMatching(new RegExp(`tag delete \\S+:${full} && tagwright publish 1\\.2\\.3`)),
    });
  });
});

describe('what is recorded', () => {
  const gone = `the lock file records ${a} for 1.2.3 (python 3.9, flavor standard), and the registry no longer has it`;
  const cases: Case[] = [
    {
      name: "the lock's digest is right without labels",
      tags: [there(full, a, noLabels), there(sha, a, noLabels)],
      evidence: { lock: a },
      expected: ok,
    },
    {
      name: "the journal's digest is right without a look at its labels",
      tags: [unread(full, a), unread(sha, a)],
      evidence: { journal: a },
      expected: ok,
    },
    {
      name: 'no tag is there and the lock recorded an image that is: it gets its tags back, and nothing is built',
      tags: [absent(full), absent(sha)],
      evidence: { lock: a, locked: image(a) },
      expected: copy(a, [full, sha]),
    },
    {
      name: 'no tag is there, and what the lock recorded is gone: a build would be another digest',
      tags: [absent(full), absent(sha)],
      evidence: { lock: a },
      expected: { ...conflict(gone), fix: expect.stringContaining('delete the line of 1.2.3') },
    },
    {
      name: 'the lock counts before the journal',
      tags: [there(full, b), absent(sha)],
      evidence: { lock: a, journal: b, locked: image(a) },
      expected: conflict(`${full} is ${b}, and the lock file recorded ${a}`),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toMatchObject(row.expected));
});

describe('pushes of two publishes that crossed: each pinned tag points to a build of its own', () => {
  const cases: Case[] = [
    {
      name: 'one of them a run of ours that was cut off: the tag that is put last counts',
      tags: [there(full, b), there(sha, a)],
      evidence: { begun: true },
      expected: copy(sha, [full], [full, b]),
    },
    {
      name: 'and its journal recorded the other',
      tags: [there(full, b), there(sha, a)],
      evidence: { journal: b },
      expected: copy(sha, [full], [full, b]),
    },
    {
      name: 'and a convenience tag has moved to one of them: that one counts',
      tags: [there(full, a), there(sha, b)],
      evidence: { journal: b, published: a },
      expected: copy(full, [sha], [sha, b]),
    },
    {
      name: 'no journal saw it: a person chooses',
      tags: [there(full, a), there(sha, b)],
      evidence: { published: a },
      expected: inDoubt(`${a} (${full})`, `${b} (${sha})`),
    },
    {
      name: 'one without labels is not one of ours: the labelled one is the image, and nothing is put over the other',
      tags: [there(full, a), there(sha, b, noLabels)],
      evidence: { begun: true },
      policy: { adopt: true },
      expected: conflict(
        `${sha} is ${b}, and the image of the cell is ${a}: ${full} points to it, with labels of ours`,
      ),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toMatchObject(row.expected));
});

describe('images without our labels', () => {
  const foreign: Look = { labels: { 'org.opencontainers.image.version': '1.2.3-python3.9' } };
  const unlabelled = {
    kind: 'refused',
    code: 'PINNED_CONFLICT',
    reason: `${full} is there (${a}) and has no labels of tagwright that show whether it is right`,
    fix: '--adopt takes it as it is',
  };
  const cases: Case[] = [
    {
      name: 'refused, for nothing shows whether they are right',
      tags: [there(full, a, noLabels)],
      expected: unlabelled,
    },
    { name: 'labels of somebody else are none of ours', tags: [there(full, a, foreign)], expected: unlabelled },
    {
      name: 'taken over with --adopt, and the other tag made from it',
      tags: [there(full, a, foreign), absent(sha)],
      policy: { adopt: true },
      expected: copy(full, [sha]),
    },
    {
      name: '--adopt does not take one that lacks a platform',
      tags: [there(full, b, { ...amd64Only, ...noLabels }), absent(sha)],
      policy: { adopt: true },
      expected: partial(`${full} (${b}) lacks linux/arm64`),
    },
    {
      name: '--adopt does not choose between two',
      tags: [there(full, a, noLabels), there(sha, b, noLabels)],
      policy: { adopt: true },
      expected: inDoubt(`${a} (${full})`, `${b} (${sha})`),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toMatchObject(row.expected));
});
