/** Where a cell's image is, state by state: what audit says, what `apply` and `publish` do. */
import { describe, expect, test } from 'vitest';
import { audit, publish } from '../support/laws/commands.ts';
import { changedTags, copyScene } from '../support/laws/scene.ts';
import { run } from '../support/laws/shell.ts';
import { applied, findingOf, stage } from '../support/laws/stage.ts';

/** Tags of the newest release for 3.10: `2.0-python3.10`, `2-python3.10` and `2-latest` are its own. */
const newest = ['2.0.0', '3.10'] as const;

describe('the full tag is on another image than the sha tag', () => {
  test('a lock says which: convenience tags belong there, and the fix of the full tag puts it back', async () => {
    const { scene, cell, make, point, at } = await stage({ lock: 'right' });
    const [owner, older] = [cell(...newest), cell('1.1.2', '3.10')];
    const [full = ''] = owner.pinned;
    point(full, make('rebuilt', owner));
    point('2-python3.10', older.digest);

    const finding = await findingOf(scene, full);
    expect([finding?.kind, finding?.expected.digest]).toEqual(['drift', owner.digest]);
    expect((await findingOf(scene, '2-python3.10'))?.fix).toBe('tagwright apply');
    const after = await applied(scene);
    expect(after.changed).toEqual(['2-python3.10']);
    expect(after.scene.places.values().next().value?.tags.get('2-python3.10')).toBe(owner.digest);
    await run(scene, finding?.fix ?? '');
    expect(at(full)).toBe(owner.digest);
  });

  test('without a lock, both with our labels: in doubt, nothing moves, and a person chooses', async () => {
    const { scene, cell, make, point } = await stage();
    const owner = cell(...newest);
    const [full = '', sha = ''] = owner.pinned;
    point(full, make('rebuilt', owner));
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    expect((await applied(scene)).changed).toEqual([]);
    const found = await Promise.all([full, sha].map((tag) => findingOf(scene, tag)));
    expect(found.some((finding) => finding?.kind === 'drift' && (finding.choices?.length ?? 0) > 1)).toBe(true);
    // On one of the two, and neither right nor moved.
    expect((await findingOf(scene, '2-latest'))?.kind).toBe('drift');
    const published = copyScene(scene);
    expect([(await publish(published, '2.0.0')).exit, changedTags(scene, published)]).toEqual([2, []]);
  });

  test('the one without our labels loses', async () => {
    const { scene, cell, make, point } = await stage();
    const owner = cell(...newest);
    const [full = ''] = owner.pinned;
    point(full, make('rebuilt without labels', owner));
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    const after = await applied(scene);
    expect(after.changed).toEqual(['2-python3.10']);
    const finding = await findingOf(after.scene, full);
    expect([finding?.kind, finding?.expected.digest]).toEqual(['drift', owner.digest]);
  });
});

