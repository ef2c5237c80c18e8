/** Aliases, channels, dependent axes and defaults: what each gives to the tags of a small history. */
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { planNotes } from '../../src/plan/notes.ts';
import { wholePlan } from '../../src/plan/plan.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { atFilter } from '../../src/releases/at.ts';
import { daily, owners, planned, problemsOf } from '../support/history.ts';

const none = { full: { template: '{{version}}-{{os}}' }, sha: false, minor: false, major: false } as const;
const base: MatrixConfig = {
  repository: 'registry.example/acme/app',
  dockerfile: '{{os}}/Dockerfile',
  rules: { ...none, latest: { template: '{{os}}' } },
};

function tagsOf(config: MatrixConfig, ...versions: readonly string[]): Record<string, string | null> {
  const { tags } = planned(config, daily(...versions));
  const pinned = [...tags.pinned].map(([tag, { cell }]) => [
    tag,
    [cell.release.version.text, ...Object.values(cell.shape.axes)].join(' '),
  ]);
  return { ...Object.fromEntries(pinned), ...owners(tags) };
}

describe('aliases', () => {
  test('every rule that names the axis gives a tag under each; beside an empty one the separator vanishes', () => {
    const axes = { os: { trixie: { aliases: [''] }, 'alpine3.24': { aliases: ['alpine'] } } };
    expect(tagsOf({ ...base, axes }, '1.0.0')).toEqual({
      '1.0.0-trixie': '1.0.0 trixie',
      '1.0.0': '1.0.0 trixie',
      '1.0.0-alpine3.24': '1.0.0 alpine3.24',
      '1.0.0-alpine': '1.0.0 alpine3.24',
      trixie: '1.0.0 trixie',
      latest: '1.0.0 trixie',
      'alpine3.24': '1.0.0 alpine3.24',
      alpine: '1.0.0 alpine3.24',
    });
  });

  test('the first of a list that is built, whatever the other axes; and none with aliases: false', () => {
    const config: MatrixConfig = {
      ...base,
      axes: { os: ['jammy', 'noble'], jdk: { '17': {}, '21': { where: { os: 'noble' } } } },
      aliases: { jdk: { '': ['21', '17'] } },
      rules: {
        ...none,
        full: { template: '{{version}}-{{jdk}}-{{os}}', aliases: false },
        latest: { template: '{{jdk}}-{{os}}' },
      },
    };
    expect(tagsOf(config, '1.0.0')).toEqual({
      '1.0.0-17-jammy': '1.0.0 jammy 17',
      '1.0.0-17-noble': '1.0.0 noble 17',
      '1.0.0-21-noble': '1.0.0 noble 21',
      '17-jammy': '1.0.0 jammy 17',
      jammy: '1.0.0 jammy 17',
      '17-noble': '1.0.0 noble 17',
      '21-noble': '1.0.0 noble 21',
      noble: '1.0.0 noble 21',
    });
  });

  test('an alias follows the default, by series', () => {
    const config: MatrixConfig = {
      ...base,
      axes: { os: ['bookworm', 'trixie'] },
      defaults: { os: { '1': 'bookworm', '2': 'trixie' } },
      aliases: { os: { '': 'default' } },
    };
    expect(tagsOf(config, '1.0.0', '2.0.0')).toMatchObject({
      '1.0.0': '1.0.0 bookworm',
      '2.0.0': '2.0.0 trixie',
      latest: '2.0.0 trixie',
    });
  });

  test.each<{ readonly name: string; readonly config: Partial<MatrixConfig>; readonly problem: string }>([
    {
      name: 'one that is the name of a value',
      config: { axes: { os: { alpine: {}, 'alpine3.24': { aliases: ['alpine'] } } } },
      problem:
        'CONFIG_INVALID matrix.config.ts axes.os.\'alpine3.24\'.aliases[0]: "alpine" is what os alpine is called itself',
    },
    {
      name: 'one of another alias',
      config: { axes: { os: ['trixie'] }, aliases: { os: { '': 'debian', debian: '' } } },
      problem:
        "CONFIG_INVALID matrix.config.ts aliases.os.'': 'debian' is an alias itself, and aliases of aliases could go in a circle",
    },
    {
      name: 'a value that is no part of a tag',
      config: { axes: { os: { 'a b': {} } } },
      problem:
        'TAG_INVALID matrix.config.ts axes.os.\'a b\': expected a name that may be part of a tag: letters, digits, ., _ and -; got "a b"',
    },
    {
      name: 'a channel that no release could ever own',
      config: {
        axes: { os: ['trixie'] },
        rules: {
          full: { template: '{{version}}', releases: 'finals' },
          beta: { kind: 'convenience', template: 'beta', releases: 'pre' },
        },
      },
      problem:
        'CONFIG_INVALID matrix.config.ts rules.beta: no release could ever own it: pre-releases have no pinned tag, so none is built',
    },
  ])('bad input: $name', ({ config, problem }) => {
    expect(problemsOf({ ...base, ...config }, daily('1.0.0'))).toContain(problem);
  });

  test('two values with one alias in one release are named', () => {
    const axes = { os: { trixie: { aliases: [''] }, bookworm: { aliases: [''] } } };
    expect(problemsOf({ ...base, axes }, daily('1.0.0'))).toEqual([
      'PINNED_COLLISION matrix.config.ts rules.full: {{version}}-{{os}} gives os trixie and os bookworm of 1.0.0 the same text: 1.0.0',
      'CONVENIENCE_COLLISION matrix.config.ts rules.latest: {{os}} gives os trixie and os bookworm of 1.0.0 the same text: latest',
    ]);
  });
});

