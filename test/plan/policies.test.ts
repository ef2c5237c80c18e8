/** Policies are config: what each does to the tags of a small history. */
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { checkTags } from '../../src/plan/check-tags.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { knownReleases } from '../../src/releases/known-releases.ts';
import { configOf, daily, fact, owners, planned, revisionOf, smallConfig } from '../support/history.ts';

const one: MatrixConfig = {
  repository: 'registry.example/acme/app',
  flavors: { standard: { dockerfile: 'Dockerfile' } },
};

function pinnedTags(config: MatrixConfig, facts: readonly ReleaseFact[]): string[] {
  return [...planned(config, facts).tags.pinned.keys()];
}

describe('ranges', () => {
  test('a platform begins at a release, also for its candidates if that is said', () => {
    const platforms = ['linux/amd64', { platform: 'linux/arm64', since: '2.7.10' }];
    const { tags } = planned({ ...one, platforms }, daily('2.7.9', '2.7.10rc1', '2.7.10'));
    expect(tags.cells.map((cell) => [cell.release.version.text, cell.platforms])).toEqual([
      ['2.7.9', ['linux/amd64']],
      ['2.7.10rc1', ['linux/amd64']],
      ['2.7.10', ['linux/amd64', 'linux/arm64']],
    ]);
  });

  test('a flavor may have fewer platforms than the image', () => {
    const flavors = {
      standard: { dockerfile: 'Dockerfile' },
      conda: { dockerfile: 'Dockerfile', suffix: '-conda', platforms: ['linux/amd64'] },
    };
    const { tags } = planned({ ...one, flavors, platforms: ['linux/amd64', 'linux/arm64'] }, daily('1.0.0'));
    expect(tags.cells.map((cell) => cell.platforms)).toEqual([['linux/amd64', 'linux/arm64'], ['linux/amd64']]);
  });

  test('a rule begins at a release', () => {
    const facts = daily('2.0.0', '2.1.0');
    expect(pinnedTags({ ...one, rules: { sha: { since: '2.1' } } }, facts)).toEqual([
      '2.0.0',
      '2.1.0',
      `sha-${revisionOf('2.1.0')}`,
    ]);
    const { tags } = planned({ ...one, rules: { latest: false, minor: false, major: { range: '<2.1' } } }, facts);
    expect(owners(tags)).toEqual({ '2': '2.0.0 standard' });
  });

  test('recorded facts win over ranges and exclusions', () => {
    const config: MatrixConfig = {
      ...smallConfig,
      exclude: [{ python: '3.9', flavor: 'conda', since: '1.0.0', reason: 'conda dropped it' }],
    };
    const facts = [fact('1.0.0', '2024-01-01', { builtFor: { conda: ['3.9'] } }), fact('1.0.1', '2024-01-02')];
    const { tags } = planned(config, facts);
    expect(tags.cells.map((cell) => [cell.release.version.text, ...Object.values(cell.shape.axes)].join(' '))).toEqual([
      '1.0.0 3.9 conda',
      '1.0.1 3.9 standard',
      '1.0.1 3.10 standard',
      '1.0.1 3.10 conda',
    ]);
  });
});

