/** Phase one, where something is there: a cell's other pinned tags, and cells that another repository has. */
import pMap from 'p-map';
import { targetId } from '../../build/targets.ts';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { fullTag, type Cell } from '../../plan/cell.ts';
import type { PinnedDecision } from '../../publish/pinned-state.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { copyImage } from './copy-image.ts';
import { fits } from './fitting.ts';
import { inEach, type LaneRun } from './lane-run.ts';
import { settle } from './settle.ts';
import type { CellSurvey } from './survey.ts';
import { whereStands } from './stands.ts';

export function decisionOf(run: LaneRun, cell: Cell): PinnedDecision | undefined {
  return run.survey.find((survey) => survey.cell === cell)?.decision;
}

/** The digest of a cell in a repository that has it whole or in part. */
export function rightDigest(run: LaneRun, cell: Cell): Digest | null {
  const decision = decisionOf(run, cell);
  return run.digests.get(cell) ?? (decision?.kind === 'copy' ? decision.digest : null);
}

/** Cells that one repository has and another lacks are copied, so that the digest is the same in both. */
export async function copyBetween(runs: readonly LaneRun[], world: World): Promise<void> {
  await inEach(runs, async (run) => {
    for (const { cell, decision } of run.survey) {
      if (decision.kind !== 'build' || run.digests.has(cell)) continue;
      const source = runs.find((other) => other !== run && other.failure === null && rightDigest(other, cell) !== null);
      const digest = source === undefined ? null : rightDigest(source, cell);
      if (source === undefined || digest === null) continue;
      const tag = fullTag(cell);
      world.say(`${run.lane.name}: copying ${tag} from ${source.lane.name}`);
      const entry = { step: 'copy' as const, cell: targetId(cell), tag, from: source.lane.name, digest };
      await run.lane.journal.write({ ...entry, state: 'begin' });
      await copyImage(
        source.lane.registry,
        run.lane.registry,
        digest,
        (top) => putPinned(run, tag, top, decision.over, world),
        world.signal,
      );
      await run.lane.journal.write({ ...entry, state: 'done' });
      run.digests.set(cell, digest);
      run.made.add(cell);
      run.copied.add(cell);
    }
  });
}

/** The other pinned tags of each cell: the same manifest bytes under a second name. */
export async function copyWithin(
  runs: readonly LaneRun[],
  project: Project,
  settleMs: number,
  world: World,
): Promise<void> {
  await inEach(runs, async (run) => {
    await pMap(run.survey, (surveyed) => copyTags(run, surveyed, project, settleMs, world), { concurrency: 8 });
  });
}

async function copyTags(
  run: LaneRun,
  { cell, decision }: CellSurvey,
  project: Project,
  settleMs: number,
  world: World,
): Promise<void> {
  const own = copiesOf(decision, cell, run.digests.get(cell) ?? null);
  if (own === null) return;
  const copy = (decision.kind === 'build' ? await othersCopy(run, cell, own, project, world) : null) ?? own;
  const { value: manifest } = await settle(
    () => run.lane.registry.manifest(copy.digest, world.signal),
    (found) => found !== null,
    world.clock,
    settleMs,
    world.signal,
  );
  if (manifest === null) {
    const message = `${run.lane.name}: ${copy.digest} was reported for ${copy.from} and is not there`;
    throw new OutsideError('VERIFY_FAILED', message, { tag: copy.from, digest: copy.digest });
  }
  for (const tag of copy.to) {
    const entry = { step: 'copy' as const, cell: targetId(cell), tag, from: copy.from, digest: copy.digest };
    await run.lane.journal.write({ ...entry, state: 'begin' });
    await putPinned(run, tag, manifest, copy.over, world);
    await run.lane.journal.write({ ...entry, state: 'done' });
  }
  run.digests.set(cell, copy.digest);
  run.made.add(cell);
  if (copy !== own) run.copied.add(cell);
}

/**
 * Where another publish of the release put one of the other pinned tags while this one was building, its image counts:
 * that tag was read right before it was put, and a builder's push was not. The full tag is given to it.
 */
async function othersCopy(run: LaneRun, cell: Cell, own: Copy, project: Project, world: World): Promise<Copy | null> {
  for (const tag of own.to) {
    const expected = [null, own.digest, own.over.get(tag) ?? null];
    const now = await whereStands(run.lane.registry, tag, expected, world.signal);
    if (now === null || expected.includes(now) || !(await fits(run, cell, now, project))) continue;
    world.say(`${run.lane.name}: another publish of this release was here first; ${own.from} is its ${now}`);
    const to = cell.pinned.map((text) => text.tag).filter((other) => other !== tag);
    return { digest: now, from: tag, to, over: new Map([...own.over, [own.from, own.digest]]) };
  }
  return null;
}

interface Copy {
  readonly digest: Digest;
  readonly from: string;
  readonly to: readonly string[];
  /** Tags that hold the rest of an interrupted push and are replaced. */
  readonly over: ReadonlyMap<string, Digest>;
}

function copiesOf(decision: PinnedDecision, cell: Cell, built: Digest | null): Copy | null {
  if (decision.kind === 'copy') return decision;
  const others = cell.pinned.slice(1).map((text) => text.tag);
  if (decision.kind !== 'build' || built === null || others.length === 0) return null;
  return { digest: built, from: fullTag(cell), to: others, over: decision.over };
}

/**
 * Puts a pinned tag that is absent, or stands on the rest of an interrupted push. One that came to be since is somebody
 * else's, unless it is the same. After an error it is read back, for the PUT may have taken effect all the same.
 */
export async function putPinned(
  run: LaneRun,
  tag: string,
  manifest: Manifest,
  over: ReadonlyMap<string, Digest>,
  world: World,
): Promise<void> {
  const { registry } = run.lane;
  const expected = [null, over.get(tag) ?? null, manifest.digest];
  const now = await whereStands(registry, tag, expected, world.signal);
  if (now === manifest.digest) return;
  if (!expected.includes(now)) {
    const message = `${run.lane.name}:${tag} came to be ${now ?? 'absent'} while this run was at work; it should be ${manifest.digest}`;
    throw new OutsideError('PINNED_RACED', message, { tag, expected: manifest.digest, actual: now });
  }
  try {
    await registry.putManifest(tag, manifest, world.signal);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    if ((await whereStands(registry, tag, expected, world.signal)) !== manifest.digest) throw error;
  }
}
