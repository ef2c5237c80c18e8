/** Generated projects: a config, what is known of it in the naive implementation's terms, and a history. */
import * as fc from 'fast-check';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { fact, type DatedFact } from './history.ts';
import type { NaiveConfig } from './naive-plan.ts';

export interface Project {
  readonly config: MatrixConfig;
  readonly naive: NaiveConfig;
  /** In the order they came out, which is any. */
  readonly facts: readonly DatedFact[];
}

const small = fc.integer({ min: 0, max: 3 });
const bound = fc.tuple(fc.integer({ min: 0, max: 1 }), small).map((numbers) => numbers.join('.'));
const range = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  bound.map((text) => `>=${text}.0`),
  bound.map((text) => `<${text}.1`),
);

/** Few series with many releases each, so that tags change hands. */
const versions = fc.uniqueArray(
  fc
    .tuple(
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: 0, max: 2 }),
      small,
      fc.constantFrom('', '', '', '', '', 'rc1', 'rc2', 'a1', '.post1', '.dev1'),
    )
    .map(([major, minor, patch, phase]) => `${major}.${minor}.${patch}${phase}`),
  { minLength: 6, maxLength: 24, size: 'max' },
);

const pythons = ['3.9', '3.10', '3.11'] as const;
const flavors = ['standard', 'conda'] as const;

const builtFor = fc.record(
  { standard: fc.subarray([...pythons]), conda: fc.subarray([...pythons]) },
  { requiredKeys: ['standard'] },
);

/** A value in `weight` of `weight + against` cases. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, weight: number, against: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary }, { weight: against, arbitrary: fc.constant(undefined) });
}

/** @param fallback to pre-releases until there is a final; the projects with it have none more often */
function projectsWith(fallback: fc.Arbitrary<boolean>): fc.Arbitrary<Project> {
  return fc
    .record({
      versions,
      details: fc.array(
        fc.record({
          builtFor: sometimes(builtFor, 1, 2),
          prerelease: sometimes(fc.constant(true), 1, 8),
          yanked: sometimes(fc.constant(true), 1, 6),
        }),
        { minLength: 24, maxLength: 24 },
      ),
      pythonRanges: fc.tuple(range, range, range),
      condaRange: range,
      exclusion: fc.option(fc.record({ python: fc.constantFrom(...pythons), range }), { nil: null }),
      excludesFirst: fc.boolean(),
      promote: fc.boolean(),
      preUntilFinal: fallback,
      // Without finals, or the fallback has nothing to do.
      onlyPre: sometimes(fc.constant(true), 1, 3),
    })
    .map((given): Project => {
      const { details, pythonRanges, condaRange, exclusion, excludesFirst, promote, preUntilFinal, onlyPre } = given;
      const versions =
        onlyPre === true && preUntilFinal ? given.versions.filter((text) => !/^[\d.]+$/.test(text)) : given.versions;
      const facts = versions.map((version, index) => {
        const { builtFor, prerelease, yanked } = details[index] ?? {};
        return fact(version, new Date(Date.UTC(2024, 0, 1 + index)).toISOString(), {
          ...(builtFor === undefined ? {} : { builtFor: { conda: [], ...builtFor } }),
          ...(prerelease === undefined ? {} : { prerelease }),
          ...(yanked === undefined ? {} : { yanked }),
        });
      });
      const excluded = excludesFirst ? versions.slice(0, 1) : [];
      const ranged = Object.fromEntries(pythons.map((python, index) => [python, pythonRanges[index] ?? '*']));
      const config: MatrixConfig = {
        repository: 'registry.example/acme/app',
        tagPattern: String.raw`^(?<version>\d+\.\d+\.\d+.*)$`,
        pythons: ranged,
        flavors: {
          standard: { dockerfile: 'Dockerfile' },
          conda: { dockerfile: 'Dockerfile', suffix: '-conda', range: condaRange },
        },
        defaults: { python: 'highest' },
        rules: {
          ...(preUntilFinal ? { minor: { fallback: 'pre' }, major: { fallback: 'pre' } } : {}),
          latest: { template: '{{major}}-latest{{suffix}}', ...(preUntilFinal ? { fallback: 'pre' } : {}) },
        },
        postReleases: promote ? 'promote' : 'pinned-only',
        exclude: [
          ...excluded.map((version) => ({ version, reason: 'generated' })),
          ...(exclusion === null ? [] : [{ ...exclusion, flavor: 'conda', reason: 'generated' }]),
        ],
      };
      const naive: NaiveConfig = {
        pythons: ranged,
        flavors: { standard: { suffix: '', range: '*' }, conda: { suffix: '-conda', range: condaRange } },
        without: exclusion === null ? [] : [{ ...exclusion, flavor: 'conda' }],
        excluded,
        defaults: 'highest',
        promotePosts: promote,
        preUntilFinal,
      };
      return { config, naive, facts };
    });
}

export const projects = projectsWith(fc.constant(false));
export const projectsOfAnyFallback = projectsWith(fc.boolean());

export { flavors, pythons };