describe('a rule of another name that makes the tag `latest`', () => {
  const image: MatrixConfig = { repository: 'registry.example/acme/app', dockerfile: 'Dockerfile' };
  const own = { full: { template: '{{version}}' }, sha: false, minor: false, major: false } as const;

  test.each(['latest', 'latest{{suffix}}'])('%s stands in place of the default', (template) => {
    const top = { kind: 'convenience', template, range: '<2' } as const;
    expect(tagsOf({ ...image, rules: { ...own, top } }, '1.0.0', '2.0.0')).toMatchObject({ latest: '1.0.0' });
  });

  test('beside one that is written as `latest` it is an error', () => {
    const top = { kind: 'convenience', template: 'latest' } as const;
    const rules = { ...own, top, latest: { template: 'latest' } };
    expect(problemsOf({ ...image, rules }, daily('1.0.0'))[0]).toMatch(
      /^CONVENIENCE_COLLISION .*rules.latest and rules.top/,
    );
  });
});

describe('channels', () => {
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    rules: {
      sha: false,
      minor: false,
      major: false,
      latest: { template: 'latest' },
      rc: { kind: 'convenience', template: '{{major}}.{{minor}}-rc', releases: 'pre' },
      beta: { kind: 'convenience', template: 'beta', releases: 'pre', fallback: 'finals' },
      dev: { kind: 'convenience', template: 'dev', releases: 'all' },
    },
  };
  const of = (...versions: readonly string[]): Record<string, string | null> =>
    owners(planned(config, daily(...versions)).tags);

  test('a pre-release above the highest final owns its tag, a backport notwithstanding', () => {
    expect(of('1.0.0', '1.1.0rc1', '0.9.1', '1.2.0.dev1')).toEqual({
      latest: '1.0.0',
      '1.1-rc': '1.1.0rc1',
      beta: '1.1.0rc1',
      dev: '1.2.0.dev1',
    });
  });

  test('when the final overtakes it, the tag has no owner, or with a fallback the final', () => {
    expect(of('1.1.0rc1', '1.1.0')).toEqual({ latest: '1.1.0', '1.1-rc': null, beta: '1.1.0', dev: '1.1.0' });
    expect(of('1.1.0rc1', '1.1.0', '1.1.1rc1')).toMatchObject({ '1.1-rc': '1.1.1rc1', beta: '1.1.1rc1' });
  });
});

describe("finals with fallback: 'pre'", () => {
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    rules: {
      sha: false,
      minor: false,
      major: { fallback: 'pre' },
      latest: { template: 'latest', fallback: 'pre' },
    },
  };
  const of = (facts: readonly ReleaseFact[], more: Partial<MatrixConfig> = {}): Record<string, string | null> =>
    owners(planned({ ...config, ...more }, facts).tags);

  test.each<{ name: string; versions: string[]; is: Record<string, string | null>; more?: Partial<MatrixConfig> }>([
    {
      name: 'pre-releases own until there is a final, and development releases never',
      versions: ['0.1.0b1', '0.1.0b2', '0.2.0.dev1'],
      is: { '0': '0.1.0b2', latest: '0.1.0b2' },
    },
    {
      name: 'the first final takes the tags, whatever is above it',
      versions: ['0.1.0b1', '0.1.0', '1.0.0rc1'],
      is: { '0': '0.1.0', latest: '0.1.0' },
    },
    {
      name: 'a final that is held is none yet',
      versions: ['0.1.0b1', '0.1.0'],
      is: { '0': '0.1.0b1', latest: '0.1.0b1' },
      more: { hold: [{ version: '0.1.0', reason: 'not yet' }] },
    },
    {
      name: 'a final that is withdrawn gives the tags back',
      versions: ['0.1.0b1', '0.1.0'],
      is: { '0': '0.1.0b1', latest: '0.1.0b1' },
      more: { yanked: [{ version: '0.1.0', reason: 'broken' }] },
    },
  ])('$name', ({ versions, is, more = {} }) => {
    expect(of(daily(...versions), more)).toEqual(is);
  });

  test('the plan says why, at a moment before the final too', () => {
    const { image, known } = planned(config, daily('0.1.0b1', '0.1.0'));
    const then = atFilter(known, '0.1.0b1', image);
    if (!then.ok) throw new Error('no such moment');
    const tags = resolveTags(image, then.value.releases, shapeFinder(image, then.value.releases, ''));
    const latest = wholePlan(image, tags, []).tags.find(({ tag }) => tag === 'latest');
    expect([latest?.owner?.version, latest?.because]).toEqual([
      '0.1.0b1',
      '0.1.0b1 is the only release; there is no final yet; rule latest',
    ]);
  });

  test('without it the plan says what would let them own the tags', () => {
    const { image, known, tags, finder } = planned({ ...config, rules: { sha: false } }, daily('0.1.0b1'));
    const notes = planNotes(image, known.releases, tags, null, (all) => resolveTags(image, all, finder));
    expect(notes.map(({ message }) => message.slice(message.indexOf(';')))).toEqual(
      Array.from(
        { length: 3 },
        () => "; fallback: 'pre' in the rule would let them own it until there is a final, releases: 'all' for good",
      ),
    );
  });

  test.each<{ rule: object; message: string }>([
    {
      rule: { releases: 'all', fallback: 'pre' },
      message: "fallback: 'pre' is for a convenience rule with releases: 'finals'",
    },
    { rule: { fallback: 'finals' }, message: "fallback: 'finals' is for a convenience rule with releases: 'pre'" },
  ])('it is refused where it means nothing: $rule', ({ rule, message }) => {
    const raw = { ...config, rules: { latest: { template: 'latest', ...rule } } };
    const read = readConfig(raw, 'matrix.config.ts');
    expect(read.ok ? [] : read.problems.map((problem) => problem.message)).toEqual([message]);
  });
});

