/**
 * Somebody overwrites the full tag of one cell. Audit names it, `apply` moves nothing that is right, the true image keeps
 * a tag, and what is printed, followed from top to bottom, ends with nothing left to fix.
 */
import { describe, expect, inject, test } from 'vitest';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { daily } from '../../support/history.ts';
import { apply, audit } from '../../support/laws/commands.ts';
import { follow } from '../../support/laws/follow.ts';
import { realScene, type RealScene } from '../../support/laws/real.ts';
import { fourCells } from '../../support/publish-world.ts';
import { conveniences, place, put, type Place } from '../../support/publish-place.ts';

const full = '1.0.1-python3.9';
const other = '1.0.1-python3.10';

interface Form {
  readonly form: string;
  readonly by: 'rebuilt' | 'foreign' | 'the image of another Python';
  readonly lock?: boolean;
  readonly rules?: MatrixConfig['rules'];
  /** How many repositories; the last is damaged. */
  readonly count?: number;
  /** Nothing tells which of two images is right: a person chooses. */
  readonly isChoice?: boolean;
}

const forms: readonly Form[] = [
  { form: 'a rebuilt image, with a lock', by: 'rebuilt', lock: true },
  { form: 'a foreign image, with a lock', by: 'foreign', lock: true },
  { form: "another Python's image, with a lock", by: 'the image of another Python', lock: true },
  { form: 'a foreign image', by: 'foreign' },
  { form: "another Python's image", by: 'the image of another Python' },
  { form: 'a rebuilt image', by: 'rebuilt', isChoice: true },
  { form: "another Python's image, without sha tags", by: 'the image of another Python', rules: { sha: false } },
  { form: 'a foreign image, without sha tags', by: 'foreign', rules: { sha: false }, isChoice: true },
  { form: 'a rebuilt image, without sha tags', by: 'rebuilt', rules: { sha: false }, isChoice: true },
  { form: "another Python's image, in the second of two repositories", by: 'the image of another Python', count: 2 },
  { form: 'a rebuilt image, in the second of two repositories', by: 'rebuilt', count: 2, isChoice: true },
];

interface Damaged extends RealScene {
  /** The repository whose tag was overwritten. */
  readonly at: Place;
  readonly trueImage: string;
}

async function damaged({ by, lock = false, rules = {}, count = 1 }: Form): Promise<Damaged> {
  const places = await Promise.all(Array.from({ length: count }, () => place(inject('registryHost'))));
  const at = places.at(-1);
  if (at === undefined) throw new Error('there is no repository');
  const names = places.map(({ repository }) => repository);
  const real = await realScene({ ...fourCells, rules }, names, daily('1.0.0', '1.0.1'));
  if (lock) await audit(real.scene, { writeLock: true });
  const before = await at.tags();
  if (by === 'the image of another Python') await put(at, full, before[other] ?? '');
  else await real.pushOver(full, at.repository, by);
  return { ...real, at, trueImage: before[full] ?? '' };
}

describe('the full tag of a cell is overwritten', () => {
  test.each(forms.map((form) => [form.form, form] as const))('by %s', async (_name, form) => {
    const { scene, at, trueImage } = await damaged(form);
    const tags = await at.tags();
    expect(tags[full]).not.toBe(trueImage);
    const { exit, reports } = await audit(scene);
    const report = reports.find(({ repository }) => repository === at.repository);
    expect([exit, report?.findings.some(({ tag }) => tag === full)]).toEqual([1, true]);

    await apply(scene);
    expect(conveniences(await at.tags())).toEqual(conveniences(tags));
    expect(Object.values(await at.tags())).toContain(trueImage);

    const { left, choices } = await follow(scene, 0);
    expect([left, choices > 1]).toEqual([[], form.isChoice === true]);
    expect((await audit(scene)).exit).toBe(0);
    const now = await at.tags();
    expect(now['1.0-python3.9']).toBe(now[full]);
    expect(now[full] === trueImage || form.isChoice === true).toBe(true);
  });

  const undecided = forms.filter(({ isChoice }) => isChoice);
  test.each(undecided.map((form) => [form.form, form] as const))('by %s: the other choice', async (_name, form) => {
    const { scene, at } = await damaged(form);
    expect((await follow(scene, 1)).left).toEqual([]);
    const tags = await at.tags();
    expect(tags['1.0-python3.9']).toBe(tags[full]);
  });
});
