/**
 * The laws of the one rule, for generated configs with aliases, channels, attributes, dependent axes and holds: the order
 * of input, a release that comes out, one that is withdrawn, one series alone.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { pep440 } from '../../src/domain/pep440.ts';
import { fact, owners, planned } from '../support/history.ts';

const systems = ['bookworm', 'trixie', 'alpine3.23', 'alpine3.24'];
const systemRange = fc.constantFrom('*', '>=1.dev0', '<1.dev0', '>=0.1');
const channel = fc.constantFrom('finals' as const, 'pre' as const, 'all' as const);

const configs = fc
  .record({
    ranges: fc.tuple(systemRange, systemRange, systemRange),
    slimOn: fc.subarray(systems, { minLength: 1 }),
    plain: fc.shuffledSubarray(systems, { minLength: 1 }),
    alpine: fc.constantFrom('alpine3.24', 'alpine3.23').map((first) => [...new Set([first, 'alpine3.23'])]),
    attribute: fc.constantFrom('>=1.dev0', '<1.dev0', '<0.1'),
    ends: fc.boolean(),
    moving: channel,
    fallback: fc.boolean(),
    preUntilFinal: fc.boolean(),
    held: fc.option(fc.constantFrom('1.0.0', '0.1.0')),
  })
  .map(({ ranges, slimOn, plain, alpine, attribute, ends, moving, fallback, preUntilFinal, held }): MatrixConfig => ({
    repository: 'registry.example/acme/app',
    dockerfile: '{{os}}/Dockerfile',
    axes: {
      os: { bookworm: {}, trixie: ranges[0], 'alpine3.23': ranges[1], 'alpine3.24': ranges[2] },
      variant: { full: { tag: '' }, slim: { where: { os: slimOn } } },
    },
    defaults: { os: plain.includes('bookworm') ? plain : [...plain, 'bookworm'] },
    aliases: { os: { '': 'default', alpine } },
    attributes: [{ range: attribute, line: 'lts', lts: true }, ...(ends ? [{ range: '<0.1', eol: '2024-01-04' }] : [])],
    ...(held === null ? {} : { hold: [{ version: held, reason: 'not yet' }] }),
    rules: {
      full: { template: '{{version}}-{{variant}}-{{os}}' },
      sha: false,
      minor: { template: '{{major}}.{{minor}}-{{variant}}-{{os}}', ...(preUntilFinal ? { fallback: 'pre' } : {}) },
      major: { template: '{{major}}-{{variant}}-{{os}}', ...(preUntilFinal ? { fallback: 'pre' } : {}) },
      line: { kind: 'convenience', template: '{{line}}-{{variant}}-{{os}}' },
      supported: { kind: 'convenience', template: 'supported-{{variant}}-{{os}}', where: { lts: true } },
      latest: { template: '{{variant}}-{{os}}' },
      moving: {
        kind: 'convenience',
        template: '{{major}}-next-{{variant}}-{{os}}',
        releases: moving,
        ...(moving === 'pre' && fallback ? { fallback: 'finals' } : {}),
      },
    },
  }));

const version = fc
  .tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.constantFrom('', '', 'rc1', 'rc2', '.dev1', '.post1'))
  .map(([major, minor, patch, end]) => `${major}.${minor}.${patch}${end}`);

/** Releases as they came out, one a day, some of them withdrawn. */
const histories = fc
  .uniqueArray(fc.tuple(version, fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 8,
    selector: ([text]) => text,
  })
  .map((rows) =>
    rows.map(([text, luck], day): ReleaseFact => {
      const at = new Date(Date.UTC(2024, 0, 1 + day, 12)).toISOString();
      return fact(text, at, luck === 0 ? { yanked: true } : {});
    }),
  );

/** Without the line about a release that the history does not have. */
function fitting(config: MatrixConfig, facts: readonly ReleaseFact[]): MatrixConfig {
  const hold = config.hold?.filter((entry) => facts.some((row) => row.version === entry.version)) ?? [];
  return { ...config, hold };
}

