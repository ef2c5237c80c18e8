import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { lintCells } from '../../src/plan/lint-cells.ts';
import { unsettledLeaps } from '../../src/releases/leaps.ts';
import { lintHistory } from '../../src/releases/lint.ts';
import { settleWarnings } from '../../src/releases/settle.ts';
import { daily, fact, owners, planned, problemsOf, smallConfig } from '../support/history.ts';
import { prefectConfig, prefectFacts, prefectUnsettled } from '../support/prefect.ts';

/** `CODE version version`: what a warning is and the rows it is about. */
function warned(config: MatrixConfig, facts: readonly ReleaseFact[], holds: 'rows' | 'texts' = 'rows'): string[] {
  const { known, finder, image } = planned(config, facts, holds);
  const found = [
    ...known.warnings,
    ...finder.warnings,
    ...lintHistory(known, image),
    ...lintCells(known.releases, image),
  ];
  return settleWarnings(found, image).map(({ code, versions }) => [code, ...versions].join(' '));
}

describe("Prefect's history", () => {
  test('the shipped config has nothing to say of the 2.x facts', () => {
    expect(warned(prefectConfig, prefectFacts())).toEqual([]);
    expect(problemsOf(prefectConfig, prefectFacts())).toEqual([]);
  });

  test('without exclusions the three rows that are no releases are named, each with why', () => {
    expect(warned(prefectUnsettled, prefectFacts())).toEqual(['VERSION_LEAP 2.82', 'FACTS_DIFFER 2.82']);
    const problems = problemsOf(prefectUnsettled, prefectFacts());
    expect(problems.map((line) => line.split(' ')[0])).toEqual([
      'VERSION_SHAPE',
      'PINNED_COLLISION',
      'PINNED_COLLISION',
      'PINNED_IS_CONVENIENCE',
      'DEFAULT_PYTHON_DROPPED',
    ]);
    expect(problems[1]).toMatch(/2\.6\.9\.post1 .* and 2\.6\.10 .*, both on revision 15e84512/);
    expect(problems[2]).toMatch(/2\.8\.2 .* and 2\.82 .*, both on revision afbed19d/);
    expect(problems[3]).toMatch(/2\.82-python3\.7 is the pinned full tag of 2\.82 .* and the minor tag of 2\.82/);
  });

  test('the leap says what it skips, what came later, and both lines that settle it', () => {
    const { known, image } = planned(prefectUnsettled, prefectFacts());
    expect(lintHistory(known, image)).toEqual([
      {
        code: 'VERSION_LEAP',
        message:
          '2.82 skips 73 numbers after 2.8, and 120 lower finals of series 2 came out later (2.8.3 to 2.20.25); a slip in the version would own the tags of its series for ever',
        versions: ['2.82'],
        fix: "exclude: [{ version: '2.82', reason: '…' }] if it is not a release, or accept: [{ code: 'VERSION_LEAP', version: '2.82', reason: '…' }]",
      },
    ]);
  });
});

const acrossMajors: MatrixConfig = {
  ...smallConfig,
  rules: {},
};
const oneRevision = { revision: 'a'.repeat(40) };

