/** Whether a registry has a statement that a key signed: then a file without signatures has lost them. */
import type { Digest } from '../../domain/digest.ts';
import { movedTo } from '../../evidence/artifact.ts';
import type { EvidenceText } from '../../evidence/lines.ts';
import { attachedTo, type AttachedRequest } from '../evidence/attached.ts';

/** Each image is a few requests, made only before the first signature of a file: those of the last statements. */
const maxImages = 12;

/** @returns an image with such a statement; `null`: none of those that were looked at */
export async function signedImage(
  { lines }: EvidenceText,
  request: Pick<AttachedRequest, 'registry' | 'verify' | 'world'>,
): Promise<Digest | null> {
  const moved = lines.toReversed().flatMap(({ statement }) => (statement === null ? [] : movedTo(statement)));
  const images = new Set([...new Set(moved)].slice(0, maxImages));
  const bundles = new Map<Digest, Promise<Uint8Array | null>>();
  for (const image of images) {
    const found = await attachedTo(image, { ...request, listed: null, present: images }, bundles);
    if (found !== null && found.length > 0) return image;
  }
  return null;
}
