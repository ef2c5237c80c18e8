import { describe, expect, inject, test } from 'vitest';
import { rollbackCommand } from '../../../src/commands/rollback.ts';
import { daily } from '../../support/history.ts';
import { conveniences, place, problemsOf, put, type Place } from '../../support/publish-place.ts';
import { publishOptions, publishWorld } from '../../support/publish-world.ts';

const host = inject('registryHost');

describe('rollback', () => {
  const options = (at: Place, file: string, only: readonly string[] = []) => ({
    ...publishOptions('', at.repository, at.journal),
    file,
    only,
  });

  test('gives every recorded digest back', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = conveniences(await at.tags());
    const { report } = await at.publish('1.0.1');
    const rolled = await rollbackCommand(options(at, report.repositories[0]!.journal!), publishWorld());
    expect(rolled.result).toBe('as-planned');
    expect(conveniences(await at.tags())).toEqual(before);
  });

  test('is refused where a tag has moved since, and --only puts the others back', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const before = conveniences(await at.tags());
    const { report } = await at.publish('1.0.1');
    const file = report.repositories[0]!.journal!;
    const theirs = (await at.tags())['1.0.1-python3.10-conda']!;
    await put(at, '1-latest', theirs);
    const now = conveniences(await at.tags());
    expect(await problemsOf(rollbackCommand(options(at, file), publishWorld()))).toEqual([
      expect.objectContaining({ code: 'TAG_MOVED_SINCE', where: `${at.repository}:1-latest` }),
    ]);
    expect(conveniences(await at.tags())).toEqual(now);
    const only = ['1-python3.9', '1.0-python3.9'];
    expect((await rollbackCommand(options(at, file, only), publishWorld())).result).toBe('as-planned');
    expect(conveniences(await at.tags())).toEqual({
      ...now,
      '1-python3.9': before['1-python3.9'],
      '1.0-python3.9': before['1.0-python3.9'],
    });
  });

  test('says what it cannot do: a tag that did not exist before, on a registry that cannot delete', async () => {
    const at = await place(host);
    const { report } = await at.publish('1.0.1');
    const before = await at.tags();
    const rolled = await rollbackCommand(options(at, report.repositories[0]!.journal!), publishWorld());
    expect(rolled.result).toBe('outside-failed');
    expect(rolled.stdout).toContain('this registry cannot delete a tag alone; delete it by hand');
    expect(await at.tags()).toEqual(before);
  });

  test('the journal of another repository is refused', async () => {
    const [at, other] = [await place(host), await place(host)];
    const { report } = await at.publish('1.0.1');
    expect(await problemsOf(rollbackCommand(options(other, report.repositories[0]!.journal!), publishWorld()))).toEqual(
      [expect.objectContaining({ code: 'JOURNAL_FOREIGN' })],
    );
  });
});
