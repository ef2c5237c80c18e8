import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { fact, owners, planned } from '../support/history.ts';
import { moveCases, worlds, type MoveCase } from '../tables/moves.ts';

test.each(moveCases)('$name', ({ world, out, next, moves }) => {
  const config: MatrixConfig = worlds[world];
  const before = out.map(factOf);
  const after = happen(config, before, next);
  const found = changes(ownersOf(config, before), ownersOf(after.config, after.facts));
  expect(found.toSorted()).toEqual(moves.toSorted());
});

test('the table is worth its name', () => {
  expect(moveCases.length).toBeGreaterThanOrEqual(40);
  expect(new Set(moveCases.map((row) => row.name)).size).toBe(moveCases.length);
});

/** `1.0.1`, with what is said of it: `flagged`, `yanked`, `in February`. One comes out each day of January 2024. */
function factOf(text: string, day: number): ReleaseFact {
  const [version = '', ...words] = text.split(' ');
  const said = words.join(' ');
  const instant = new Date(Date.UTC(2024, said === 'in February' ? 1 : 0, 1 + day, 12)).toISOString();
  return fact(version, instant, {
    ...(said === 'flagged' ? { prerelease: true } : {}),
    ...(said === 'yanked' ? { yanked: true } : {}),
  });
}

function happen(
  config: MatrixConfig,
  facts: readonly ReleaseFact[],
  next: MoveCase['next'],
): { config: MatrixConfig; facts: readonly ReleaseFact[] } {
  if ('release' in next) return { config, facts: [...facts, factOf(next.release, facts.length)] };
  // Publishing again adds no fact: the plan is of the same releases, given in another order.
  if ('again' in next) return { config, facts: facts.toReversed() };
  const reason = 'for the test';
  if ('exclude' in next) return { config: { ...config, exclude: [{ version: next.exclude, reason }] }, facts };
  return { config: { ...config, yanked: [{ version: next.yank, reason }] }, facts };
}

/** Tag to version, with the Python where a tag does not name it. */
function ownersOf(
  config: MatrixConfig,
  facts: readonly ReleaseFact[],
): Map<string, { version: string; python: string }> {
  const { known, tags } = planned(config, facts);
  expect(known.problems).toEqual([]);
  return new Map(
    Object.entries(owners(tags)).map(([tag, owner]) => {
      const [version = '', python = ''] = owner?.split(' ') ?? ['nobody'];
      return [tag, { version, python: tag.includes('latest') && config.pythons !== undefined ? python : '' }];
    }),
  );
}

function changes(before: ReturnType<typeof ownersOf>, after: ReturnType<typeof ownersOf>): string[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((tag) => {
    const [from, to] = [before.get(tag), after.get(tag)];
    if (from?.version === to?.version && from?.python === to?.python) return [];
    const told = to !== undefined && to.python !== '' && to.python !== (from?.python ?? '3.10');
    const show = (owner: typeof from, absent: string): string =>
      owner === undefined ? absent : told ? `${owner.version} (${owner.python})` : owner.version;
    return [`${tag}: ${show(from, 'new')} -> ${show(to, 'none')}`];
  });
}
