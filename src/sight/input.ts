import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { Expected } from './expected.ts';
import type { Lock } from './lock.ts';

/** What is known about the content of one digest. */
export type Content =
  | { readonly kind: 'read'; readonly image: InspectedImage }
  /** Only the manifest was read: its kind and, of an index, its platforms. No config, so no labels. */
  | { readonly kind: 'manifest'; readonly image: InspectedImage }
  /** The registry answered 404 for the digest. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string };

/** What unfinished runs wrote in their journals, by pinned tag. */
export interface PastPushes {
  /** A push that began and was not seen to end. */
  readonly pushing: ReadonlySet<string>;
  /** The digest a run pushed or copied there. */
  readonly digests: ReadonlyMap<string, Digest>;
}

export const noPastPushes: PastPushes = { pushing: new Set(), digests: new Map() };

/** Everything that is known of one repository; what is not in `seen` was not read. */
export interface SightInput {
  readonly expected: Expected;
  readonly seen: ReadonlyMap<string, Seen>;
  /** Every tag of the repository; `null` where the list was not read. */
  readonly listing: readonly string[] | null;
  readonly contents: ReadonlyMap<Digest, Content>;
  readonly lock: Lock | null;
  readonly past: PastPushes;
}

export function digestOf(seen: Seen | undefined): Digest | null {
  return seen?.kind === 'present' ? seen.descriptor.digest : null;
}
