import type { PartialSource } from '../domain/release.ts';
import type { Cell } from '../plan/cell.ts';
import type { Move } from '../plan/types.ts';
import type { CellImage } from '../sight/cell-image.ts';

/** Why a tag that is wrong does not move. */
export type Hold =
  /** The owner is not in the registry. */
  | { readonly kind: 'unpublished' }
  /** The owner's pinned tags point to another image, which a publish does not replace. */
  | { readonly kind: 'taken'; readonly because: string }
  /** Which image the owner's is, is in doubt. */
  | { readonly kind: 'doubt'; readonly cell: Cell; readonly image: Extract<CellImage, { readonly state: 'doubt' }> }
  /** No release may own it now, and moving deletes nothing. */
  | { readonly kind: 'ownerless' }
  /** The owner's image has no pass of a check that the config asks for. */
  | { readonly kind: 'unchecked'; readonly checks: readonly string[] }
  /** The owner's image is larger than the config allows. */
  | { readonly kind: 'oversized'; readonly cell: Cell; readonly figures: readonly string[] }
  /** The owner's image lacks a platform. */
  | { readonly kind: 'incomplete' }
  /** It rests on an answer that the registry did not give. */
  | { readonly kind: 'unseen'; readonly reason: string }
  /** The tag is the last one on another cell's image. */
  | { readonly kind: 'last-tag'; readonly cell: Cell }
  /** It points to a higher release, or to one that no source knows. */
  | {
      readonly kind: 'backward';
      readonly stands: string;
      readonly isUnknown: boolean;
      /** Labels of somebody else alone name it, of a base image perhaps. */
      readonly isForeign: boolean;
      /** The config excludes it, and it is the newest release of all. */
      readonly isDropped: boolean;
      /** Sources that may know it, if they knew everything. */
      readonly sources: readonly PartialSource[];
    }
  /** The facts may be incomplete, and nothing explains what it points to. */
  | { readonly kind: 'partial'; readonly sources: readonly PartialSource[]; readonly stands: string };

export interface HeldMove {
  readonly move: Move;
  readonly holds: Holds;
}

/** What has to be done first comes first. */
export type Holds = readonly [Hold, ...Hold[]];
