/** How source texts become releases: equal versions, exclusions by a source's own text, texts that no scheme reads. */
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { z } from 'zod';
import { parse } from 'yaml';
import { findRelease } from '../../src/releases/find-release.ts';
import { knownReleases, type KnownReleases } from '../../src/releases/known-releases.ts';
import { patternFor } from '../../src/releases/misshapen.ts';
import { settleWarnings } from '../../src/releases/settle.ts';
import { daily, fact, imageOf, owners, planned } from '../support/history.ts';

const base = {
  repository: 'registry.example/acme/app',
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  scheme: 'semver',
  tagPattern: String.raw`^v?(?<version>\d+\.\d+.*)$`,
} satisfies MatrixConfig;

const one = { revision: '1'.repeat(40) };
const two = { revision: '2'.repeat(40) };

function known(config: MatrixConfig, facts: readonly ReleaseFact[], onForge: readonly string[] = []): KnownReleases {
  return knownReleases({ facts, from: 'git tags', holds: 'texts', onForge: new Set(onForge) }, imageOf(config));
}

function said({ problems }: KnownReleases): string[] {
  return problems.map(({ code, message, fix }) => `${code} ${message}; ${fix ?? ''}`);
}

function texts({ releases }: KnownReleases): string[] {
  return releases.map(({ version, sourceText }) => `${version.text} ${sourceText ?? '='}`);
}

/** As somebody pastes it into a YAML config. */
function parseYaml(line: string): { readonly tagPattern: string } {
  return z.object({ tagPattern: z.string() }).parse(parse(line));
}

describe('equal versions', () => {
  const twins = [fact('2.3.3', '2024-01-01', one), fact('v2.3.3', '2024-01-02', one), fact('2.2.9', '2023-01-01')];

  test('two names on one commit are one release, in any order', () => {
    for (const facts of [twins, twins.toReversed()]) {
      expect(said(known(base, facts))).toEqual([]);
      expect(texts(known(base, facts))).toEqual(['2.2.9 =', '2.3.3 =']);
    }
  });

  test('a yank of either is a yank of the release', () => {
    const found = known({ ...base, yanked: [{ version: 'v2.3.3', reason: 'broken' }] }, twins);
    expect(found.releases.map(({ version, yanked }) => [version.text, yanked?.reason])).toEqual([
      ['2.2.9', undefined],
      ['2.3.3', 'broken'],
    ]);
  });

  test('two commits are an error that names each text; excluding one by its text leaves the other as owner', () => {
    const facts = [fact('2.3.3', '2024-01-01', one), fact('v2.3.3', '2024-01-02', two), fact('2.2.9', '2023-01-01')];
    expect(said(known(base, facts))).toEqual([
      `VERSION_DUPLICATE 2.3.3 and v2.3.3 are the same version: 2.3.3 on commit ${one.revision}, v2.3.3 on commit ${two.revision}; keep one and exclude the other by its own text: exclude: [{ version: '2.3.3', reason: '…' }] or exclude: [{ version: 'v2.3.3', reason: '…' }]`,
    ]);
    for (const version of ['2.3.3', 'v2.3.3']) {
      const config = { ...base, exclude: [{ version, reason: 'the other was built' }] };
      expect(said(known(config, facts))).toEqual([]);
      expect(owners(planned(config, facts, 'texts').tags)['2.3']).toBe('2.3.3 standard');
    }
  });

  test('of two spellings on one commit the one with a release on the forge counts; without one, nobody knows', () => {
    const facts = [fact('1.0', '2024-01-01', one), fact('1.0.0', '2024-01-01', one)];
    const config = { ...base, scheme: 'pep440' } satisfies MatrixConfig;
    expect(texts(known(config, facts, ['1.0.0']))).toEqual(['1.0.0 =']);
    expect(said(known(config, facts))[0]).toMatch(/^VERSION_DUPLICATE 1\.0 and 1\.0\.0 are the same version: both on/);
    expect(said(known(config, facts, ['1.0', '1.0.0']))).toHaveLength(1);
  });
});

