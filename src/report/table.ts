/** Tables for a terminal: plain text, no borders, columns as wide as what is in them. */
import Table from 'cli-table3';
import { markdownText } from './markdown-text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const noBorder = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((part) => [part, '']),
);

/** Rows under their titles, two spaces apart, indented by two. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const made = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: { ...noBorder, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

/** A Markdown table. A cell is prose, whatever it holds, or code: one or several texts of `markdownCode`. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(row.map(markdownCell)))].join('\n');
}

function markdownCell(text: string): string {
  return /^`[^`]*`(?:,? `[^`]*`)*(?: and [\d,]+ more)?$/.test(text)
    ? text.replaceAll('|', String.raw`\|`)
    : markdownText(text);
}
