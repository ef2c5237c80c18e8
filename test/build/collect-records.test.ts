import { describe, expect, test } from 'vitest';
import { collectRecords, lackingPlatforms, type RecordFile } from '../../src/build/collect-records.ts';
import type { BuildRecord, RecordedBuild } from '../../src/build/record.ts';
import type { Problem } from '../../src/domain/errors.ts';
import { type Cell, targetId } from '../../src/plan/cell.ts';
import { digestNamed } from '../support/digests.ts';
import { daily, planned, revisionOf, smallConfig } from '../support/history.ts';

const platforms = ['linux/amd64', 'linux/arm64'];
const { cells } = planned({ ...smallConfig, platforms }, daily('1.0.0')).tags;
const release = { version: '1.0.0', revision: revisionOf('1.0.0') };
const here = '127.0.0.1:5000/acme/app';
const [first, second] = cells.map(targetId);

function build(platform: string, more: Partial<RecordedBuild> = {}): RecordedBuild {
  return {
    repository: here,
    cell: first ?? '',
    platforms: [platform],
    state: 'built',
    digest: digestNamed(platform),
    mediaType: 'application/vnd.oci.image.index.v1+json',
    stagingTag: null,
    attestations: 1,
    ...more,
  };
}

function file(path: string, builds: RecordedBuild[], more: Partial<BuildRecord['release']> = {}): RecordFile {
  return { path, record: { schema: 1, release: { ...release, ...more }, builds } };
}

function collect(...files: RecordFile[]): ReturnType<typeof collectRecords> {
  return collectRecords(files, release, cells, [here, 'ghcr.io/acme/app']);
}

test('parts come in the order of the platforms, whatever the order of the files', () => {
  const arm64 = file('a.json', [build('linux/arm64'), build('linux/arm64', { cell: second ?? '' })]);
  const amd64 = file('b.json', [build('linux/amd64')]);
  const expected = new Map([
    [
      here,
      new Map<Cell | undefined, object[]>([
        [
          cells[0],
          [
            { ...build('linux/amd64'), path: 'b.json' },
            { ...build('linux/arm64'), path: 'a.json' },
          ],
        ],
        [cells[1], [{ ...build('linux/arm64', { cell: second ?? '' }), path: 'a.json' }]],
      ]),
    ],
  ]);
  expect([collect(arm64, amd64), collect(amd64, arm64)]).toEqual([
    { ok: true, value: expected },
    { ok: true, value: expected },
  ]);
});

test('one cell in two repositories is two parts, and a cell that was published needs none', () => {
  const there = build('linux/amd64', { cell: second ?? '', state: 'published' });
  const result = collect(
    file('a.json', [build('linux/amd64'), build('linux/amd64', { repository: 'ghcr.io/acme/app' }), there]),
  );
  const counts = result.ok ? [...result.value].map(([name, ofRepository]) => [name, ofRepository.size]) : result;
  expect(counts).toEqual([
    [here, 1],
    ['ghcr.io/acme/app', 1],
  ]);
});

test('platforms that no part has are told', () => {
  const [cell] = cells;
  const part = { ...build('linux/arm64'), path: 'a.json' };
  expect(cell === undefined ? null : [lackingPlatforms(cell, []), lackingPlatforms(cell, [part])]).toEqual([
    ['linux/amd64', 'linux/arm64'],
    ['linux/amd64'],
  ]);
});

describe('what is refused', () => {
  const other = 'b'.repeat(40);
  const wrong: { name: string; files: RecordFile[]; problem: Partial<Problem> }[] = [
    {
      name: 'another release',
      files: [file('a.json', [build('linux/amd64')], { version: '0.9.0' })],
      problem: {
        code: 'RECORD_INVALID',
        where: 'a.json',
        message: 'records "0.9.0", and this publish is of 1.0.0',
        fix: 'give the folder with the records of this release alone',
      },
    },
    {
      name: 'another commit: the git tag was moved, or the run is an older one',
      files: [file('a.json', [build('linux/amd64')], { revision: other })],
      problem: {
        code: 'REVISION_DIFFERS',
        where: 'a.json',
        message: `was built from commit ${other}, and 1.0.0 is on ${release.revision} now`,
        fix: 'the git tag was moved since the run began, or the record is of an earlier run: build anew; nothing was moved',
      },
    },
    {
      name: 'another repository',
      files: [file('a.json', [build('linux/amd64', { repository: 'ghcr.io/other/app' })])],
      problem: {
        code: 'RECORD_INVALID',
        where: 'a.json',
        message: `records a build in "ghcr.io/other/app", and the image is published to ${here}, ghcr.io/acme/app`,
        fix: 'give the same --repository to every job, or another folder',
      },
    },
    {
      name: 'a cell that the release does not have',
      files: [file('a.json', [build('linux/amd64', { cell: '1-0-0_python-3-6' })])],
      problem: {
        code: 'RECORD_INVALID',
        where: 'a.json',
        message: 'records the cell "1-0-0_python-3-6", which 1.0.0 does not have',
        fix: 'build with the config that is published',
      },
    },
    {
      name: 'a platform that the cell does not have',
      files: [file('a.json', [build('linux/s390x')])],
      problem: {
        code: 'RECORD_INVALID',
        where: 'a.json',
        message: 'records "linux/s390x" of 1.0.0 (python 3.9, flavor standard), which is for linux/amd64, linux/arm64',
        fix: 'build with the config that is published',
      },
    },
    {
      name: 'two that record the same, be it the same digest',
      files: [file('b.json', [build('linux/amd64')]), file('a.json', [build('linux/amd64')])],
      problem: {
        code: 'RECORD_INVALID',
        where: 'b.json',
        message: 'records 1-0-0_python-3-9_flavor-standard for linux/amd64, and so does a.json',
        fix: 'keep the record of the job that ran last',
      },
    },
  ];
  test.each(wrong)('$name', ({ files, problem }) => {
    expect(collect(...files)).toEqual({ ok: false, problems: [problem] });
  });
});