describe('pinned tags are gone', () => {
  test('the full tag: its twin says where the image is, moves go there, and publish copies it', async () => {
    const { scene, cell, point, remove } = await stage();
    const owner = cell(...newest);
    const [full = ''] = owner.pinned;
    remove([full]);
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    expect((await applied(scene)).changed).toEqual(['2-python3.10']);
    const { exit } = await publish(scene, '2.0.0');
    expect([exit, scene.built]).toEqual([0, []]);
    expect((await audit(scene)).exit).toBe(0);
  });

  test('all, and a convenience tag is left on the image, with our labels: publish copies them from there', async () => {
    const { scene, cell, remove, at } = await stage();
    const owner = cell(...newest);
    remove([...owner.pinned, '2.0-python3.10', '2-latest']);

    const { exit } = await publish(scene, '2.0.0');
    expect([exit, scene.built]).toEqual([0, []]);
    expect(owner.pinned.map((tag) => at(tag))).toEqual(owner.pinned.map(() => owner.digest));
    expect(at('2-latest')).toBe(owner.digest);
  });

  test('all, and a newer release owns the last convenience tag: the full tag first, then the move', async () => {
    const { scene, cell, remove, point, at } = await stage();
    const [owner, older] = [cell('1.1.2', '3.10'), cell('1.1.0', '3.10')];
    const [full = ''] = older.pinned;
    remove(older.pinned);
    point('1.1-python3.10', older.digest);

    const after = await applied(scene);
    expect([after.changed, after.exit]).toEqual([[], 1]);
    expect((await applied(scene, { json: false })).text).toContain('tagwright publish 1.1.0');
    const { exit } = await publish(scene, '1.1.2');
    expect([exit, scene.built, at(full), at('1.1-python3.10')]).toEqual([0, [], older.digest, owner.digest]);
  });

  test('all tags, and the registry still has the image that the lock names: it is restored by its digest', async () => {
    const { scene, cell, remove, point, at } = await stage({ lock: 'right' });
    const owner = cell(...newest);
    remove([...owner.pinned, '2.0-python3.10', '2-latest']);
    point('2-python3.10', cell('1.1.2', '3.10').digest);

    const { exit } = await publish(scene, '2.0.0');
    expect([exit, scene.built, at('2-latest')]).toEqual([0, [], owner.digest]);
    expect((await audit(scene)).exit).toBe(0);
  });

  test('the image that the lock names is gone: nothing is built over it, and the choice is the line of the lock', async () => {
    const { scene, cell, remove, held } = await stage({ lock: 'right' });
    const owner = cell(...newest);
    const [full = ''] = owner.pinned;
    remove([...owner.pinned, '2.0-python3.10', '2-python3.10', '2-latest']);
    held().has.delete(owner.digest);

    const published = copyScene(scene);
    expect([(await publish(published, '2.0.0')).exit, published.built, changedTags(scene, published)]).toEqual([
      2,
      [],
      [],
    ]);
    const commands = (await findingOf(scene, full))?.choices?.map(({ command }) => command) ?? [];
    expect(commands.join('\n')).toContain('tags.lock.json');
  });
});

describe('a convenience tag is on a release that may not own it', () => {
  test.each(
    [
      { what: 'yanked, its pinned tags are there', version: '2.0.1', gone: false },
      { what: 'yanked, its pinned tags are gone', version: '2.0.1', gone: true },
      { what: 'a pre-release', version: '2.0.0rc1', gone: false },
      { what: 'excluded', version: '1.1.1', gone: false },
    ].map((row) => [row.what, row] as const),
  )('%s: it goes to its owner', async (_what, { version, gone }) => {
    const { scene, cell, point, remove } = await stage();
    const left = cell(version, '3.10');
    const tag = version === '1.1.1' ? '1.1-python3.10' : '2-python3.10';
    const owner = version === '1.1.1' ? cell('1.1.2', '3.10') : cell(...newest);
    point(tag, left.digest);
    if (gone) remove(left.pinned);

    expect((await findingOf(scene, tag))?.kind).toBe('ahead');
    const after = await applied(scene);
    expect([after.exit, after.changed]).toEqual([0, [tag]]);
    expect([...after.scene.places.values()][0]?.tags.get(tag)).toBe(owner.digest);
  });

  test('a release that no source knows: not moved without --allow-backward or a line that excludes it', async () => {
    const { scene } = await stage({ behind: true });
    const refused = await applied(scene);
    expect([refused.exit, refused.changed]).toEqual([2, []]);
    expect((await applied(scene, { allowBackward: true })).changed).toContain('1-python3.10');
    const lines = [...[scene.config['exclude']].flat(), { version: '1.1.2', reason: 'it was a test' }];
    scene.config = { ...scene.config, exclude: lines };
    expect((await applied(scene)).changed).toContain('1-python3.10');
  });
});

test('an unknown answer: the moves that rest on it wait, no other, and the exit code is 3', async () => {
  const { scene, cell, point, held } = await stage();
  point('2-python3.10', cell('1.1.2', '3.10').digest);
  point('1.1-python3.9', cell('1.1.0', '3.9').digest);
  held().silent.add(cell(...newest).pinned[0] ?? '');

  const after = await applied(scene);
  expect([after.exit, after.changed]).toEqual([3, ['1.1-python3.9']]);
  expect((await audit(scene)).exit).toBe(3);
});
