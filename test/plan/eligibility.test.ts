/** Who may own a tag, and the one reason why not: a row for each code, on the cell and the rule that show it. */
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { fullTag } from '../../src/plan/cell.ts';
import { eligibility } from '../../src/plan/eligibility.ts';
import { daily, planned, problemsOf } from '../support/history.ts';

const config: MatrixConfig = {
  repository: 'registry.example/acme/app',
  pythons: { '3.9': '*', '3.10': '>=2' },
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  defaults: { python: { '1': '3.9', '2': '3.10' } },
  exclude: [{ python: '3.9', range: '>=2.1 <3', reason: 'no wheels' }],
  yanked: [{ version: '1.0.1', reason: 'loses data' }],
  rules: { minor: { range: '<2' } },
};
const versions = ['1.0.0', '1.0.0.post1', '1.0.1', '2.0.0rc1', '2.0.0', '2.1.0', '3.0.0'];
const { image, known, finder } = planned(config, daily(...versions));

function ask(rule: string, version: string, python: string): string {
  const found = eligibility(
    {
      release: known.releases.find((release) => release.version.text === version)!,
      shape: finder.all.find((shape) => shape.axes['python'] === python)!,
    },
    image.rules.find((candidate) => candidate.name === rule)!,
    image,
    version === '3.0.0' && rule === 'major' ? { reason: 'a test', where: 'matrix.config.ts exclude[1]' } : null,
  );
  return found.may ? 'may' : `${found.code}: ${found.because}`;
}

describe('eligibility', () => {
  test.each([
    ['major', '1.0.0', '3.9', 'may'],
    ['full', '2.0.0rc1', '3.9', 'may'],
    ['major', '3.0.0', '3.9', 'excluded: a test (matrix.config.ts exclude[1])'],
    ['major', '1.0.0', '3.10', 'not-built: python 3.10 is for >=2'],
    ['major', '2.1.0', '3.9', 'not-built: no wheels (matrix.config.ts exclude[0])'],
    ['minor', '2.0.0', '3.9', 'outside-rule: the rule minor is for <2'],
    ['major', '2.0.0rc1', '3.9', 'pre-release: a pre-release owns nothing'],
    ['sha', '2.0.0rc1', '3.9', 'pre-release: the rule sha is for finals'],
    ['major', '1.0.0.post1', '3.9', "post-release: post releases have pinned tags only (postReleases: 'pinned-only')"],
    ['latest', '3.0.0', '3.10', 'no-default: there is no default python for it'],
    ['major', '1.0.1', '3.9', 'yanked: loses data (matrix.config.ts yanked[0])'],
  ])('rule %s, %s, Python %s: %s', (rule, version, python, expected) => {
    expect(ask(rule, version, python)).toBe(expected);
  });
});

describe('a cell has a full tag', () => {
  const flavors = { standard: { dockerfile: 'Dockerfile' } };
  const base: MatrixConfig = { repository: 'registry.example/acme/app', flavors };

  test('the first pinned tag by the order of the rules', () => {
    const rules: MatrixConfig['rules'] = { full: false, sha: false, day: { kind: 'pinned', template: '{{date}}' } };
    const later = { ...rules, number: { kind: 'pinned', template: '{{version}}' } } satisfies MatrixConfig['rules'];
    const { tags } = planned({ ...base, rules: later }, daily('1.0.0'));
    expect(tags.cells.map(fullTag)).toEqual(['2024-01-01']);
  });

  test('a pre-release that no pinned rule names is not built; a final is an error', () => {
    const given: MatrixConfig = { ...base, rules: { full: { releases: 'finals' } } };
    const { tags } = planned(given, daily('1.0.0', '1.1.0rc1'));
    expect(tags.cells.map(fullTag)).toEqual(['1.0.0']);
    expect(problemsOf(given, daily('1.0.0', '1.1.0rc1'))).toEqual([]);
    const narrow: MatrixConfig = { ...base, rules: { sha: false, full: { range: '<2' } } };
    expect(problemsOf(narrow, daily('1.0.0', '2.0.0'))).toEqual([
      'CELL_WITHOUT_TAG matrix.config.ts rules: no pinned rule is for 2.0.0 (flavor standard), so it has no tag that a build could push',
    ]);
  });
});
