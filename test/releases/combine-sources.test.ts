import { describe, expect, test } from 'vitest';
import { pep440 } from '../../src/domain/pep440.ts';
import type { IndexedVersion, ReleaseFact } from '../../src/domain/release.ts';
import type { Warning } from '../../src/domain/warning.ts';
import { combineSources } from '../../src/releases/combine-sources.ts';
import type { VersionReader } from '../../src/releases/same-version.ts';
import type { NamedAnswer } from '../../src/releases/source-words.ts';

const image: VersionReader = {
  scheme: pep440,
  shape: {
    patterns: [/^v?(?<version>\d+\.\d+.*)$/],
    template: null,
    names: new Set(),
    text: '',
    range: pep440.parseRange('>=2'),
  },
  excludedReleases: [
    { version: '2.82', range: null, reason: 'a typo', where: 'c.ts' },
    { version: null, range: pep440.parseRange('<2.0.1'), reason: 'old', where: 'c.ts' },
  ],
};

const revision = (letter: string): string => letter.repeat(40);

function fact(version: string, more: Partial<ReleaseFact> = {}): ReleaseFact {
  return { version, revision: revision('a'), committedAt: '2023-08-24T12:14:26-07:00', ...more };
}

function file(...facts: ReleaseFact[]): NamedAnswer {
  return { name: 'releases.json', kind: 'file', facts, partial: null, notes: [] };
}

function git(facts: readonly ReleaseFact[], more: Partial<NamedAnswer> = {}): NamedAnswer {
  return {
    name: 'git tags of .',
    kind: 'git',
    facts,
    gitTags: facts.map(({ version }) => version),
    partial: null,
    notes: [],
    ...more,
  };
}

function github(facts: readonly ReleaseFact[], more: Partial<NamedAnswer> = {}): NamedAnswer {
  const gitTags = facts.map(({ version }) => version);
  return { name: 'github.com/acme/app', kind: 'github', facts, gitTags, partial: null, notes: [], ...more };
}

function index(...versions: (string | IndexedVersion)[]): NamedAnswer {
  const indexed = versions.map((entry) =>
    typeof entry === 'string' ? { version: entry, yanked: false, reason: null } : entry,
  );
  return { name: 'PyPI app', kind: 'index', facts: [], indexed, partial: null, notes: [] };
}

/** Warnings without the lines that settle them. */
function told(warnings: readonly Warning[]): readonly string[] {
  return warnings.map(({ code, message, versions }) => `${code} ${versions.join(',')}: ${message}`);
}

describe('one source', () => {
  test('is as it is, in its order, things said twice included', () => {
    const facts = [fact('2.1.0', { prerelease: false }), fact('2.0.5'), fact('2.1.0'), fact('2.1'), fact('other')];
    expect(combineSources([file(...facts)], image)).toEqual({ facts, partial: [], warnings: [] });
  });

  test('tells what it noticed, release by release, as far as it is about the image', () => {
    const notes = [
      { code: 'TAG_WITHOUT_RELEASE', message: 'git tags without a release', versions: ['2.0.5', '1.0.0', '2.82', 'x'] },
      { code: 'RELEASE_WITHOUT_TAG', message: 'releases without their git tag', versions: ['2.0.0'] },
    ] as const;
    const partial = { reason: 'a shallow clone', fix: 'fetch the rest' };
    const gitTags = ['2.0.5', '1.0.0', '2.82', 'x', '2.0.0'];
    expect(combineSources([github([], { notes, gitTags, partial })], image).warnings).toEqual([
      {
        code: 'SOURCE_INCOMPLETE',
        message: 'github.com/acme/app: a shallow clone',
        versions: [],
        fix: 'fetch the rest',
      },
      {
        code: 'TAG_WITHOUT_RELEASE',
        message: 'github.com/acme/app: 2.0.5 is among the git tags without a release',
        versions: ['2.0.5'],
        fix: "correct the source, write exclude: [{ version: '2.0.5', reason: '…' }] if it is not a release, or accept: [{ code: 'TAG_WITHOUT_RELEASE', version: '2.0.5', reason: '…' }]",
      },
    ]);
  });
});

