import type { Instant } from './instant.ts';

/** A commit of a branch. */
export interface BranchCommit {
  /** 40 hex. */
  readonly revision: string;
  /** The committer's date, which for a merge or a squash by a forge is when it came to the branch. */
  readonly at: Instant;
}
