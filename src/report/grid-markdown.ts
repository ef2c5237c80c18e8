/** A grid of moves as Markdown, and the one line that says what most people get. */
import { formatByteSize } from '../domain/byte-size.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import { broadestMove, endsOf, type GridCell, type GridMove, type GridRow, type MoveGrid } from './move-grid.ts';
import { markdownTable } from './table.ts';
import { count, grouped, ownerText } from './words.ts';

/** How a grid says what its cells are, and an end that is no image. */
export interface GridWords {
  /** Of the one column of a grid without an axis. */
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

const moveWords: GridWords = { title: 'before → after', from: 'new', to: 'nobody' };

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
  const [least, most] = (cell.bytes ?? []).map(formatByteSize);
  const weight = least === undefined ? [] : [least === most ? least : `${least} to ${most ?? ''}`];
  return [`${cell.from ?? words.from} → ${cell.to ?? words.to}`, ...weight].join(', ');
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
  const move = broadestMove(moves);
  if (move === null) return '';
  const { tag, from, to } = move;
  if (to === null) return `Nobody owns ${code(tag)} any more.`;
  const owner = to.owner === null ? 'an image of no known release' : ownerMarkdown(to.owner);
  const [before, after] = endsOf(move);
  if (from === null || before === null) return `People who pull ${code(tag)} get ${owner}; the tag is new.`;
  const isSame = after?.startsWith(`${before},`) === true;
  return `People who pull ${code(tag)} get ${owner}${isSame ? ', another image of it than before' : ` instead of ${markdownText(before)}`}.`;
}

/** `**2.20.25** (python 3.10, flavor standard)`. */
export function ownerMarkdown(owner: NonNullable<NonNullable<GridMove['to']>['owner']>): string {
  const axes = ownerText(owner, 'with-axes').slice(owner.version.length).trim();
  return `**${markdownText(owner.version)}**${axes === '' ? '' : ` (${markdownText(axes)})`}`;
}

/** `33 convenience tags move`. */
export function movesCount(moves: readonly unknown[]): string {
  return `${count(moves.length, 'convenience tag')} ${moves.length === 1 ? 'moves' : 'move'}`;
}
