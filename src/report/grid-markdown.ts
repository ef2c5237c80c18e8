/** A grid of moves as Markdown, and the one line that says what most people get. */
import { formatByteSize } from '../domain/byte-size.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import type { Phrase } from '../browser/page-data.ts';
import { movesAnswer } from './answer.ts';
import type { GridCell, GridMove, GridRow, MoveGrid } from './move-grid.ts';
import { markdownTable } from './table.ts';
import { count, grouped } from './words.ts';

/** How a grid says what its cells are, and an end that is no image. */
export interface GridWords {
  /** Of the one column of a grid without an axis. */
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

export const moveWords: GridWords = { title: 'before → after', from: 'new', to: 'nobody' };

/** @returns empty if there is no move */
export function gridMarkdown(grid: MoveGrid, words: GridWords = moveWords): string {
  if (grid.rows.length === 0) return '';
  const { axis, columns } = grid;
  const titles = ['tags', ...(axis === null ? [words.title] : columns.map((value) => markdownText(value)))];
  return markdownTable(
    titles,
    grid.rows.map((row) => [rowTitle(row), ...row.cells.map((cell) => cellText(cell, words))]),
  );
}

/** `2.20.24 → 2.20.25`, and what the images weigh if that is known: `, 118 MB to 131 MB`. */
export function cellText(cell: GridCell | null, words: GridWords = moveWords): string {
  if (cell === null) return '';
  const weight = weightText(cell);
  return [`${cell.from ?? words.from} → ${cell.to ?? words.to}`, ...(weight === '' ? [] : [weight])].join(', ');
}

/** `118 MB to 131 MB`; empty if that is not known. */
export function weightText({ bytes }: GridCell): string {
  const [least = '', most] = (bytes ?? []).map(formatByteSize);
  return least === most ? least : most === undefined ? '' : `${least} to ${most}`;
}

/** By the first column that has some: `2-latest`, or the first to the last of several; and how many the others have. */
function rowTitle({ cells }: GridRow): string {
  const tags = cells.find((cell) => cell !== null)?.tags ?? [];
  const all = cells.reduce((sum, cell) => sum + (cell?.tags.length ?? 0), 0);
  const [first = '', last = ''] = [tags[0], tags.at(-1)].map((tag) => code(tag ?? ''));
  const shown = tags.length > 2 ? `${first} to ${last}` : tags.map(code).join(', ');
  const more = all - tags.length;
  return `${shown}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}

/** `People who pull 2-latest get 2.20.25 (python 3.10, flavor standard) instead of 2.20.24.` Empty if nothing moves. */
export function answerMarkdown(moves: readonly GridMove[]): string {
  return phraseMarkdown(movesAnswer(moves));
}

export function phraseMarkdown(phrase: Phrase): string {
  const pieces = phrase.map((piece) => {
    if (typeof piece === 'string') return markdownText(piece);
    return 'code' in piece ? code(piece.code) : `**${markdownText(piece.strong)}**`;
  });
  return pieces.join('');
}

/** `33 convenience tags move`. */
export function movesCount(moves: readonly unknown[]): string {
  return `${count(moves.length, 'convenience tag')} ${moves.length === 1 ? 'moves' : 'move'}`;
}
