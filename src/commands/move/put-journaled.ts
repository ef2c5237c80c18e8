/** Putting pinned tags: each PUT between two entries of the journal, and never over what somebody else put there. */
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { type Cell, targetId } from '../../plan/cell.ts';
import type { OpenRepository } from './open-repository.ts';
import { whereTagPoints } from './where-tag-points.ts';

export interface PinnedPut {
  readonly cell: Cell;
  readonly tag: string;
  readonly digest: Digest;
  /** The tag, digest or repository it is copied from; `null` if it was merged from parts. */
  readonly from: string | null;
}

/** A `begin` without a `done` is a PUT that may have happened: the journal says that it was ours. */
export async function putJournaled(
  { journal }: OpenRepository,
  { cell, tag, digest, from }: PinnedPut,
  put: () => Promise<unknown>,
): Promise<void> {
  const common = { cell: targetId(cell), tag };
  if (from === null) {
    await journal.write({ step: 'push', state: 'begin', ...common });
    await put();
    await journal.write({ step: 'push', state: 'done', ...common, digest, how: 'merged' });
  } else {
    await journal.write({ step: 'copy', state: 'begin', ...common, from, digest });
    await put();
    await journal.write({ step: 'copy', state: 'done', ...common, from, digest });
  }
}

/**
 * Puts a pinned tag that is absent, or points to the rest of an interrupted push. One that appeared since is somebody
 * else's, unless it is the same. After an error it is read back, for the PUT may have taken effect all the same.
 *
 * @param over tags that may be replaced, with what they point to
 * @throws {OutsideError} PINNED_RACED
 */
export async function putPinned(
  { registry, name, world: { signal } }: OpenRepository,
  tag: string,
  manifest: Manifest,
  over: ReadonlyMap<string, Digest>,
): Promise<void> {
  const expected = [null, over.get(tag) ?? null, manifest.digest];
  const now = await whereTagPoints(registry, tag, expected, signal);
  if (now === manifest.digest) return;
  if (!expected.includes(now)) {
    const message = `${name}:${tag} changed to ${now ?? 'absent'} while this run was at work; it should be ${manifest.digest}`;
    throw new OutsideError('PINNED_RACED', message, { tag, expected: manifest.digest, actual: now });
  }
  try {
    await registry.putManifest(tag, manifest, signal);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    if ((await whereTagPoints(registry, tag, expected, signal)) !== manifest.digest) throw error;
  }
}

/** A pinned tag put as {@link putPinned} does, between two entries of the journal. */
export async function putPinnedJournaled(
  open: OpenRepository,
  put: PinnedPut,
  manifest: Manifest,
  over: ReadonlyMap<string, Digest>,
): Promise<void> {
  await putJournaled(open, put, () => putPinned(open, put.tag, manifest, over));
}
