/** Which config a statement was made by. */
import type { Digest } from '../domain/digest.ts';
import { canonicalText } from './canonical.ts';
import type { SumOf } from './lines.ts';

/**
 * Of compact JSON with the defaults filled in and keys in order: spaces, comments and the order of keys do not count.
 *
 * @param image the config of one image, as it was used
 */
export function configDigest(image: { readonly repositories: readonly unknown[] }, sumOf: SumOf): Digest {
  return sumOf(canonicalText(image));
}