const cases: {
  name: string;
  config?: MatrixConfig;
  facts: readonly ReleaseFact[];
  holds?: 'rows' | 'texts';
  warnings: string[];
}[] = [
  { name: 'a plain history', facts: daily('1.0.0', '1.0.1', '1.1.0', '2.0.0'), warnings: [] },
  {
    name: 'a backport is no leap',
    facts: daily('1.4.0', '2.0.0', '2.1.0', '2.20.24', '3.0.0', '3.6.5', '2.20.25', '1.4.1'),
    warnings: [],
  },
  {
    name: 'numbers that were skipped and never came are no leap',
    facts: daily('1.0.0', '1.7.0', '1.7.9', '5.0.0'),
    warnings: [],
  },
  {
    name: 'one skipped number that came later is a matter of dates, not a leap',
    facts: daily('1.0.0', '1.2.0', '1.1.0'),
    warnings: ['DATES_CONTRADICT 1.2.0 1.1.0'],
  },
  {
    name: 'a leap in the last number',
    facts: daily('1.0.1', '1.0.22', '1.0.3', '1.0.4'),
    warnings: ['VERSION_LEAP 1.0.22'],
  },
  {
    name: 'a leap with releases of its own is one warning',
    facts: daily('1.1.0', '1.22.0', '1.22.1', '1.3.0'),
    warnings: ['VERSION_LEAP 1.22.0 1.22.1'],
  },
  {
    name: 'a leap among majors harms nobody where no tag is for all of them',
    facts: daily('2.0.0', '20.0.0', '2.1.0'),
    warnings: [],
  },
  {
    name: 'and is one where a tag is',
    config: acrossMajors,
    facts: daily('2.0.0', '20.0.0', '2.1.0'),
    warnings: ['VERSION_LEAP 20.0.0'],
  },
  {
    name: 'a candidate leaps nowhere, for it owns nothing',
    facts: daily('1.0.0', '1.9.0rc1', '1.1.0'),
    warnings: [],
  },
  {
    name: 'an excluded leap is gone',
    config: { ...smallConfig, exclude: [{ version: '1.22.0', reason: 'a slip' }] },
    facts: daily('1.1.0', '1.22.0', '1.3.0'),
    warnings: [],
  },
  {
    name: 'an accepted leap is settled',
    config: { ...smallConfig, accept: [{ code: 'VERSION_LEAP', version: '1.22.0', reason: 'marketing' }] },
    facts: daily('1.1.0', '1.22.0', '1.3.0'),
    warnings: [],
  },
  {
    name: 'an acceptance that settles nothing is told',
    config: { ...smallConfig, accept: [{ code: 'VERSION_LEAP', version: '1.1.0', reason: 'marketing' }] },
    facts: daily('1.1.0', '1.2.0'),
    warnings: ['ACCEPT_UNUSED 1.1.0'],
  },
  {
    name: 'a patch that came out before a lower one',
    facts: daily('1.0.0', '1.0.2', '1.0.1'),
    warnings: ['DATES_CONTRADICT 1.0.2 1.0.1'],
  },
  {
    name: 'a candidate that came out after its final',
    facts: daily('1.0.0', '1.1.0', '1.1.0rc1'),
    warnings: ['DATES_CONTRADICT 1.1.0 1.1.0rc1'],
  },
  {
    name: 'a post release comes when it likes',
    facts: daily('1.0.0', '1.0.1', '1.0.0.post1'),
    warnings: [],
  },
  {
    name: 'majors that came out in the wrong order',
    facts: daily('2.0.0', '1.0.0'),
    warnings: ['DATES_CONTRADICT 2.0.0 1.0.0'],
  },
  {
    name: 'published before it was committed',
    facts: [fact('1.0.0', '2024-02-01', { publishedAt: '2024-01-31T00:00:00Z' })],
    warnings: ['DATES_CONTRADICT 1.0.0'],
  },
  {
    name: 'the same instant with another offset contradicts nothing',
    facts: [fact('1.0.0', '2024-02-01T12:00:00Z'), fact('1.0.1', '2024-02-01T07:00:00-05:00')],
    warnings: [],
  },
  {
    name: 'a candidate and the final it became share a commit by intent',
    facts: [fact('1.0.0rc1', '2024-01-01', oneRevision), fact('1.0.0', '2024-01-02', oneRevision)],
    warnings: [],
  },
  {
    name: 'two candidates on one commit',
    facts: [fact('1.0.0rc1', '2024-01-01', oneRevision), fact('1.0.0rc2', '2024-01-02', oneRevision)],
    warnings: ['REVISION_SHARED 1.0.0rc1 1.0.0rc2'],
  },
  {
    name: 'two finals on one commit without a rule that shows the commit',
    config: { ...smallConfig, rules: { sha: false } },
    facts: [fact('1.0.0', '2024-01-01', oneRevision), fact('1.0.1', '2024-01-02', oneRevision)],
    warnings: ['REVISION_SHARED 1.0.0 1.0.1'],
  },
  {
    name: 'two finals on one commit whose revision tags collide are an error already',
    facts: [fact('1.0.0', '2024-01-01', oneRevision), fact('1.0.1', '2024-01-02', oneRevision)],
    warnings: [],
  },
  {
    name: 'a v in one git tag and not in the others',
    config: { ...smallConfig, tagPattern: String.raw`^v?(?<version>\d+\.\d+\.\d+)$` },
    facts: daily('1.0.0', 'v1.0.1', '1.0.2'),
    warnings: ['V_PREFIX v1.0.1'],
  },
  {
    name: 'a v that the pattern does not have is passed over, and told',
    facts: daily('1.0.0', 'v1.0.1', '1.0.2', 'docs-2'),
    holds: 'texts',
    warnings: ['TEXTS_IGNORED', 'V_PREFIX v1.0.1'],
  },
  {
    name: 'a v that one lacks',
    config: { ...smallConfig, tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+)$` },
    facts: daily('v1.0.0', '1.0.1', 'v1.0.2'),
    holds: 'texts',
    warnings: ['TEXTS_IGNORED', 'V_PREFIX 1.0.1'],
  },
  {
    name: 'a final that the source calls a pre-release',
    facts: [fact('1.0.0', '2024-01-01'), fact('1.1.0', '2024-01-02', { prerelease: true })],
    warnings: ['PRERELEASE_FLAG 1.1.0'],
  },
  {
    name: 'an exclude that matches nothing, of a release and of cells',
    config: {
      ...smallConfig,
      exclude: [
        { version: '1.0.7', reason: 'a slip' },
        { range: '>=4', reason: 'not ours' },
        { python: '3.9', flavor: 'conda', range: '>=3', reason: 'conda dropped it' },
      ],
    },
    facts: daily('1.0.0', '1.0.1'),
    warnings: ['EXCLUDE_UNUSED 1.0.7', 'EXCLUDE_UNUSED', 'EXCLUDE_UNUSED'],
  },
];

const recorded: MatrixConfig = { ...smallConfig, pythons: { '3.9': '<1.2', '3.10': '*' } };

describe('what was recorded against what the ranges say', () => {
  const both = { standard: ['3.9', '3.10'], conda: ['3.9', '3.10'] };

  test('releases that differ alike are one warning, and the record counts', () => {
    const facts = [
      fact('1.0.0', '2024-01-01', { builtFor: both }),
      fact('1.2.0', '2024-01-02', { builtFor: both }),
      fact('1.2.1', '2024-01-03', { builtFor: both }),
      fact('1.2.2', '2024-01-04', { builtFor: { standard: ['3.10'] } }),
      fact('1.2.3', '2024-01-05'),
    ];
    const { known, image, tags } = planned(recorded, facts);
    expect(lintCells(known.releases, image)).toEqual([
      {
        code: 'FACTS_DIFFER',
        message:
          '1.2.0, 1.2.1: built for python 3.9 flavor standard, python 3.9 flavor conda, which the ranges leave out; what was recorded counts',
        versions: ['1.2.0', '1.2.1'],
        fix: "correct the ranges, or accept: [{ code: 'FACTS_DIFFER', version: '1.2.0', reason: '…' }]",
      },
      {
        code: 'FACTS_DIFFER',
        message: '1.2.2: not built for python 3.10 flavor conda, which the ranges have; what was recorded counts',
        versions: ['1.2.2'],
        fix: "correct the ranges, or accept: [{ code: 'FACTS_DIFFER', version: '1.2.2', reason: '…' }]",
      },
    ]);
    expect(owners(tags)).toMatchObject({
      '1.2-python3.9': '1.2.1 3.9 standard',
      '1.2-python3.10': '1.2.3 3.10 standard',
    });
  });

  test('a Python that only the record knows is told, and not told again as a difference', () => {
    const facts = [fact('1.0.0', '2024-01-01', { builtFor: { ...both, standard: ['3.9', '3.10', '3.11'] } })];
    expect(warned(recorded, facts)).toEqual(['VALUE_UNKNOWN 1.0.0']);
    expect(owners(planned(recorded, facts).tags)).toMatchObject({ '1-python3.11': '1.0.0 3.11 standard' });
  });
});

test.each(cases)('$name', ({ config, facts, holds, warnings }) => {
  expect(warned(config ?? smallConfig, facts, holds)).toEqual(warnings);
  expect(warned(config ?? smallConfig, facts.toReversed(), holds)).toEqual(warnings);
});

test('unsettled leaps are known as such', () => {
  const facts = daily('1.1.0', '1.22.0', '1.3.0');
  const versions = (config: MatrixConfig): string[] => {
    const { known, image } = planned(config, facts);
    return unsettledLeaps(known, image).flatMap((leap) => leap.releases.map((release) => release.version.text));
  };
  expect(versions(smallConfig)).toEqual(['1.22.0']);
  expect(
    versions({ ...smallConfig, accept: [{ code: 'VERSION_LEAP', version: '1.22.0', reason: 'marketing' }] }),
  ).toEqual([]);
});