describe('exclusions', () => {
  test('a line that drops one of two names of a release is an error', () => {
    const facts = [fact('2.3.3', '2024-01-01', one), fact('v2.3.3', '2024-01-02', one)];
    const config = { ...base, exclude: [{ version: '2.3.3', reason: 'pasted' }] };
    expect(said(known(config, facts))).toEqual([
      `EXCLUDE_AMBIGUOUS "2.3.3" and "v2.3.3" are one release, on one commit, and only the first is excluded; delete the line to keep the release, or exclude both: exclude: [{ version: 'v2.3.3', reason: '…' }]`,
    ]);
    const both = { ...base, exclude: ['2.3.3', 'v2.3.3'].map((version) => ({ version, reason: 'never built' })) };
    expect(texts(known(both, facts))).toEqual([]);
  });

  test('a version that two texts have is not a name', () => {
    const facts = [fact('v1.0.0', '2024-01-01', one), fact('V1.0.0', '2024-01-02', two)];
    const config = {
      ...base,
      tagPattern: String.raw`^[vV](?<version>\d+\.\d+\.\d+)$`,
      exclude: [{ version: '1.0.0', reason: 'which?' }],
    };
    expect(said(known(config, facts))).toEqual([
      `EXCLUDE_AMBIGUOUS "1.0.0" means "V1.0.0" and "v1.0.0"; name one by its source's own text: exclude: [{ version: 'V1.0.0', reason: '…' }] or exclude: [{ version: 'v1.0.0', reason: '…' }]`,
    ]);
  });

  test('dropping the newest release of all is told, with the line for one that was withdrawn', () => {
    const facts = daily('1.0.0', '1.1.0');
    const exclude = (version: string): MatrixConfig => ({ ...base, exclude: [{ version, reason: 'broken' }] });
    const codes = (config: MatrixConfig, of = facts): string[] => known(config, of).warnings.map(({ code }) => code);
    expect(codes(exclude('1.1.0'))).toEqual(['EXCLUDES_NEWEST']);
    expect(codes(exclude('1.0.0'))).toEqual([]);
    expect(
      codes(
        exclude('1.1.0'),
        facts.toReversed().map((row, index) => ({ ...row, committedAt: `2024-01-0${index + 1}T00:00:00Z` })),
      ),
    ).toEqual([]);
    const [warning] = known(exclude('1.1.0'), facts).warnings;
    expect(warning?.fix).toBe(
      "if it was withdrawn, write yanked: [{ version: '1.1.0', reason: '…' }] instead; if that is meant, accept: [{ code: 'EXCLUDES_NEWEST', version: '1.1.0', reason: '…' }]",
    );
  });
});

describe('texts that the scheme cannot read', () => {
  test('many are one problem, with a scheme that reads them all', () => {
    const facts = daily('2024.08.1', '2024.08.2', '2024.09.1', '2024.10.01');
    expect(said(known(base, facts))).toEqual([
      'VERSION_UNREADABLE 4 texts match tagPattern but are not semver versions: "2024.08.1", "2024.08.2", "2024.09.1", "2024.10.01"; write scheme: \'pep440\', which reads all of them',
    ]);
  });

  test('others than releases get a pattern that leaves them out', () => {
    const facts = daily('1.0.0', '1.1.0', '1.1.0_a', '1.1.0_b', '1.1.0_c', '1.1.0_d');
    const [line = ''] = said(known(base, facts));
    expect(line).toContain(
      String.raw`if they are not releases, write tagPattern: '^v?(?<version>\\d+\\.\\d+\\.\\d+)$'`,
    );
  });

  test('build metadata behind every version gets the lines that compare it, and they do', () => {
    const facts = daily('v1.29.13+k3s1', 'v1.29.13+k3s2', 'v1.29.13+k3s10', 'v1.30.0+k3s1');
    const [line = ''] = said(known(base, facts));
    expect(line.slice(line.indexOf('; write ') + 8)).toBe(
      String.raw`tagPattern: '^v?(?<base>\\d[\\d.]*)\\+k3s(?<k3s>\\d+)$', version: '{{base}}-k3s{{k3s}}', scheme: { base: 'semver', k3s: 'number' }`,
    );
    const config: MatrixConfig = {
      ...base,
      tagPattern: String.raw`^v?(?<base>\d[\d.]*)\+k3s(?<k3s>\d+)$`,
      version: '{{base}}-k3s{{k3s}}',
      scheme: { base: 'semver', k3s: 'number' },
      rules: { sha: false, upstream: { kind: 'convenience', template: '{{base}}' } },
      rebuilds: [],
    };
    expect(owners(planned(config, facts, 'texts').tags)).toMatchObject({
      '1.29.13': '1.29.13-k3s10 standard',
      '1.29': '1.29.13-k3s10 standard',
      '1': '1.30.0-k3s1 standard',
    });
  });

  test('a rebuild is told apart from build metadata that is compared', () => {
    const facts = daily('1.29.13+k3s1', '1.29.13+k3s2');
    const config: MatrixConfig = {
      ...base,
      tagPattern: String.raw`^(?<base>\d[\d.]*)\+k3s(?<k3s>\d+)$`,
      version: '{{base}}-k3s{{k3s}}',
      scheme: { base: 'semver', k3s: 'number' },
      rules: { rebuild: { kind: 'pinned', template: '{{version}}-b{{build}}' } },
      rebuilds: [{ version: '1.29.13-k3s2', build: 2, on: '2024-02-01', reason: 'a newer base' }],
    };
    const { tags, image, known: found } = planned(config, facts, 'texts');
    expect(owners(tags)['1.29']).toBe('1.29.13-k3s2+2 standard');
    const find = (text: string): string | undefined => {
      const release = findRelease(found, text, image, 'VERSION');
      return release.ok ? release.value.version.text : undefined;
    };
    expect(['1.29.13+k3s2', '1.29.13-k3s2', '1.29.13-k3s2+2'].map(find)).toEqual([
      '1.29.13-k3s2',
      '1.29.13-k3s2',
      '1.29.13-k3s2+2',
    ]);
  });

  test('rows of a file that are not of the shape are told together', () => {
    const image = imageOf(base);
    const { problems } = knownReleases(
      { facts: daily('a1', 'b1', 'c1', 'd1'), from: 'releases.json', holds: 'rows' },
      image,
    );
    expect(problems.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      String.raw`releases.json: 4 rows are not of the shape ^v?(?<version>\d+\.\d+.*)$: "a1", "b1", "c1", "d1"`,
    ]);
  });
});

