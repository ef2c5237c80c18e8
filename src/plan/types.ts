/**
 * The plan as plain data: what users read, save and hand on. Names here are the names in the JSON.
 *
 * A cell's and an owner's axes stand under their own names (`python`, `flavor`, …) in the JSON; here they are in `axes`.
 */
import type { RuleKind } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import type { Warning } from '../domain/warning.ts';

export interface Plan {
  readonly schema: 1;
  /** `registry/path` of the image's first repository. */
  readonly repository: string;
  /** The release it is for, or `null` for the whole tag map. */
  readonly release: string | null;
  readonly cells: readonly PlannedCell[];
  readonly tags: readonly PlannedTag[];
  readonly moves: readonly Move[];
  readonly warnings: readonly Warning[];
  /** Left out if there is none. */
  readonly notes?: readonly PlanNote[];
  /** What images weigh that moves go to, platform by platform, if their manifests were read; not in the JSON. */
  readonly weights?: ReadonlyMap<Digest, readonly number[]>;
}

/** Nothing that is wrong: what a held release would take, and rules that give no tag yet. */
export interface PlanNote {
  readonly kind: 'held' | 'rule-without-tags';
  readonly message: string;
  /** What deleting the hold would move. */
  readonly moves?: readonly Move[];
}

export interface PlannedCell {
  readonly version: string;
  readonly revision: string | null;
  readonly axes: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  /** The cell's pinned tags, in the order of the rules. */
  readonly tags: readonly string[];
}

export interface Owner {
  readonly version: string;
  readonly axes: Readonly<Record<string, string>>;
}

export interface PlannedTag {
  readonly tag: string;
  readonly kind: RuleKind;
  readonly rule: string;
  readonly owner: Owner | null;
  readonly frozen: boolean;
  readonly because: string;
}

/** Where a convenience tag stands, or should. */
export interface Stand {
  /** The cell it is, where that is known. */
  readonly owner: Owner | null;
  readonly digest: Digest | null;
}

export interface Move {
  /** `create` where the tag was absent. */
  readonly kind: 'create' | 'move';
  readonly tag: string;
  readonly from: Stand | null;
  readonly to: Stand;
  readonly because: string;
}
