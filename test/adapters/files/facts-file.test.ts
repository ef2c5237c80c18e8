import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFactsFile } from '../../../src/adapters/files/facts-file.ts';
import { problemsOf } from '../../support/problems.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const revision = 'a'.repeat(40);
const good = { version: '2.0.0', revision, committedAt: '2022-07-27T12:44:59-07:00' };

async function faultsOf(content: string): Promise<readonly string[]> {
  const folder = await tempFolder({ 'releases.json': content });
  const problems = await problemsOf(() => readFactsFile(join(folder, 'releases.json')).list());
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['FACTS_INVALID']));
  return problems.map(({ where, message }) => `${where.replace(`${folder}/`, '')}: ${message}`);
}

describe('a facts file that reads', () => {
  test('gives every row as it is', async () => {
    const path = 'examples/prefect/releases.json';
    const source = readFactsFile(path);
    expect(source.name).toBe(path);
    expect(await source.list()).toEqual({
      kind: 'file',
      facts: JSON.parse(await readFile(path, 'utf8')) as unknown,
      partial: null,
      notes: [],
    });
  });

  test('may say that it does not have every release', async () => {
    const folder = await tempFolder({ 'releases.json': JSON.stringify({ partial: 'only 2.x', releases: [good] }) });
    const { facts, partial } = await readFactsFile(join(folder, 'releases.json')).list();
    expect(facts).toEqual([good]);
    expect(partial).toEqual({
      reason: 'the file says that it is partial: only 2.x',
      fix: 'use a facts file with every release, or read them from git or GitHub (source)',
    });
  });

  test('may say everything a release fact can say', async () => {
    const rows = [
      { ...good, publishedAt: '2022-07-28T00:00:00Z', builtFor: { standard: ['3.9', '3.10'], conda: [] } },
      { ...good, prerelease: true, yanked: true },
      { ...good, yanked: { reason: 'broken', since: '2022-08-01T00:00:00Z' } },
      { ...good, yanked: { reason: 'broken' } },
      { ...good, yanked: false },
    ];
    const folder = await tempFolder({ 'releases.json': JSON.stringify(rows) });
    expect(await readFactsFile(join(folder, 'releases.json')).list()).toEqual({
      kind: 'file',
      facts: rows,
      partial: null,
      notes: [],
    });
  });
});

describe('a facts file that does not', () => {
  test('is not there', async () => {
    const path = join(await tempFolder(), 'none.json');
    expect(await problemsOf(() => readFactsFile(path).list())).toEqual([
      {
        code: 'FACTS_INVALID',
        where: path,
        message: 'there is no such file',
        fix: 'name a JSON file of release facts',
      },
    ]);
  });

  test('is over 64 MiB, and is not read', async () => {
    const path = join(await tempFolder({ 'releases.json': '[]' }), 'releases.json');
    await truncate(path, 65 * 1_048_576);
    expect(await problemsOf(() => readFactsFile(path).list())).toEqual([
      {
        code: 'FACTS_INVALID',
        where: path,
        message: 'the file has 65.0 MiB; at most 64.0 MiB are read',
        fix: 'check that it is the right file',
      },
    ]);
  });

  test.each([
    { text: '', fault: ':1:1: value expected, found the end of the file' },
    { text: '<html>', fault: ':1:1: invalid symbol, found "<"' },
    { text: '[\n {"a": 1,}]', fault: ':2:10: property name expected, found "}"' },
    { text: '[1', fault: ':1:3: close bracket expected, found the end of the file' },
    { text: '[1] 2', fault: ':1:5: end of file expected, found "2"' },
    { text: '[01]', fault: ':1:3: comma expected, found "1"' },
    { text: '{"a" 1}', fault: ':1:6: colon expected, found "1"' },
    { text: '["a\nb"]', fault: ':1:2: unexpected end of string, found "\\""' },
    { text: '["\\x"]', fault: ':1:2: invalid escape character, found "\\""' },
    { text: '{"a": 1, "\\u0061": 2}', fault: ':1:10: the key "a" stands here a second time' },
    { text: '['.repeat(100_000), fault: ':1:65: more than 64 levels deep' },
  ])('is no JSON: $fault', async ({ text, fault }) => {
    expect(await faultsOf(text)).toEqual([`releases.json${fault}`]);
  });

  test.each(['null', '{}', '"[]"', '{"partial": "", "releases": []}', '{"partial": "2.x", "releases": [], "more": 1}'])(
    'is no array: %s',
    async (text) => {
      expect(await faultsOf(text)).toEqual([
        'releases.json: expected an array of releases, [{ "version": …, "revision": …, "committedAt": … }, …], or { "partial": "why", "releases": [ … ] }',
      ]);
    },
  );

  test('tells every fault of every row at once', async () => {
    const rows = [
      good,
      {},
      3,
      { ...good, version: '', revision: 'ABC', committedAt: '2023-02-30T00:00:00Z' },
      { ...good, yankd: true, publishedAt: 5, prerelease: 1, yanked: 'yes', builtFor: { standard: [3.1, '3.9'] } },
    ];
    expect(await faultsOf(JSON.stringify(rows))).toEqual([
      'releases.json[1].version: missing; expected a string',
      'releases.json[2]: 3; expected an object',
      'releases.json[3].version: ""; expected a version',
      'releases.json[3].revision: "ABC"; expected a git commit of 40 lower-case hex digits',
      'releases.json[3].committedAt: "2023-02-30T00:00:00Z"; expected an instant with offset, such as 2023-08-24T12:14:26-07:00',
      'releases.json[4].publishedAt (2.0.0): 5; expected a string',
      'releases.json[4].builtFor.standard[0] (2.0.0): 3.1; expected a text in quotes: the number 3.10 is 3.1',
      'releases.json[4].prerelease (2.0.0): 1; expected a boolean',
      'releases.json[4].yanked (2.0.0): "yes"; expected true, false or { "reason": …, "since": … }',
      'releases.json[4] (2.0.0): unknown key "yankd"; a release has version, revision, committedAt, publishedAt, builtFor, prerelease, attributes, yanked',
    ]);
  });

  test('lists the first twenty faults and counts the rest', async () => {
    const faults = await faultsOf(JSON.stringify(Array.from({ length: 30 }, () => ({}))));
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('releases.json: 10 more faults like these');
  });
});
