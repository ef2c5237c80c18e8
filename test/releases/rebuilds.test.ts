import { describe, expect, test } from 'vitest';
import { rootsAt } from '../../src/build/source.ts';
import { buildTarget } from '../../src/build/targets.ts';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { explainTag } from '../../src/plan/explain.ts';
import { expectedLabels } from '../../src/plan/expected-image.ts';
import { releasePlan } from '../../src/plan/plan.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { findRelease } from '../../src/releases/find-release.ts';
import { lintHistory } from '../../src/releases/lint.ts';
import { withYank } from '../../src/releases/what-if.ts';
import { daily, owners, planned, problemsOf, smallConfig } from '../support/history.ts';

const byNumber = {
  ...smallConfig,
  pythons: ['3.10'],
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: {
    ...smallConfig.rules,
    again: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}-b{{build}}' },
    version: { kind: 'convenience', template: '{{version}}{{suffix}}', only: { python: 'default' } },
  },
  rebuilds: [{ version: '1.1.0', build: 2, on: '2024-06-01', reason: 'python:3.10-slim was fixed' }],
} satisfies MatrixConfig;
const facts = daily('1.0.0', '1.1.0', '1.0.1');

describe('a rebuild', () => {
  test('is a release of its own above the one it is of, with the pinned tags that only it can have', () => {
    const { tags } = planned(byNumber, facts);
    expect(tags.cells.map(({ release, pinned }) => [release.version.text, pinned.map(({ tag }) => tag)])).toEqual([
      ['1.0.0', ['1.0.0-python3.10', `sha-${facts[0]?.revision}-python3.10`]],
      ['1.0.1', ['1.0.1-python3.10', `sha-${facts[2]?.revision}-python3.10`]],
      ['1.1.0', ['1.1.0-python3.10', `sha-${facts[1]?.revision}-python3.10`]],
      ['1.1.0+2', ['1.1.0-python3.10-b2']],
    ]);
    expect(owners(tags)).toEqual({
      '1.0-python3.10': '1.0.1 3.10 standard',
      '1.1-python3.10': '1.1.0+2 3.10 standard',
      '1-python3.10': '1.1.0+2 3.10 standard',
      '1-latest': '1.1.0+2 3.10 standard',
      '1.0.0': '1.0.0 3.10 standard',
      '1.0.1': '1.0.1 3.10 standard',
      '1.1.0': '1.1.0+2 3.10 standard',
    });
  });

  test('takes its tags over from the release that it is of', () => {
    const { image, known, tags, finder } = planned(byNumber, facts);
    const rebuilt = known.releases.at(-1);
    if (rebuilt === undefined) throw new Error('no release');
    const before = resolveTags(image, known.releases.slice(0, -1), finder);
    const plan = releasePlan(image, rebuilt, tags, () => before, []);
    expect([
      plan.release,
      plan.moves.map(({ tag, from, to }) => [tag, from?.owner?.version, to.owner?.version]),
    ]).toEqual([
      '1.1.0+2',
      ['1.1-python3.10', '1-python3.10', '1.1.0', '1-latest'].map((tag) => [tag, '1.1.0', '1.1.0+2']),
    ]);
  });

  test('is built from the version, and says in its labels which build it is', () => {
    const { image, tags } = planned(byNumber, facts);
    const cell = tags.cells.at(-1);
    if (cell === undefined) throw new Error('no cell');
    expect(buildTarget(cell, image, [], rootsAt('/')).args).toMatchObject({
      VERSION: '1.1.0',
      REVISION: facts[1]?.revision,
    });
    expect(expectedLabels(cell, image)).toMatchObject({
      'org.opencontainers.image.version': '1.1.0+2',
      'org.opencontainers.image.revision': facts[1]?.revision,
    });
  });

  test('may be told by its day; the rule then is one of every release', () => {
    const byDay = {
      ...byNumber,
      rules: { dated: { kind: 'pinned', template: '{{version}}-{{date}}{{suffix}}' } },
    } as const;
    const { tags } = planned({ ...byDay, rules: { ...byDay.rules, sha: false } }, facts);
    expect(tags.cells.map(({ pinned }) => pinned.map(({ tag }) => tag))).toEqual([
      ['1.0.0-python3.10', '1.0.0-2024-01-01'],
      ['1.0.1-python3.10', '1.0.1-2024-01-03'],
      ['1.1.0-python3.10', '1.1.0-2024-01-02'],
      ['1.1.0-2024-06-01'],
    ]);
    const sameDay = [{ version: '1.1.0', build: 2, on: '2024-01-02', reason: 'at once' }];
    expect(problemsOf({ ...byDay, rebuilds: sameDay }, facts)).toEqual([
      'PINNED_COLLISION matrix.config.ts rules.dated: 1.1.0 (python 3.10, flavor standard) by rule dated and 1.1.0+2 (python 3.10, flavor standard) by rule dated both want the pinned tag 1.1.0-2024-01-02, both on revision ' +
        `${facts[1]?.revision}`,
    ]);
  });

  test('of a release that is yanked is yanked with it, and may be yanked alone', () => {
    const { image, known, finder } = planned(byNumber, facts);
    const yanked = withYank(known, '1.1.0', image);
    if (!yanked.ok) throw new Error('1.1.0 cannot be yanked');
    expect(owners(resolveTags(image, yanked.value.releases, finder))['1-latest']).toBe('1.0.1 3.10 standard');
    const alone = planned({ ...byNumber, yanked: [{ version: '1.1.0+2', reason: 'the new base is broken' }] }, facts);
    expect([alone.known.problems, owners(alone.tags)['1-latest']]).toEqual([[], '1.1.0 3.10 standard']);
  });

  test('is found by its own name, and never for the release that it is of', () => {
    const { image, known } = planned(byNumber, facts);
    const found = ['1.1.0', '1.1.0+2', '1.1.0+3'].map((text) => {
      const release = findRelease(known, text, image, 'VERSION');
      return release.ok ? release.value.version.text : release.problems[0]?.code;
    });
    expect(found).toEqual(['1.1.0', '1.1.0+2', 'VERSION_UNKNOWN']);
  });

  test('is not a release twice to the lint, and a candidate of its own to explain', () => {
    const { image, known, tags } = planned(byNumber, facts);
    expect(lintHistory(known, image)).toEqual([]);
    const explained = explainTag('1-latest', image, known, tags);
    expect(explained.candidates.map(({ version, verdict }) => [version, verdict])).toEqual([
      ['1.1.0+2', 'owner'],
      ['1.1.0', 'lower'],
      ['1.0.1', 'lower'],
      ['1.0.0', 'lower'],
    ]);
  });
});