function ownersOf(config: MatrixConfig, facts: readonly ReleaseFact[]): Record<string, string | null> {
  return owners(planned(fitting(config, facts), facts).tags);
}

/** A final that may own: with it, `fallback: 'pre'` is over. */
function hasFinal(config: MatrixConfig, facts: readonly ReleaseFact[]): boolean {
  const held = new Set(config.hold?.map((entry) => entry.version));
  return facts.some(({ version, yanked }) => /^[\d.]+$/.test(version) && yanked !== true && !held.has(version));
}

function isLower(a: string, b: string): boolean {
  const [one, other] = [a, b].map((owner) => pep440.parse(owner.split(' ')[0] ?? '')!);
  return pep440.compare(one!, other!) < 0;
}

describe('whatever the config', () => {
  test('the order of input does not matter', () => {
    fc.assert(
      fc.property(configs, histories, fc.infiniteStream(fc.nat()), (config, facts, keys) => {
        const keyed = facts.map((row) => ({ row, key: keys.next().value ?? 0 }));
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ row }) => row);
        expect(Object.entries(ownersOf(config, shuffled))).toEqual(Object.entries(ownersOf(config, facts)));
      }),
    );
  });

  test('no pinned text is given twice, and every tag has one owner', () => {
    fc.assert(
      fc.property(configs, histories, (config, facts) => {
        const { tags } = planned(fitting(config, facts), facts);
        expect(tags.clashes.map(({ tag }) => tag)).toEqual([]);
        const texts = tags.convenience.map(({ tag }) => tag);
        expect(texts).toHaveLength(new Set(texts).size);
        expect(tags.convenience.filter(({ tied }) => tied !== null)).toEqual([]);
      }),
    );
  });

  test('a release that comes out moves no tag backward', () => {
    fc.assert(
      fc.property(configs, histories, (config, facts) => {
        const [before, after] = [ownersOf(config, facts.slice(0, -1)), ownersOf(config, facts)];
        const isFirstFinal = hasFinal(config, facts) && !hasFinal(config, facts.slice(0, -1));
        const back = Object.entries(after).filter(([tag, owner]) => {
          const former = before[tag] ?? null;
          if (former === null || owner === null || !isLower(owner, former)) return false;
          // The first final takes the tags that pre-releases had until then, whatever is above it.
          return !(isFirstFinal && owner.startsWith(`${facts.at(-1)?.version} `));
        });
        expect(back).toEqual([]);
      }),
    );
  });

  test('a release that is withdrawn loses its tags, and no other release does', () => {
    fc.assert(
      fc.property(configs, histories, fc.nat(), (config, facts, pick) => {
        const victim = facts[pick % facts.length]!.version;
        const yanked = facts.map((row) => (row.version === victim ? { ...row, yanked: true } : row));
        const [before, after] = [ownersOf(config, facts), ownersOf(config, yanked)];
        const isOf = (owner: string | null): boolean => owner?.split(' ')[0] === victim;
        expect(Object.values(after).filter(isOf)).toEqual([]);
        const others = Object.entries(before).filter(([, owner]) => owner !== null && !isOf(owner));
        expect(others.map(([tag]) => [tag, after[tag]])).toEqual(others);
      }),
    );
  });

  test('one series alone gives the tags that it has among all, for rules that name the series', () => {
    fc.assert(
      fc.property(configs, histories, fc.nat(1), (config, facts, major) => {
        const own = facts.filter((row) => row.version.startsWith(`${major}.`));
        // Whether there is a final yet is asked of all series.
        fc.pre(config.rules?.major === undefined || hasFinal(config, own) === hasFinal(config, facts));
        const of = (all: Record<string, string | null>): [string, string | null][] =>
          Object.entries(all).filter(
            ([tag]) => tag === String(major) || tag.startsWith(`${major}.`) || tag.startsWith(`${major}-`),
          );
        expect(of(ownersOf(config, own))).toEqual(of(ownersOf(config, facts)));
      }),
    );
  });
});
