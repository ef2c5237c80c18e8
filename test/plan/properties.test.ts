/** Laws of the one rule, over generated histories. */
import * as fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { wholePlan } from '../../src/plan/plan.ts';
import type { TagMap } from '../../src/plan/tag-map.ts';
import { planJson } from '../../src/report/plan-json.ts';
import { explainTag } from '../../src/plan/explain.ts';
import { fact, owners, planned } from '../support/history.ts';
import { projects, projectsOfAnyFallback } from '../support/histories.ts';
import { naivePlan } from '../support/naive-plan.ts';

const runs = { numRuns: 150 };

function tagsOf(config: MatrixConfig, facts: readonly ReleaseFact[]): TagMap {
  return planned(config, facts).tags;
}

/** A release that is in no generated history: of a patch that they never have. */
const newcomers = fc
  .record({
    major: fc.integer({ min: 0, max: 1 }),
    minor: fc.integer({ min: 0, max: 3 }),
    patch: fc.constantFrom(4, 5),
  })
  .map(({ major, minor, patch }) => `${major}.${minor}.${patch}`);

describe('the plan', { timeout: 60_000 }, () => {
  test('is what a second implementation says', () => {
    fc.assert(
      fc.property(projectsOfAnyFallback, ({ config, naive, facts }) => {
        const tags = tagsOf(config, facts);
        const expected = naivePlan(naive, facts);
        const seen = Object.entries(owners(tags)).map(([tag, owner]) => [tag, owner ?? 'nobody']);
        expect(Object.fromEntries(seen)).toEqual(expected.convenience);
        expect([...tags.pinned.keys()].toSorted()).toEqual(Object.keys(expected.pinned).toSorted());
      }),
      { numRuns: 300 },
    );
  });

  test('does not depend on input order, to the byte', () => {
    const shuffled = projectsOfAnyFallback.chain((project) =>
      fc
        .shuffledSubarray([...project.facts], { minLength: project.facts.length })
        .map((facts) => ({ ...project, shuffled: facts })),
    );
    fc.assert(
      fc.property(shuffled, ({ config, facts, shuffled }) => {
        const text = (given: readonly ReleaseFact[]): string => {
          const { image, tags, known, finder } = planned(config, given);
          return planJson(wholePlan(image, tags, [...known.warnings, ...finder.warnings]));
        };
        expect(text(shuffled)).toBe(text(facts));
      }),
      runs,
    );
  });

  test('a new release never moves a tag to a lower one', () => {
    fc.assert(
      fc.property(projects, newcomers, ({ config, facts }, version) => {
        const { tags, image } = planned(config, facts);
        const after = new Map(
          tagsOf(config, [...facts, fact(version, '2025-01-01')]).convenience.map((tag) => [tag.tag, tag.owner]),
        );
        const lowered = tags.convenience.filter(({ tag, owner }) => {
          const next = after.get(tag)?.release.version;
          if (owner === null) return false;
          return next === undefined || image.scheme.compare(next, owner.release.version) < 0;
        });
        expect(lowered.map((tag) => tag.tag)).toEqual([]);
      }),
      runs,
    );
  });

  test('a release that comes and is yanked leaves the convenience tags as they were', () => {
    fc.assert(
      fc.property(projects, newcomers, ({ config, facts }, version) => {
        const yanked = fact(version, '2025-01-01', { yanked: { reason: 'generated' } });
        const before = owners(tagsOf(config, facts));
        const after = owners(tagsOf(config, [...facts, yanked]));
        const owned = Object.entries(after).filter(([tag, owner]) => owner !== null || tag in before);
        expect(Object.fromEntries(owned)).toEqual(before);
      }),
      runs,
    );
  });

  test('a pre-release changes no convenience tag', () => {
    const phases = fc.constantFrom('rc1', 'a1', 'b2', '.dev3');
    fc.assert(
      fc.property(projects, newcomers, phases, ({ config, facts }, version, phase) => {
        const before = tagsOf(config, facts).convenience;
        const after = tagsOf(config, [...facts, fact(`${version}${phase}`, '2025-01-01')]).convenience;
        expect(after.map(summary)).toEqual(before.map(summary));
      }),
      runs,
    );
  });

  test('every convenience tag is there once, and its owner renders it', () => {
    fc.assert(
      fc.property(projects, ({ config, facts }) => {
        const { convenience } = tagsOf(config, facts);
        expect(new Set(convenience.map((tag) => tag.tag)).size).toBe(convenience.length);
        for (const { tag, rule, owner } of convenience) {
          if (owner === null) continue;
          const [major, minor, patch] = owner.release.version.numbers;
          const values = { ...owner.shape.variables, version: owner.release.version.text, major, minor, patch };
          expect(Handlebars.compile(rule.template.text, { strict: true, noEscape: true })(values)).toBe(tag);
        }
      }),
      runs,
    );
  });

  test("a cell's pinned tags are its own", () => {
    fc.assert(
      fc.property(projects, ({ config, facts }) => {
        const { cells, pinned, clashes, convenience } = tagsOf(config, facts);
        const texts = cells.flatMap((cell) => cell.pinned.map((text) => text.tag));
        expect(new Set(texts).size).toBe(texts.length);
        expect(clashes).toEqual([]);
        for (const cell of cells) for (const { tag } of cell.pinned) expect(pinned.get(tag)?.cell).toBe(cell);
        expect(convenience.filter((tag) => pinned.has(tag.tag))).toEqual([]);
      }),
      runs,
    );
  });

  test('a series alone gives the tags that it has among all, for rules that name the series', () => {
    fc.assert(
      fc.property(projects, fc.integer({ min: 0, max: 1 }), ({ config, facts }, major) => {
        const { known } = planned(config, facts);
        const inSeries = new Set(
          known.releases.filter(({ version }) => version.numbers[0] === major).map(({ version }) => version.text),
        );
        const all = tagsOf(config, facts).convenience.filter(
          (tag) => tag.tag.startsWith(`${major}.`) || tag.tag.startsWith(`${major}-`),
        );
        const alone = tagsOf(
          config,
          facts.filter((entry) => inSeries.has(entry.version)),
        ).convenience;
        expect(alone.map(summary)).toEqual(all.map(summary));
      }),
      runs,
    );
  });

  test('a tag explains itself with the owner it has', () => {
    fc.assert(
      fc.property(projects, ({ config, facts }) => {
        const { image, known, tags } = planned(config, facts);
        for (const { tag, owner } of tags.convenience) {
          const explanation = explainTag(tag, image, known, tags);
          const winners = explanation.candidates.filter((candidate) => candidate.verdict === 'owner');
          expect(winners.map((candidate) => candidate.version)).toEqual(
            owner === null ? [] : [owner.release.version.text],
          );
          expect(explanation.owner?.version ?? null).toBe(owner?.release.version.text ?? null);
          expect(explanation.lastMoved?.to?.version ?? null).toBe(owner?.release.version.text ?? null);
        }
      }),
      { numRuns: 40 },
    );
  });
});

function summary({ tag, owner, frozen, candidates }: TagMap['convenience'][number]): string {
  const cell = owner === null ? 'nobody' : [owner.release.version.text, ...Object.values(owner.shape.axes)].join(' ');
  return `${tag}: ${cell}, ${candidates}${frozen ? ', frozen' : ''}`;
}
