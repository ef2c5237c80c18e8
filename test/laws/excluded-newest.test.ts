/** The law of exclusions: one that drops the newest release takes no tag back to a lower one, unless that is asked for. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { planMoves, type PlannedMoves } from '../../src/moves/plan-moves.ts';
import { noPastPushes } from '../../src/sight/input.ts';
import { createSight } from '../../src/sight/sight.ts';
import { auditCase, healthy } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';

const histories = fc
  .uniqueArray(
    fc
      .record({ major: fc.nat(2), minor: fc.nat(2), patch: fc.nat(3) })
      .map((at) => `${at.major}.${at.minor}.${at.patch}`),
    { minLength: 1, maxLength: 8 },
  )
  .map((versions) => daily(...versions, '3.0.0'));

const rules = fc.constantFrom<MatrixConfig['rules']>({}, smallConfig.rules, {
  line: { kind: 'convenience', template: 'line-{{minor}}-{{python}}{{suffix}}' },
});

/** What the planner says of a registry where everything was right before `lines` came into the config. */
function after(
  config: MatrixConfig,
  facts: readonly ReleaseFact[],
  lines: Partial<MatrixConfig>,
  allowBackward = false,
) {
  const seen = healthy(auditCase(config, facts));
  const { expected } = auditCase({ ...config, ...lines }, facts);
  const sight = createSight({ expected, seen, listing: null, contents: new Map(), lock: null, past: noPastPushes });
  const tags = [...expected.tags.values()].filter((tag) => tag.kind === 'convenience');
  return planMoves(tags, sight, { partial: [], allowBackward });
}

/** Tags taken away from 3.0.0, and those that are kept there. */
function taken({ moves, held }: PlannedMoves): { moved: string[]; kept: string[] } {
  const isFromIt = (owner: { version: string } | null | undefined): boolean => owner?.version === '3.0.0';
  return {
    moved: moves.filter(({ from }) => isFromIt(from?.owner)).map(({ tag }) => tag),
    kept: held.filter(({ move }) => isFromIt(move.from?.owner)).map(({ move }) => move.tag),
  };
}

test(
  'the newest release is excluded: no tag goes back without --allow-backward, an accepted warning, or a yank',
  { timeout: 120_000 },
  () => {
    fc.assert(
      fc.property(histories, rules, (facts, rules) => {
        const config: MatrixConfig = { ...smallConfig, rules };
        const exclude = [{ version: '3.0.0', reason: 'broken' }];
        const unasked = taken(after(config, facts, { exclude }));
        expect(unasked.moved).toEqual([]);
        const accept = [{ code: 'EXCLUDES_NEWEST' as const, version: '3.0.0', reason: 'meant' }];
        const asked = [
          after(config, facts, { exclude }, true),
          after(config, facts, { exclude, accept }),
          after(config, facts, { yanked: exclude }),
        ];
        for (const one of asked) expect(taken(one)).toEqual({ moved: unasked.kept, kept: [] });
      }),
      { numRuns: 30 },
    );
  },
);
