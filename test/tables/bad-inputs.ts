/**
 * Inputs that must be refused, each with what its message has to say: the input, the rule or key, and the place.
 * `row` is the number in the catalogue of bad inputs that the project answers for; several inputs may share one.
 */
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { daily, fact, smallConfig } from '../support/history.ts';

export interface BadInput {
  readonly row: number;
  readonly name: string;
  /** As a config file exports it: anything at all. */
  readonly config: unknown;
  readonly facts?: readonly ReleaseFact[];
  /** Every problem, one line each: the code, and texts that its line has. */
  readonly problems: readonly { readonly code: string; readonly says: readonly string[] }[];
}

const noPythons = {
  repository: smallConfig.repository,
  flavors: { standard: { dockerfile: 'Dockerfile' } },
} satisfies MatrixConfig;

/** One release, one cell, and a pinned rule with the template to be tried. */
function template(text: string, more: Partial<MatrixConfig> = {}): MatrixConfig {
  const off = { full: false, sha: false, minor: false, major: false, latest: false } as const;
  return { ...noPythons, rules: { ...off, mine: { kind: 'pinned', template: text } }, ...more };
}

function badTag(row: number, name: string, text: string, ...says: readonly string[]): BadInput {
  const problems = [{ code: 'TAG_INVALID', says: ['matrix.config.ts rules.mine', '1.2.3 (flavor standard)', ...says] }];
  return { row, name, config: template(text), facts: daily('1.2.3'), problems };
}

function badRepository(row: number, name: string, repository: string, ...says: readonly string[]): BadInput {
  const problems = [{ code: 'REFERENCE_INVALID', says: ['matrix.config.ts repository', ...says] }];
  return { row, name, config: { ...noPythons, repository }, problems };
}

function badVersion(row: number, name: string, version: string, code: string, ...says: readonly string[]): BadInput {
  return {
    row,
    name,
    config: { ...noPythons, tagPattern: String.raw`^(?<version>\d+\.\d+\.\d+.*)$` },
    facts: [...daily('1.2.3'), fact(version, '2024-06-01')],
    problems: [{ code, says: ['releases.json[1]', JSON.stringify(version), ...says] }],
  };
}

