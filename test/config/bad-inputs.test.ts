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
