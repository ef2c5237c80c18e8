/** Tables for a terminal: plain text, no borders, columns as wide as what is in them. */
import stringWidth from 'fast-string-width';
import { markdownText } from './markdown-text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Printable ASCII, which nearly all cells are, has one column a letter: looking each up takes a tenth of printing a plan. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/** Rows under their titles, two spaces apart, indented by two. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, widthOf(line[index] ?? '')), 0),
  );
  const cell = (text: string, index: number): string => {
    const space = ' '.repeat((widths[index] ?? 0) - widthOf(text));
    return columns[index]?.align === 'right' ? space + text : text + space;
  };
  return lines.map((line) => `  ${line.map(cell).join('  ')}`.trimEnd()).join('\n');
}

/** A Markdown table. A cell is prose, whatever it holds, or code: one or several texts of `markdownCode`. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(row.map(markdownCell)))].join('\n');
}

function markdownCell(text: string): string {
  return /^`[^`]*`(?:(?:,| to|) `[^`]*`)*(?: and [\d,]+ more)?$/.test(text)
    ? text.replaceAll('|', String.raw`\|`)
    : markdownText(text);
}
