import type { Digest } from '../domain/digest.ts';
import type { Instant } from '../domain/instant.ts';
import type { Repository } from '../domain/reference.ts';
import type { PartialSource, Release } from '../domain/release.ts';
import type { Place, Repair } from '../moves/repair.ts';
import type { SightInput } from '../sight/input.ts';
import type { EvidenceInput } from './judge-evidence.ts';
import type { Proofs } from './judge-proofs.ts';

/** Everything an audit is decided from. A tag that is not in `seen` was not read, and is not judged. */
export interface AuditInput extends SightInput {
  readonly repository: Repository;
  readonly now: Instant;
  /** A release younger than this may still be incomplete. */
  readonly graceMs: number;
  /** What hangs on the images that `--require` asks about; left out: nothing is required. */
  readonly proofs?: ReadonlyMap<Digest, Proofs>;
  /** The statements of the repository, for `--evidence`; left out: nobody asked. */
  readonly evidence?: EvidenceInput;
  /** Images without labels are findings. */
  readonly requireLabels: boolean;
  /** Which tags to judge; the others still are evidence. */
  readonly inScope: (tag: string) => boolean;
  /** Flags that make a command speak of this config and repository, with a space before each. */
  readonly flags: string;
  /** Sources that may know less than the registry. */
  readonly partial: readonly PartialSource[];
  /** The other repositories of the image. */
  readonly others: readonly Place[];
  /** Releases that a fix of another repository publishes. */
  readonly published: ReadonlySet<Release>;
  /** What refuses `apply` as a whole because of another repository; `null` where nothing does. */
  readonly refused: Repair | null;
}
