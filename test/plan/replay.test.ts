/** After each real release, in the order they came out, the tag map is the one a second implementation gives. */
import { expect, test } from 'vitest';
import { shapeFinder } from '../../src/plan/shapes.ts';
import { resolveTags } from '../../src/plan/tag-map.ts';
import { owners, planned } from '../support/history.ts';
import { naivePlan, type NaiveConfig } from '../support/naive-plan.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';

/** Written anew, not read from the shipped config: the facts say what was built, so no ranges are needed. */
const naive: NaiveConfig = {
  pythons: { '3.7': '*', '3.8': '*', '3.9': '*', '3.10': '*', '3.11': '*', '3.12': '*' },
  flavors: {
    standard: { suffix: '', range: '*' },
    conda: { suffix: '-conda', range: '*' },
    kubernetes: { suffix: '-kubernetes', range: '*' },
  },
  without: [],
  excluded: ['2.82', '2.6.10', '2.6.9.post1'],
  defaults: { '2': '3.10' },
  promotePosts: false,
  preUntilFinal: false,
};

const facts = prefectFacts()
  .filter((fact) => !naive.excluded.includes(fact.version))
  .toSorted((a, b) => Date.parse(a.committedAt) - Date.parse(b.committedAt));
const { image, known } = planned(prefectConfig, prefectFacts());

test('after each of the 164 releases, every tag has the owner the naive implementation gives it', async () => {
  expect(facts.length).toBe(164);
  const lines: string[] = [];
  let before: Readonly<Record<string, string>> = {};
  for (const [index, fact] of facts.entries()) {
    const expected = naivePlan(naive, facts.slice(0, index + 1));
    const soFar = known.releases.filter((release) => release.publishedAt <= Date.parse(fact.committedAt));
    const tags = resolveTags(image, soFar, shapeFinder(image, soFar, 'releases.json'));
    expect(differences(owners(tags), expected.convenience)).toEqual([]);
    expect(differences(pinnedOwners(tags), expected.pinned)).toEqual([]);
    lines.push(...describeMoves(fact.version, fact.committedAt, before, expected.convenience));
    before = expected.convenience;
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/prefect-replay/moves.txt');
}, 60_000);

/** Tag by tag, for comparing thousands in a second. */
function differences(
  actual: Readonly<Record<string, string | null>>,
  expected: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(actual), ...Object.keys(expected)])]
    .filter((tag) => actual[tag] !== expected[tag])
    .map((tag) => `${tag}: ${actual[tag] ?? 'none'}, expected ${expected[tag] ?? 'none'}`);
}

function pinnedOwners({ pinned }: ReturnType<typeof resolveTags>): Record<string, string> {
  return Object.fromEntries(
    [...pinned].map(([tag, { cell }]) => [
      tag,
      [cell.release.version.text, ...Object.values(cell.shape.axes)].join(' '),
    ]),
  );
}

/** A release's moves as the naive implementation sees them, one line for each former owner. */
function describeMoves(
  version: string,
  committedAt: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const from = new Map<string, string[]>();
  for (const [tag, owner] of Object.entries(after)) {
    if (before[tag] === owner) continue;
    const former = before[tag]?.split(' ')[0] ?? 'new';
    from.set(former, [...(from.get(former) ?? []), tag]);
  }
  return [
    `${version}  ${committedAt}`,
    ...[...from].map(([former, tags]) => `  ${former} -> ${version}: ${tags.toSorted().join(' ')}`),
  ];
}
