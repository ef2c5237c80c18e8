import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { explainTag } from '../../src/plan/explain.ts';
import type { Explanation } from '../../src/plan/explanation.ts';
import { explanationJson, explanationText } from '../../src/report/explain.ts';
import { daily, fact, planned, smallConfig } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

function digestOf(character: string): Digest {
  const digest = parseDigest(`sha256:${character.repeat(64)}`);
  if (digest === null) throw new Error('no digest');
  return digest;
}

function explain(tag: string, config: MatrixConfig, facts: readonly ReleaseFact[]): Explanation {
  const { image, known, tags } = planned(config, facts);
  return explainTag(tag, image, known, tags);
}

describe("Prefect's tags, for someone who never saw the config", () => {
  const { image, known, tags } = planned(prefectConfig, prefectFacts());
  const asked = [
    '2-python3.7',
    '2-latest',
    '2.82-python3.10',
    'latest',
    '2-python3.6',
    '2.11.5-python3.10-conda',
    '2.11.5-python3.12',
    'v2.11.5-python3.10',
    '4-python3.10',
    '2.20.26-python3.10',
  ];

  test.each(asked)('%s', async (tag) => {
    const text = explanationText(explainTag(tag, image, known, tags), []);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`../golden/explain/${tag}.txt`);
  });

  test('with a registry: what is there, what should be, and which release it is', () => {
    const explanation = explainTag('2-latest', image, known, tags);
    const [expected, actual] = [digestOf('a'), digestOf('b')];
    const actualOwner = { version: '2.20.18', axes: { python: '3.10', flavor: 'standard' } };
    const digests = { repository: 'docker.io/prefecthq/prefect', expected, actual, actualOwner, finding: null };
    expect(explanationText(explanation, [digests])).toContain(`
  registry      it points to 2.20.18 python 3.10, flavor standard
    ${actual}
  expected      the digest of its owner
    ${expected}
`);
    expect(explanationText(explanation, [{ ...digests, actual: expected }])).toContain(`
  registry      it points where it should
    ${expected}
`);
    expect(explanationText(explanation, [{ ...digests, actual: null }])).toContain(`
  registry      the tag does not exist, though its owner is published
  expected      the digest of its owner
    ${expected}
`);
    const json: unknown = JSON.parse(explanationJson(explanation, [digests]));
    expect(json).toMatchObject({
      tag: '2-latest',
      status: 'owned',
      owner: { version: '2.20.25', python: '3.10', flavor: 'standard' },
      registry: { expected, actual, actualOwner: { version: '2.20.18', python: '3.10', flavor: 'standard' } },
    });
  });
});

const history: readonly ReleaseFact[] = [
  ...daily('1.0.0', '1.0.1', '1.0.1.post1', '1.1.0.dev1', '1.1.0rc1', '1.1.0', '1.1.1', '1.2.0', '1.2.1', '1.9.9'),
  fact('1.3.0', '2024-03-01', { prerelease: true }),
];
const config: MatrixConfig = {
  ...smallConfig,
  pythons: { '3.9': '<1.2', '3.10': '*' },
  defaults: { python: { '1': '3.10' } },
  exclude: [
    { version: '1.9.9', reason: 'a test tag' },
    { python: '3.10', flavor: 'conda', version: '1.1.1', reason: 'conda was down' },
  ],
  yanked: [{ version: '1.2.1', reason: 'breaks logging', since: '2024-01-20T00:00:00Z' }],
};

test('every reason a candidate may lose for, highest first', () => {
  const { candidates } = explain('1-python3.10-conda', config, history);
  expect(candidates.map(({ version, verdict, because }) => ({ version, verdict, because }))).toEqual([
    { version: '1.9.9', verdict: 'excluded', because: 'a test tag (matrix.config.ts exclude[0])' },
    { version: '1.3.0', verdict: 'pre-release', because: 'its source calls it a pre-release' },
    { version: '1.2.1', verdict: 'yanked', because: 'breaks logging (matrix.config.ts yanked[0])' },
    { version: '1.2.0', verdict: 'owner', because: 'the highest of those that may own it' },
    { version: '1.1.1', verdict: 'not-built', because: 'conda was down (matrix.config.ts exclude[1])' },
    { version: '1.1.0', verdict: 'lower', because: 'lower than 1.2.0' },
    { version: '1.1.0rc1', verdict: 'pre-release', because: 'a pre-release owns nothing' },
    { version: '1.1.0.dev1', verdict: 'pre-release', because: 'a development release owns nothing' },
    {
      version: '1.0.1.post1',
      verdict: 'post-release',
      because: "post releases have pinned tags only (postReleases: 'pinned-only')",
    },
    { version: '1.0.1', verdict: 'lower', because: 'lower than 1.2.0' },
    { version: '1.0.0', verdict: 'lower', because: 'lower than 1.2.0' },
  ]);
});

