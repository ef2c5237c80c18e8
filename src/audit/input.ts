import type { Digest } from '../domain/digest.ts';
import type { InspectedImage } from '../domain/image.ts';
import type { Instant } from '../domain/instant.ts';
import type { Repository } from '../domain/reference.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { Expected } from './expected.ts';
import type { Lock } from './lock.ts';

/** What is known of the content of one digest. */
export type Content =
  | { readonly kind: 'read'; readonly image: InspectedImage }
  /** Only the manifest was looked at: its kind and, of an index, its platforms. No config, so no labels. */
  | { readonly kind: 'manifest'; readonly image: InspectedImage }
  | { readonly kind: 'failed'; readonly reason: string };

/** Everything an audit is decided from. */
export interface AuditInput {
  readonly expected: Expected;
  readonly repository: Repository;
  /** What the registry said. A tag that is not in it was not looked at, and is not judged. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** Every tag of the repository, for what no plan has; `null` where it was not listed. */
  readonly listing: readonly string[] | null;
  readonly contents: ReadonlyMap<Digest, Content>;
  readonly lock: Lock | null;
  readonly now: Instant;
  /** A release younger than this may still be incomplete. */
  readonly graceMs: number;
  /** Images without labels are findings. */
  readonly requireLabels: boolean;
  /** Which tags to judge; the others still tell what a digest is. */
  readonly inScope: (tag: string) => boolean;
  /** Flags that make a command speak of this config and repository, with a space before each. */
  readonly flags: string;
}
