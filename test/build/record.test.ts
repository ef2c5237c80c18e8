import { describe, expect, test } from 'vitest';
import { readRecord, recordFile, type BuildRecord } from '../../src/build/record.ts';
import { digestNamed } from '../support/digests.ts';

const record: BuildRecord = {
  schema: 1,
  release: { version: '1.0.0', revision: 'a'.repeat(40) },
  builds: [
    {
      repository: '127.0.0.1:5000/acme/app',
      cell: '1-0-0_python-3-9_flavor-standard',
      platforms: ['linux/amd64'],
      state: 'built',
      digest: digestNamed('image'),
      mediaType: 'application/vnd.oci.image.index.v1+json',
      stagingTag: 'staging-7-1.0.0-python3.9-linux-amd64',
      attestations: 1,
    },
  ],
};
const written = recordFile(record, digestNamed);

function read(text: string): ReturnType<typeof readRecord> {
  return readRecord(JSON.parse(text), 'records/a.json', digestNamed);
}

test('what was written is read back, however it is laid out', () => {
  expect([read(written), read(JSON.stringify(JSON.parse(written)))]).toEqual([
    { ok: true, value: record },
    { ok: true, value: record },
  ]);
});

describe('what is refused', () => {
  const fix = 'give the folder that holds what build --record wrote, and nothing else';
  const wrong: { name: string; text: string; where: string; message: string; fix: string }[] = [
    {
      name: 'a record that was edited',
      text: written.replace('linux/amd64', 'linux/arm64'),
      where: 'records/a.json',
      message: 'was changed since its job wrote it: its sum does not fit',
      fix: 'take it as the job left it, or run that job again',
    },
    {
      name: 'one of a later tagwright',
      text: written.replace('"schema": 1', '"schema": 2'),
      where: 'records/a.json schema',
      message: 'is no record of tagwright build: this tagwright reads schema 1',
      fix,
    },
    {
      name: 'a digest that is none',
      text: written.replace(/"digest": "sha256:[0-9a-f]{64}"/, '"digest": "sha256:1"'),
      where: 'records/a.json builds[0].digest',
      message: 'is no record of tagwright build: expected a digest',
      fix,
    },
    {
      name: 'a key that nobody writes',
      text: written.replace('"schema": 1,', '"schema": 1, "more": 2,'),
      where: 'records/a.json',
      message: 'is no record of tagwright build: Unrecognized key: "more"',
      fix,
    },
  ];
  test.each(wrong)('$name', ({ text, where, message, fix: expected }) => {
    expect(read(text)).toEqual({
      ok: false,
      problems: [{ code: 'RECORD_INVALID', where, message, fix: expected }],
    });
  });

  test('JSON that is no record at all', () => {
    const result = readRecord([], 'records/a.json', digestNamed);
    expect(result.ok ? [] : result.problems.map(({ code, where }) => [code, where])).toEqual([
      ['RECORD_INVALID', 'records/a.json'],
    ]);
  });
});
