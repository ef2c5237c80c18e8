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
  /** Every rule of either plan, as the second orders them, those that it lacks last. */
  readonly rules: readonly RuleCount[];
}

/** How many tags a rule gives, and what becomes of them. */
export interface RuleCount {
  readonly rule: string;
  /** As the second plan has it, where it has the rule. */
  readonly kind: PlannedTag['kind'];
  readonly before: number;
  readonly after: number;
  readonly appears: number;
  readonly goes: number;
  readonly changes: number;
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
  const goes = before.tags.filter((tag) => !present.has(tag.tag));
  return {
    schema: 1,
    repository: after.repository,
    appears,
    goes,
    changes,
    same: after.tags.length - appears.length - changes.length,
    rules: countRules(before, after, { appears, goes, changes }),
  };
}

function countRules(
  before: Plan,
  after: Plan,
  { appears, goes, changes }: Pick<PlanDiff, 'appears' | 'goes' | 'changes'>,
): RuleCount[] {
  const kinds = new Map([...before.tags, ...after.tags].map(({ rule, kind }) => [rule, kind]));
  const rules = new Set([...after.tags, ...before.tags].map(({ rule }) => rule));
  const lists = [before.tags, after.tags, appears, goes, changes].map(perRule);
  return [...rules].map((rule) => {
    const [was = 0, is = 0, appearing = 0, going = 0, changing = 0] = lists.map((counts) => counts.get(rule) ?? 0);
    const kind = kinds.get(rule) ?? 'pinned';
    return { rule, kind, before: was, after: is, appears: appearing, goes: going, changes: changing };
  });
}

function perRule(tags: readonly { readonly rule: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of tags) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
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
