/** The answer to `explain TAG`, as a document. */
import type { Rule } from '../config/types.ts';
import type { Candidate, Verdict } from './explain-candidates.ts';
import type { LastMove } from './explain-moves.ts';
import type { Several } from '../domain/several.ts';
import type { Owner } from './types.ts';

export interface Explanation {
  readonly schema: 1;
  /** The first of them. */
  readonly repository: string;
  /** Every repository of the image: the plan is the same in each. */
  readonly repositories: Several<string>;
  readonly tag: string;
  /** `ownerless`: in the plan, and every release that could own it is gone. `unplanned`: in no plan. */
  readonly status: 'pinned' | 'owned' | 'ownerless' | 'excluded' | 'unplanned';
  /** The tag's rule, or the nearest one; `null` where none is near. */
  readonly rule: ExplainedRule | null;
  readonly owner: Owner | null;
  readonly frozen: boolean;
  /** One sentence. */
  readonly because: string;
  /** What to write or to ask for instead, where there is something. */
  readonly fix: string | null;
  /** Highest first. */
  readonly candidates: readonly ExplainedCandidate[];
  readonly lastMoved: LastMove | null;
}

export interface ExplainedRule {
  readonly name: string;
  readonly kind: Rule['kind'];
  readonly template: string;
  /** What the rule does, in words. */
  readonly meaning: string;
}

export interface ExplainedCandidate {
  readonly version: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly publishedAt: string;
  readonly verdict: Verdict;
  readonly because: string;
}

/** What differs from tag to tag; the rest has a value that says nothing. */
export type Explained = Pick<Explanation, 'status' | 'because'> &
  Partial<Omit<Explanation, 'rule' | 'candidates'>> & {
    readonly rule?: Rule | null;
    readonly candidates?: readonly Candidate[];
  };
