/** Evidence that contradicts itself, plans that no longer hold, and answers that are not there. */
import { describe, expect, test } from 'vitest';
import { apply, audit, plan, publish, type Plan } from '../support/laws/commands.ts';
import { failing, follow } from '../support/laws/follow.ts';
import { changedTags, copyScene } from '../support/laws/scene.ts';
import { applied, findingOf, first, second, stage, type Stage } from '../support/laws/stage.ts';
import { lockFile } from '../support/laws/situation.ts';

interface LockText {
  readonly repository: string;
  readonly releases: { readonly version: string; readonly cells: { digest: string; [axis: string]: unknown }[] }[];
}

/** Changes the lock as a careless merge would. */
function editLock({ scene }: Stage, change: (lock: LockText) => void): void {
  const lock: LockText = JSON.parse(scene.files.get(lockFile) ?? '');
  change(lock);
  scene.files.set(lockFile, JSON.stringify(lock));
}

describe('a lock', () => {
  test('with two lines for one cell is refused by every command, and nothing is written', async () => {
    const staged = await stage({ lock: 'right' });
    const { scene, cell, point } = staged;
    editLock(staged, ({ releases }) => {
      const line = releases.find(({ version }) => version === '2.0.0')?.cells[0];
      const other = releases.find(({ version }) => version === '1.0.0')?.cells[0];
      if (line !== undefined && other !== undefined) {
        releases.find(({ version }) => version === '2.0.0')?.cells.push({ ...line, digest: other.digest });
      }
    });
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    const after = copyScene(scene);
    const ended = [await audit(after), await apply(after), await publish(after, '2.0.0')];
    expect(ended.map(({ exit }) => exit)).toEqual([2, 2, 2]);
    for (const { error } of ended) expect(error).toContain('LOCK_INVALID');
    expect(changedTags(scene, after)).toEqual([]);
  });

  test('that gives one image to two cells is believed for the one that the labels name', async () => {
    const staged = await stage({ lock: 'right' });
    const { scene, cell, point } = staged;
    const [mine, theirs] = [cell('2.0.0', '3.10'), cell('2.0.0', '3.9')];
    editLock(staged, ({ releases }) => {
      for (const line of releases.find(({ version }) => version === '2.0.0')?.cells ?? []) line.digest = theirs.digest;
    });
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    const after = await applied(scene);
    expect(after.changed).toEqual(['2-python3.10']);
    expect([...after.scene.places.values()][0]?.tags.get('2-python3.10')).toBe(mine.digest);
  });

  test('of another repository counts for nothing', async () => {
    const staged = await stage({ lock: 'right' });
    const { scene, cell, make, point } = staged;
    const owner = cell('2.0.0', '3.10');
    scene.files.set(lockFile, (scene.files.get(lockFile) ?? '').replaceAll(first, 'elsewhere.example/acme/app'));
    expect((await audit(scene)).exit).toBe(0);
    point([...owner.pinned, '2.0-python3.10', '2-python3.10', '2-latest'], make('rebuilt', owner));
    expect([(await audit(scene)).exit, (await applied(scene)).changed]).toEqual([0, []]);
  });
});

test('two pinned tags of one cell on two images, both with right labels: nothing moves, and each choice ends well', async () => {
  const { scene, cell, make, point } = await stage({ project: 'two-pythons, three-pinned' });
  const owner = cell('2.0.0', '3.10');
  const alias = owner.pinned.find((tag) => tag.includes('-py3')) ?? '';
  point(alias, make('rebuilt', owner));
  point('2-python3.10', cell('1.1.2', '3.10').digest);

  expect((await applied(scene)).changed).toEqual([]);
  const { choices } = await follow(copyScene(scene), 0);
  expect(choices).toBeGreaterThan(1);
  for (let choice = 0; choice < choices; choice += 1) expect((await follow(copyScene(scene), choice)).left).toEqual([]);
});

test('a journal whose images are gone: apply waits, and the printed fixes end well', async () => {
  const staged = await stage();
  const { scene, cell, remove, held, point } = staged;
  const cells = ['3.9', '3.10'].map((python) => cell('2.0.0', python));
  const pushes = cells.map(({ pinned, target, digest }) => ({
    step: 'push',
    state: 'done',
    cell: target.id,
    tag: pinned[0],
    digest,
    how: 'built',
  }));
  const begin = { step: 'begin', schema: 1, command: 'publish', repository: first, version: '2.0.0' };
  scene.journals.set(`${first}/2.0.0/0000.jsonl`, [{ ...begin, at: '2024-01-05T12:00:00Z' }, ...pushes]);
  const moving = ['2.0-python3.9', '2.0-python3.10', '2-python3.9', '2-python3.10', '2-latest'];
  for (const { pinned, digest } of cells) {
    remove(pinned);
    held().has.delete(digest);
  }
  remove(moving);
  point('2-python3.10', cell('1.1.2', '3.10').digest);

  expect((await applied(scene)).changed).toEqual([]);
  const followed = await follow(scene, 0);
  expect(followed.left).toEqual([]);
});

