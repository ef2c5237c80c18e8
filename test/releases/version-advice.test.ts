/** Version texts that no default reads: whoever follows the lines that are printed gets the right plan. */
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { daily, imageOf } from '../support/history.ts';
import { follow } from '../support/follow-advice.ts';

const start = {
  repository: 'docker.io/acme/app',
  dockerfile: 'Dockerfile',
  rules: { sha: false },
} satisfies MatrixConfig;

interface Row {
  readonly name: string;
  readonly texts: readonly string[];
  readonly scheme?: string;
  /** The version that owns `latest`. */
  readonly latest: string;
}

const rows: readonly Row[] = [
  { name: 'a v', texts: ['v1.0.0', 'v1.1.0'], latest: '1.1.0' },
  { name: 'a v here and there', texts: ['1.0.0', 'v1.1.0'], latest: '1.1.0' },
  { name: 'a word in front', texts: ['release-1.0.0', 'release-1.1.0'], latest: '1.1.0' },
  { name: 'two numbers', texts: ['1.0', '1.1', '1.2'], latest: '1.2' },
  { name: 'one number', texts: ['9', '10', '11', '12'], latest: '12' },
  { name: 'many with a v', texts: ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.10.0'], latest: '1.10.0' },
  { name: 'k3s', texts: ['v1.29.1+k3s2', 'v1.29.1+k3s10'], scheme: 'semver', latest: '1.29.1-k3s10' },
  {
    name: 'k3s with candidates',
    texts: ['v1.29.1-rc1+k3s1', 'v1.29.1+k3s1', 'v1.29.2-rc1+k3s1'],
    scheme: 'semver',
    latest: '1.29.1-k3s1',
  },
  { name: 'a word with digits in it', texts: ['v1.29.1+rke2r1', 'v1.29.1+rke2r2'], latest: '1.29.1-rke2r2' },
  { name: 'a word that templates know', texts: ['1.0.0+build.5', '1.0.0+build.10'], latest: '1.0.0-build.10' },
  { name: 'a bare number', texts: ['1.0.0+9', '1.0.0+10'], scheme: 'semver', latest: '1.0.0-10' },
  { name: 'a date behind some', texts: ['2.0.0', '2.0.0+20240301'], scheme: 'semver', latest: '2.0.0-20240301' },
  { name: 'a date behind some but the last', texts: ['2.0.0+20240301', '2.0.1'], scheme: 'semver', latest: '2.0.1' },
  { name: 'a local part behind some', texts: ['1.2.3', '1.2.3+cu118', '1.2.3+cu121'], latest: '1.2.3-cu121' },
  {
    name: 'a commit, which has no order',
    texts: ['1.2.3+abcdef1', '1.2.4+0f0f0f0'],
    scheme: 'semver',
    latest: '1.2.4',
  },
];

describe('followed line by line', () => {
  test.each(rows)('$name', ({ texts, scheme = 'pep440', latest }) => {
    const { tags } = follow({ ...start, scheme }, daily(...texts), 'rows');
    const owner = tags.convenience.find(({ tag }) => tag === 'latest')?.owner;
    expect(owner?.release.version.text).toBe(latest);
  });

  // A git repository holds other texts too: those that no pattern matches beside others that one does are left alone.
  test.each(rows.filter(({ name }) => name !== 'a v here and there'))(
    '$name, as git tags',
    ({ texts, scheme = 'pep440', latest }) => {
      const { tags } = follow({ ...start, scheme }, daily(...texts), 'texts');
      const owner = tags.convenience.find(({ tag }) => tag === 'latest')?.owner;
      expect(owner?.release.version.text).toBe(latest);
    },
  );
});

test('a text made of groups is read back, with and without the optional one', () => {
  const { scheme } = imageOf({
    ...start,
    tagPattern: String.raw`^v(?<base>\d[\d.]*)(?:\+(?<number>\d+))?$`,
    version: '{{base}}-{{number}}',
    scheme: { base: 'semver', number: 'number' },
  });
  const read = ['v2.0.0', '2.0.0', 'v2.0.0+7', '2.0.0-7', '2.0.0-'].map((text) => scheme.parse(text)?.groups);
  expect(read).toEqual([
    { base: '2.0.0' },
    { base: '2.0.0' },
    { base: '2.0.0', number: '7' },
    { base: '2.0.0', number: '7' },
    undefined,
  ]);
});
