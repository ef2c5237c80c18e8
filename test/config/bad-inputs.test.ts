import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/domain/errors.ts';
import { formatProblem } from '../../src/domain/errors.ts';
import { checkTags } from '../../src/plan/check-tags.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { readConfig } from '../../src/config/normalize.ts';
import { knownReleases } from '../../src/releases/known-releases.ts';
import { badInputs } from '../tables/bad-inputs.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';

function everyProblem(raw: unknown, facts: readonly ReleaseFact[]): Problem[] {
  const read = readConfig(raw, 'matrix.config.ts');
  if (!read.ok) return [...read.problems];
  return read.value.images.flatMap((image) => {
    const known = knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image);
    const finder = shapeFinder(image, known.releases, 'releases.json');
    const tags = resolveTags(image, known.releases, finder);
    return [...known.problems, ...finder.problems, ...checkTags(tags, image, read.value)];
  });
}

describe('every bad input is refused, with what, where and what to do', () => {
  test.each(badInputs)('row $row: $name', ({ config, facts, problems }) => {
    const found = everyProblem(config, facts ?? []);
    expect(found.map((problem) => problem.code)).toEqual(problems.map((problem) => problem.code));
    for (const [index, { says }] of problems.entries()) {
      const line = formatProblem(found[index]!);
      expect(says.filter((text) => !line.includes(text)).map((text) => `${text} is not in ${line}`)).toEqual([]);
    }
  });

  test('no message shows a password', () => {
    const lines = badInputs.flatMap(({ config, facts }) => everyProblem(config, facts ?? [])).map(formatProblem);
    expect(lines.filter((line) => line.includes('hunter2'))).toEqual([]);
  });
});

describe('a config that asks for more than anybody builds is refused before it is listed', () => {
  const values = (count: number, prefix: string): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, {}]));
  test.each([
    {
      name: 'twenty axes of two values',
      config: {
        axes: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`x${index}`, values(2, `v${index}x`)])),
      },
      says: 'the axes have 1048576 combinations for one release; at most 20000 are read',
    },
    {
      name: 'platforms by thousands',
      config: { platforms: Array.from({ length: 20_000 }, (_, index) => `linux/a${index}`) },
      says: '20000 platforms; at most 500 are read',
    },
  ])('$name', ({ config, says }) => {
    const raw = { repository: 'registry.example/acme/app', dockerfile: 'Dockerfile', ...config };
    expect(everyProblem(raw, []).map(({ message }) => message)).toContain(says);
  });
});

test('what is to be pasted into a config is one string, whatever a source calls its releases', () => {
  const facts = ["1.0.0\u001b[31m'+evil+'", '1.0.0\n::error::x', '1.0.0\u202e\\'].map((version, index) => ({
    version,
    revision: `${index}`.repeat(40),
    committedAt: '2026-01-01T00:00:00Z',
  }));
  const raw = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    tagPattern: String.raw`^(?<version>1[\s\S]*)$`,
  };
  const fixes = everyProblem(raw, facts).map(({ fix }) => fix ?? '');
  expect(fixes).toHaveLength(3);
  for (const fix of fixes) expect(fix).toMatch(/exclude: \[\{ version: '(?:[^'\\\p{C}]|\\.)*', reason: '…' \}\]$/u);
});