test('a plan of many moves, one of which no longer holds: none is moved, and that one is named', async () => {
  const { scene, cell, make, point, remove } = await stage({ project: 'two-flavors, default' });
  const more = { kind: 'convenience', template: '{{major}}.{{minor}}-any{{python}}{{suffix}}' };
  scene.config = { ...scene.config, rules: { more } };
  const { plans } = await plan(scene, { offline: true });
  const moving = (plans[0]?.tags ?? []).flatMap(({ tag, kind, owner }) => {
    return kind === 'convenience' && owner !== null ? [tag] : [];
  });
  remove(moving);
  await audit(scene, { planOut: 'm.json', failOn: ['none'] });
  const written: Plan = JSON.parse(scene.files.get('m.json') ?? '');
  expect(written.moves.length).toBeGreaterThanOrEqual(20);
  const stale = written.moves[12]?.tag ?? '';
  point(stale, make('foreign', cell('1.0.0', '3.9')));

  const after = await applied(scene, { plan: 'm.json' });
  expect([after.exit, after.changed]).toEqual([2, []]);
  const named = written.moves.filter(({ tag }) => new RegExp(`(^|[\\s:])${tag}[:\\s]`).test(after.error ?? ''));
  expect(named.map(({ tag }) => tag)).toEqual([stale]);
});

describe('an index that holds the platform image of another cell', () => {
  test('under the full tag: its twin is the image, and moves go there', async () => {
    const { scene, cell, make, point } = await stage();
    const owner = cell('2.0.0', '3.10');
    const [full = ''] = owner.pinned;
    point(full, make('a platform of another cell in it', owner, cell('2.0.0', '3.9')));
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    const after = await applied(scene);
    expect(after.changed).toEqual(['2-python3.10']);
    expect([...after.scene.places.values()][0]?.tags.get('2-python3.10')).toBe(owner.digest);
    expect(await findingOf(scene, full)).toMatchObject({ expected: { digest: owner.digest } });
  });

  test('under every pinned tag: nothing moves onto it', async () => {
    const { scene, cell, make, point, remove } = await stage();
    const owner = cell('2.0.0', '3.10');
    point(owner.pinned, make('a platform of another cell in it', owner, cell('2.0.0', '3.9')));
    remove(['2-latest']);

    const after = await applied(scene);
    expect([...after.scene.places.values()][0]?.tags.get('2-latest')).toBe(owner.digest);
    expect(after.changed).toEqual(['2-latest']);
  });
});

test('no answer about the full tag, and a lock that names the image: moves go there all the same', async () => {
  const { scene, cell, point, held } = await stage({ lock: 'right' });
  point('2-python3.10', cell('1.1.2', '3.10').digest);
  held().silent.add(cell('2.0.0', '3.10').pinned[0] ?? '');

  expect((await applied(scene)).changed).toEqual(['2-python3.10']);
  expect((await audit(scene)).exit).toBe(3);
});

describe('two repositories, one complete and one not', () => {
  test('audit judges both, apply moves only what can move, and publish copies', async () => {
    const { scene, cell, point, remove } = await stage({ count: 2 });
    const owner = cell('2.0.0', '3.10');
    remove([...owner.pinned, '2.0-python3.10', '2-latest'], second);
    point('2-python3.10', cell('1.1.2', '3.10').digest, second);
    scene.places.get(second)?.has.delete(owner.digest);
    point('1.1-python3.9', cell('1.1.0', '3.9').digest, second);

    const { exit, reports } = await audit(scene);
    const fails = reports.map(({ repository, findings }) => [
      repository,
      findings.some(({ kind }) => failing.has(kind)),
    ]);
    expect([exit, fails]).toEqual([
      1,
      [
        [first, false],
        [second, true],
      ],
    ]);
    expect((await findingOf(scene, '2-latest', second))?.fix).toMatch(/^tagwright publish 2\.0\.0/);
    const after = await applied(scene);
    expect([after.exit, after.changed]).toEqual([1, ['1.1-python3.9']]);

    const { exit: ended, json } = await publish(scene, '2.0.0');
    const cells = json?.repositories.find(({ repository }) => repository === second)?.cells ?? [];
    expect([ended, scene.built, cells.map(({ state }) => state).toSorted()]).toEqual([0, [], ['copied', 'there']]);
    await apply(scene);
    expect((await audit(scene)).exit).toBe(0);
  });

  test('the second has a tag on the wrong image: it is a finding, and apply moves it there alone', async () => {
    const { scene, cell, point, at } = await stage({ count: 2 });
    point('2-latest', cell('1.1.2', '3.10').digest, second);

    expect((await audit(scene)).exit).toBe(1);
    const { exit, changed } = await applied(scene);
    expect([exit, changed]).toEqual([0, ['2-latest']]);
    expect(at('2-latest')).toBe(cell('2.0.0', '3.10').digest);
  });

  test('a plan for both is read by apply', async () => {
    const { scene, cell, point } = await stage({ count: 2 });
    point('2-latest', cell('1.1.2', '3.10').digest, second);
    point('2-python3.9', cell('1.1.2', '3.9').digest, first);

    await audit(scene, { planOut: 'm.json', failOn: ['none'] });
    expect((await applied(scene, { plan: 'm.json' })).changed).toEqual(['2-python3.9', '2-latest']);
  });
});
