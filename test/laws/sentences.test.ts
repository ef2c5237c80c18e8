/** What the reports say of a state that is wrong: true, and enough to act on. */
import { expect, test } from 'vitest';
import { planTable } from '../../src/report/plan-table.ts';
import { endTexts, shortDigest } from '../../src/report/words.ts';
import { digestNamed } from '../support/digests.ts';
import { apply, audit, plan, publish } from '../support/laws/commands.ts';
import { lockFile } from '../support/laws/situation.ts';
import { applied, findingOf, stage } from '../support/laws/stage.ts';

const newest = ['2.0.0', '3.10'] as const;

test("a convenience tag of the default Python on the same release's other Python is crossed", async () => {
  const { scene, cell, point } = await stage();
  point('2-latest', cell('2.0.0', '3.9').digest);
  expect((await findingOf(scene, '2-latest'))?.kind).toBe('crossed');
});

test('a move between two cells of a release shows what tells them apart', () => {
  const owner = (python: string): { version: string; axes: Record<string, string> } => ({
    version: '2.0.0',
    axes: { python, flavor: 'standard' },
  });
  const [here, there] = [digestNamed('here'), digestNamed('there')];
  const from = { owner: owner('3.9'), digest: here };
  expect(endTexts({ from, to: { owner: owner('3.10'), digest: there } })).toEqual([
    '2.0.0 python 3.9',
    '2.0.0 python 3.10',
  ]);
  expect(endTexts({ from, to: { owner: owner('3.9'), digest: there } })).toEqual([
    `2.0.0 ${shortDigest(here)}`,
    `2.0.0 ${shortDigest(there)}`,
  ]);
  expect(endTexts({ from: null, to: from })).toEqual(['new', '2.0.0']);
});

test('tags that wait for one choice are named together, with the choice once', async () => {
  const { scene, cell, make, point } = await stage();
  const [full = ''] = cell(...newest).pinned;
  point(full, make('rebuilt', cell(...newest)));
  point(['2-latest', '2-python3.10'], cell('1.1.2', '3.10').digest);
  const held = (await plan(scene)).plans.flatMap(({ warnings }) => warnings.filter(({ code }) => code === 'MOVE_HELD'));
  expect(held).toHaveLength(1);
  expect(held[0]?.message).toMatch(/:2-python3\.10, .*:2-latest: not moved to 2\.0\.0/);
});

test('what is absent and may be is not counted as right', async () => {
  const { scene, cell, remove } = await stage();
  const before = (await audit(scene)).reports[0]?.summary['ok'] ?? 0;
  const { pinned } = cell('2.0.1', '3.10');
  remove(pinned);
  const { exit, reports } = await audit(scene);
  expect([exit, reports[0]?.summary['ok']]).toEqual([0, before - pinned.length]);
});

test('a line of the lock that the image contradicts is named', async () => {
  const { scene, cell } = await stage({ lock: 'right' });
  const [mine, theirs] = [cell('2.0.0', '3.10'), cell('2.0.0', '3.9')];
  scene.files.set(lockFile, (scene.files.get(lockFile) ?? '').replace(mine.digest, theirs.digest));
  const { text } = await audit(scene, { format: 'table' });
  expect(text).toContain("the lock file's line of 2.0.0 (python 3.10, flavor standard) does not\n  count: sha256:");
});

test("an owner whose pinned tags have another Python's image: plan shows no move that nobody would make", async () => {
  const { scene, cell, point } = await stage();
  const owner = cell(...newest);
  point(owner.pinned, cell('2.0.0', '3.9').digest);
  point(['2.0-python3.10', '2-python3.10', '2-latest'], cell('1.1.2', '3.10').digest);
  const { plans, text } = await plan(scene);
  expect(plans[0]?.moves).toEqual([]);
  expect(text).toContain('which is not its image');
  const after = await applied(scene, { json: false });
  expect(after.exit).toBe(1);
  // What plan says of the tag, apply says too.
  const said = /not moved to 2\.0\.0: (?<reason>.*?), which is not its image/.exec(text.replaceAll(/\s+/g, ' '));
  expect(said?.groups?.['reason']).toMatch(/^the owner's /);
  expect(after.text.replaceAll(/\s+/g, ' ')).toContain(`${said?.groups?.['reason']}, which is not its image`);
});

test('the recorded image is gone: what to delete, then what to run', async () => {
  const { scene, cell, remove, point, held } = await stage({ lock: 'right' });
  const owner = cell(...newest);
  remove(owner.pinned);
  point(['2.0-python3.10', '2-python3.10', '2-latest'], cell('1.1.2', '3.10').digest);
  held().has.delete(owner.digest);
  const [choice] = (await findingOf(scene, owner.pinned[0] ?? ''))?.choices ?? [];
  expect([choice?.command, choice?.after]).toEqual([
    'delete the line of 2.0.0 (python 3.10, flavor standard) from tags.lock.json',
    'tagwright publish 2.0.0',
  ]);
  const { text } = await apply(scene, { json: false });
  expect(text).toContain('and the registry no longer has it\n      delete the line');
});

test('a release that no source knows: the fact to add, the line that excludes it, then the command that moves', async () => {
  const { scene } = await stage({ behind: true });
  const choices = (await findingOf(scene, '1-python3.10'))?.choices ?? [];
  expect(choices.map(({ command, after }) => [command, after])).toEqual([
    ['add the release 1.1.2 to the source', 'tagwright apply'],
    ["exclude: [{ version: '1.1.2', reason: '…' }]", 'tagwright apply'],
    ['tagwright apply --allow-backward', undefined],
  ]);
});

test('no answer for the pinned tags of the owner: every report says what is not known', async () => {
  const { scene, cell, point, held } = await stage();
  point('2-latest', cell('1.1.2', '3.10').digest);
  held().silent.add(cell(...newest).pinned[0] ?? '');
  const finding = await findingOf(scene, '2-latest');
  expect(finding?.because).toContain("its move waits, for the owner's image is not known");
  expect((await plan(scene)).error).toContain('tags could not be decided');
  const { json } = await publish(scene, '2.0.0', { dryRun: true });
  expect(json?.repositories[0]?.cells.map(({ state }) => state)).toContain('unknown');
});

test('the plan of a further repository has its figures, and no table without rows', () => {
  const cell = { version: '2.0.0', revision: null, tags: ['2.0.0-python3.9'], platforms: ['linux/amd64'], axes: {} };
  const rest = { schema: 1, repository: 'b', release: '2.0.0', moves: [], warnings: [], tags: [] } as const;
  const head = 'b 2.0.0\n1 cell, 0 pinned tags, 0 convenience tags to move';
  expect(planTable({ ...rest, cells: [cell] }, true)).toBe(`${head}\n`);
  expect(planTable({ ...rest, cells: [cell] })).toContain(`${head}\n\n`);
});

test('tags on an image that lacks a platform: apply names them, and what brings it back', async () => {
  const { scene, cell, make, point } = await stage();
  const own = cell('1.0.0', '3.9');
  point([...own.pinned, '1.0-python3.9'], make('short of a platform', own));
  const { exit, text, changed } = await applied(scene);
  expect([exit, changed]).toEqual([1, []]);
  expect(text).toContain('1.0-python3.9');
  expect(text).toContain('lacks a platform');
  expect(text).toContain('tagwright publish 1.0.0 --replace-partial');
});
