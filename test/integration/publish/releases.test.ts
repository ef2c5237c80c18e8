import { execFileSync } from 'node:child_process';
import { describe, expect, inject, test } from 'vitest';
import { applyCommand } from '../../../src/commands/apply.ts';
import { daily } from '../../support/history.ts';
import { conveniences, place, problemsOf } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally } from '../../support/publish-world.ts';

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
        'BUILD_FAILED  1.0.1 (python 3.10, flavor conda): its build was told to fail',
        'MOVE_WAITING  10 convenience tags were not moved',
      ],
    ]);
    expect(conveniences(await at.tags())).toEqual(before);
    const next = await at.publish('1.0.1');
    expect([next.result, tally(next)]).toEqual(['as-planned', { cells: { built: 1, there: 3 }, moves: { moved: 10 } }]);
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
