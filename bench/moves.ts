/**
 * 33 verified moves as a whole process, as 2.20.25 of Prefect made them, in a repository that holds it and the release
 * before: `tagwright apply` reads every tag, moves, reads back and keeps a journal. Against `crane tag` once for each,
 * which does none of that, and the start-up of a plan of the same config. `npm run bench:moves [-- --rounds 5]`.
 */
import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHeadSnapshotSource } from '../src/adapters/registry/head-snapshot.ts';
import { createRegistries } from '../src/adapters/registry/registries.ts';
import { startRegistry } from '../test/support/registry-process.ts';
import { figure, median, type Figure } from './figure.ts';
import { finishPart, partArguments } from './part.ts';
import { factsOf, plannedTags, pushImages, pushTags, root } from './planned-registry.ts';
import { measureProcess } from './process-memory.ts';

const asked = partArguments({ rounds: 5 });
const path = 'prefecthq/prefect';
const [former, release] = ['2.20.24', '2.20.25'];

const after = await plannedTags((version) => version === former || version === release);
const before = await plannedTags((version) => version === former);
/** Tags that the release moves, and where they were. */
const moved = new Map([...before].filter(([tag, image]) => after.get(tag) !== image));
const upstream = await startRegistry();
const registries = createRegistries();
const registry = registries.open({ registry: upstream.host, path });
const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
const facts = join(folder, 'releases.json');
try {
  await writeFile(facts, JSON.stringify(factsOf((version) => version === former || version === release)));
  console.log(`${after.size} tags go into a real registry at ${upstream.host}, ${moved.size} of them move …`);
  const indexes = await pushImages(after, registry);
  const times = { apply: [] as number[], crane: [] as number[], start: [] as number[] };
  for (let round = 0; round < asked.rounds; round += 1) {
    await pushTags(moved, indexes, registry);
    times.crane.push(await secondsOfCrane());
    await pushTags(moved, indexes, registry);
    times.apply.push(await secondsOfApply(round));
    times.start.push(
      (await measureProcess(['dist/cli.js', 'plan', release, '--offline', '--releases', facts], root)).seconds,
    );
  }
  finishPart(asked, figuresOf(times));
} finally {
  await registries.close();
  await upstream.stop();
  await rm(folder, { recursive: true });
}

function figuresOf({
  apply,
  crane,
  start,
}: Readonly<Record<'apply' | 'crane' | 'start', readonly number[]>>): Figure[] {
  const ms = (seconds: readonly number[]): number => median(seconds) * 1000;
  // Round by round: what else the machine does meanwhile is in all three.
  const moving = apply.map((seconds, round) => seconds - (start[round] ?? Number.NaN));
  const peer = { name: 'crane tag, one after another', value: ms(crane) };
  return [
    figure(`${moved.size} verified moves, less the start-up`, { value: ms(moving), unit: 'ms' }, peer, '<= 1.2'),
    figure(`${moved.size} verified moves, the whole process`, { value: ms(apply), unit: 'ms' }, peer),
    figure('its start-up: plan VERSION', { value: ms(start), unit: 'ms' }, peer),
  ];
}

async function secondsOfCrane(): Promise<number> {
  const beganMs = performance.now();
  for (const tag of moved.keys())
    await execa('crane', ['tag', '--insecure', `${upstream.host}/${path}:${after.get(tag) ?? ''}`, tag]);
  const took = (performance.now() - beganMs) / 1000;
  await check();
  return took;
}

async function secondsOfApply(round: number): Promise<number> {
  const where = ['--releases', facts, '--repository', `${upstream.host}/${path}`];
  const args = ['apply', '--yes', '--json', '--journal', join(folder, String(round)), ...where];
  const { seconds } = await measureProcess(['dist/cli.js', ...args], root);
  await check();
  return seconds;
}

/** Whoever moved them, they are where they belong. */
async function check(): Promise<void> {
  const seen = await createHeadSnapshotSource(registry).read([...moved.keys()]);
  const expected = await createHeadSnapshotSource(registry).read([...moved.keys()].map((tag) => after.get(tag) ?? ''));
  for (const tag of moved.keys()) {
    const [is, should] = [seen.tags.get(tag), expected.tags.get(after.get(tag) ?? '')];
    if (is?.kind !== 'present' || should?.kind !== 'present' || is.descriptor.digest !== should.descriptor.digest)
      throw new Error(`${tag} did not move`);
  }
}