export const badInputs: readonly BadInput[] = [
  badTag(1, 'an empty tag', '{{suffix}}', 'a tag cannot be empty'),
  badTag(2, 'a tag with a leading dot', '.hidden-{{version}}', '".hidden-1.2.3" starts with "."'),
  badTag(3, 'a tag with a leading hyphen', '-lead-{{version}}', '"-lead-1.2.3" starts with "-"'),
  badTag(4, 'a tag of 129 characters', `${'a'.repeat(124)}{{version}}`, 'is 129 characters long; a tag holds 128'),
  badTag(5, 'a tag with a plus', '{{version}}+dirty', `"1.2.3+dirty" has the character '+'`),
  badTag(6, 'a tag with a space', 'la test-{{version}}', '"la test-1.2.3" has the character U+0020'),
  badTag(7, 'a tag with a slash', 'a/{{version}}', `has the character '/'`),
  badTag(8, 'a tag with a colon', 'a:{{version}}', `has the character ':'`),
  badTag(9, 'a tag with an at sign', 'a@{{version}}', `has the character '@'`),
  badTag(10, 'a tag with an escaped slash', 'a%2F{{version}}', `has the character '%'`),
  badTag(11, 'a tag with a line end', 'a\n{{version}}', String.raw`"a\n1.2.3" has the character U+000A`),
  {
    row: 11,
    name: 'a tag with a NUL',
    config: template('a\0{{version}}'),
    facts: daily('1.2.3'),
    problems: [
      { code: 'TEMPLATE_INVALID', says: ['rules.mine.template', String.raw`"a\u0000{{version}}" is no template`] },
    ],
  },
  badTag(12, 'a tag with a Cyrillic letter', 'l\u0430test-{{version}}', 'has the character U+0430'),
  {
    row: 13,
    name: 'a tag that is too long only with its suffix',
    config: {
      ...noPythons,
      flavors: {
        standard: { dockerfile: 'Dockerfile' },
        long: { dockerfile: 'Dockerfile', suffix: `-${'x'.repeat(125)}` },
      },
      rules: { sha: false, minor: false, major: false, latest: false },
    },
    facts: daily('1.2.3'),
    problems: [{ code: 'TAG_INVALID', says: ['rules.full', 'is 131 characters long', '1.2.3 (flavor long)'] }],
  },
  {
    row: 14,
    name: 'two cells with one tag: the template omits an axis',
    config: { ...smallConfig, rules: { full: { template: '{{version}}{{suffix}}' } } },
    facts: daily('1.2.3'),
    problems: [
      {
        code: 'PINNED_COLLISION',
        says: ['matrix.config.ts rules.full', '{{version}}{{suffix}}', 'python 3.9 and python 3.10', 'only:'],
      },
    ],
  },
  {
    row: 14,
    name: 'two cells with one tag: a convenience template omits an axis',
    config: { ...smallConfig, rules: { major: { template: '{{major}}-python{{python}}' } } },
    facts: daily('1.2.3'),
    problems: [
      {
        code: 'CONVENIENCE_COLLISION',
        says: ['rules.major', '{{major}}-python{{python}}', 'flavor standard and flavor conda'],
      },
    ],
  },
  {
    row: 15,
    name: 'versions that differ in what no tag can hold',
    config: { ...noPythons, scheme: 'semver' },
    facts: [fact('1.0.0+a', '2024-01-01'), fact('1.0.0-a', '2024-01-02')],
    problems: [
      { code: 'VERSION_UNREADABLE', says: ['releases.json[0]', '"1.0.0+a"', 'has +a, which no tag can hold'] },
    ],
  },
  {
    row: 16,
    name: 'a version that equals a convenience tag',
    config: { ...noPythons, tagPattern: String.raw`^(?<version>\d+(?:\.\d+)*)$` },
    facts: daily('3.1', '3.1.1'),
    problems: [
      {
        code: 'PINNED_IS_CONVENIENCE',
        says: ['rules.full and rules.minor', '3.1 is the pinned full tag of 3.1 (flavor standard)', "version: '3.1'"],
      },
    ],
  },
  {
    row: 17,
    name: 'a short revision that two releases share',
    config: { ...noPythons, rules: { sha: { length: 7 } } },
    facts: [
      fact('1.0.0', '2024-01-01', { revision: `abcdef0${'1'.repeat(33)}` }),
      fact('1.0.1', '2024-01-02', { revision: `abcdef0${'2'.repeat(33)}` }),
    ],
    problems: [
      {
        code: 'PINNED_COLLISION',
        says: ['rules.sha', 'sha-abcdef0', '1.0.0 (flavor standard)', '1.0.1 (flavor standard)'],
      },
    ],
  },
  badRepository(
    18,
    'a repository in upper case',
    'registry.example/Acme/app',
    '"registry.example/Acme/app" has upper-case letters',
  ),
  badRepository(19, 'a repository with two dots', 'registry.example/../app', '"../app"', 'no repository name'),
  badRepository(19, 'a repository with an empty part', 'registry.example//app', '"/app"', 'no repository name'),
  badRepository(19, 'a repository with a leading slash', '/acme/app', '"/acme/app"', 'no repository name'),
  badRepository(20, 'a repository of 256 characters', `registry.example/${'a'.repeat(239)}`, 'is 256 characters long'),
  badRepository(21, 'a repository with a tag', 'registry.example/acme/app:1', 'has a tag in it'),
  badRepository(
    21,
    'a repository with a digest',
    `registry.example/acme/app@sha256:${'a'.repeat(64)}`,
    'has a digest in it',
  ),
  badRepository(22, 'a repository with credentials', 'user:hunter2@registry.example/app', 'cannot hold credentials'),
  badRepository(23, 'a repository with a scheme', 'http://registry.example/app', 'has a scheme'),
  badRepository(23, 'a repository whose host is a path', 'registry.example/host/../app', 'no repository name'),
  {
    row: 24,
    name: 'a host without TLS that is no host',
    config: { ...noPythons, registries: { insecure: ['http://registry.internal:5000'] } },
    problems: [{ code: 'REFERENCE_INVALID', says: ['registries.insecure[0]', 'http://registry.internal:5000'] }],
  },
  {
    row: 25,
    name: 'a digest that is none',
    config: {
      ...noPythons,
      flavors: { standard: { dockerfile: 'Dockerfile', baseDigest: `sha256:${'A'.repeat(64)}` } },
    },
    problems: [{ code: 'DIGEST_INVALID', says: ['flavors.standard.baseDigest', 'AAAA', 'is not a digest'] }],
  },
  badVersion(
    26,
    'a version with a v',
    'v3.0.0',
    'VERSION_SHAPE',
    'is not of the shape',
    "exclude: [{ version: 'v3.0.0'",
  ),
  {
    row: 26,
    name: 'a version of two numbers where three are asked, which would be its own alias too',
    config: noPythons,
    facts: [...daily('1.2.3'), fact('3.1', '2024-06-01')],
    problems: [
      { code: 'VERSION_SHAPE', says: ['releases.json[1] "3.1"', 'is not of the shape', "exclude: [{ version: '3.1'"] },
      { code: 'PINNED_IS_CONVENIENCE', says: ['3.1 is the pinned full tag of 3.1 (flavor standard)'] },
    ],
  },
  badVersion(27, 'a version that cannot be read', '3.1.0-x_y', 'VERSION_UNREADABLE', 'is not a pep440 version'),
  badVersion(28, 'a version with an epoch', '1!3.0.0', 'VERSION_SHAPE', 'is not of the shape'),
  badVersion(28, 'a version with a local part', '3.0.0+x', 'VERSION_UNREADABLE', 'has +x, which no tag can hold'),
  {
    row: 29,
    name: 'one version twice, with two commits',
    config: noPythons,
    facts: [fact('1.0.0', '2024-01-01'), fact('1.0.0', '2024-01-02', { revision: 'f'.repeat(40) })],
    problems: [{ code: 'VERSION_DUPLICATE', says: ['releases.json', '"1.0.0" is there twice', 'f'.repeat(40)] }],
  },
  {
    row: 29,
    name: 'one version in two spellings',
    config: { ...noPythons, tagPattern: String.raw`^(?<version>\d+\.\d+.*)$`, rules: { sha: false, minor: false } },
    facts: daily('1.0', '1.0.0'),
    problems: [{ code: 'VERSION_DUPLICATE', says: ['1.0 and 1.0.0 are the same version', "version: '1.0.0'"] }],
  },
  ...['', 'null', '<html>'].map((version): BadInput =>
    badVersion(32, `an answer that is not a version: "${version}"`, version, 'VERSION_SHAPE', 'is not of the shape'),
  ),
  {
    row: 33,
    name: 'a Python that was a number',
    config: { ...smallConfig, pythons: ['3.9', 3.1] },
    problems: [{ code: 'CONFIG_INVALID', says: ['matrix.config.ts pythons[1]', '3.1 is a number', "'3.10'"] }],
  },
  {
    row: 33,
    name: 'a Python that lost its zero before it became a text',
    config: { ...smallConfig, pythons: ['3.9', '3.1'] },
    problems: [{ code: 'CONFIG_INVALID', says: ['pythons[1]', 'a number 3.10 reads as 3.1'] }],
  },
  {
    row: 34,
    name: 'an exclusion of an unknown Python, and of an unknown flavor',
    config: {
      ...smallConfig,
      exclude: [
        { python: '3.11', flavor: 'conda', reason: 'conda is late' },
        { flavor: 'cnda', reason: 'conda is late' },
      ],
    },
    problems: [
      { code: 'CONFIG_INVALID', says: ['exclude[0].python', "unknown python '3.11'"] },
      { code: 'CONFIG_INVALID', says: ['exclude[1].flavor', "unknown flavor 'cnda'", "did you mean 'conda'?"] },
    ],
  },
  {
    row: 35,
    name: 'a matrix without a flavor and without a Python',
    config: { ...smallConfig, pythons: [], flavors: {} },
    problems: [
      { code: 'MATRIX_EMPTY', says: ['matrix.config.ts pythons', 'no Python'] },
      { code: 'MATRIX_EMPTY', says: ['matrix.config.ts flavors', 'no flavor'] },
    ],
  },
  {
    row: 35,
    name: 'a matrix over the limit of jobs, and of tags',
    config: { ...smallConfig, limits: { jobs: 3, tags: 10 } },
    facts: daily('1.2.3'),
    problems: [
      { code: 'MATRIX_TOO_LARGE', says: ['limits.jobs', '1.2.3 has 4 cells; the limit is 3'] },
      { code: 'MATRIX_TOO_LARGE', says: ['limits.tags', 'the plan has 18 tags; the limit is 10'] },
    ],
  },
  {
    row: 39,
    name: 'a placeholder that is unknown',
    config: { ...smallConfig, rules: { full: { template: '{{verison}}-python{{python}}{{suffix}}' } } },
    problems: [{ code: 'TEMPLATE_UNKNOWN_NAME', says: ['rules.full.template', '{{verison}}', '{{version}}?'] }],
  },
  {
    row: 39,
    name: 'a key that is unknown, at the top and deep inside',
    config: { ...smallConfig, flavours: {}, flavors: { standard: { dockerfile: 'Dockerfile', sufix: '-x' } } },
    problems: [
      { code: 'CONFIG_UNKNOWN_KEY', says: ["unknown key 'sufix'", "did you mean 'suffix'?", 'flavors.standard.sufix'] },
      { code: 'CONFIG_UNKNOWN_KEY', says: ["unknown key 'flavours'", "did you mean 'flavors'?"] },
    ],
  },
  {
    row: 41,
    name: 'a platform that is none',
    config: { ...smallConfig, platforms: ['linux/amd64', 'amd64', { platform: 'linux/arm64/v8/x' }] },
    problems: [
      { code: 'PLATFORM_INVALID', says: ['platforms[1]', '"amd64"', 'os/architecture[/variant]'] },
      { code: 'PLATFORM_INVALID', says: ['platforms[2]', '"linux/arm64/v8/x"'] },
    ],
  },
];
