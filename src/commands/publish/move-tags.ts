/**
 * Phases three and four: convenience tags, one after the other, each read before and after.
 *
 * Registries have no compare-and-swap, so reading before and after is what there is; and an error does not mean "not
 * moved", so after a failed PUT the tag is read back before anything is said. One engine for publish, apply and rollback.
 */
import pMap from 'p-map';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Move, Stand } from '../../plan/types.ts';
import type { World } from '../world.ts';
import type { MoveResult } from './lane-run.ts';
import type { Lane } from './lane.ts';
import { settle } from './settle.ts';

/** @returns one result a move; the first that fails or was raced ends the moving, and the rest stay `planned` */
export async function moveTags(
  lane: Lane,
  moves: readonly Move[],
  boundMs: number,
  world: World,
): Promise<MoveResult[]> {
  const manifests = new Map<Digest, Manifest>();
  const results: MoveResult[] = [];
  let stopped = false;
  for (const move of moves) {
    const result = stopped ? planned(move) : await moveTag(lane, move, manifests, boundMs, world);
    results.push(result);
    if (result.state === 'failed' || result.state === 'raced') stopped = true;
    else if (!stopped) world.say(moveLine(lane, result));
  }
  return results;
}

function planned(move: Move): MoveResult {
  return { move, state: 'planned', detail: null };
}

async function moveTag(
  lane: Lane,
  move: Move,
  manifests: Map<Digest, Manifest>,
  boundMs: number,
  world: World,
): Promise<MoveResult> {
  const to = move.to.digest;
  if (to === null) return { move, state: 'failed', detail: 'its owner is not in the registry' };
  const now = (await lane.registry.head(move.tag, world.signal))?.digest ?? null;
  if (now === to) {
    const begun = lane.past.unfinished.some((run) => run.moves.some((past) => past.tag === move.tag && !past.done));
    if (begun) await lane.journal.write({ step: 'move', state: 'done', tag: move.tag, digest: to, how: 'already' });
    return { move, state: 'already', detail: null };
  }
  const from = move.from?.digest ?? null;
  if (now !== from)
    return {
      move,
      state: 'raced',
      detail: `it is ${now ?? 'absent'} now, and was ${from ?? 'absent'} when this run planned`,
    };
  const manifest = manifests.get(to) ?? (await lane.registry.manifest(to, world.signal));
  if (manifest === null) return { move, state: 'failed', detail: `${to} is not there` };
  manifests.set(to, manifest);
  await lane.journal.write({
    step: 'move',
    state: 'begin',
    tag: move.tag,
    from: journalStand(move.from),
    to: { owner: move.to.owner, digest: to },
  });
  const fault = await put(lane, move.tag, manifest, boundMs, world);
  if (fault !== null) return { move, state: 'failed', detail: fault };
  await lane.journal.write({ step: 'move', state: 'done', tag: move.tag, digest: to, how: 'moved' });
  return { move, state: 'moved', detail: null };
}

/** Takes away tags that did not exist before a publish, where the registry can delete a tag without its manifest. */
export async function deleteTags(lane: Lane, moves: readonly Move[], world: World): Promise<MoveResult[]> {
  const results: MoveResult[] = [];
  for (const move of moves) {
    const now = (await lane.registry.head(move.tag, world.signal))?.digest ?? null;
    const expected = move.from?.digest ?? null;
    if (now === null || expected === null) results.push({ move, state: 'already', detail: null });
    else if (now !== expected) results.push({ move, state: 'raced', detail: `it is ${now} now` });
    else results.push(await deleteTag(lane, move, expected, world));
  }
  return results;
}

async function deleteTag(lane: Lane, move: Move, digest: Digest, world: World): Promise<MoveResult> {
  await lane.journal.write({ step: 'move', state: 'begin', tag: move.tag, from: journalStand(move.from), to: move.to });
  if (!(await lane.registry.deleteTag(move.tag, world.signal))) {
    const detail = 'it did not exist before, and this registry cannot delete a tag alone; delete it by hand';
    return { move, state: 'impossible', detail };
  }
  await lane.journal.write({ step: 'move', state: 'done', tag: move.tag, digest, how: 'deleted' });
  return { move, state: 'deleted', detail: null };
}

/** @returns `null` where the tag stands on the manifest, whatever the PUT was answered */
async function put(lane: Lane, tag: string, manifest: Manifest, boundMs: number, world: World): Promise<string | null> {
  try {
    await lane.registry.putManifest(tag, manifest, world.signal);
    return null;
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    if (error.code === 'REGISTRY_DENIED') return error.message;
    const read = await settle(
      () => lane.registry.head(tag, world.signal),
      (descriptor) => descriptor?.digest === manifest.digest,
      world.clock,
      Math.min(boundMs, 5_000),
      world.signal,
    );
    if (read.settled) return null;
    return `${error.message}. Read back: it is ${read.value?.digest ?? 'absent'}`;
  }
}

/**
 * Waits until every moved tag is read on its digest.
 *
 * @returns the results, those that did not settle told, and how long it took
 */
export async function settleMoves(
  lane: Lane,
  results: readonly MoveResult[],
  boundMs: number,
  world: World,
): Promise<{ readonly results: MoveResult[]; readonly waitedMs: number }> {
  const start = world.clock.nowMs();
  const settled = await pMap(
    results,
    async (result): Promise<MoveResult> => {
      if (result.state !== 'moved') return result;
      const { move } = result;
      const read = await settle(
        () => lane.registry.head(move.tag, world.signal),
        (descriptor) => descriptor?.digest === move.to.digest,
        world.clock,
        boundMs,
        world.signal,
      );
      if (read.settled) return result;
      const now = read.value?.digest ?? null;
      const isOld = now === (move.from?.digest ?? null);
      if (isOld)
        return {
          move,
          state: 'unsettled',
          detail: `the registry still answers ${now ?? 'absent'} after ${read.waitedMs} ms`,
        };
      return { move, state: 'raced', detail: `it was moved, and is ${now ?? 'absent'} now` };
    },
    { concurrency: 8 },
  );
  return { results: settled, waitedMs: world.clock.nowMs() - start };
}

/** The last entries of a run: settled and finished, or what stopped it. A run that wrote nothing leaves no journal. */
export async function finishJournal(
  lane: Lane,
  results: readonly MoveResult[],
  waitedMs: number,
  world: World,
): Promise<void> {
  if (lane.journal.path() === null) return;
  const at = formatInstant(world.clock.nowMs());
  const stuck = results.find((result) => !isDone(result));
  if (stuck !== undefined) {
    const reason = `${stuck.move.tag}: ${stuck.detail ?? 'not moved'}`;
    return lane.journal.write({ step: 'stopped', code: stuck.state, reason, at });
  }
  await lane.journal.write({ step: 'settled', waitedMs });
  await lane.journal.write({ step: 'finished', at });
}

/** True where the tag stands where the move takes it. */
export function isDone(result: MoveResult): boolean {
  return result.state === 'moved' || result.state === 'already' || result.state === 'deleted';
}

function journalStand(stand: Stand | null): Stand | null {
  return stand === null ? null : { owner: stand.owner, digest: stand.digest };
}

function moveLine(lane: Lane, { move, state }: MoveResult): string {
  const from = move.from === null ? 'new' : (move.from.owner?.version ?? move.from.digest ?? 'unknown');
  return `${lane.name}:${move.tag} ${state === 'already' ? 'is already on' : `${from} →`} ${move.to.owner?.version ?? move.to.digest ?? ''}`;
}
