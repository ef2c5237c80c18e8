/** The tags that people can pull now, for a README: one row a cell that a convenience tag points to. */
import { groupBy } from '../domain/group-by.ts';
import { markdownCode } from './markdown-text.ts';
import { markdownTable } from './table.ts';

export interface SupportedCell {
  readonly version: string;
  /** In the order of the config's axes. */
  readonly axes: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  /** Pinned tags, without those of a commit. */
  readonly pinned: readonly string[];
  /** Broadest first. */
  readonly convenience: readonly string[];
}

export type SupportedLayout = 'table' | 'list';

export function supportedTags(cells: readonly SupportedCell[], layout: SupportedLayout): string {
  if (cells.length === 0) return 'No release owns a tag yet.\n';
  return layout === 'list' ? listText(cells) : tablesText(cells);
}

/** As docker-library has it: a line a cell, its own name first. */
function listText(cells: readonly SupportedCell[]): string {
  const lines = cells.map(
    ({ pinned, convenience }) => `- ${[...pinned, ...convenience.toReversed()].map(markdownCode).join(', ')}`,
  );
  return `${lines.join('\n')}\n`;
}

/** A table for each value of the last axis, where there are several axes: a flavor is read alone. */
function tablesText(cells: readonly SupportedCell[]): string {
  const axes = Object.keys(cells[0]?.axes ?? {});
  const last = axes.at(-1);
  if (axes.length < 2 || last === undefined) return `${tableText(cells, axes)}\n`;
  const groups = [...groupBy(cells, (cell) => cell.axes[last] ?? '')];
  if (groups.length < 2) return `${tableText(cells, axes)}\n`;
  const others = axes.slice(0, -1);
  return groups.map(([value, own]) => `**${last} ${value}**\n\n${tableText(own, others)}\n`).join('\n');
}

/** Platforms have a column where they differ from row to row. */
function tableText(cells: readonly SupportedCell[], axes: readonly string[]): string {
  const platformsOf = ({ platforms }: SupportedCell): string => platforms.join(', ');
  const differ = new Set(cells.map(platformsOf)).size > 1;
  const titles = ['Tags', 'Release', ...axes.map(capital), ...(differ ? ['Platforms'] : [])];
  const rows = cells.map((cell) => [
    [...cell.convenience, ...cell.pinned].map(markdownCode).join(', '),
    cell.version,
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    ...(differ ? [platformsOf(cell)] : []),
  ]);
  const [first] = cells;
  const under = differ || first === undefined ? '' : `\n\nPlatforms: ${platformsOf(first)}.`;
  return `${markdownTable(titles, rows)}${under}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