describe('a tag that would stand still', () => {
  const axes = { os: { bookworm: '<2', trixie: '*' } };

  test.each<{ readonly name: string; readonly config: Partial<MatrixConfig>; readonly problems: readonly string[] }>([
    {
      name: 'a list that hides the value',
      config: { axes, rules: { ...none, latest: { template: 'latest', only: { os: ['bookworm'] } } } },
      problems: [
        'TAG_STANDS_STILL matrix.config.ts rules.latest: 2.0.0, the newest release that latest could go to, was not built with os bookworm; the tag would stand still on 1.0.0 (1.0.0-bookworm)',
      ],
    },
    {
      name: 'an alias that hides it',
      config: { axes: { os: { bookworm: { range: '<2', aliases: ['stable'] }, trixie: {} } } },
      problems: [
        'TAG_STANDS_STILL matrix.config.ts rules.latest: 2.0.0, the newest release that stable could go to, was not built with os bookworm; the tag would stand still on 1.0.0 (1.0.0-bookworm)',
      ],
    },
    { name: 'not one that names it', config: { axes }, problems: [] },
    {
      name: 'not one that ends by range',
      config: { axes, rules: { ...none, latest: { template: 'latest', only: { os: ['bookworm'] }, range: '<2' } } },
      problems: [],
    },
  ])('$name', ({ config, problems }) => {
    expect(problemsOf({ ...base, ...config }, daily('1.0.0', '2.0.0'))).toEqual(problems);
  });
});

test('two rules of one template are right where their releases are apart', () => {
  const rules: MatrixConfig['rules'] = {
    ...none,
    latest: false,
    old: { kind: 'convenience', template: '{{major}}-{{os}}', range: '<2' },
    now: { kind: 'convenience', template: '{{major}}-{{os}}', since: '2.0.0', only: { os: ['trixie'] } },
  };
  const config: MatrixConfig = { ...base, axes: { os: ['bookworm', 'trixie'] }, rules };
  expect(problemsOf(config, daily('1.0.0', '2.0.0'))).toEqual([]);
  expect(Object.keys(owners(planned(config, daily('1.0.0', '2.0.0')).tags))).toEqual([
    '1-bookworm',
    '1-trixie',
    '2-trixie',
  ]);
});

test("'highest' goes by version where all values read as versions, else by the list", () => {
  const highest = (cuda: readonly string[]): (string | null)[] => {
    const rules: MatrixConfig['rules'] = {
      ...none,
      full: { template: '{{version}}-{{cuda}}' },
      latest: { template: 'latest', only: { cuda: 'default' } },
    };
    const config = {
      ...base,
      dockerfile: 'Dockerfile',
      axes: { cuda: [...cuda] },
      defaults: { cuda: 'highest' },
      rules,
    };
    return Object.values(owners(planned(config, daily('1.0.0')).tags));
  };
  expect(highest(['12', '11.8'])).toEqual(['1.0.0 12']);
  expect(highest(['cpu', '12', '11.8'])).toEqual(['1.0.0 11.8']);
  expect(highest(['alpine3.9', 'alpine3.24', 'alpine3.10'])).toEqual(['1.0.0 alpine3.24']);
});