describe('rules', () => {
  test('the length of a revision', () => {
    const facts = daily('1.0.0');
    expect(pinnedTags({ ...one, rules: { sha: { length: 7 } } }, facts)).toEqual([
      '1.0.0',
      `sha-${revisionOf('1.0.0').slice(0, 7)}`,
    ]);
  });

  test('a candidate has a revision tag where the rule asks for all releases', () => {
    const facts = daily('1.0.0rc1');
    expect(pinnedTags(one, facts)).toEqual(['1.0.0rc1']);
    expect(pinnedTags({ ...one, rules: { sha: { releases: 'all' } } }, facts)).toEqual([
      '1.0.0rc1',
      `sha-${revisionOf('1.0.0rc1')}`,
    ]);
  });

  test('some values of an axis alone', () => {
    const rules: MatrixConfig['rules'] = {
      sha: false,
      minor: false,
      major: false,
      latest: false,
      edge: { kind: 'convenience', template: 'edge-python{{python}}', only: { flavor: ['conda'], python: ['3.10'] } },
    };
    expect(owners(planned({ ...smallConfig, rules }, daily('1.0.0', '2.0.0')).tags)).toEqual({
      'edge-python3.10': '2.0.0 3.10 conda',
    });
  });

  test('a date rule is of the day a release came out, in UTC', () => {
    const rules: MatrixConfig['rules'] = {
      sha: false,
      minor: false,
      major: false,
      latest: false,
      day: { kind: 'pinned', template: '{{date}}' },
      month: { kind: 'convenience', template: '{{year}}.{{month}}' },
    };
    const facts = [
      fact('1.0.0', '2024-01-31T22:00:00-05:00'),
      fact('1.0.1', '2024-02-10', { publishedAt: '2024-02-28T00:00:00Z' }),
    ];
    expect(pinnedTags({ ...one, rules }, facts)).toEqual(['1.0.0', '2024-02-01', '1.0.1', '2024-02-28']);
    expect(owners(planned({ ...one, rules }, facts).tags)).toEqual({ '2024.02': '1.0.1 standard' });
  });

  test('two releases of one day collide in a pinned date rule, and are named', () => {
    const rules: MatrixConfig['rules'] = { sha: false, day: { kind: 'pinned', template: '{{date}}' } };
    const facts = [fact('1.0.0', '2024-01-31T01:00:00Z'), fact('1.0.1', '2024-01-31T02:00:00Z')];
    const config = configOf({ ...one, rules });
    const { tags, image } = planned({ ...one, rules }, facts);
    expect(checkTags(tags, image, config).map(({ code, message }) => `${code} ${message}`)).toEqual([
      'PINNED_COLLISION 1.0.0 (flavor standard) by rule day and 1.0.1 (flavor standard) by rule day both want the pinned tag 2024-01-31',
    ]);
  });
});

describe('a further axis', () => {
  const cuda: MatrixConfig = {
    ...one,
    pythons: ['3.11', '3.12'],
    axes: {
      cuda: {
        cpu: { vars: { accelerator: '' } },
        '12.4': { vars: { accelerator: '-cuda12.4' }, since: '2' },
      },
    },
    rules: {
      full: { template: '{{version}}-py{{python}}{{accelerator}}{{suffix}}' },
      sha: false,
      minor: false,
      major: { template: '{{major}}-py{{python}}{{accelerator}}{{suffix}}' },
      latest: { template: '{{major}}-latest{{accelerator}}{{suffix}}' },
    },
    defaults: { python: 'highest' },
    exclude: [{ python: '3.12', cuda: '12.4', range: '<2.1', reason: 'no wheels yet' }],
  };

  test('has cells, tags, a range and exclusions like any other', () => {
    expect(owners(planned(cuda, daily('1.0.0', '2.0.0')).tags)).toEqual({
      '1-py3.11': '1.0.0 3.11 standard cpu',
      '1-py3.12': '1.0.0 3.12 standard cpu',
      '2-py3.11': '2.0.0 3.11 standard cpu',
      '2-py3.11-cuda12.4': '2.0.0 3.11 standard 12.4',
      '2-py3.12': '2.0.0 3.12 standard cpu',
      '1-latest': '1.0.0 3.12 standard cpu',
      '2-latest-cuda12.4': '2.0.0 3.11 standard 12.4',
      '2-latest': '2.0.0 3.12 standard cpu',
    });
  });

  test('recorded facts do not speak of it, so that its ranges and exclusions still do', () => {
    const facts = [fact('2.0.0', '2024-01-01', { builtFor: { standard: ['3.12'] } })];
    expect(Object.keys(owners(planned(cuda, facts).tags))).toEqual(['2-py3.12', '2-latest']);
  });
});

