import type { Descriptor } from './digest.ts';

/** What the registry said of one tag. Only a 404 is `absent`; everything that is no answer is `unknown`, with the reason. */
export type Seen =
  | {
      readonly kind: 'present';
      readonly descriptor: Descriptor;
      /** True where the body was fetched and hashed. */ readonly hashed: boolean;
      /** When the tag was last pushed, where the source says (RFC 3339). */ readonly pushedAt?: string;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the registry answered, tag by tag. */
export interface Snapshot {
  readonly tags: ReadonlyMap<string, Seen>;
  /** Requests it took, retries included. */
  readonly requests: number;
}

export const absent: Seen = { kind: 'absent' };
