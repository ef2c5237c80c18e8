import { describe, expect, test } from 'vitest';
import { locksText, readLocks, updateLock, type Lock, type LockEntry } from '../../src/sight/lock.ts';
import { digestFor } from '../support/audit-case.ts';
import { imageOf, smallConfig } from '../support/history.ts';

const image = imageOf(smallConfig);
const entry = (
  version: string,
  python: string,
  flavor: string,
  platforms: readonly string[] | null = null,
): LockEntry => ({
  version,
  axes: { python, flavor },
  digest: digestFor(`${version} ${python} ${flavor}`),
  platforms,
});
const empty: Lock = { repository: 'registry.example/acme/app', entries: [] };

describe('tags.lock.json', () => {
  test('has releases and cells in the order of the config, a cell a line, whatever order they came in', () => {
    const entries = [
      entry('1.10.0', '3.9', 'conda'),
      entry('1.9.0', '3.10', 'standard', ['linux/amd64', 'linux/arm64']),
      entry('1.10.0', '3.9', 'standard'),
      entry('1.9.0', '3.9', 'standard'),
      entry('1.10.0rc1', '3.9', 'standard'),
    ];
    const text = locksText([updateLock(empty, entries, image)]);
    expect(text).toBe(`{
  "schema": 1,
  "repository": "registry.example/acme/app",
  "releases": [
    {
      "version": "1.9.0",
      "cells": [
        { "python": "3.9", "flavor": "standard", "digest": "${digestFor('1.9.0 3.9 standard')}" },
        { "python": "3.10", "flavor": "standard", "digest": "${digestFor('1.9.0 3.10 standard')}", "platforms": ["linux/amd64", "linux/arm64"] }
      ]
    },
    {
      "version": "1.10.0rc1",
      "cells": [
        { "python": "3.9", "flavor": "standard", "digest": "${digestFor('1.10.0rc1 3.9 standard')}" }
      ]
    },
    {
      "version": "1.10.0",
      "cells": [
        { "python": "3.9", "flavor": "standard", "digest": "${digestFor('1.10.0 3.9 standard')}" },
        { "python": "3.9", "flavor": "conda", "digest": "${digestFor('1.10.0 3.9 conda')}" }
      ]
    }
  ]
}
`);
    expect(locksText([updateLock(empty, entries.toReversed(), image)])).toBe(text);
    expect(readLocks(JSON.parse(text), 'tags.lock.json')).toEqual({
      ok: true,
      value: [updateLock(empty, entries, image)],
    });
  });

  test('a cell that is recorded again is replaced, and nothing else changes', () => {
    const before = updateLock(empty, [entry('1.9.0', '3.9', 'standard'), entry('1.9.0', '3.10', 'standard')], image);
    const again = { ...entry('1.9.0', '3.9', 'standard'), digest: digestFor('again') };
    expect(updateLock(before, [again], image).entries).toEqual([again, before.entries[1]]);
  });

  test('an empty one', () => {
    expect(locksText([empty])).toBe(
      '{\n  "schema": 1,\n  "repository": "registry.example/acme/app",\n  "releases": []\n}\n',
    );
  });

  const cell = { python: '3.9', flavor: 'standard', digest: digestFor('x') };
  const whole = { schema: 1, repository: 'registry.example/acme/app', releases: [{ version: '1.0.0', cells: [cell] }] };
  const restore = 'restore it from git, or delete it and write it anew with audit --write-lock';
  test.each([
    { name: 'no JSON', json: null, where: 'tags.lock.json', message: 'Invalid input: expected object, received null' },
    {
      name: 'another schema',
      json: { ...whole, schema: 2 },
      where: 'tags.lock.json schema',
      message: 'expected 1; the file is of another version of tagwright',
    },
    {
      name: 'a digest that is none',
      json: { ...whole, releases: [{ version: '1.0.0', cells: [{ ...cell, digest: 'sha256:abc' }] }] },
      where: 'tags.lock.json releases.0.cells.0.digest',
      message: 'expected sha256: and 64 lower-case hex digits',
    },
    {
      name: 'a key it does not know',
      json: { ...whole, note: 'hello' },
      where: 'tags.lock.json',
      message: 'Unrecognized key: "note"',
    },
  ])('$name is told with its place', ({ json, where, message }) => {
    expect(readLocks(json, 'tags.lock.json')).toEqual({
      ok: false,
      problems: [{ code: 'LOCK_INVALID', where, message, fix: restore }],
    });
  });

  test('a cell that is there twice is told', () => {
    const json = { ...whole, releases: [{ version: '1.0.0', cells: [cell, cell] }] };
    expect(readLocks(json, 'tags.lock.json')).toEqual({
      ok: false,
      problems: [
        {
          code: 'LOCK_INVALID',
          where: 'tags.lock.json',
          message: '"1.0.0 flavor=standard python=3.9" appears twice',
          fix: 'keep the line that was there first',
        },
      ],
    });
  });
});
