/** What a builder did for one target, as far as it says. */
export interface BuildWork {
  /** From its first step to its last. Steps that targets share count for each of them. */
  readonly ms: number;
  /** Every step of it came from the cache. */
  readonly cached: boolean;
}
