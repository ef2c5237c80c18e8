import { describe, expect, test } from 'vitest';
import type { InspectedImage } from '../../src/domain/image.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import type { Seen } from '../../src/domain/snapshot.ts';
import type { Misfit } from '../../src/plan/expected-image.ts';
import {
  decidePinned,
  type PinnedContent,
  type PinnedDecision,
  type PinnedEvidence,
  type PinnedPolicy,
  type PinnedSeen,
} from '../../src/publish/pinned-state.ts';
import { digestNamed } from '../support/digests.ts';

const full = '1.2.3-python3.9';
const sha = 'sha-1234';
const a = digestNamed('a');
const b = digestNamed('b');

const fits: Misfit = { missingPlatforms: [], mislabelled: [], unlabelled: false };
const noLabels: Misfit = { ...fits, unlabelled: true };
const amd64Only: Misfit = { ...fits, missingPlatforms: ['linux/arm64'] };
const otherVersion: Misfit = { ...fits, mislabelled: ['org.opencontainers.image.version says 1.2.2, expected 1.2.3'] };

function image(digest: typeof a, more: Partial<InspectedImage> = {}): InspectedImage {
  return {
    digest,
    mediaType: mediaTypes.ociIndex,
    kind: 'index',
    platforms: ['linux/amd64', 'linux/arm64'],
    configs: [],
    attestations: 0,
    children: [],
    reason: null,
    ...more,
  };
}

const attestation = (digest: typeof a): InspectedImage =>
  image(digest, {
    mediaType: mediaTypes.ociManifest,
    kind: 'attestation',
    platforms: [],
    reason: 'it is the attestation of an image',
  });

const absent = (tag: string): PinnedSeen => ({ tag, seen: { kind: 'absent' }, content: null });
const unknown = (tag: string): PinnedSeen => ({ tag, seen: { kind: 'unknown', reason: '403' }, content: null });
function there(tag: string, digest: typeof a, misfit: Misfit = fits, seenImage = image(digest)): PinnedSeen {
  const content: PinnedContent = { image: seenImage, misfit };
  return { tag, seen: present(digest), content };
}
const unread = (tag: string, digest: typeof a): PinnedSeen => ({ tag, seen: present(digest), content: null });
function present(digest: typeof a): Seen {
  return { kind: 'present', descriptor: { mediaType: mediaTypes.ociIndex, digest, sizeBytes: 1 }, hashed: false };
}

