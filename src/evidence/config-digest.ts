/** Which config a statement was made by: the digest of one image's part of it, as it was used. */
import type { ImageConfig } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import { canonicalText } from './canonical.ts';
import type { SumOf } from './lines.ts';

/** Of compact JSON with the defaults filled in and keys in order: spaces, comments and the order of keys do not count. */
export function configDigest(image: ImageConfig, sumOf: SumOf): Digest {
  return sumOf(canonicalText(image));
}