describe('rebuilds that cannot be', () => {
  test.each([
    {
      name: 'no rule tells them from the release',
      config: { ...byNumber, rules: {} },
      problems: [
        'REBUILD_WITHOUT_RULE matrix.config.ts rebuilds[0]: no pinned rule names {{build}} or {{date}}: a rebuild would have no tag but one that is never overwritten',
      ],
    },
    {
      name: 'the rule is for later releases',
      config: { ...byNumber, rules: { again: { ...byNumber.rules.again, since: '2.0.0' } } },
      problems: [
        'REBUILD_WITHOUT_RULE matrix.config.ts rebuilds: no pinned rule that names {{build}} or {{date}} is for 1.1.0+2 (python 3.10, flavor standard)',
      ],
    },
    {
      name: 'nobody knows the release',
      config: { ...byNumber, rebuilds: [{ version: '1.2.0', build: 2, on: '2024-06-01', reason: 'why' }] },
      problems: [
        'REBUILD_UNKNOWN matrix.config.ts rebuilds[0]: no source knows a release "1.2.0" that could be built again',
      ],
    },
    {
      name: 'a number twice',
      config: { ...byNumber, rebuilds: [...byNumber.rebuilds, ...byNumber.rebuilds] },
      problems: ['CONFIG_INVALID matrix.config.ts rebuilds[1]: build 2 of 1.1.0 is there twice'],
    },
    {
      name: 'a day that is none',
      config: { ...byNumber, rebuilds: [{ version: '1.1.0', build: 2, on: 'yesterday', reason: 'why' }] },
      problems: ['INSTANT_INVALID matrix.config.ts rebuilds[0].on: "yesterday" is no instant'],
    },
  ] satisfies { name: string; config: MatrixConfig; problems: string[] }[])('$name', ({ config, problems }) => {
    expect(problemsOf(config, facts)).toEqual(problems);
  });

  test('the rule to add is written out', () => {
    const read = readConfig({ ...byNumber, rules: {} }, 'matrix.config.ts');
    expect(read.ok ? [] : read.problems.map(({ fix }) => fix)).toEqual([
      "rules: { rebuild: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}-b{{build}}' } }",
    ]);
  });
});
