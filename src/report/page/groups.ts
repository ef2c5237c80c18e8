/** Rows in groups by how many people their tags reach. */
import type { Row, RowGroup } from '../../browser/page-data.ts';
import { groupBy } from '../../domain/group-by.ts';
import { reaches, type Reach } from '../../plan/reach.ts';
import { grouped } from '../words.ts';

export type Group = Reach | 'unplanned';

const meanings: Readonly<Record<Group, string>> = {
  latest: 'what people get who name no release',
  major: 'tags of a major series',
  minor: 'tags of a minor series',
  series: 'other tags that move',
  pinned: 'tags of one release, which never move',
  unplanned: 'not in the plan',
};

const order: readonly Group[] = [...reaches, 'unplanned'];

/** Widest first; what reaches alike keeps its order. */
export function byReach<T>(items: readonly T[], reachOf: (item: T) => Group | undefined): T[] {
  const rank = (item: T): number => order.indexOf(reachOf(item) ?? 'unplanned');
  return items.toSorted((a, b) => rank(a) - rank(b));
}

/** @param prefix begins the ids of the groups */
export function reachGroups(
  rows: readonly { readonly rule: string | null; readonly row: Row }[],
  prefix: string,
  { reaches: reachOfRule }: { readonly reaches: Readonly<Record<string, Reach>> },
): RowGroup[] {
  const groups = groupBy(rows, ({ rule }): Group => (rule === null ? 'unplanned' : (reachOfRule[rule] ?? 'unplanned')));
  return order.flatMap((reach) => {
    const own = groups.get(reach) ?? [];
    if (own.length === 0) return [];
    const [count, note] = [grouped(own.length), meanings[reach]];
    return [
      {
        id: `${prefix}${reach}`,
        name: reach,
        tone: '' as const,
        count,
        note,
        folded: false,
        rows: own.map(({ row }) => row),
        more: '',
      },
    ];
  });
}
