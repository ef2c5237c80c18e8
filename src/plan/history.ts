/** Who owned each convenience tag when, by the facts: the plan of every moment at which a release came out or was withdrawn. */
import type { Instant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import { becauseConvenience } from './because.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import { ownerOf } from './plan.ts';
import { isSameOwner } from './same-owner.ts';
import type { Owner } from './types.ts';

export interface TagHistory {
  readonly tag: string;
  readonly rule: string;
  /** Without gaps, earliest first; two neighbours have different owners. */
  readonly spans: readonly OwnerSpan[];
}

export interface OwnerSpan {
  /** `null` where nobody owned it, as after a yank of the only release. */
  readonly owner: Owner | null;
  readonly from: Instant;
  /** When the next span begins; `null`: it lasts. */
  readonly to: Instant | null;
  /** As the last plan says it in which the span holds. */
  readonly because: string;
}

/** Moments at which an owner may change, ascending. A yank that names no instant was always in effect, and changes none. */
export function momentsOf(releases: readonly Release[]): readonly Instant[] {
  const moments = new Set<Instant>();
  for (const { publishedAt, yanked } of releases) {
    moments.add(publishedAt);
    // A release may be withdrawn before the day it is said to have come out.
    if (yanked !== null && yanked.since !== null) moments.add(yanked.since);
  }
  return [...moments].toSorted((a, b) => a - b);
}

/**
 * @param moments ascending
 * @param tagsAt the convenience tags of the plan at a moment
 * @returns tags that the last plan has in its order, then those that it has no more
 */
export function tagHistories(
  moments: readonly Instant[],
  tagsAt: (moment: Instant) => readonly ConvenienceTag[],
): TagHistory[] {
  const found = new Map<string, Growing>();
  let last: readonly ConvenienceTag[] = [];
  for (const moment of moments) {
    last = tagsAt(moment);
    const gone = new Set(found.keys());
    for (const tag of last) {
      gone.delete(tag.tag);
      const owner = tag.owner === null ? null : ownerOf(tag.owner);
      const growing = found.get(tag.tag) ?? begin(found, tag);
      add(growing, { owner, from: moment, because: becauseConvenience(tag) });
    }
    for (const tag of gone) {
      const growing = found.get(tag);
      if (growing !== undefined)
        add(growing, {
          owner: null,
          from: moment,
          because: `the rule ${growing.rule} gives it to no release any more`,
        });
    }
  }
  const kept = last.flatMap(({ tag }) => found.get(tag) ?? []);
  return [...new Set([...kept, ...found.values()])].map(finished);
}

interface Growing {
  readonly tag: string;
  readonly rule: string;
  readonly starts: Omit<OwnerSpan, 'to'>[];
}

function begin(found: Map<string, Growing>, { tag, rule }: ConvenienceTag): Growing {
  const growing: Growing = { tag, rule: rule.name, starts: [] };
  found.set(tag, growing);
  return growing;
}

function add({ starts }: Growing, next: Omit<OwnerSpan, 'to'>): void {
  const before = starts.at(-1);
  if (before === undefined && next.owner === null) return;
  if (before !== undefined && isSameOwner(before.owner, next.owner))
    starts.splice(-1, 1, { ...next, from: before.from });
  else starts.push(next);
}

function finished({ tag, rule, starts }: Growing): TagHistory {
  return { tag, rule, spans: starts.map((span, index) => ({ ...span, to: starts[index + 1]?.from ?? null })) };
}
