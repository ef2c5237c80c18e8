import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { smallConfig } from '../support/history.ts';

function problemsOf(config: unknown): string[] {
  const read = readConfig(config, 'matrix.config.ts');
  return read.ok
    ? []
    : read.problems.map(({ code, where, message }) => `${code} ${where.replace('matrix.config.ts ', '')}: ${message}`);
}

const withPythons = { ...smallConfig, pythons: { '3.9': '<2', '3.10': '*', '3.11': '>=2.5' } } satisfies MatrixConfig;

const cases: { name: string; config: unknown; problems: string[] }[] = [
  {
    name: 'an empty range, wherever ranges stand',
    config: {
      ...withPythons,
      pythons: { '3.9': '>=3 <2', '3.10': '*' },
      flavors: { standard: { dockerfile: 'Dockerfile', range: '>2 <2.0.0' } },
      platforms: [{ platform: 'linux/amd64', range: '==1.* ==2.*' }],
      rules: { sha: { range: '<1.dev0 >=1' } },
    },
    problems: [
      `RANGE_INVALID pythons.'3.9': ">=3 <2" holds no version at all`,
      'RANGE_INVALID flavors.standard: ">2 <2.0.0" holds no version at all',
      'RANGE_INVALID platforms[0]: "==1.* ==2.*" holds no version at all',
      'RANGE_INVALID rules.sha: "<1.dev0 >=1" holds no version at all',
    ],
  },
  {
    name: 'a range that is none, a since that is none, and both at once',
    config: {
      ...withPythons,
      pythons: { '3.9': '=>3', '3.10': { since: '>=2' }, '3.11': { since: '2.5', range: '<3' } },
    },
    problems: [
      `RANGE_INVALID pythons.'3.9': "=>3" is no range of pep440 versions`,
      `RANGE_INVALID pythons.'3.10': since ">=2" is no pep440 version`,
      `RANGE_INVALID pythons.'3.11': has both since and range`,
    ],
  },
  {
    name: 'defaults by range that overlap',
    config: {
      ...withPythons,
      defaults: {
        python: {
          '2': [
            { value: '3.10', range: '<2.7' },
            { value: '3.11', range: '>=2.5 <2.9' },
            { value: '3.10', range: '>=2.9' },
          ],
        },
      },
    },
    problems: [
      'RANGE_OVERLAP defaults.python.2[1]: python 3.10 (<2.7) and python 3.11 (>=2.5 <2.9) overlap: both are the default of >=2.5 <2.7',
    ],
  },
  {
    name: 'defaults that meet do not overlap',
    config: {
      ...withPythons,
      defaults: {
        python: {
          '2': [
            { value: '3.10', range: '<2.7' },
            { value: '3.11', range: '>=2.7' },
          ],
        },
      },
    },
    problems: [],
  },
  {
    name: 'a default for no release of its series',
    config: { ...withPythons, defaults: { python: { '2': [{ value: '3.10', range: '>=3' }] } } },
    problems: ['RANGE_INVALID defaults.python.2: no release of series 2 is in >=3'],
  },
  {
    name: 'a default that is no Python of the config',
    config: { ...withPythons, defaults: { python: { '2': '3.12' } } },
    problems: ['CONFIG_INVALID defaults.python.2: python 3.12 is built for no release'],
  },
  {
    name: 'a default that no flavor builds in that series, by its range',
    config: { ...withPythons, defaults: { python: { '1': '3.11', '2': '3.9', '3': '3.11' } } },
    problems: [
      'DEFAULT_PYTHON_DROPPED defaults.python.1: no flavor builds python 3.11 in series 1; it is for >=2.5',
      'DEFAULT_PYTHON_DROPPED defaults.python.2: no flavor builds python 3.9 in series 2; it is for <2',
    ],
  },
  {
    name: 'a default that exclusions leave to no flavor',
    config: {
      ...withPythons,
      defaults: { python: { '2': '3.10' } },
      exclude: [
        { python: '3.10', flavor: 'conda', range: '<3', reason: 'conda was late' },
        { python: ['3.9', '3.10'], flavor: 'standard', reason: 'the base image was broken' },
      ],
    },
    problems: [
      'DEFAULT_PYTHON_DROPPED defaults.python.2: no flavor builds python 3.10 in series 2; exclusions leave nothing of it',
    ],
  },
  {
    name: 'a default that one flavor still builds for a part of the series is for the releases to say',
    config: {
      ...withPythons,
      defaults: { python: { '2': '3.11' } },
      exclude: [{ python: '3.11', flavor: 'conda', range: '<3', reason: 'conda was late' }],
    },
    problems: [],
  },
  {
    name: 'one platform twice for one release',
    config: {
      ...smallConfig,
      platforms: ['linux/amd64', { platform: 'linux/arm64', range: '<2' }, { platform: 'linux/arm64', since: '1.9' }],
    },
    problems: ['RANGE_OVERLAP platforms[2]: linux/arm64 is there for <2 already'],
  },
  {
    name: 'whether two flavors of one suffix collide is for the releases to say',
    config: {
      ...smallConfig,
      flavors: {
        old: { dockerfile: 'Dockerfile', range: '<3' },
        slim: { dockerfile: 'slim.Dockerfile', since: '2.9' },
      },
      rules: { sha: false, minor: false, major: false, latest: false },
    },
    problems: [],
  },
  {
    name: 'and do not where one follows the other',
    config: {
      ...smallConfig,
      flavors: {
        old: { dockerfile: 'Dockerfile', range: '<3.dev0' },
        slim: { dockerfile: 'slim.Dockerfile', since: '3.dev0' },
      },
    },
    problems: [],
  },
  {
    name: 'a yank without an instant that is one',
    config: { ...smallConfig, yanked: [{ version: '1.0.0', reason: 'broken', since: 'yesterday' }] },
    problems: ['INSTANT_INVALID yanked[0].since: "yesterday" is no instant'],
  },
];

test.each(cases)('$name', ({ config, problems }) => {
  expect(problemsOf(config)).toEqual(problems);
});

describe('all at once', () => {
  test('five mistakes give five messages', () => {
    const found = problemsOf({
      ...smallConfig,
      repository: 'registry.example/Acme/app',
      pythons: { '3.9': '>=3 <2', '3.10': '*' },
      platforms: ['amd64'],
      defaults: {
        python: {
          '2': [
            { value: '3.10', range: '<2.7' },
            { value: '3.10', range: '>=2.5' },
          ],
        },
      },
      rules: { mine: { kind: 'pinned', template: '{{verison}}-python{{python}}{{suffix}}' } },
    });
    expect(found.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'REFERENCE_INVALID repository:',
      `RANGE_INVALID pythons.'3.9':`,
      'PLATFORM_INVALID platforms[0]:',
      'TEMPLATE_UNKNOWN_NAME rules.mine.template:',
      'RANGE_OVERLAP defaults.python.2[1]:',
    ]);
  });

  test('five mistakes of shape give five messages', () => {
    const found = problemsOf({
      repository: 7,
      pythons: ['3.9', 3.1],
      flavors: { standard: { dockerfile: '' } },
      postReleases: 'promoted',
      platform: ['linux/amd64'],
    });
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'CONFIG_INVALID repository',
      'CONFIG_INVALID pythons[1]',
      'CONFIG_INVALID flavors.standard.dockerfile',
      'CONFIG_INVALID postReleases',
      'CONFIG_UNKNOWN_KEY platform',
    ]);
  });
});
