import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import { processorMs } from '../support/processor-time.ts';

test('mistakes of every step are told at once: a shape that is wrong hides no wrong text elsewhere', () => {
  const read = readConfig(
    {
      repository: 'docker.io/Acme/app',
      scheme: 'pep',
      pythons: ['3.9', 3.1],
      flavours: {},
      flavors: { standard: { dockerfile: '../Dockerfile', sufix: '' } },
      platforms: ['linux'],
      rules: { full: { template: '{{verison}}-python{{python}}' } },
      releases: 'since two',
    },
    'matrix.config.ts',
  );
  expect(read.ok ? [] : read.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
    'CONFIG_INVALID matrix.config.ts scheme',
    'CONFIG_INVALID matrix.config.ts pythons[1]',
    'CONFIG_UNKNOWN_KEY matrix.config.ts flavors.standard.sufix',
    'CONFIG_UNKNOWN_KEY matrix.config.ts flavours',
    'REFERENCE_INVALID matrix.config.ts repository',
    'RANGE_INVALID matrix.config.ts releases',
    'PATH_OUTSIDE_ROOT matrix.config.ts flavors.standard.dockerfile',
    'PLATFORM_INVALID matrix.config.ts platforms[0]',
    'TEMPLATE_UNKNOWN_NAME matrix.config.ts rules.full.template',
  ]);
});

test('one mistake is one message: what it causes elsewhere is not told as another', () => {
  const read = readConfig(
    { repository: 'docker.io/acme/app', pythons: { '3.9': 3 }, flavors: { standard: { dockerfile: 'Dockerfile' } } },
    'matrix.config.ts',
  );
  expect(read.ok ? [] : read.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
    "CONFIG_INVALID matrix.config.ts pythons.'3.9'",
  ]);
});

test('60,000 unknown keys take no time, and the first 200 are told', () => {
  const keys = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`key${index}`, index]));
  const config = { ...keys, repository: 'docker.io/acme/app' };
  expect(processorMs(() => readConfig(config, 'matrix.config.json'))).toBeLessThan(5000);
  const read = readConfig(config, 'matrix.config.json');
  expect(read.ok ? [] : read.problems.slice(199, 201)).toMatchObject([
    { code: 'CONFIG_UNKNOWN_KEY', where: 'matrix.config.json key199' },
    { message: '59800 more mistakes of this kind' },
  ]);
});

test('a pattern with look-around is refused with the pattern to write', () => {
  const tagPattern = String.raw`^v(?!.*rc)(?<version>\d+\.\d+\.\d+.*)$`;
  const config = { repository: 'docker.io/acme/app', flavors: { standard: { dockerfile: 'Dockerfile' } }, tagPattern };
  const read = readConfig(config, 'matrix.config.ts');
  expect(read.ok ? [] : read.problems).toMatchObject([
    {
      code: 'CONFIG_INVALID',
      where: 'matrix.config.ts tagPattern',
      fix: String.raw`write ^v(?<version>\d+\.\d+\.\d+.*)$, and leave out what it should not match with exclude, by its text`,
    },
  ]);
});