describe('several sources', () => {
  test('say one thing about one release, each what it knows best', () => {
    const combined = combineSources(
      [
        index({ version: '2.0.5', yanked: true, reason: null }, '2.1.0rc1', '2.1.0'),
        github([
          fact('2.0.5', {
            committedAt: '2023-08-24T19:14:00Z',
            publishedAt: '2023-08-25T00:00:00Z',
            prerelease: false,
          }),
          fact('2.1.0rc1', { prerelease: true, publishedAt: '2023-08-25T00:00:00Z' }),
        ]),
        git([fact('2.0.5', { publishedAt: '2023-08-24T23:00:00Z' }), fact('2.1.0rc1')]),
        file(fact('2.1.0rc1', { builtFor: { standard: ['3.10'] }, prerelease: false })),
      ],
      image,
    );
    expect(combined).toEqual({
      facts: [
        fact('2.1.0rc1', {
          builtFor: { standard: ['3.10'] },
          prerelease: true,
          publishedAt: '2023-08-25T00:00:00Z',
        }),
        fact('2.0.5', {
          publishedAt: '2023-08-25T00:00:00Z',
          prerelease: false,
          yanked: { reason: 'no reason was given', from: 'PyPI app' },
        }),
      ],
      partial: [],
      warnings: [],
    });
  });

  test('mean one version although they write it otherwise', () => {
    const combined = combineSources(
      [
        git([fact('v2.0.5'), fact('v2.1.0')]),
        file(fact('2.0.5', { builtFor: { standard: ['3.10'] } })),
        index('2.0.5', { version: '2.1', yanked: true, reason: 'broken' }),
      ],
      image,
    );
    expect(combined).toEqual({
      facts: [
        fact('2.0.5', { builtFor: { standard: ['3.10'] } }),
        fact('v2.1.0', { yanked: { reason: 'broken', from: 'PyPI app' } }),
      ],
      partial: [],
      warnings: [],
    });
  });

  test('are not merged over two git tags of one version', () => {
    const combined = combineSources(
      [
        git([fact('v2.0.5'), fact('2.0.5', { revision: revision('b') })]),
        github([fact('2.0.5', { revision: revision('b') }), fact('v2.0.5')]),
      ],
      image,
    );
    expect(combined).toEqual({
      facts: [fact('v2.0.5'), fact('2.0.5', { revision: revision('b') })],
      partial: [],
      warnings: [],
    });
  });

  test('are left alone where a row is there twice', () => {
    const twice = [fact('2.0.5'), fact('2.1.0'), fact('2.0.5', { revision: revision('b') })];
    expect(combineSources([file(...twice), git([fact('2.0.5'), fact('2.1.0')])], image).facts).toEqual([
      ...twice,
      fact('2.0.5'),
    ]);
  });

  test('that contradict each other are told, and the nearest to the truth is used', () => {
    const combined = combineSources(
      [
        github([
          fact('2.0.5', { revision: revision('c'), publishedAt: '2023-08-26T00:00:00Z' }),
          fact('2.0.6', { committedAt: '2023-09-01T00:00:00Z' }),
          fact('1.0.0', { revision: revision('c') }),
        ]),
        git([
          fact('2.0.5', { revision: revision('b') }),
          fact('2.0.6', { committedAt: '2023-08-24T19:14:26Z' }),
          fact('2.0.7', { committedAt: '2023-08-30T00:00:00Z' }),
          fact('1.0.0'),
        ]),
        file(fact('2.0.5', { publishedAt: '2023-08-25T00:00:00Z' }), fact('2.0.6'), fact('2.0.7')),
      ],
      image,
    );
    expect(combined.facts).toEqual([
      fact('2.0.5', { publishedAt: '2023-08-25T00:00:00Z' }),
      fact('2.0.6'),
      fact('2.0.7'),
      fact('1.0.0'),
    ]);
    const [a, b, c] = [revision('a'), revision('b'), revision('c')];
    expect(told(combined.warnings)).toEqual([
      `SOURCE_DISAGREES 2.0.5: the revision of 2.0.5 is ${a} in releases.json and ${b} in git tags of .; the first is used`,
      `SOURCE_DISAGREES 2.0.5: the revision of 2.0.5 is ${a} in releases.json and ${c} in github.com/acme/app; the first is used`,
      'SOURCE_DISAGREES 2.0.5: the publishedAt of 2.0.5 is 2023-08-25T00:00:00Z in releases.json and 2023-08-26T00:00:00Z in github.com/acme/app; the first is used',
      'SOURCE_DISAGREES 2.0.7: the committedAt of 2.0.7 is 2023-08-24T12:14:26-07:00 in releases.json and 2023-08-30T00:00:00Z in git tags of .; the first is used',
      'SOURCE_DISAGREES 2.0.7: the git tag 2.0.7 is in git tags of ., and not in github.com/acme/app',
    ]);
  });

  test('lack what others have', () => {
    const answers = [
      git([fact('2.0.5'), fact('2.0.6'), fact('1.0.0'), fact('2.82')]),
      github([fact('2.0.5'), fact('2.0.7')], { gitTags: ['2.0.5', '2.0.7', 'x'] }),
      file(fact('2.0.5'), fact('2.0.8'), fact('2.0.0')),
      index('2.0.5', '2.0.6', '2.0.7', '9.9.9'),
    ];
    const rowless =
      'RELEASE_WITHOUT_TAG 2.0.8: releases.json has 2.0.8, and git tags of . and github.com/acme/app no git tag of it';
    const unpushed = 'SOURCE_DISAGREES 2.0.6: the git tag 2.0.6 is in git tags of ., and not in github.com/acme/app';
    const unfetched = 'SOURCE_DISAGREES 2.0.7: the git tag 2.0.7 is in github.com/acme/app, and not in git tags of .';
    const unindexed = 'SOURCE_DISAGREES 2.0.8: releases.json has 2.0.8, and PyPI app does not';
    expect(told(combineSources(answers, image).warnings)).toEqual([rowless, unpushed, unfetched, unindexed]);
    const shallow = answers.map((answer) => (answer.kind === 'git' ? { ...answer, partial: shallowClone } : answer));
    expect(told(combineSources(shallow, image).warnings)).toEqual([
      'SOURCE_INCOMPLETE : git tags of .: a shallow clone',
      rowless,
      unpushed,
      unindexed,
    ]);
  });
});

