/** Two plans compared by their effect on tags: of two configs, or of what is against what if. */
import { isSameOwner } from './same-owner.ts';
import type { Owner, Plan, PlannedTag } from './types.ts';

export interface PlanDiff {
  readonly schema: 1;
  readonly repository: string;
  /** Tags that only the second plan has, in its order. */
  readonly appears: readonly PlannedTag[];
  /** Tags that only the first plan has, in its order; a registry that holds them keeps them until somebody deletes them. */
  readonly goes: readonly PlannedTag[];
  /** Tags of both whose owner or kind differs, in the order of the second. */
  readonly changes: readonly TagChange[];
  /** How many tags are the same in both. */
  readonly same: number;
}

export interface TagChange {
  readonly tag: string;
  readonly kind: { readonly from: PlannedTag['kind']; readonly to: PlannedTag['kind'] };
  readonly rule: string;
  readonly from: Owner | null;
  readonly to: Owner | null;
  /** Why the second plan's owner is the owner. */
  readonly because: string;
}

export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const former = new Map(before.tags.map((tag) => [tag.tag, tag]));
  const present = new Set(after.tags.map((tag) => tag.tag));
  const appears: PlannedTag[] = [];
  const changes: TagChange[] = [];
  for (const tag of after.tags) {
    const old = former.get(tag.tag);
    if (old === undefined) appears.push(tag);
    else if (old.kind !== tag.kind || !isSameOwner(old.owner, tag.owner)) changes.push(changeOf(old, tag));
  }
  return {
    schema: 1,
    repository: after.repository,
    appears,
    goes: before.tags.filter((tag) => !present.has(tag.tag)),
    changes,
    same: after.tags.length - appears.length - changes.length,
  };
}

/** A pinned tag never moves: one that would stand for another cell is an error, told by the exit code. */
export function movedPinned({ changes }: PlanDiff): readonly TagChange[] {
  return changes.filter(({ kind, from, to }) => kind.from === 'pinned' && from !== null && to !== null);
}

function changeOf(old: PlannedTag, tag: PlannedTag): TagChange {
  return {
    tag: tag.tag,
    kind: { from: old.kind, to: tag.kind },
    rule: tag.rule,
    from: old.owner,
    to: tag.owner,
    because: tag.because,
  };
}