describe('withdrawn', () => {
  const facts = [
    fact('1.0.0', '2024-01-01'),
    fact('1.0.1', '2024-01-02', { yanked: { reason: 'said PyPI', since: '2024-02-01T00:00:00Z' } }),
    fact('1.0.2', '2024-01-03'),
  ];
  const config: MatrixConfig = { ...one, rules: { sha: false, minor: false, latest: false } };

  test('by a source, or by the config, whose reason comes first', () => {
    const yanked = [
      { version: '1.0.1', reason: 'breaks logging' },
      { version: '1.0.2', reason: 'wrong wheel' },
    ];
    const reasons = (given: MatrixConfig): (string | undefined)[] =>
      planned(given, facts).known.releases.map((release) => release.yanked?.reason);
    expect(reasons(config)).toEqual([undefined, 'said PyPI', undefined]);
    expect(reasons({ ...config, yanked })).toEqual([undefined, 'breaks logging', 'wrong wheel']);
    expect(owners(planned({ ...config, yanked }, facts).tags)).toEqual({ '1': '1.0.0 standard' });
  });

  test('keeps its pinned tags, and a tag that only it had stays in the plan without an owner', () => {
    const yanked = facts.map((entry) => ({ version: entry.version, reason: 'all of them' }));
    const { tags } = planned({ ...config, yanked }, facts);
    expect(owners(tags)).toEqual({ '1': null });
    expect([...tags.pinned.keys()]).toEqual(['1.0.0', '1.0.1', '1.0.2']);
  });

  test('may be named as the source writes it, or as its version reads', () => {
    const vConfig: MatrixConfig = { ...config, tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+)$` };
    for (const version of ['1.0.1', 'v1.0.1']) {
      const given = { ...vConfig, yanked: [{ version, reason: 'broken' }] };
      const { known, tags } = planned(given, daily('v1.0.0', 'v1.0.1'));
      expect(known.problems).toEqual([]);
      expect(owners(tags)).toEqual({ '1': '1.0.0 standard' });
      const excluding = { ...vConfig, exclude: [{ version, reason: 'broken' }] };
      expect(owners(planned(excluding, daily('v1.0.0', 'v1.0.1')).tags)).toEqual({ '1': '1.0.0 standard' });
    }
  });
});

describe('several images', () => {
  const config = configOf({
    scheme: 'pep440',
    pythons: ['3.11', '3.12'],
    defaults: { python: 'highest' },
    rules: { sha: false, minor: false, major: false, latest: { template: '{{major}}-latest{{suffix}}' } },
    exclude: [{ version: '3.0.1', reason: 'a test tag' }],
    images: {
      prefect: {
        repository: 'docker.io/prefecthq/prefect',
        flavors: { standard: { dockerfile: 'Dockerfile' }, conda: { dockerfile: 'Dockerfile', suffix: '-conda' } },
      },
      'prefect-client': {
        repository: 'docker.io/prefecthq/prefect-client',
        flavors: { standard: { dockerfile: 'client.Dockerfile' } },
      },
    },
  });

  test('each has its own matrix, and facts may record the flavors of both', () => {
    const facts = [
      fact('3.0.0', '2024-01-01', { builtFor: { standard: ['3.11', '3.12'], conda: ['3.11'] } }),
      fact('3.0.1', '2024-01-02'),
      fact('3.0.2', '2024-01-03', { builtFor: { conda: ['3.11'] } }),
    ];
    const seen = config.images.map((image) => {
      const known = knownReleases({ facts, from: 'releases.json', holds: 'rows' }, image);
      const finder = shapeFinder(image, known.releases, 'releases.json');
      const tags = resolveTags(image, known.releases, finder);
      return [image.name, [...known.problems, ...finder.problems], owners(tags)];
    });
    expect(seen).toEqual([
      ['prefect', [], { '3-latest': '3.0.0 3.12 standard', '3-latest-conda': '3.0.2 3.11 conda' }],
      ['prefect-client', [], { '3-latest': '3.0.2 3.12 standard' }],
    ]);
  });
});
