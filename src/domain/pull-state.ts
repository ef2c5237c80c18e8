import type { Instant } from './instant.ts';

/** What a forge says of a pull request, or GitLab of a merge request. */
export type PullState =
  | { readonly kind: 'open' }
  /** `at`: `null` if the forge does not say. */
  | { readonly kind: 'closed'; readonly isMerged: boolean; readonly at: Instant | null };
