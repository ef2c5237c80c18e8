/** Facts of one's own: attributes by range or from a facts file, the end of a line, and releases that are held. */
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { planNotes } from '../../src/plan/notes.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { wholePlan } from '../../src/plan/plan.ts';
import { planTable } from '../../src/report/plan-table.ts';
import { atFilter } from '../../src/releases/at.ts';
import { withRelease } from '../../src/releases/what-if.ts';
import { configOf, daily, fact, owners, planned } from '../support/history.ts';

const base = {
  repository: 'registry.example/acme/app',
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  scheme: 'semver',
  rules: { sha: false, latest: { template: 'latest' } },
} satisfies MatrixConfig;

const lines = {
  attributes: [
    { range: '>=22 <23', codename: 'jod', lts: true, eol: '2024-01-05' },
    { range: '>=24 <25', codename: 'krypton', lts: true },
  ],
  rules: { ...base.rules, codename: { kind: 'convenience', template: '{{codename}}' } },
} satisfies Partial<MatrixConfig>;

/** Owners, frozen ones with a star. */
function tagsOf(config: MatrixConfig, facts: readonly ReleaseFact[]): Record<string, string | null> {
  const { tags } = planned(config, facts);
  const found = owners(tags);
  return Object.fromEntries(
    tags.convenience.map(({ tag, frozen }) => [`${tag}${frozen ? '*' : ''}`, found[tag] ?? null]),
  );
}

describe('attributes', () => {
  test('a template names them; a release without one has no tag of the rule', () => {
    expect(tagsOf({ ...base, ...lines }, daily('22.1.0', '23.0.0', '24.1.0'))).toMatchObject({
      jod: '22.1.0 standard',
      krypton: '24.1.0 standard',
      latest: '24.1.0 standard',
    });
  });

  test('rows of a facts file have them, and the config may not contradict', () => {
    const facts = [fact('22.1.0', '2024-01-01', { attributes: { codename: 'jod' } })];
    expect(planned({ ...base, ...lines }, facts).known.problems).toEqual([]);
    const other = [fact('22.1.0', '2024-01-01', { attributes: { codename: 'iron' } })];
    expect(planned({ ...base, ...lines }, other).known.problems).toEqual([
      {
        code: 'ATTRIBUTE_INVALID',
        where: 'matrix.config.ts attributes[0]',
        message: 'codename of 22.1.0 is "jod", and "iron" in releases.json[0] "22.1.0"',
        fix: 'let one of them end where the other begins',
      },
    ]);
  });

  test('what a facts file alone has is declared beside it', () => {
    const rules = lines.rules;
    const file = { file: 'releases.json', attributes: ['codename'] };
    const facts = [fact('22.1.0', '2024-01-01', { attributes: { codename: 'jod' } })];
    expect(tagsOf({ ...base, rules, source: file }, facts)).toMatchObject({ jod: '22.1.0 standard' });
    expect(readConfig({ ...base, rules, source: { file: 'releases.json' } }, 'c')).toMatchObject({
      ok: false,
      problems: [{ code: 'TEMPLATE_UNKNOWN_NAME' }],
    });
  });

  test('a line that is about no release is a warning', () => {
    const { warnings } = planned({ ...base, ...lines }, daily('22.1.0')).known;
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'ATTRIBUTE_UNUSED matrix.config.ts attributes[1] is about >=24 <25, and no release is that',
    ]);
  });

  test.each([
    { line: { range: '>=1', eol: 'soon' }, says: '"soon" is not a date' },
    { line: { range: '>=1', version: '1.0.0', lts: true }, says: 'has both version and range' },
    { line: { range: '>=1' }, says: 'has no attribute' },
    { line: { range: '>=1', major: '1' }, says: "'major' is a name that templates have already" },
    { line: { range: '>=1', 'code name': 'x' }, says: "'code name' is not a name that a template can use" },
    { line: { range: '>=1', python: 3.1 }, says: 'expected a text' },
  ])('$says', ({ line, says }) => {
    const read = readConfig({ ...base, attributes: [line] }, 'c');
    expect(read.ok ? '' : read.problems.map(({ message }) => message).join()).toContain(says);
  });
});

describe('the end of a line', () => {
  const facts = daily('22.1.0', '24.1.0', '24.2.0', '24.3.0', '22.2.0', '22.3.0');

  test('what came out after it owns nothing, and the tags of the line are frozen for that reason', () => {
    expect(tagsOf({ ...base, ...lines }, facts)).toEqual({
      '22.2*': '22.2.0 standard',
      '22.1*': '22.1.0 standard',
      '22*': '22.2.0 standard',
      'jod*': '22.2.0 standard',
      '24.1': '24.1.0 standard',
      '24.2': '24.2.0 standard',
      '24.3': '24.3.0 standard',
      '24': '24.3.0 standard',
      krypton: '24.3.0 standard',
      latest: '24.3.0 standard',
    });
    const { image, tags } = planned({ ...base, ...lines }, facts);
    const jod = wholePlan(image, tags, []).tags.find(({ tag }) => tag === 'jod');
    expect(jod?.because).toContain('frozen, for its line ended on 2024-01-05');
  });

  test('a release that is not out yet has the attributes of its range, and its line has ended for it', () => {
    const { image, known } = planned({ ...base, ...lines }, facts);
    const ownersWith = (version: string): Record<string, string | null> => {
      const after = withRelease(known, version, image, Date.UTC(2026, 0, 1));
      if (!after.ok) throw new Error('no such release');
      const { releases } = after.value;
      return owners(resolveTags(image, releases, shapeFinder(image, releases, '')));
    };
    expect(ownersWith('24.4.0')).toMatchObject({ krypton: '24.4.0 standard', jod: '22.2.0 standard' });
    expect(ownersWith('22.4.0')).toMatchObject({ jod: '22.2.0 standard', '22': '22.2.0 standard' });
  });

  test('at an earlier moment the line is open: no clock is asked', () => {
    const { image, known } = planned({ ...base, ...lines }, facts);
    const then = atFilter(known, '2024-01-04', image);
    if (!then.ok) throw new Error('no such moment');
    const finder = shapeFinder(image, then.value.releases, '');
    const jod = resolveTags(image, then.value.releases, finder).convenience.find(({ tag }) => tag === 'jod');
    expect([jod?.owner?.release.version.text, jod?.frozen]).toEqual(['22.1.0', false]);
  });
});

