import { execFileSync } from 'node:child_process';
import { describe, expect, inject, test } from 'vitest';
import { applyCommand } from '../../../src/commands/apply.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import type { Problem } from '../../../src/domain/errors.ts';
import { daily } from '../../support/history.ts';
import { conveniences, place, problemsOf } from '../../support/publish-place.ts';
import { fourCells, publish, publishOptions, publishWorld, tally } from '../../support/publish-world.ts';

const host = inject('registryHost');

describe('publishing', () => {
  test('two releases in turn, a third time nothing, and apply has nothing to do', async () => {
    const at = await place(host);
    expect(tally(await at.publish('1.0.0', { facts: daily('1.0.0') }))).toEqual({
      cells: { built: 4 },
      moves: { moved: 10 },
    });
    const before = await at.tags();
    expect(Object.keys(before)).toHaveLength(8 + 10);
    expect(tally(await at.publish('1.0.1'))).toEqual({ cells: { built: 4 }, moves: { moved: 10 } });
    const after = await at.tags();
    for (const [tag, digest] of Object.entries(before)) {
      const moves = Object.keys(conveniences(before)).includes(tag);
      expect([tag, after[tag] === digest]).toEqual([tag, !moves]);
    }
    const again = await at.publish('1.0.1');
    expect([again.result, tally(again), again.report.repositories[0]?.journal]).toEqual([
      'as-planned',
      { cells: { there: 4 }, moves: {} },
      null,
    ]);
    const options = publishOptions('', at.repository, at.journal);
    const applied = await applyCommand({ ...options, plan: null }, publishWorld());
    expect([applied.result, JSON.parse(applied.stdout)]).toEqual([
      'as-planned',
      {
        schema: 1,
        repositories: [
          { repository: at.repository, dryRun: false, moves: [], waiting: [], journal: null, failure: null },
        ],
      },
    ]);
    expect(await at.tags()).toEqual(after);
  });

  test('digests are what skopeo says they are', async () => {
    const at = await place(host);
    const { report } = await at.publish('1.0.1');
    const tags = await at.tags();
    for (const cell of report.repositories[0]!.cells) {
      for (const tag of [...cell.tags, '1-latest-conda']) {
        const args = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${at.repository}:${tag}`];
        expect([tag, execFileSync('skopeo', args, { encoding: 'utf8' }).trim()]).toEqual([tag, tags[tag]]);
      }
    }
  });

  test('a backport moves its own series and no other', async () => {
    const at = await place(host);
    const facts = daily('1.0.0', '1.1.0', '1.0.1');
    await at.publish('1.0.0', { facts: facts.slice(0, 1) });
    await at.publish('1.1.0', { facts: facts.slice(0, 2) });
    const before = conveniences(await at.tags());
    await at.publish('1.0.1', { facts });
    const after = conveniences(await at.tags());
    const moved = Object.keys(after).filter((tag) => after[tag] !== before[tag]);
    expect(moved.toSorted()).toEqual(
      ['1.0-python3.10', '1.0-python3.10-conda', '1.0-python3.9', '1.0-python3.9-conda'].toSorted(),
    );
  });

  test('a dry run writes nothing, and tells what the run then does', async () => {
    const at = await place(host);
    const dry = await at.publish('1.0.1', {}, { dryRun: true });
    expect([tally(dry), await at.tags()]).toEqual([{ cells: { 'to build': 4 }, moves: { planned: 10 } }, {}]);
    expect(tally(await at.publish('1.0.1'))).toEqual({ cells: { built: 4 }, moves: { moved: 10 } });
  });

  test('one cell of four fails: nothing moves, the report is whole, and the next run builds that one', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = conveniences(await at.tags());
    const failing = new Set(['1-0-1_python-3-10_flavor-conda']);
    const failed = await at.publish('1.0.1', { standIn: { failing } });
    expect([failed.result, tally(failed), failed.report.repositories[0]?.lags]).toEqual([
      'outside-failed',
      { cells: { built: 3, lacking: 1 }, moves: { planned: 10 } },
      [
        'BUILD_FAILED  1.0.1 (python 3.10, flavor conda): its build was set to fail',
        'MOVE_WAITING  10 convenience tags were not moved',
      ],
    ]);
    expect(conveniences(await at.tags())).toEqual(before);
    const next = await at.publish('1.0.1');
    expect([next.result, tally(next)]).toEqual(['as-planned', { cells: { built: 1, there: 3 }, moves: { moved: 10 } }]);
  });
});

describe('a rebuild', () => {
  const rules = { again: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}-b{{build}}' } } as const;
  const rebuilds = [{ version: '1.0.1', build: 2, on: '2024-03-01', reason: 'the base was fixed' }];

  test('has pinned tags of its own, takes the convenience tags over, and leaves every pinned tag as it was', async () => {
    const at = await place(host);
    await at.publish('1.0.1');
    const before = await at.tags();
    const config = { ...fourCells, rules: { ...fourCells.rules, ...rules }, rebuilds };
    const rebuilt = await at.publish('1.0.1', { config }, { rebuild: true });
    expect([rebuilt.result, tally(rebuilt)]).toEqual(['as-planned', { cells: { built: 4 }, moves: { moved: 10 } }]);
    const after = await at.tags();
    const changed = Object.keys(after).filter((tag) => after[tag] !== before[tag]);
    const own = ['3.9', '3.9-conda', '3.10', '3.10-conda'].map((python) => `1.0.1-python${python}-b2`);
    expect(changed.toSorted()).toEqual([...own, ...Object.keys(conveniences(before))].toSorted());
    expect(after['1-latest']).toBe(after['1.0.1-python3.10-b2']);
    // Neither a second run nor a publish of the release itself takes anything back.
    const again = await at.publish('1.0.1', { config }, { rebuild: true });
    const plain = await at.publish('1.0.1', { config });
    expect([tally(again), tally(plain), await at.tags()]).toEqual([
      { cells: { there: 4 }, moves: {} },
      { cells: { there: 4 }, moves: {} },
      after,
    ]);
  });

  test('is refused where the config has no rule for it, and where it has no rebuild', async () => {
    const at = await place(host);
    const refused = (config: MatrixConfig): Promise<readonly Problem[]> =>
      problemsOf(
        publish(publishOptions('1.0.1', at.repository, at.journal, { rebuild: true }), publishWorld({ config })),
      );
    expect(await refused(fourCells)).toEqual([
      {
        code: 'REBUILD_WITHOUT_RULE',
        where: 'matrix.config.ts rules',
        message:
          'no pinned rule names {{build}} or {{date}}: a rebuild would have no tag but one that is never overwritten',
        fix: "rules: { rebuild: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}-b{{build}}' } }",
      },
    ]);
    expect(await refused({ ...fourCells, rules })).toEqual([
      {
        code: 'REBUILD_UNKNOWN',
        where: 'matrix.config.ts',
        message: 'the config has no rebuild of 1.0.1',
        fix: expect.stringMatching(
          /^rebuilds: \[\{ version: '1\.0\.1', build: 2, on: '20\d\d-\d\d-\d\d', reason: '…' \}\]$/,
        ),
      },
    ]);
    expect(await at.tags()).toEqual({});
  });
});

describe('a yank', () => {
  test('apply gives the tags back, and pinned tags stay', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = await at.tags();
    await at.publish('1.0.1');
    const between = await at.tags();
    const facts = daily('1.0.0', '1.0.1').map((fact) =>
      fact.version === '1.0.1' ? { ...fact, yanked: { reason: 'breaks logging' } } : fact,
    );
    const world = publishWorld({ facts });
    const options = publishOptions('', at.repository, at.journal);
    const applied = await applyCommand({ ...options, plan: null }, world);
    expect(applied.result).toBe('as-planned');
    expect(await at.tags()).toEqual({ ...between, ...before });
    expect(await problemsOf(publish(publishOptions('1.0.1', at.repository, at.journal), world))).toEqual([
      expect.objectContaining({ code: 'VERSION_NOT_PUBLISHABLE' }),
    ]);
  });
});
