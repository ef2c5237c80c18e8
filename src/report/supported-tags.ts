/** The tags that people can pull now, for a README: by cell, or one row a tag. */
import { utf8Bytes } from '../domain/byte-size.ts';
import { groupBy } from '../domain/group-by.ts';
import { markdownCode, markdownText } from './markdown-text.ts';
import type { SupportedLayout } from './supported-layouts.ts';
import { markdownTable } from './table.ts';
import { capital, count } from './words.ts';

export interface SupportedCell {
  readonly version: string;
  /** In the order of the config's axes. */
  readonly axes: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  /** Pinned tags, without those of a commit. */
  readonly pinned: readonly string[];
  /** Broadest first. */
  readonly convenience: readonly FollowedTag[];
}

export interface FollowedTag {
  readonly tag: string;
  /** How many releases it goes through: higher is broader. */
  readonly breadth: number;
}

export function supportedTags(cells: readonly SupportedCell[], layout: SupportedLayout): string {
  if (cells.length === 0) return 'No release owns a tag now.\n';
  return layout === 'list' ? listText(cells) : tablesText(cells, layout);
}

/**
 * The same in a bounded number of bytes: images of the oldest releases are left out, with a line that says how many and
 * where every tag is.
 */
export function supportedTagsWithin(
  cells: readonly SupportedCell[],
  layout: SupportedLayout,
  maxBytes: number,
  allTags: string,
): string {
  const withFirst = (number: number): string => {
    const left = cells.length - number;
    const table = number === 0 && left > 0 ? '' : supportedTags(cells.slice(0, number), layout);
    const line = `${number === 0 ? '' : 'And '}${count(left, number === 0 ? 'image' : 'older image')}: [every tag](${allTags}).\n`;
    return left === 0 ? table : [table.trimEnd(), line].filter((part) => part !== '').join('\n\n');
  };
  const fits = (number: number): boolean => utf8Bytes(withFirst(number)) <= maxBytes;
  if (fits(cells.length)) return withFirst(cells.length);
  let [most, tooMany] = [0, cells.length];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (fits(middle)) most = middle;
    else tooMany = middle;
  }
  return withFirst(most);
}

/** Its own name first. */
function listText(cells: readonly SupportedCell[]): string {
  const lines = cells.map(({ pinned, convenience }) => {
    const followed = convenience.map(({ tag }) => tag).toReversed();
    return `- ${[...pinned, ...followed].map(markdownCode).join(', ')}`;
  });
  return `${lines.join('\n')}\n`;
}

/** A table for each value of the last axis, where there are several axes: a flavor is read alone. */
function tablesText(cells: readonly SupportedCell[], layout: 'table' | 'tags'): string {
  const axes = Object.keys(cells[0]?.axes ?? {});
  const last = axes.at(-1);
  if (axes.length < 2 || last === undefined) return `${tableText(cells, axes, layout)}\n`;
  const groups = [...groupBy(cells, (cell) => cell.axes[last] ?? '')];
  if (groups.length < 2) return `${tableText(cells, axes, layout)}\n`;
  const others = axes.slice(0, -1);
  return groups
    .map(([value, own]) => `**${markdownText(`${last} ${value}`)}**\n\n${tableText(own, others, layout)}\n`)
    .join('\n');
}

/** Platforms have a column where they differ from row to row. */
function tableText(cells: readonly SupportedCell[], axes: readonly string[], layout: 'table' | 'tags'): string {
  const platformsOf = ({ platforms }: SupportedCell): string => platforms.join(', ');
  const differ = new Set(cells.map(platformsOf)).size > 1;
  const first = layout === 'tags' ? 'Tag' : 'Tags';
  const titles = [first, 'Release', ...axes.map(capital), ...(differ ? ['Platforms'] : [])];
  const rows = (layout === 'tags' ? tagByTag(cells) : cells.map(wholeCell)).map(({ tags, cell }) => [
    tags.map(markdownCode).join(', '),
    cell.version,
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    ...(differ ? [platformsOf(cell)] : []),
  ]);
  const [any] = cells;
  const under = differ || any === undefined ? '' : `\n\nPlatforms: ${platformsOf(any)}.`;
  return `${markdownTable(titles, rows)}${under}`;
}

interface Row {
  readonly tags: readonly string[];
  readonly cell: SupportedCell;
}

function wholeCell(cell: SupportedCell): Row {
  return { tags: [...cell.convenience.map(({ tag }) => tag), ...cell.pinned], cell };
}

/** The broadest of all cells first, pinned tags last. */
function tagByTag(cells: readonly SupportedCell[]): readonly Row[] {
  const pinned = -1;
  return cells
    .flatMap((cell) => [
      ...cell.convenience.map(({ tag, breadth }) => ({ tags: [tag], cell, breadth })),
      ...cell.pinned.map((tag) => ({ tags: [tag], cell, breadth: pinned })),
    ])
    .toSorted((a, b) => b.breadth - a.breadth);
}
