import type { Instant } from './instant.ts';

/** A commit of a branch. */
export interface BranchCommit {
  /** 40 hex. */
  readonly revision: string;
  /** The committer's date: when it was made. It may have come to the branch at any time after that. */
  readonly at: Instant;
}