test('a version template that gives two releases one text names both', () => {
  const config: MatrixConfig = {
    ...base,
    tagPattern: String.raw`^(?<base>\d+\.\d+\.\d+)-(?<n>\d+)$`,
    version: '{{base}}',
    scheme: { base: 'semver' },
  };
  const [line = ''] = said(known(config, daily('1.0.0-1', '1.0.0-2')));
  expect(line).toMatch(/^VERSION_DUPLICATE 1\.0\.0-1 and 1\.0\.0-2 are the same version: .*GROUP: 'number'/);
});

test.each([
  {
    name: 'a group that the pattern lacks',
    config: { scheme: { bse: 'semver' } },
    says: ["scheme.bse: unknown group of tagPattern 'bse'"],
  },
  {
    name: 'a template over a group that the pattern lacks',
    config: { version: '{{bas}}' },
    says: ['version: {{bas}} is not a name'],
  },
  {
    name: 'a group called build',
    config: { tagPattern: '^(?<version>.+)-(?<build>.+)$' },
    says: ["a group cannot be called 'build'"],
  },
  {
    name: 'a group called like an axis',
    config: { tagPattern: '^(?<version>.+)-(?<flavor>.+)$' },
    says: ["the name 'flavor' is given by the release too"],
  },
  {
    name: 'no version and no template',
    config: { tagPattern: ['^v(?<version>.+)$', '^(?<other>.+)$'] },
    says: ['tagPattern[1]: ^(?<other>.+)$ must be anchored'],
  },
  { name: 'nothing compared', config: { scheme: {} }, says: ['scheme: compares nothing'] },
  {
    name: 'a length that is too small',
    config: { rules: { sha: { length: 6 } } },
    says: ['rules.sha.length: expected a number from 7 to 40; got 6'],
  },
] as const)('$name is refused', ({ config, says }) => {
  const read = readConfig({ ...base, ...config }, 'matrix.config.ts');
  const lines = read.ok
    ? []
    : read.problems.map(({ where, message }) => `${where.replace('matrix.config.ts ', '')}: ${message}`);
  expect(says.filter((text) => !lines.some((line) => line.includes(text)))).toEqual([]);
});

test('warnings are accepted by code and range: those that are about nothing else', () => {
  const image = imageOf({
    ...base,
    accept: [{ code: 'DATES_CONTRADICT', range: '<2', reason: 'git tags were set later' }],
  });
  const dates = (...versions: string[]): { code: 'DATES_CONTRADICT'; message: string; versions: string[] } => ({
    code: 'DATES_CONTRADICT',
    message: '',
    versions,
  });
  const left = settleWarnings([dates('1.1.0', '1.0.0'), dates('2.0.0', '1.9.0')], image);
  expect(left.map(({ versions }) => versions)).toEqual([['2.0.0', '1.9.0']]);
  expect(readConfig({ ...base, accept: [{ code: 'V_PREFIX', reason: 'all' }] }, 'c')).toMatchObject({ ok: false });
});

test('a version that no source knows names what was passed over, and the line that reads it is the same in every format', () => {
  const plain = { repository: base.repository, flavors: base.flavors };
  const facts = daily('v1.0.0', 'v1.1.0');
  const found = findRelease(known({ ...plain, scheme: 'pep440' }, facts), '1.1.0', imageOf(plain), 'VERSION');
  const fix = found.ok ? '' : (found.problems[0]?.fix ?? '');
  expect(fix).toMatch(
    /^no release is known at all: git tags: 2 texts are not releases of this image: "v1.0.0", "v1.1.0"; /,
  );
  const [, line = ''] = /; write (?<line>tagPattern: .*)$/.exec(fix) ?? [];
  expect(line).toBe("tagPattern: '^v(?<version>[0-9]+[.][0-9]+[.][0-9]+.*)$'");
  expect(texts(known({ ...plain, ...parseYaml(line) }, facts))).toEqual(['1.0.0 v1.0.0', '1.1.0 v1.1.0']);
});

test('a character that means something in a pattern is itself before a version', () => {
  const line = patternFor(['app.(a)-1.0.0', 'app.(a)-1.1.0'], false, { template: null, patterns: [] }) ?? '';
  const { tagPattern } = parseYaml(line.replace('write ', ''));
  expect(new RegExp(tagPattern, 'u').exec('app.(a)-1.0.0')?.groups?.['version']).toBe('1.0.0');
  expect(new RegExp(tagPattern, 'u').test('appx(a)-1.0.0')).toBe(false);
});
