/** Filters of Amazon ECR: a few texts with a wildcard or two. */

export interface Filters {
  readonly filters: readonly string[];
  /** Tags that no filter could be found for. */
  readonly left: readonly string[];
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html */
export const ecrLimits = { filters: 5, characters: 128 } as const;

/** It may be that of a run, in a staging tag. */
const loneNumber = /^\*\d+\*?$/;
const anyNumber = /\d/;

/**
 * As few filters as there are that match every tag of the first list and none of the second.
 *
 * @param given filters that are wanted in any case
 * @param numbers whether a filter may hold a number: such a one may be wrong for the next release
 */
export function filtersFor(
  wanted: readonly string[],
  unwanted: readonly string[],
  numbers: boolean,
  given: readonly string[] = [],
): Filters {
  const filters = [...given];
  let left = wanted.filter((tag) => !given.some((filter) => matchesFilter(filter, tag)));
  while (left.length > 0 && filters.length < ecrLimits.filters) {
    const [best] = candidates(left[0] ?? '')
      .filter((filter) => !(numbers ? loneNumber : anyNumber).test(filter) && filter.length <= ecrLimits.characters)
      .filter((filter) => !unwanted.some((tag) => matchesFilter(filter, tag)))
      .map((filter) => ({ filter, count: left.filter((tag) => matchesFilter(filter, tag)).length }))
      .toSorted((a, b) => b.count - a.count || rank(a.filter) - rank(b.filter));
    if (best === undefined) break;
    filters.push(best.filter);
    left = left.filter((tag) => !matchesFilter(best.filter, tag));
  }
  return { filters, left };
}

/** Short before long, and one with a number behind all others. */
function rank(filter: string): number {
  return filter.length + (anyNumber.test(filter) ? ecrLimits.characters : 0);
}

/** What a tag begins or ends with, both, or has inside: two wildcards at most. */
function candidates(tag: string): string[] {
  const parts = tag.match(/\d+|[A-Za-z]+|[^A-Za-z\d]/g) ?? [];
  const starts = parts.map((_, index) => parts.slice(0, index + 1).join(''));
  const ends = parts.map((_, index) => parts.slice(index).join(''));
  const ways = starts.flatMap((start) => [
    `${start}*`,
    ...ends.filter((end) => start.length + end.length < tag.length).map((end) => `${start}*${end}`),
  ]);
  return [
    ...new Set([...ways, ...ends.flatMap((end) => [`*${end}`, `*${end}*`]), ...parts.map((part) => `*${part}*`), tag]),
  ];
}

/** `*` is any text, none included. */
export function matchesFilter(filter: string, tag: string): boolean {
  const [start = '', ...rest] = filter.split('*');
  if (rest.length === 0) return tag === filter;
  const end = rest.pop() ?? '';
  if (tag.length < start.length + end.length || !tag.startsWith(start) || !tag.endsWith(end)) return false;
  return rest.every((part) => tag.slice(start.length, tag.length - end.length).includes(part));
}
