import { describe, expect, test } from 'vitest';
import { diffPlans } from '../../src/plan/plan-diff.ts';
import { wholePlan } from '../../src/plan/plan.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import type { Plan } from '../../src/plan/types.ts';
import type { KnownReleases } from '../../src/releases/known-releases.ts';
import { withRelease, withYank } from '../../src/releases/what-if.ts';
import type { Result } from '../../src/domain/result.ts';
import { daily, imageOf, planned, smallConfig } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

const now = Date.UTC(2026, 0, 1);

describe('--with', () => {
  const { known, image } = planned(prefectConfig, prefectFacts());

  test('a release that is not out takes its series, without revision tags, and says so', () => {
    const after = valueOf(withRelease(known, '2.20.26', image, now));
    expect(after.warnings).toEqual([
      {
        code: 'REVISION_MISSING',
        message: '2.20.26 has no revision yet, so its revision tags are left out',
        versions: ['2.20.26'],
        fix: 'name it: --with 2.20.26@<40 hex digits>',
      },
    ]);
    const diff = diffPlans(planOf(known), planOf(after));
    expect(diff.appears.map((tag) => tag.rule)).toEqual(Array.from({ length: 15 }, () => 'full'));
    expect(diff.goes).toEqual([]);
    expect(diff.changes.length).toBe(33);
    expect(new Set(diff.changes.map((change) => `${change.from?.version} ${change.to?.version}`))).toEqual(
      new Set(['2.20.25 2.20.26']),
    );
  });

  test('with its revision it has its revision tags', () => {
    const after = valueOf(withRelease(known, `2.20.26@${'b'.repeat(40)}`, image, now));
    expect(after.warnings).toEqual([]);
    expect(diffPlans(planOf(known), planOf(after)).appears.length).toBe(30);
  });

  test('a candidate moves nothing', () => {
    const after = valueOf(withRelease(known, '3.0.0rc1', image, now));
    expect(diffPlans(planOf(known), planOf(after)).changes).toEqual([]);
  });

  const mistakes: { text: string; problem: string }[] = [
    { text: '2.20.x', problem: 'VERSION_UNREADABLE --with: "2.20.x" is no pep440 version' },
    { text: '2.20.26@a@b', problem: 'VERSION_UNREADABLE --with: "2.20.26@a@b" is no pep440 version' },
    { text: '2.21', problem: 'VERSION_SHAPE --with: "2.21" is not of the shape' },
    { text: '1.9.0', problem: 'VERSION_SHAPE --with: "1.9.0" is not among the releases >=2' },
    { text: '2.20.26@abc', problem: 'USAGE --with: "abc" is no git commit' },
    { text: '2.20.25', problem: 'VERSION_DUPLICATE --with: 2.20.25 is out already' },
    { text: '2.6.10', problem: 'VERSION_NOT_PUBLISHABLE --with: 2.6.10 would be excluded: a contributor' },
  ];

  test.each(mistakes)('$text', ({ text, problem }) => {
    const result = withRelease(known, text, image, now);
    const lines = result.ok ? [] : result.problems.map((found) => `${found.code} ${found.where}: ${found.message}`);
    expect(lines).toEqual([expect.stringContaining(problem)]);
  });

  test("a version may be named without the pattern's v", () => {
    const vConfig = { ...smallConfig, tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+)$` };
    const history = planned(vConfig, daily('v1.0.0'));
    for (const text of ['1.0.1', 'v1.0.1']) {
      const after = valueOf(withRelease(history.known, text, history.image, now));
      expect(after.releases.map((release) => release.version.text)).toEqual(['1.0.0', '1.0.1']);
    }
  });

  function planOf(releases: KnownReleases): Plan {
    return wholePlan(image, resolveTags(image, releases.releases, shapeFinder(image, releases.releases, '')), []);
  }
});

describe('--yank', () => {
  test('gives every tag back to the former owner of its cell, and keeps the pinned ones', () => {
    const image = imageOf(prefectConfig);
    const { known } = planned(prefectConfig, prefectFacts());
    const plan = ({ releases }: KnownReleases): Plan =>
      wholePlan(image, resolveTags(image, releases, shapeFinder(image, releases, '')), []);
    const diff = diffPlans(plan(known), plan(valueOf(withYank(known, '2.20.25', image))));
    expect({ ...diff, changes: diff.changes.length }).toEqual({
      schema: 1,
      repository: 'docker.io/prefecthq/prefect',
      appears: [],
      goes: [],
      changes: 33,
      same: 4261,
      rules: [
        { rule: 'full', kind: 'pinned', before: 2015, after: 2015, appears: 0, goes: 0, changes: 0 },
        { rule: 'sha', kind: 'pinned', before: 2015, after: 2015, appears: 0, goes: 0, changes: 0 },
        { rule: 'minor', kind: 'convenience', before: 243, after: 243, appears: 0, goes: 0, changes: 15 },
        { rule: 'major', kind: 'convenience', before: 18, after: 18, appears: 0, goes: 0, changes: 15 },
        { rule: 'latest', kind: 'convenience', before: 3, after: 3, appears: 0, goes: 0, changes: 3 },
      ],
    });
    expect(diff.changes.at(-3)).toEqual({
      tag: '2-latest',
      kind: { from: 'convenience', to: 'convenience' },
      rule: 'latest',
      from: { version: '2.20.25', axes: { python: '3.10', flavor: 'standard' } },
      to: { version: '2.20.24', axes: { python: '3.10', flavor: 'standard' } },
      because:
        '2.20.24 is the highest of 163 releases with python 3.10, flavor standard; 2.20.25 is yanked (withdrawn, as if); rule latest',
    });
  });

  test('an unknown release', () => {
    const { known, image } = planned(smallConfig, daily('1.0.0'));
    expect(withYank(known, '1.0.1', image)).toEqual({
      ok: false,
      problems: [
        {
          code: 'VERSION_UNKNOWN',
          where: '--yank',
          message: 'no source knows a release "1.0.1"',
          fix: 'did you mean 1.0.0? the newest known is 1.0.0',
        },
      ],
    });
  });
});

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}
