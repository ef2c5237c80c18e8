/**
 * The laws, over generated states. Each runs `LAWS_STATES` of them (500); a failure prints the smallest state it found,
 * what is wrong with it, and the seed to see it again: `LAWS_SEED=… npm run test:laws`.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../support/laws/commands.ts';
import { judge, laws } from '../support/laws/judged.ts';
import { projects } from '../support/laws/projects.ts';
import { situationOf } from '../support/laws/situation.ts';
import { runs, states, undamaged, type State } from '../support/laws/state.ts';

describe('the laws', () => {
  test.each(laws.map(({ name }) => [name]))('%s', { timeout: 3_600_000 }, async (name) => {
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        const { told, broken } = await judge(state);
        const lines = broken.get(name) ?? [];
        if (lines.length > 0) throw new Error(`\n${lines.join('\n')}\nwhere\n${told.join('\n')}`);
      }),
      { ...runs, includeErrorInReport: true },
    );
  });
});

/** What states are made of: if this fails, it is the generator that is wrong. */
describe('a registry where nothing is wrong', () => {
  const locks = ['none', 'right', 'older'] as const;
  test.each(projects.map(({ name }, index) => [name, index] as const))('%s', async (_name, index) => {
    for (const lock of locks) {
      const state: State = { project: index, lock, behind: false, partial: false, places: [undamaged] };
      const { scene } = await situationOf(state);
      expect((await audit(scene)).exit).toBe(0);
      const { broken } = await judge(state);
      expect([...broken.values()].flat()).toEqual([]);
    }
  });
});
