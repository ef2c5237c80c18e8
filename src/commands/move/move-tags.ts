/**
 * Phases three and four: convenience tags, one after the other, each read before and after.
 *
 * Registries have no compare-and-swap, so reading before and after is what there is; and an error does not mean "not
 * moved", so after a failed PUT the tag is read back before anything is said. One engine for publish, apply and rollback.
 * A failure of the registry is the result of that one move: moves before it are reported in any case.
 */
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Move, Stand } from '../../plan/types.ts';
import { isDone, plannedResult, type MoveResult, type MoveState } from '../../moves/move-result.ts';
import type { MoveHow } from '../../publish/journal.ts';
import { fetchManifests } from './move-manifests.ts';
import type { OpenRepository } from './open-repository.ts';
import { waitUntil } from './wait.ts';
import { whereTagPoints } from './where-tag-points.ts';

/** After a PUT that failed in passing, the tag may take this long to be read on its new digest. */
const readBackMs = 5_000;

/**
 * Nothing moves unless every manifest is there and whole.
 *
 * @returns one result a move, in order; the first that is not done ends the moving, and the rest stay `planned`
 * @throws {OutsideError} ABORTED; SIGNING_FAILED if a statement of the moves could not be signed: nothing has moved
 */
export async function moveTags(open: OpenRepository, moves: readonly Move[]): Promise<MoveResult[]> {
  const { manifests, faults } = await fetchManifests(open, moves);
  if (faults.size > 0)
    return moves.map((move) => {
      const fault = faults.get(move.to.digest) ?? null;
      return { move, state: fault === null ? 'planned' : 'failed', detail: fault };
    });
  // A build may have taken longer than a certificate lasts.
  if (moves.length > 0) await open.evidence?.signer?.ready(open.world.signal);
  const results: MoveResult[] = [];
  for (const move of moves) {
    const last = results.at(-1);
    const manifest = move.to.digest === null ? undefined : manifests.get(move.to.digest);
    if (manifest === undefined || (last !== undefined && !isDone(last))) {
      results.push(plannedResult(move));
      continue;
    }
    const result = await asResult(move, () => moveTag(open, move, manifest));
    results.push(result);
    if (isDone(result)) open.world.say(moveLine(open, result));
  }
  return results;
}

async function moveTag(open: OpenRepository, move: Move, manifest: Manifest): Promise<MoveResult> {
  const { tag } = move;
  const from = move.from?.digest ?? null;
  const to = manifest.digest;
  // Written before the tag is read, so that nothing but the PUT comes between reading and writing.
  await beginMove(open, move);
  const now = await whereTagPoints(open.registry, tag, [from, to], open.world.signal);
  if (now === to) {
    await noteDone(open, tag, to, 'already');
    return { move, state: 'already', detail: null };
  }
  if (now !== from) return notDone(open, move, 'raced', movedSince(now, from));
  const end = await put(open, move, manifest);
  if (end.state === 'failed' || end.state === 'raced') return notDone(open, move, end.state, end.detail ?? '');
  if (end.state === 'moved') await noteDone(open, tag, to, 'moved');
  return end;
}

function movedSince(now: Digest | null, from: Digest | null): string {
  return `it is ${now ?? 'absent'} now, and was ${from ?? 'absent'} when this run planned: another run moved it`;
}

/** Takes away tags that did not exist before a publish, where the registry can delete a tag without its manifest. */
export async function deleteTags(open: OpenRepository, moves: readonly Move[]): Promise<MoveResult[]> {
  const results: MoveResult[] = [];
  for (const move of moves) results.push(await asResult(move, () => deleteTag(open, move)));
  return results;
}

async function deleteTag(open: OpenRepository, move: Move): Promise<MoveResult> {
  const { tag } = move;
  const digest = move.from?.digest ?? null;
  const now = await whereTagPoints(open.registry, tag, [null, digest], open.world.signal);
  if (now === null || digest === null) return { move, state: 'already', detail: null };
  if (now !== digest) return { move, state: 'raced', detail: `it is ${now} now: another run moved it` };
  await beginMove(open, move);
  if (!(await open.registry.deleteTag(tag, open.world.signal))) {
    const detail = 'it did not exist before, and this registry cannot delete a tag alone; delete it by hand';
    return notDone(open, move, 'impossible', detail);
  }
  await noteDone(open, tag, digest, 'deleted');
  return { move, state: 'deleted', detail: null };
}

/** What was thrown before the PUT of a move, as its result: nothing was changed. */
async function asResult(move: Move, work: () => Promise<MoveResult>): Promise<MoveResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return { move, state: 'failed', detail: error.message };
  }
}

/** The PUT, and where the tag stands after it, whatever the PUT was answered. */
async function put(open: OpenRepository, move: Move, manifest: Manifest): Promise<MoveResult> {
  const { tag } = move;
  try {
    await open.registry.putManifest(tag, manifest, open.world.signal);
    return { move, state: 'moved', detail: null };
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    const from = move.from?.digest ?? null;
    const isFinal = error.code === 'REGISTRY_DENIED' || error.code === 'REGISTRY_REFUSED';
    const now = await readBack(open, tag, [from, manifest.digest], isFinal ? 0 : Math.min(open.waitMs, readBackMs));
    if (now.kind === 'unread')
      return { move, state: 'unknown', detail: `${error.message}. Reading back failed too: ${now.reason}` };
    if (now.digest === manifest.digest) return { move, state: 'moved', detail: null };
    const state = now.digest === from ? 'failed' : 'raced';
    return { move, state, detail: `${error.message}. Read back: it is ${now.digest ?? 'absent'}` };
  }
}

type ReadBack =
  | { readonly kind: 'read'; readonly digest: Digest | null }
  | { readonly kind: 'unread'; readonly reason: string };

/** @param ends where the tag was and where it goes to */
async function readBack(
  { registry, world }: OpenRepository,
  tag: string,
  ends: readonly [Digest | null, Digest],
  waitMs: number,
): Promise<ReadBack> {
  try {
    const read = await waitUntil(
      () => whereTagPoints(registry, tag, ends, world.signal),
      (digest) => digest === ends[1],
      { world, waitMs },
    );
    return { kind: 'read', digest: read.value };
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return { kind: 'unread', reason: error.message };
  }
}

function beginMove(open: OpenRepository, { tag, from, to }: Move): Promise<void> {
  return open.journal.write({ step: 'move', state: 'begin', tag, from: journalStand(from), to });
}

/** The end of a move, with the time: a statement has it. */
export function noteDone(open: OpenRepository, tag: string, digest: Digest, how: MoveHow): Promise<void> {
  const at = formatInstant(open.world.clock.nowMs());
  return open.journal.write({ step: 'move', state: 'done', tag, digest, how, at });
}

async function notDone(open: OpenRepository, move: Move, state: MoveState, detail: string): Promise<MoveResult> {
  await open.journal.write({ step: 'move', state: 'not done', tag: move.tag, reason: detail });
  return { move, state, detail };
}

function journalStand(stand: Stand | null): Stand | null {
  return stand === null ? null : { owner: stand.owner, digest: stand.digest };
}

function moveLine(open: OpenRepository, { move, state }: MoveResult): string {
  const from = move.from === null ? 'new' : (move.from.owner?.version ?? move.from.digest ?? 'unknown');
  return `${open.name}:${move.tag} ${state === 'already' ? 'already points to' : `${from} →`} ${move.to.owner?.version ?? move.to.digest ?? ''}`;
}