const moves: {
  name: string;
  tag: string;
  config?: MatrixConfig;
  facts?: readonly ReleaseFact[];
  lastMoved: object | null;
}[] = [
  {
    name: 'a yank with an instant moved it back',
    tag: '1-python3.10',
    lastMoved: {
      at: '2024-01-20T00:00:00Z',
      from: { version: '1.2.1', axes: { python: '3.10', flavor: 'standard' } },
      to: { version: '1.2.0', axes: { python: '3.10', flavor: 'standard' } },
      when: '1.2.1 was yanked',
    },
  },
  {
    name: 'a frozen tag last moved when its owner came out',
    tag: '1-python3.9',
    lastMoved: {
      at: '2024-01-07T12:00:00Z',
      from: { version: '1.1.0', axes: { python: '3.9', flavor: 'standard' } },
      to: { version: '1.1.1', axes: { python: '3.9', flavor: 'standard' } },
      when: '1.1.1 came out',
    },
  },
  {
    name: 'a first release came from nowhere',
    tag: '2-python3.10',
    facts: daily('2.0.0', '1.0.0'),
    lastMoved: {
      at: '2024-01-01T12:00:00Z',
      from: null,
      to: { version: '2.0.0', axes: { python: '3.10', flavor: 'standard' } },
      when: '2.0.0 came out',
    },
  },
  {
    name: 'a backport did not move the broader tag',
    tag: '1-python3.10',
    facts: daily('1.0.0', '1.1.0', '1.0.1'),
    lastMoved: {
      at: '2024-01-02T12:00:00Z',
      from: { version: '1.0.0', axes: { python: '3.10', flavor: 'standard' } },
      to: { version: '1.1.0', axes: { python: '3.10', flavor: 'standard' } },
      when: '1.1.0 came out',
    },
  },
];

test.each(moves)('last moved: $name', (row) => {
  const own = row.facts === undefined ? config : { ...smallConfig, ...row.config };
  expect(explain(row.tag, own, row.facts ?? history).lastMoved).toEqual(row.lastMoved);
});

const reasons: { name: string; tag: string; config: MatrixConfig; facts: readonly ReleaseFact[]; says: object }[] = [
  {
    name: 'a tag whose only release is gone',
    tag: '1-latest',
    config: { ...smallConfig, yanked: [{ version: '1.0.0', reason: 'leaks a key' }] },
    facts: daily('1.0.0'),
    says: {
      status: 'ownerless',
      owner: null,
      because: '1.0.0 is yanked: leaks a key (matrix.config.ts yanked[0]); and no other release could own it',
      fix: 'the plan has nothing to put there; tagwright audit says how it goes where a registry still has it',
    },
  },
  {
    name: 'a series of which only a candidate is out',
    tag: '2-python3.10',
    config: smallConfig,
    facts: daily('1.0.0', '2.0.0rc1'),
    says: {
      status: 'unplanned',
      because: 'only 2.0.0rc1 could own it, and may not; 2.0.0rc1 is pre-release: a pre-release owns nothing',
    },
  },
  {
    name: 'a revision tag of a candidate',
    tag: `sha-${fact('2.0.0rc1', '2024-01-02').revision}-python3.10`,
    config: smallConfig,
    facts: daily('1.0.0', '2.0.0rc1'),
    says: {
      status: 'unplanned',
      because: 'it would be the sha tag of 2.0.0rc1; 2.0.0rc1 is pre-release: the rule sha is for finals',
    },
  },
  {
    name: 'a revision nobody knows',
    tag: `sha-${'9'.repeat(40)}-python3.10`,
    config: smallConfig,
    facts: daily('1.0.0'),
    says: {
      status: 'unplanned',
      because: 'it reads like a sha tag, but no release that is known is on the revision 999999999999',
    },
  },
  {
    name: 'latest, where a rule is across majors',
    tag: 'latest',
    config: {
      ...smallConfig,
      rules: { newest: { kind: 'convenience', template: 'latest{{suffix}}', only: { python: 'default' } } },
    },
    facts: daily('1.0.0', '2.0.0', '1.0.1'),
    says: {
      status: 'owned',
      owner: { version: '2.0.0', axes: { python: '3.10', flavor: 'standard' } },
      because:
        '2.0.0 is the highest final of all series that was built with python 3.10, flavor standard; python 3.10 is the default of its series',
    },
  },
  {
    name: '2-latest, where the default latest is one tag for all series',
    tag: '2-latest-conda',
    config: { ...smallConfig, rules: {} },
    facts: daily('1.0.0', '2.0.0'),
    says: {
      status: 'unplanned',
      because: 'by default the rule latest makes one tag for all series, and not one for each',
      fix: "to have one for each, write rules: { latest: { template: '{{major}}-latest{{suffix}}' } }",
    },
  },
  {
    name: "the default Python of a flavor that was not built has the flavor's reason",
    tag: '1-latest-conda',
    config: {
      ...smallConfig,
      flavors: { ...smallConfig.flavors, conda: { dockerfile: 'Dockerfile', suffix: '-conda', since: '2' } },
    },
    facts: daily('1.0.0'),
    says: {
      status: 'unplanned',
      because: 'only 1.0.0 could own it, and may not; 1.0.0 was not built so: flavor conda is for >=2',
    },
  },
];

test.each(reasons)('$name', ({ tag, config: own, facts, says }) => {
  expect(explain(tag, own, facts)).toMatchObject(says);
});

test('a tag that is kept on an older line says why', () => {
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    rules: { sha: false, latest: { range: '<15', reason: '15 is not for everybody' } },
  };
  const { candidates } = explain('latest', config, daily('14.1.0', '15.0.0'));
  expect(candidates.map(({ version, verdict, because }) => [version, verdict, because])).toEqual([
    ['15.0.0', 'outside-rule', 'the rule latest is for <15 (15 is not for everybody)'],
    ['14.1.0', 'owner', 'the highest of those that may own it'],
  ]);
});

test('a pre-release that owns until there is a final says so', () => {
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    rules: { sha: false, latest: { fallback: 'pre' } },
  };
  const explanation = explain('latest', config, daily('0.1.0b1'));
  expect(explanation.because).toBe('0.1.0b1 is the highest pre-release (there is no final yet) of all series');
  expect(explanationText(explanation, [])).toContain(':latest belongs to 0.1.0b1.\n');
});