const shallowClone = { reason: 'a shallow clone', fix: 'fetch the rest' };

describe('a source that may know fewer releases than there are', () => {
  test('is named with its reason and how to get the rest', () => {
    const answers = [git([fact('2.0.5')], { partial: shallowClone }), file(fact('2.0.6'))];
    expect(combineSources(answers, image).partial).toEqual([{ source: 'git tags of .', ...shallowClone }]);
  });

  test.each([
    { forge: ['2.0.5', 'docs'], tags: ['2.0.5', 'docs', 'mine'], isShort: false },
    { forge: ['2.0.5', '2.0.6'], tags: ['2.0.5'], isShort: true },
    { forge: [], tags: ['2.0.5'], isShort: true },
  ])('a clone with the tags $tags is short of those of the forge, $forge: $isShort', ({ forge, tags, isShort }) => {
    const answers = [git([fact('2.0.5')], { gitTags: tags, partial: shallowClone }), github([], { gitTags: forge })];
    const { partial, warnings } = combineSources(answers, image);
    expect(partial).toEqual(isShort ? [{ source: 'git tags of .', ...shallowClone }] : []);
    expect(warnings.some(({ code }) => code === 'SOURCE_INCOMPLETE')).toBe(isShort);
  });

  test('a forge that is cut short itself proves nothing', () => {
    const cut = github([], { gitTags: ['2.0.5'], partial: { reason: 'a list cut short', fix: 'ask again' } });
    const { partial } = combineSources([git([fact('2.0.5')], { partial: shallowClone }), cut], image);
    expect(partial.map(({ source }) => source)).toEqual(['git tags of .', 'github.com/acme/app']);
  });
});

describe('a release is withdrawn', () => {
  const rows: readonly {
    readonly why: string;
    readonly recorded: ReleaseFact['yanked'];
    readonly hosted: ReleaseFact['yanked'];
    readonly indexed: { readonly yanked: boolean; readonly reason: string | null };
    readonly is: ReleaseFact['yanked'];
  }[] = [
    {
      why: 'by whoever says so with a reason, in the order of the sources',
      recorded: true,
      hosted: { reason: 'title', from: 'GitHub' },
      indexed: { yanked: true, reason: 'broken' },
      is: { reason: 'title', from: 'GitHub' },
    },
    {
      why: 'by the index, although the file says no',
      recorded: false,
      hosted: undefined,
      indexed: { yanked: true, reason: 'broken' },
      is: { reason: 'broken', from: 'PyPI app' },
    },
    {
      why: 'by the file, named as where the word comes from',
      recorded: { reason: 'broken', since: '2023-08-25T00:00:00Z' },
      hosted: undefined,
      indexed: { yanked: false, reason: null },
      is: { reason: 'broken', since: '2023-08-25T00:00:00Z', from: 'releases.json' },
    },
    { why: 'without a reason', recorded: true, hosted: undefined, indexed: { yanked: false, reason: null }, is: true },
    { why: 'by nobody', recorded: false, hosted: undefined, indexed: { yanked: false, reason: null }, is: false },
  ];
  test.each(rows)('$why', ({ recorded, hosted, indexed, is }) => {
    const combined = combineSources(
      [
        file(fact('2.0.5', { yanked: recorded })),
        github([fact('2.0.5', { yanked: hosted })]),
        index({ version: '2.0.5', ...indexed }),
      ],
      image,
    );
    expect(combined).toEqual({ facts: [fact('2.0.5', { yanked: is })], partial: [], warnings: [] });
  });
});