describe('a held release', () => {
  const config = { ...base, hold: [{ version: '1.1.0', reason: 'waiting for the docs' }] };
  const facts = daily('1.0.0', '1.0.1', '1.1.0');

  test('is built and pinned, owns nothing, and blocks nothing', () => {
    const { tags } = planned(config, facts);
    expect([...tags.pinned.keys()]).toEqual(['1.0.0', '1.0.1', '1.1.0']);
    expect(owners(tags)).toEqual({ '1.0': '1.0.1 standard', '1': '1.0.1 standard', latest: '1.0.1 standard' });
    expect(tags.convenience.map(({ frozen }) => frozen)).toEqual([false, false, false]);
  });

  test('the plan says what deleting the line moves', () => {
    const { image, known, tags, finder } = planned(config, facts);
    const notes = planNotes(image, known.releases, tags, null, (releases) => resolveTags(image, releases, finder));
    expect(notes.map(({ message }) => message)).toEqual([
      '1.1.0 is held: waiting for the docs (matrix.config.ts hold[0]); deleting that line moves 1.1, 1, latest to 1.1.0',
    ]);
    expect(notes[0]?.moves?.map(({ kind, tag, to }) => `${kind} ${tag} ${to.owner?.version}`)).toEqual([
      'create 1.1 1.1.0',
      'move 1 1.1.0',
      'move latest 1.1.0',
    ]);
    expect(planTable({ ...wholePlan(image, tags, []), notes })).toContain('1.1.0 is held: waiting for the docs');
  });

  test('one that no source knows is an error, and so is one that is named twice', () => {
    const unknown = planned({ ...base, hold: [{ version: '9.9.9', reason: 'later' }] }, facts).known.problems;
    expect(unknown.map(({ code, where }) => `${code} ${where}`)).toEqual(['HOLD_UNKNOWN matrix.config.ts hold[0]']);
    const twice = [...config.hold, ...config.hold];
    expect(readConfig({ ...base, hold: twice }, 'c')).toMatchObject({ problems: [{ message: '1.1.0 is held twice' }] });
  });

  test('the only release may be held: the plan says why there is no tag', () => {
    const { image, known, tags, finder } = planned(config, daily('1.1.0'));
    const notes = planNotes(image, known.releases, tags, null, (releases) => resolveTags(image, releases, finder));
    expect(notes.map(({ kind }) => kind)).toEqual([
      'held',
      'rule-without-tags',
      'rule-without-tags',
      'rule-without-tags',
    ]);
    expect(notes[1]?.message).toBe('the rule minor gives no tag yet (held: 1.1.0)');
  });
});

test('a project with pre-releases alone is told why it has no convenience tag', () => {
  const { image, known, tags, finder } = planned(base, daily('0.1.0-beta.1', '0.1.0-beta.2'));
  const notes = planNotes(image, known.releases, tags, null, (releases) => resolveTags(image, releases, finder));
  expect(notes.map(({ message }) => message)[0]).toBe(
    "the rule minor gives no tag yet (pre-releases: 0.1.0-beta.1, 0.1.0-beta.2); fallback: 'pre' in the rule would let them own it until there is a final, releases: 'all' for good",
  );
});

test('a rule that names a part which a release lacks is an error with the range to write', async () => {
  const { checkParts } = await import('../../src/plan/check-parts.ts');
  const config: MatrixConfig = {
    ...base,
    scheme: 'calver',
    tagPattern: String.raw`^(?<version>\d+\.\d+(?:\.\d+)*)$`,
    rules: { ...base.rules, minor: false, patch: { kind: 'convenience', template: '{{major}}.{{minor}}.{{patch}}-x' } },
  };
  const fixes = (...versions: string[]): unknown[] => {
    const { image, known } = planned(config, daily(...versions));
    return checkParts(known.releases, image, configOf(config).file).map(({ code, message, fix }) => [
      code,
      message,
      fix?.split("'")[1],
    ]);
  };
  expect(fixes('2024.08', '2024.09.1', '2024.10.01.2')).toEqual([
    ['VERSION_PART_MISSING', '{{patch}} is in {{major}}.{{minor}}.{{patch}}-x, and 2024.08 lacks it', '>=2024.09.1'],
  ]);
  expect(fixes('2024.08.1', '2024.09')).toEqual([['VERSION_PART_MISSING', expect.any(String), '<2024.09']]);
  expect(fixes('2024.08.1', '2024.09', '2024.10.1')).toEqual([
    ['VERSION_PART_MISSING', expect.any(String), '!=2024.09'],
  ]);
  const { tags, known } = planned(config, daily('2024.08.1', '2024.10.01.2'));
  expect(Object.keys(owners(tags))).toContain('2024.10.01-x');
  expect(known.releases.map(({ version }) => version.text)).toEqual(['2024.08.1', '2024.10.01.2']);
});
