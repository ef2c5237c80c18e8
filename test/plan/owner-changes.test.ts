/** The law of owners over time: what explain and the page say is the owner in the plan of every moment. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { candidateCells } from '../../src/plan/candidates.ts';
import { momentsOf, tagHistories, type OwnerSpan } from '../../src/plan/history.ts';
import { ownerChanges } from '../../src/plan/owner-changes.ts';
import { ownerOf } from '../../src/plan/plan.ts';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { knownAt } from '../../src/releases/at.ts';
import { auditCase } from '../support/audit-case.ts';
import { shownOf } from '../support/audit-page.ts';
import { daily, planned, type DatedFact } from '../support/history.ts';
import { projectsOfAnyFallback, type Project } from '../support/histories.ts';

type Spans = Readonly<Record<string, readonly Pick<OwnerSpan, 'from' | 'owner'>[]>>;

/** By the plan of each moment. */
function byPlans({ config, facts }: Pick<Project, 'config' | 'facts'>): Spans {
  const { image, known } = planned(config, facts);
  const histories = tagHistories(momentsOf(known.releases), (moment) => {
    const { releases } = knownAt(known, moment);
    return resolveTags(image, releases, shapeFinder(image, releases, 'releases.json')).convenience;
  });
  return Object.fromEntries(
    histories.map(({ tag, spans }) => [tag, spans.map(({ from, owner }) => ({ from, owner }))]),
  );
}

function byChanges({ config, facts }: Pick<Project, 'config' | 'facts'>): Spans {
  const { image, known, tags } = planned(config, facts);
  const claims = candidateCells(image, tags.cells);
  const spans = tags.convenience.map(({ tag, rule }) => {
    const changes = ownerChanges(claims.get(tag) ?? [], rule, image, known.releases);
    return [tag, changes.map(({ at, to }) => ({ from: at, owner: to === null ? null : ownerOf(to) }))] as const;
  });
  return Object.fromEntries(spans.filter(([, changes]) => changes.length > 0));
}

/** Withdrawn on some day, before or after the next releases came out, or nobody knows when. */
const yankedLater = projectsOfAnyFallback.chain((project) =>
  fc
    .record({
      days: fc.array(fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }), { minLength: 24, maxLength: 24 }),
      withPre: fc.constantFrom(null, 'none' as const, 'finals' as const),
    })
    .map(({ days, withPre }) => {
      const facts = project.facts.map(({ yanked: _yanked, ...fact }): DatedFact => fact);
      const yanked = project.facts.flatMap(({ version, yanked: isYanked }, index) => {
        const day = days[index];
        if (isYanked !== true) return [];
        const since =
          day === null || day === undefined ? {} : { since: new Date(Date.UTC(2024, 0, 1 + day)).toISOString() };
        return [{ version, reason: 'generated', ...since }];
      });
      const pre = { releases: 'pre', ...(withPre === 'finals' ? { fallback: withPre } : {}) } as const;
      const config: MatrixConfig = {
        ...project.config,
        yanked,
        rules: {
          ...project.config.rules,
          ...(withPre === null ? {} : { next: { kind: 'convenience', template: '{{major}}-next{{suffix}}', ...pre } }),
        },
      };
      return { config, facts };
    }),
);

test('the owner is that of the plan of every moment', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(yankedLater, (project) => {
      const changes = byChanges(project);
      const plans = Object.entries(byPlans(project)).filter(([tag]) => changes[tag] !== undefined);
      expect(changes).toEqual(Object.fromEntries(plans));
    }),
    { numRuns: 100 },
  );
});

test('facts without dates say nothing of what came when', () => {
  const undatedFacts = daily('1.0.0', '1.1.0').map(({ version }) => ({ version }));
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
  };
  const { image, known, tags } = planned(config, undatedFacts);
  const [tag] = tags.convenience;
  if (tag === undefined) throw new Error('the plan has no convenience tag');
  expect(ownerChanges(candidateCells(image, tags.cells).get(tag.tag) ?? [], tag.rule, image, known.releases)).toEqual(
    [],
  );
});

const withdrawn: {
  name: string;
  versions: readonly string[];
  rules: MatrixConfig['rules'];
  takes: readonly string[];
}[] = [
  { name: 'to the one before it', versions: ['1.0.0', '1.1.0'], rules: {}, takes: ['1.0.0', '1.1.0', '1.0.0'] },
  {
    name: 'to the pre-release that stands in until there is a final',
    versions: ['1.0.0-rc.1', '1.1.0'],
    rules: { major: { fallback: 'pre' } },
    takes: ['1.0.0-rc.1', '1.1.0', '1.0.0-rc.1'],
  },
];

test.each(withdrawn)('a withdrawn release has its time in the lanes, and the tag goes back $name', (row) => {
  const config: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    rules: row.rules,
    yanked: [{ version: '1.1.0', reason: 'broken', since: '2024-01-05T00:00:00Z' }],
  };
  const { timelines } = shownOf(auditCase(config, daily(...row.versions)), new Map()).picture;
  const days = ['2024-01-01T12:00:00Z', '2024-01-02T12:00:00Z', '2024-01-05T00:00:00Z'];
  expect(timelines.find(({ tag }) => tag === '1')?.takes).toEqual(
    row.takes.map((version, index) => ({ version, at: Date.parse(days[index] ?? '') })),
  );
});