const conflict = (reason: string): PinnedDecision => ({
  kind: 'refused',
  code: 'PINNED_CONFLICT',
  reason,
  fix: 'a pinned tag is never overwritten; see what is there, and publish a new version, or delete the tag by hand',
});
const partial = (reason: string): PinnedDecision => ({
  kind: 'refused',
  code: 'PINNED_PARTIAL',
  reason: `${reason}, and no journal here saw that push`,
  fix: '--replace-partial pushes it again',
});
const lost = (what: string): PinnedDecision => ({
  kind: 'refused',
  code: 'PINNED_CONFLICT',
  reason: `${full} is absent; the lock file recorded ${a}, and ${what}`,
  fix: 'take its line out of tags.lock.json to have it built anew, under another digest',
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

interface Case {
  readonly name: string;
  readonly tags: readonly PinnedSeen[];
  readonly evidence?: Partial<PinnedEvidence>;
  readonly policy?: Partial<PinnedPolicy>;
  readonly expected: PinnedDecision;
}

function decide({ tags, evidence, policy }: Case): PinnedDecision {
  return decidePinned(
    tags,
    { journal: null, lock: null, locked: null, begun: false, published: null, ...evidence },
    { adopt: false, replacePartial: false, ...policy },
  );
}

describe('nothing or everything is there', () => {
  const cases: Case[] = [
    { name: 'nothing is there: build', tags: [absent(full), absent(sha)], expected: build() },
    { name: 'both are there and fit', tags: [there(full, a), there(sha, a)], expected: ok },
    { name: 'a cell with one pinned tag', tags: [there(full, a)], expected: ok },
    {
      name: 'the registry would not say: unknown, whatever the other one is',
      tags: [there(full, a, otherVersion), unknown(sha)],
      expected: { kind: 'unknown', reason: `${sha}: 403` },
    },
    {
      name: 'it is there and could not be read: unknown',
      tags: [unread(full, a), absent(sha)],
      expected: { kind: 'unknown', reason: `${full}: what it holds could not be read` },
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toEqual(row.expected));
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
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toEqual(row.expected));
});

describe('what a push leaves that was cut off', () => {
  const rests: { name: string; rest: PinnedSeen; reason: string }[] = [
    {
      name: "one platform's image",
      rest: there(full, b, amd64Only, image(b, { kind: 'image', platforms: ['linux/amd64'] })),
      reason: `${full} (${b}) lacks linux/arm64`,
    },
    {
      name: 'an attestation manifest',
      rest: there(full, b, { ...noLabels, missingPlatforms: ['linux/amd64', 'linux/arm64'] }, attestation(b)),
      reason: `${full} (${b}) stands on an attestation manifest, the rest of an interrupted push`,
    },
    {
      name: 'an index with a child missing',
      rest: there(full, b, fits, image(b, { reason: 'the image of linux/arm64 is missing' })),
      reason: `${full} (${b}) is incomplete: the image of linux/arm64 is missing`,
    },
  ];
  test.each(rests)('$name, and a journal saw the push begin: pushed again', ({ rest }) => {
    const row = { name: '', tags: [rest, absent(sha)], evidence: { begun: true } };
    expect(decide({ ...row, expected: ok })).toEqual(build([full, b]));
  });
  test.each(rests)('$name, without a journal: refused', ({ rest, reason }) => {
    expect(decide({ name: '', tags: [rest, absent(sha)], expected: ok })).toEqual(partial(reason));
  });
  test.each(rests)('$name, with --replace-partial: pushed again', ({ rest }) => {
    const row = { name: '', tags: [rest, absent(sha)], policy: { replacePartial: true } };
    expect(decide({ ...row, expected: ok })).toEqual(build([full, b]));
  });

  test('another release’s child is no rest of ours, journal or not', () => {
    const tags = [there(full, b, { ...amd64Only, ...otherVersion }), absent(sha)];
    expect(
      decide({ name: '', tags, evidence: { begun: true }, policy: { replacePartial: true }, expected: ok }),
    ).toEqual(conflict(`${full} (${b}) is another image: org.opencontainers.image.version says 1.2.2, expected 1.2.3`));
  });

  test('an artifact is no rest of a push, and is not replaced', () => {
    const artifact = image(b, { kind: 'artifact', platforms: [], reason: 'it is application/vnd.cosign' });
    const misfit = { ...noLabels, missingPlatforms: ['linux/amd64'] };
    const row = { name: '', tags: [there(full, b, misfit, artifact), absent(sha)], policy: { replacePartial: true } };
    expect(decide({ ...row, expected: ok })).toEqual(
      conflict(`${full} (${b}) is no image: it is application/vnd.cosign`),
    );
  });
});

describe('what is wrong is refused, with both digests and what differs', () => {
  const config = (version: string) => [
    {
      platform: 'linux/amd64',
      digest: digestNamed(version),
      labels: { 'org.opencontainers.image.version': version },
      pythonVersion: '3.9.1',
      created: '2026-01-01T00:00:00Z',
    },
  ];
  const cases: Case[] = [
    {
      name: 'another image under the full tag, the right one under the sha tag',
      tags: [there(full, b, otherVersion), there(sha, a)],
      expected: conflict(
        `${full} (${b}) is another image: org.opencontainers.image.version says 1.2.2, expected 1.2.3; ${sha} is ${a}`,
      ),
    },
    {
      name: 'two builds of one source',
      tags: [there(full, a), there(sha, b)],
      expected: conflict(
        `${full} (${a}) and ${sha} (${b}) should be one manifest and differ: both say the same of themselves, so they are two builds of one source`,
      ),
    },
    {
      name: 'an index and a single image',
      tags: [there(full, a), there(sha, b, fits, image(b, { kind: 'image', mediaType: mediaTypes.ociManifest }))],
      expected: conflict(
        `${full} (${a}) and ${sha} (${b}) should be one manifest and differ: the one is an index, the other one platform's image`,
      ),
    },
    {
      name: 'the lock recorded another digest, and labels do not save it',
      tags: [there(full, b), absent(sha)],
      evidence: { lock: a, locked: image(a, { platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] }) },
      expected: conflict(`${full} is ${b}, and the lock file recorded ${a}: the second lacks linux/s390x`),
    },
    {
      name: 'the lock recorded another digest, which is gone',
      tags: [there(full, b), there(sha, a)],
      evidence: { lock: a, locked: null },
      expected: conflict(`${full} is ${b}, and the lock file recorded ${a}; ${sha} is ${a}`),
    },
    {
      name: 'overwritten in place by an image that lost a platform: the lock is the evidence, no push of ours',
      tags: [
        there(full, b, amd64Only, image(b, { platforms: ['linux/amd64'], configs: config('1.2.3') })),
        absent(sha),
      ],
      evidence: { lock: a, locked: image(a, { configs: config('1.2.2') }), begun: true },
      policy: { replacePartial: true },
      expected: conflict(
        `${full} is ${b}, and the lock file recorded ${a}: the second lacks linux/arm64; version 1.2.2 and 1.2.3`,
      ),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toEqual(row.expected));
});

describe('what is recorded', () => {
  const cases: Case[] = [
    {
      name: "the lock's digest is right without a look at its labels",
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
      name: 'another digest than the journal’s is judged by its labels: the run may have lost a race',
      tags: [there(full, b), there(sha, b)],
      evidence: { journal: a },
      expected: { kind: 'present', digest: b },
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
      expected: lost('the registry no longer has that'),
    },
    {
      name: 'no tag is there, and what the lock recorded lacks a part',
      tags: [absent(full), absent(sha)],
      evidence: { lock: a, locked: image(a, { reason: 'the image of linux/arm64 is missing' }) },
      expected: lost('that is no longer whole: the image of linux/arm64 is missing'),
    },
    {
      name: 'the lock counts before the journal',
      tags: [there(full, b), absent(sha)],
      evidence: { lock: a, journal: b, locked: image(a) },
      expected: conflict(
        `${full} is ${b}, and the lock file recorded ${a}: both say the same of themselves, so they are two builds of one source`,
      ),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toEqual(row.expected));
});

describe('pushes of two publishes that crossed: each pinned tag stands on a build of its own', () => {
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
      name: 'no journal saw it: refused',
      tags: [there(full, a), there(sha, b)],
      evidence: { published: a },
      expected: conflict(
        `${full} (${a}) and ${sha} (${b}) should be one manifest and differ: both say the same of themselves, so they are two builds of one source`,
      ),
    },
    {
      name: 'nothing is made good with one that has no labels',
      tags: [there(full, a), there(sha, b, noLabels)],
      evidence: { begun: true },
      policy: { adopt: true },
      expected: conflict(
        `${full} (${a}) and ${sha} (${b}) should be one manifest and differ: both say the same of themselves, so they are two builds of one source`,
      ),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toEqual(row.expected));
});

describe('images without our labels', () => {
  const cases: Case[] = [
    {
      name: 'refused, for nothing tells whether they are right',
      tags: [there(full, a, noLabels), absent(sha)],
      expected: {
        kind: 'refused',
        code: 'PINNED_CONFLICT',
        reason: `${full} is there (${a}) and has no labels that tell whether it is right`,
        fix: '--adopt takes it as it is',
      },
    },
    {
      name: 'taken over with --adopt, and the other tag made from it',
      tags: [there(full, a, noLabels), absent(sha)],
      policy: { adopt: true },
      expected: copy(full, [sha]),
    },
    {
      name: '--adopt does not take one that lacks a platform',
      tags: [there(full, b, { ...amd64Only, unlabelled: true }), absent(sha)],
      policy: { adopt: true },
      expected: partial(`${full} (${b}) lacks linux/arm64`),
    },
    {
      name: '--adopt does not choose between two',
      tags: [there(full, a, noLabels), there(sha, b, noLabels)],
      policy: { adopt: true },
      expected: conflict(
        `${full} (${a}) and ${sha} (${b}) should be one manifest and differ: both say the same of themselves, so they are two builds of one source`,
      ),
    },
  ];
  test.each(cases)('$name', (row) => expect(decide(row)).toEqual(row.expected));
});
